package dev.weir.core.monitor;

import dev.weir.core.backend.Ailment;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import java.util.List;

/** Whether a replica is too far behind to be read from. What runs on it goes on. */
public final class ReplicationLagDecision {
  private ReplicationLagDecision() {}

  public static boolean concerns(Topology topology, ServerAddress address) {
    return topology.at(address).stream()
        .anyMatch(row -> row.attributes().maxReplicationLagSeconds() > 0);
  }

  public static Decision decide(Topology topology, ServerAddress address,
      List<ProbeResult<ReplicationLag>> newestFirst, MonitorSettings.Replication settings) {
    Topology changed = topology;
    String reason = "lag check is off";
    for (Server row : topology.at(address)) {
      int limit = row.attributes().maxReplicationLagSeconds();
      if (limit == 0) {
        changed = changed.with(row.with(row.health().without(Ailment.REPLICATION_LAG)));
        continue;
      }
      if (newestFirst.isEmpty() || !(newestFirst.getFirst()
          .outcome() instanceof Outcome.Answered<ReplicationLag>(ReplicationLag lag))) {
        continue; // who gives no answer stays what he was
      }
      long assumed = settings.lagWhenNull(row.hostgroup());
      if (seconds(lag, assumed) <= limit) {
        changed = changed.with(row.with(row.health().without(Ailment.REPLICATION_LAG)));
      } else if (isBad(newestFirst, settings.lagCount(), limit, assumed)) {
        changed = changed.with(row.with(row.health().with(Ailment.REPLICATION_LAG,
            newestFirst.getFirst().startedMicros())));
      }
      reason = said(lag) + ", at most " + limit + " s allowed";
    }
    return Decision.of(topology, changed, reason);
  }

  private static boolean isBad(List<ProbeResult<ReplicationLag>> newestFirst, int count,
      int limit, long assumed) {
    return newestFirst.size() >= count && newestFirst.subList(0, count).stream()
        .allMatch(result -> result
            .outcome() instanceof Outcome.Answered<ReplicationLag>(ReplicationLag lag)
            && seconds(lag, assumed) > limit);
  }

  private static long seconds(ReplicationLag lag, long assumedWhenUnknown) {
    return switch (lag) {
      case ReplicationLag.Seconds(long seconds) -> seconds;
      case ReplicationLag.Unknown _ -> assumedWhenUnknown;
      case ReplicationLag.NotAReplica _ -> 0;
    };
  }

  private static String said(ReplicationLag lag) {
    return switch (lag) {
      case ReplicationLag.Seconds(long seconds) -> seconds + " s behind";
      case ReplicationLag.Unknown _ -> "replication does not run";
      case ReplicationLag.NotAReplica _ -> "not a replica";
    };
  }
}
