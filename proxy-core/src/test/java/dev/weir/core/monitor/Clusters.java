package dev.weir.core.monitor;

import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Placement;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerAttributes;
import dev.weir.core.backend.Topology;
import dev.weir.core.backend.WriterIsAlsoReader;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Topologies and results for decision tables, in short words. */
final class Clusters {
  static final int WRITER = 10;
  static final int BACKUP = 12;
  static final int READER = 20;
  static final int OFFLINE = 99;
  static final ServerAddress A = new ServerAddress("a", 3306);
  static final ServerAddress B = new ServerAddress("b", 3306);
  static final ServerAddress C = new ServerAddress("c", 3306);
  static final long NOW = 1_000_000_000_000L;

  private Clusters() {}

  static ClusterHostgroups groups(ClusterHostgroups.Kind kind, int maxWriters,
      WriterIsAlsoReader also, int maxBehind) {
    return new ClusterHostgroups(kind, WRITER, BACKUP, READER, OFFLINE, true, maxWriters, also,
        maxBehind, "");
  }

  static ClusterHostgroups galera(int maxWriters, WriterIsAlsoReader also, int maxBehind) {
    return groups(ClusterHostgroups.Kind.GALERA, maxWriters, also, maxBehind);
  }

  /** a, b and c of weights 1, 2 and 3, all configured in the writers' hostgroup. */
  static Topology threeOf(ClusterHostgroups cluster) {
    List<Server> servers = new ArrayList<>();
    int weight = 1;
    for (ServerAddress address : List.of(A, B, C)) {
      servers.add(
          Server.of(cluster.writer(), address, ServerAttributes.DEFAULTS.withWeight(weight++)));
    }
    return Topology.of(servers, List.of(), List.of(cluster));
  }

  static <T> ProbeResult<T> answered(ServerAddress address, T value) {
    return new ProbeResult<>(ProbeKind.GALERA, address, NOW, 100, new Outcome.Answered<>(value));
  }

  static <T> ProbeResult<T> failed(ServerAddress address, int code, String message) {
    return new ProbeResult<>(ProbeKind.GALERA, address, NOW, 100,
        new Outcome.Failed<>(code, message));
  }

  static <T> ProbeResult<T> timedOut(ServerAddress address) {
    return new ProbeResult<>(ProbeKind.GALERA, address, NOW, 100,
        new Outcome.TimedOut<>("timed out"));
  }

  static <T> List<ProbeResult<T>> times(int count, ProbeResult<T> result) {
    return java.util.Collections.nCopies(count, result);
  }

  /** Who is where, such as {@code "W:c R:abc w:ab B:ab"}; small w stands for standby, l for leaving, s and h for the operator's. */
  static String places(Topology topology) {
    List<String> words = new ArrayList<>();
    for (String group : List.of("W10", "B12", "R20", "O99")) {
      int hostgroup = Integer.parseInt(group.substring(1));
      for (Placement placement : Placement.values()) {
        String hosts = topology.in(hostgroup).stream()
            .filter(row -> row.placement() == placement).map(row -> row.address().host())
            .collect(Collectors.joining());
        if (!hosts.isEmpty()) {
          String mark = switch (placement) {
            case ONLINE -> "";
            case STANDBY -> "-standby";
            case LEAVING -> "-leaving";
            case OFFLINE_SOFT -> "-soft";
            case OFFLINE_HARD -> "-hard";
          };
          words.add(group.charAt(0) + mark + ":" + hosts);
        }
      }
    }
    return String.join(" ", words);
  }
}
