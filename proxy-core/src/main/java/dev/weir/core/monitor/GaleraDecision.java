package dev.weir.core.monitor;

import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Roles in a Galera cluster, by what its nodes say of themselves. The first condition that holds decides about a node;
 * {@link ClusterRoles} then about who writes.
 */
public final class GaleraDecision {
  private static final int SYNCED = 4;
  private static final int DONOR = 2;

  private GaleraDecision() {}

  /**
   * @param newestFirst the nodes' results; one without any stays what it is
   * @param nowMicros for the age of results
   */
  public static Decision decide(Topology topology, ClusterHostgroups cluster,
      Map<ServerAddress, List<ProbeResult<GaleraState>>> newestFirst, MonitorSettings settings,
      long nowMicros) {
    Map<ServerAddress, Verdict> verdicts = new HashMap<>();
    for (ServerAddress node : ClusterRoles.members(topology, cluster)) {
      verdicts.put(node, verdict(newestFirst.getOrDefault(node, List.of()), cluster,
          settings.cluster()));
    }
    ClusterRoles roles = roles(topology, cluster, settings, verdicts);
    if (!roles.hasUsableCandidate()) {
      List<ServerAddress> last = ClusterRoles.members(topology, cluster).stream()
          .filter(node -> !roles.isHeldByOperator(node)
              && mayWriteAsLast(newestFirst.getOrDefault(node, List.of()), settings, nowMicros))
          .toList();
      if (!last.isEmpty()) {
        ServerAddress chosen = roles.best(last);
        Verdict was = verdicts.getOrDefault(chosen, new Verdict.Unknown(""));
        verdicts.put(chosen,
            new Verdict.Writable(false, "nobody else is left, although " + was.reason()));
        return roles(topology, cluster, settings, verdicts).assign();
      }
    }
    return roles.assign();
  }

  private static ClusterRoles roles(Topology topology, ClusterHostgroups cluster,
      MonitorSettings settings, Map<ServerAddress, Verdict> verdicts) {
    return new ClusterRoles(topology, cluster, settings.cluster().stickyWriter(),
        Map.copyOf(verdicts));
  }

  static Verdict verdict(List<ProbeResult<GaleraState>> newestFirst, ClusterHostgroups cluster,
      MonitorSettings.Cluster settings) {
    if (newestFirst.isEmpty()) {
      return new Verdict.Unknown("not checked yet");
    }
    return switch (newestFirst.getFirst().outcome()) {
      // A wrong password of ours would else take the whole cluster away.
      case Outcome.Failed<GaleraState> failed when failed.isAboutTheAccount() ->
        new Verdict.Unknown("check refused: " + failed.message());
      case Outcome.Failed<GaleraState> failed ->
        new Verdict.Offline("check failed: " + failed.message());
      case Outcome.TimedOut<GaleraState> _ ->
        ProbeResult.allTimedOut(newestFirst, settings.galeraMaxTimeouts())
            ? new Verdict.Offline(settings.galeraMaxTimeouts() + " checks timed out")
            : new Verdict.Unknown("a check timed out");
      case Outcome.Answered<GaleraState>(GaleraState state) ->
        ofState(state, newestFirst, cluster.maxTransactionsBehind(), settings);
    };
  }

  private static Verdict ofState(GaleraState state, List<ProbeResult<GaleraState>> newestFirst,
      int maxBehind, MonitorSettings.Cluster settings) {
    if (!state.primary()) {
      return new Verdict.Offline("not in the primary component");
    }
    if (state.rejectsQueries()) {
      return new Verdict.Offline("wsrep_reject_queries is set");
    }
    if (state.desynced()) {
      return new Verdict.Leaving("wsrep_desync=ON");
    }
    if (state.localState() != SYNCED
        && (state.localState() != DONOR || state.donorRejectsQueries())) {
      return new Verdict.Offline("wsrep_local_state=" + state.localState());
    }
    if (state.inMaintenance()) {
      return new Verdict.Leaving("pxc_maint_mode is set");
    }
    boolean behind = maxBehind > 0 && state.receiveQueue() > maxBehind;
    if (state.readOnly()) {
      return behind
          ? new Verdict.Leaving(state.receiveQueue() + " write sets wait, at most " + maxBehind
              + " allowed")
          : new Verdict.Reader("read_only=1");
    }
    boolean lagging = behind && lagsForLong(newestFirst, maxBehind, settings.writerLagCount());
    return new Verdict.Writable(lagging, lagging
        ? state.receiveQueue() + " write sets wait, at most " + maxBehind + " allowed"
        : "synced");
  }

  /** One full queue is a burst; a writer is not replaced for that. */
  private static boolean lagsForLong(List<ProbeResult<GaleraState>> newestFirst, int maxBehind,
      int count) {
    return newestFirst.size() >= count && newestFirst.subList(0, count).stream()
        .allMatch(result -> result
            .outcome() instanceof Outcome.Answered<GaleraState>(GaleraState state)
            && state.receiveQueue() > maxBehind);
  }

  /** Rule L: a node that is not synced writes rather than nobody, but never without the quorum. */
  private static boolean mayWriteAsLast(List<ProbeResult<GaleraState>> newestFirst,
      MonitorSettings settings, long nowMicros) {
    if (newestFirst.isEmpty()) {
      return false;
    }
    ProbeResult<GaleraState> newest = newestFirst.getFirst();
    long twoIntervals = settings.check(ProbeKind.GALERA).interval().toNanos() / 1000 * 2;
    return newest.outcome() instanceof Outcome.Answered<GaleraState>(GaleraState state)
        && nowMicros - newest.startedMicros() <= twoIntervals && state.primary()
        && !state.rejectsQueries() && !state.donorRejectsQueries() && !state.readOnly()
        && !state.inMaintenance();
  }
}
