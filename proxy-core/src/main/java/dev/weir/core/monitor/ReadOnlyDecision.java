package dev.weir.core.monitor;

import dev.weir.core.backend.Decision;
import dev.weir.core.backend.Placement;
import dev.weir.core.backend.ReplicationHostgroups;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writer or reader, by read_only: moves a server between the two hostgroups of a pair. */
public final class ReadOnlyDecision {
  private ReadOnlyDecision() {}

  /** Whether any pair wants to know, and which server it is that an operator has not taken out. */
  public static boolean concerns(Topology topology, ServerAddress address) {
    return topology.at(address).stream().anyMatch(row -> !row.placement().isOperatorsOffline()
        && topology.replication().stream().anyMatch(pair -> pair.contains(row.hostgroup())));
  }

  /**
   * @param newestFirst the server's results by pair; a pair without results is left alone
   */
  public static Decision decide(Topology topology, ServerAddress address,
      Map<ReplicationHostgroups, List<ProbeResult<Boolean>>> newestFirst,
      MonitorSettings.Replication settings) {
    Topology changed = topology;
    String reason = "";
    for (ReplicationHostgroups pair : topology.replication()) {
      List<ProbeResult<Boolean>> results = newestFirst.getOrDefault(pair, List.of());
      if (results.isEmpty()) {
        continue;
      }
      switch (results.getFirst().outcome()) {
        case Outcome.Answered<Boolean>(Boolean readOnly) when readOnly -> {
          changed = toReader(changed, pair, address);
          reason = pair.check().spelling() + "=1";
        }
        case Outcome.Answered<Boolean> _ -> {
          changed = toWriter(changed, pair, address,
              settings.writerIsAlsoReader() && !pair.writersOnlyWrite());
          reason = pair.check().spelling() + "=0";
        }
        case Outcome.TimedOut<Boolean> _ -> {
          if (ProbeResult.allTimedOut(results, settings.readOnlyMaxTimeouts())) {
            changed = toReader(changed, pair, address);
            reason = settings.readOnlyMaxTimeouts() + " checks of " + pair.check().spelling()
                + " timed out";
          }
        }
        case Outcome.Failed<Boolean> _ -> {
          // Only silence demotes: an error may be about us.
        }
      }
    }
    return Decision.of(topology, changed, reason);
  }

  private static Topology toWriter(Topology topology, ReplicationHostgroups pair,
      ServerAddress address, boolean staysReader) {
    @Nullable Server writer = topology.server(pair.writer(), address);
    @Nullable Server reader = topology.server(pair.reader(), address);
    if (isOperatorsOffline(writer) || isOperatorsOffline(reader)
        || (writer == null && reader == null)) {
      return topology;
    }
    Topology changed = topology.placed(pair.writer(), address, Placement.ONLINE);
    return staysReader ? changed : changed.without(pair.reader(), address);
  }

  private static Topology toReader(Topology topology, ReplicationHostgroups pair,
      ServerAddress address) {
    Server writer = topology.server(pair.writer(), address);
    if (writer == null || isOperatorsOffline(writer)) {
      return topology;
    }
    Topology changed = topology.server(pair.reader(), address) == null
        ? topology.placed(pair.reader(), address, Placement.ONLINE)
        : topology;
    return changed.without(pair.writer(), address);
  }

  private static boolean isOperatorsOffline(@Nullable Server row) {
    return row != null && row.placement().isOperatorsOffline();
  }
}
