package dev.weir.core.monitor;

import dev.weir.core.backend.Ailment;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import java.util.List;
import java.util.OptionalLong;

/** Whether a server answers at all. */
public final class PingDecision {
  private static final int LATENCY_OF = 3;

  private PingDecision() {}

  public static Decision decide(Topology topology, ServerAddress address,
      List<ProbeResult<Boolean>> newestFirst, MonitorSettings.Ping settings) {
    if (newestFirst.isEmpty()) {
      return Decision.unchanged(topology);
    }
    ProbeResult<Boolean> newest = newestFirst.getFirst();
    if (isAlive(newest)) {
      return Decision.of(topology,
          topology.withHealth(address, health -> health.without(Ailment.PING_FAILURES)),
          "answers pings");
    }
    int count = settings.maxFailures();
    if (newestFirst.size() < count
        || newestFirst.subList(0, count).stream().anyMatch(PingDecision::isAlive)) {
      return Decision.unchanged(topology);
    }
    return Decision.of(topology,
        topology.withHealth(address,
            health -> health.with(Ailment.PING_FAILURES, newest.startedMicros())),
        count + " pings failed, the last with: " + newest.outcome().error());
  }

  /** A server that refuses our account is alive. */
  private static boolean isAlive(ProbeResult<Boolean> result) {
    return switch (result.outcome()) {
      case Outcome.Answered<Boolean> _ -> true;
      case Outcome.Failed<Boolean> failed -> failed.isAboutTheAccount();
      case Outcome.TimedOut<Boolean> _ -> false;
    };
  }

  /** Mean of the last three pings that succeeded, in microseconds. */
  public static OptionalLong latencyMicros(List<ProbeResult<Boolean>> newestFirst) {
    var mean = newestFirst.stream()
        .filter(result -> result.outcome() instanceof Outcome.Answered<Boolean>).limit(LATENCY_OF)
        .mapToLong(ProbeResult::tookMicros).average();
    return mean.isPresent()
        ? OptionalLong.of(Math.round(mean.getAsDouble()))
        : OptionalLong.empty();
  }
}
