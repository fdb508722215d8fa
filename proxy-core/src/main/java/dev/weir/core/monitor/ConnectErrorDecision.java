package dev.weir.core.monitor;

import dev.weir.core.backend.Ailment;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import org.jspecify.annotations.Nullable;

/** Shunning by failed connections of the pools, and its end. */
public final class ConnectErrorDecision {
  private ConnectErrorDecision() {}

  /** Whether such an error says something about the server, and not about a login, a privilege or a statement. */
  public static boolean counts(int errorCode) {
    return switch (errorCode) {
      case 1007, 1008, 1044, 1045, 1203, 1226, 1698, 1820, 1862, 3118 -> false;
      case 1053 -> true; // the server shuts down
      default -> !isBetween(errorCode, 1048, 1075) && !isBetween(errorCode, 1099, 1149);
    };
  }

  private static boolean isBetween(int code, int first, int last) {
    return code >= first && code <= last;
  }

  public static Decision shun(Topology topology, ServerAddress address, int errors,
      String lastError,
      long nowMicros) {
    return Decision.of(topology,
        topology.withHealth(address, health -> health.with(Ailment.CONNECT_ERRORS, nowMicros)),
        errors + " connect errors in a second, the last: " + lastError);
  }

  /** Gives those another chance whose time is over. */
  public static Decision recover(Topology topology, MonitorSettings.Shunning settings,
      long nowMicros) {
    Topology changed = topology;
    long recovery = settings.recovery().toNanos() / 1000;
    for (Server row : topology.servers()) {
      @Nullable Long since = row.health().since(Ailment.CONNECT_ERRORS);
      if (since != null && nowMicros - since >= recovery) {
        changed = changed.with(row.with(row.health().without(Ailment.CONNECT_ERRORS)));
      }
    }
    return Decision.of(topology, changed,
        "shunned for " + settings.recovery().toSeconds() + " s, tried again");
  }
}
