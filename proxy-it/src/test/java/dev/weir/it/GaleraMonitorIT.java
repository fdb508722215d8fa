package dev.weir.it;

import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Placement;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerAttributes;
import dev.weir.core.backend.Topologies;
import dev.weir.core.backend.Topology;
import dev.weir.core.backend.WriterIsAlsoReader;
import dev.weir.core.monitor.Monitor;
import dev.weir.core.monitor.MonitorSettings;
import dev.weir.core.monitor.ProbeKind;
import dev.weir.core.mysql.probe.JdbcProbes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The monitor in front of a real Galera cluster: who writes when nodes die, leave, desync and return. */
@EnabledIfSystemProperty(named = "weir.galera", matches = "true", disabledReason = "needs -Pgalera: a cluster takes a minute")
final class GaleraMonitorIT {
  @RegisterExtension static final GaleraCluster cluster = GaleraCluster.ofThree();

  private static final int WRITER = 10;
  private static final int BACKUP = 12;
  private static final int READER = 20;
  private static final int OFFLINE = 99;

  @Test
  void theWriterFollowsTheHealthyNodesAndStaysWhenNodesReturn() throws Exception {
    ClusterHostgroups groups = new ClusterHostgroups(ClusterHostgroups.Kind.GALERA, WRITER, BACKUP,
        READER, OFFLINE, true, 1, WriterIsAlsoReader.ONLY_BACKUPS, 0, "");
    Topologies topologies = new Topologies(Topology.of(
        List.of(server(0, 30), server(1, 20), server(2, 10)), List.of(), List.of(groups)));
    MonitorSettings settings = MonitorSettings.DEFAULTS.with(ProbeKind.GALERA, 300, 5000);
    try (Monitor _ = Monitor.start(topologies, JdbcProbes::of, settings)) {
      until(() -> writes(topologies, 0) && isBackup(topologies, 1) && isBackup(topologies, 2));

      cluster.node(0).crash();
      until(() -> writes(topologies, 1) && isOffline(topologies, 0));
      cluster.node(0).rejoin();
      until(() -> isBackup(topologies, 0));
      assertThat(writes(topologies, 1)).as("the writer stays").isTrue();

      cluster.node(1).desync(true);
      until(() -> writes(topologies, 0) && isOffline(topologies, 1));
      cluster.node(1).desync(false);
      until(() -> isBackup(topologies, 1));
      assertThat(writes(topologies, 0)).as("the writer stays").isTrue();

      cluster.node(0).isolate(true);
      until(() -> writes(topologies, 1) && isOffline(topologies, 0));
      cluster.node(0).isolate(false);
      until(() -> isBackup(topologies, 0));

      cluster.node(2).stop();
      until(() -> isOffline(topologies, 2));
      assertThat(writes(topologies, 1)).as("nobody else is touched").isTrue();
    }
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(20)).until(condition);
  }

  private static boolean writes(Topologies topologies, int node) {
    List<ServerAddress> writers = topologies.current().in(WRITER).stream()
        .filter(row -> row.placement() == Placement.ONLINE).map(Server::address).toList();
    return writers.equals(List.of(address(node)));
  }

  private static boolean isBackup(Topologies topologies, int node) {
    Server row = topologies.current().server(BACKUP, address(node));
    return row != null && row.isUsable();
  }

  private static boolean isOffline(Topologies topologies, int node) {
    return topologies.current().server(OFFLINE, address(node)) != null
        && topologies.current().at(address(node)).stream()
            .allMatch(row -> row.hostgroup() == OFFLINE || !row.isUsable());
  }

  private static ServerAddress address(int node) {
    return new ServerAddress("127.0.0.1", cluster.node(node).port());
  }

  private static Server server(int node, int weight) {
    return Server.of(WRITER, address(node), ServerAttributes.DEFAULTS.withWeight(weight));
  }
}
