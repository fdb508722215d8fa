package dev.weir.core.monitor;

import dev.weir.core.backend.Ailment;
import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.Health;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Roles in a replication group, by what its members say of themselves. */
public final class GroupReplicationDecision {
  private GroupReplicationDecision() {}

  public static Decision decide(Topology topology, ClusterHostgroups cluster,
      Map<ServerAddress, List<ProbeResult<GroupMemberState>>> newestFirst,
      MonitorSettings settings) {
    Map<ServerAddress, Verdict> verdicts = new HashMap<>();
    Map<ServerAddress, String> reasons = new HashMap<>();
    Topology judged = topology;
    for (ServerAddress member : ClusterRoles.members(topology, cluster)) {
      List<ProbeResult<GroupMemberState>> results = newestFirst.getOrDefault(member, List.of());
      Verdict verdict = verdict(results, settings.cluster());
      verdicts.put(member, verdict);
      reasons.put(member, verdict.reason());
      judged = judgeBehind(judged, cluster, member, results, settings.cluster());
    }
    Topology assigned = new ClusterRoles(judged, cluster, settings.cluster().stickyWriter(),
        Map.copyOf(verdicts)).assign().topology();
    return Decision.of(topology, assigned, reasons, "");
  }

  static Verdict verdict(List<ProbeResult<GroupMemberState>> newestFirst,
      MonitorSettings.Cluster settings) {
    if (newestFirst.isEmpty()) {
      return new Verdict.Unknown("not checked yet");
    }
    return switch (newestFirst.getFirst().outcome()) {
      case Outcome.Failed<GroupMemberState> failed when failed.isAboutTheAccount() ->
        new Verdict.Unknown("check refused: " + failed.message());
      case Outcome.Failed<GroupMemberState> failed ->
        new Verdict.Offline("check failed: " + failed.message());
      case Outcome.TimedOut<GroupMemberState> _ ->
        ProbeResult.allTimedOut(newestFirst, settings.groupMaxTimeouts())
            ? new Verdict.Offline(settings.groupMaxTimeouts() + " checks timed out")
            : new Verdict.Unknown("a check timed out");
      case Outcome.Answered<GroupMemberState>(GroupMemberState state) -> {
        if (!state.viable()) {
          yield new Verdict.Offline("not online in the group's majority");
        }
        yield state.readOnly()
            ? new Verdict.Reader("read_only=1")
            : new Verdict.Writable(false, "online");
      }
    };
  }

  /** Too far behind for some checks: shunned; for twice as many: as a lagging replica. */
  private static Topology judgeBehind(Topology topology, ClusterHostgroups cluster,
      ServerAddress member, List<ProbeResult<GroupMemberState>> newestFirst,
      MonitorSettings.Cluster settings) {
    if (newestFirst.isEmpty() || !(newestFirst.getFirst()
        .outcome() instanceof Outcome.Answered<GroupMemberState>(GroupMemberState state))) {
      return topology;
    }
    boolean judged = cluster.maxTransactionsBehind() > 0 && switch (settings.behindRule()) {
      case WRITERS -> !state.readOnly();
      case READERS -> state.readOnly();
      case BOTH -> true;
    };
    int bad = judged ? badInARow(newestFirst, cluster.maxTransactionsBehind()) : 0;
    long since = newestFirst.getFirst().startedMicros();
    Topology changed = topology;
    for (Server row : topology.at(member)) {
      if (!cluster.contains(row.hostgroup())) {
        continue;
      }
      Health health = row.health();
      if (bad == 0) {
        health = health.without(Ailment.TRANSACTIONS_BEHIND)
            .without(Ailment.TRANSACTIONS_FAR_BEHIND);
      }
      if (bad >= settings.behindCount()) {
        health = health.with(Ailment.TRANSACTIONS_BEHIND, since);
      }
      if (bad >= 2 * settings.behindCount()) {
        health = health.with(Ailment.TRANSACTIONS_FAR_BEHIND, since);
      }
      changed = changed.with(row.with(health));
    }
    return changed;
  }

  private static int badInARow(List<ProbeResult<GroupMemberState>> newestFirst, int maxBehind) {
    int bad = 0;
    for (ProbeResult<GroupMemberState> result : newestFirst) {
      if (!(result.outcome() instanceof Outcome.Answered<GroupMemberState>(GroupMemberState state))
          || state.transactionsBehind() <= maxBehind) {
        break;
      }
      bad++;
    }
    return bad;
  }
}
