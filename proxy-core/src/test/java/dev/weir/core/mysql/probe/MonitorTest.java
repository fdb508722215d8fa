package dev.weir.core.mysql.probe;

import dev.weir.core.backend.Change;
import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Placement;
import dev.weir.core.backend.ReadOnlyCheck;
import dev.weir.core.backend.ReplicationHostgroups;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerAttributes;
import dev.weir.core.backend.ServerStatus;
import dev.weir.core.backend.Topologies;
import dev.weir.core.backend.Topology;
import dev.weir.core.backend.WriterIsAlsoReader;
import dev.weir.core.monitor.GaleraState;
import dev.weir.core.monitor.Monitor;
import dev.weir.core.monitor.MonitorSettings;
import dev.weir.core.monitor.Outcome;
import dev.weir.core.monitor.ProbeKind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** From the wire to the topology: scripted servers, the real driver, the monitor. */
final class MonitorTest {
  private static final int WRITER = 10;
  private static final int BACKUP = 12;
  private static final int READER = 20;
  private static final int OFFLINE = 99;
  /** Often, and patient with a slow machine. */
  private static final MonitorSettings SETTINGS = settings();

  private final List<FakeMySqlNode> nodes = new ArrayList<>();
  private final List<Change> changes = new CopyOnWriteArrayList<>();

  private static MonitorSettings settings() {
    MonitorSettings settings = MonitorSettings.DEFAULTS
        .with(new MonitorSettings.Shunning(3, Duration.ofSeconds(1)));
    for (ProbeKind kind : ProbeKind.values()) {
      settings = settings.with(kind, 50, 20_000);
    }
    return settings;
  }

  @BeforeEach
  void startNodes() throws IOException {
    for (int i = 0; i < 3; i++) {
      nodes.add(new FakeMySqlNode("10.11.19-MariaDB").says(GaleraState.SYNCED));
    }
  }

  @AfterEach
  void stopNodes() throws IOException {
    for (FakeMySqlNode node : nodes) {
      node.close();
    }
  }

  @Test
  void theWriterMovesWhenItsNodeSaysSoAndWhenItDiesAndStaysWhenItReturns() throws Exception {
    Topologies topologies = cluster();
    try (Monitor _ = Monitor.start(topologies, JdbcProbes::of, SETTINGS)) {
      await(() -> is(topologies, 0, WRITER, ServerStatus.ONLINE)
          && is(topologies, 1, BACKUP, ServerStatus.ONLINE)
          && is(topologies, 2, BACKUP, ServerStatus.ONLINE));
      nodes.get(0).says(new GaleraState(4, false, 0, false, false, false, false, false));
      await(() -> is(topologies, 0, OFFLINE, ServerStatus.ONLINE)
          && is(topologies, 1, WRITER, ServerStatus.ONLINE));
      assertThat(topologies.current().server(WRITER, address(0))).isNull();
      nodes.get(0).says(GaleraState.SYNCED);
      await(() -> is(topologies, 0, BACKUP, ServerStatus.ONLINE));
      assertThat(is(topologies, 1, WRITER, ServerStatus.ONLINE)).isTrue();
      nodes.get(1).close();
      await(() -> is(topologies, 0, WRITER, ServerStatus.ONLINE)
          && is(topologies, 1, OFFLINE, ServerStatus.SHUNNED));
      assertThat(changes).anySatisfy(
          change -> assertThat(change.reason()).isEqualTo("not in the primary component"));
    }
  }

  @Test
  void connectErrorsOfPoolsMoveTheWriterAndTimeHeals() throws Exception {
    Topologies topologies = cluster();
    try (Monitor monitor = Monitor.start(topologies, JdbcProbes::of, SETTINGS)) {
      await(() -> is(topologies, 2, BACKUP, ServerStatus.ONLINE));
      await(() -> {
        monitor.health().onConnectFailure(address(0), 0, "connection refused");
        return is(topologies, 1, WRITER, ServerStatus.ONLINE);
      });
      assertThat(is(topologies, 0, WRITER, ServerStatus.SHUNNED)).isTrue();
      await(() -> is(topologies, 0, BACKUP, ServerStatus.ONLINE));
      assertThat(is(topologies, 1, WRITER, ServerStatus.ONLINE)).isTrue();
    }
  }

  @Test
  void loadingTheOperatorsConfigurationMovesOnlyWhatHeChanged() throws Exception {
    Topologies topologies = cluster();
    Topology configuration = topologies.current();
    try (Monitor monitor = Monitor.start(topologies, JdbcProbes::of, SETTINGS)) {
      await(() -> is(topologies, 2, BACKUP, ServerStatus.ONLINE));
      monitor.load(configuration.placed(WRITER, address(0), Placement.OFFLINE_SOFT));
      assertThat(is(topologies, 1, WRITER, ServerStatus.ONLINE)).isTrue();
      assertThat(is(topologies, 0, WRITER, ServerStatus.OFFLINE_SOFT)).isTrue();
      monitor.load(configuration);
      await(() -> is(topologies, 0, BACKUP, ServerStatus.ONLINE));
      assertThat(is(topologies, 1, WRITER, ServerStatus.ONLINE)).isTrue();
    }
  }

  @Test
  void aReplicaThatBecomesWritableIsAWriterAndResultsAreKeptForTables() throws Exception {
    nodes.get(0).whenAsked("@@global.read_only read_only", Map.of("read_only", "1"));
    nodes.get(1).whenAsked("@@global.read_only read_only", Map.of("read_only", "0"));
    Topologies topologies = new Topologies(Topology.of(
        List.of(Server.of(WRITER, address(0), ServerAttributes.DEFAULTS),
            Server.of(READER, address(1), ServerAttributes.DEFAULTS)),
        List.of(new ReplicationHostgroups(WRITER, READER, ReadOnlyCheck.READ_ONLY, "")),
        List.of()));
    try (Monitor monitor = Monitor.start(topologies, JdbcProbes::of, SETTINGS)) {
      await(() -> is(topologies, 1, WRITER, ServerStatus.ONLINE)
          && is(topologies, 0, READER, ServerStatus.ONLINE)
          && topologies.current().server(WRITER, address(0)) == null);
      await(() -> monitor.latencyMicros(address(0)).isPresent());
      assertThat(monitor.log().rows(ProbeKind.READ_ONLY)).isNotEmpty()
          .allSatisfy(row -> assertThat(row.outcome()).isInstanceOf(Outcome.Answered.class));
      await(() -> monitor.log().answered(ProbeKind.CONNECT) > 0);
      assertThat(monitor.log().failed(ProbeKind.PING)).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"10, true, SHUNNED_REPLICATION_LAG", "100, true, ONLINE", "10, false, ONLINE"})
  void whetherAReplicaStillLagsWhenServersAreLoaded(int limit, boolean keeps, ServerStatus status)
      throws Exception {
    nodes.get(0).whenAsked("slave", Map.of("Seconds_Behind_Master", "50"));
    Topologies topologies = new Topologies(replica(10));
    try (Monitor monitor = Monitor.start(topologies, JdbcProbes::of,
        SETTINGS.with(new MonitorSettings.OnServers(0, keeps)))) {
      await(() -> is(topologies, 0, READER, ServerStatus.SHUNNED_REPLICATION_LAG));
      Topology loaded = monitor.load(replica(limit)).topology();
      assertThat(loaded.servers()).extracting(Server::status).containsExactly(status);
    }
  }

  private Topology replica(int maxLag) {
    return Topology.of(List.of(Server.of(READER, address(0),
        ServerAttributes.DEFAULTS.withMaxReplicationLagSeconds(maxLag))), List.of(), List.of());
  }

  @Test
  void serversAreToldWhenToEndTheMonitorsConnections() throws Exception {
    nodes.get(0).when("wait_timeout", new FakeMySqlNode.Reply.Done());
    try (Monitor monitor = Monitor.start(cluster(), JdbcProbes::of, SETTINGS)) {
      await(() -> nodes.get(0).statements().stream()
          .anyMatch(sql -> sql.contains("wait_timeout=80")));
      monitor.settings(SETTINGS.with(new MonitorSettings.OnServers(7, true)));
      await(() -> nodes.get(0).statements().stream()
          .anyMatch(sql -> sql.contains("wait_timeout=7")));
    }
  }

  @Test
  void whenMonitoringEndsNothingIsAskedAnyMore() throws Exception {
    Topologies topologies = cluster();
    nodes.get(2).pings(new FakeMySqlNode.Reply.Refusal(1053, "shutdown"));
    try (Monitor monitor = Monitor.start(topologies, JdbcProbes::of, SETTINGS)) {
      await(() -> topologies.current().at(address(2)).stream().allMatch(Server::mustBeCut));
      monitor.settings(SETTINGS.withEnabled(false));
      assertThat(topologies.current().at(address(2))).noneMatch(Server::mustBeCut);
      int asked = nodes.get(0).statements().size();
      Thread.sleep(300);
      assertThat(nodes.get(0).statements().size()).isLessThanOrEqualTo(asked + 1);
    }
  }

  private Topologies cluster() {
    ClusterHostgroups cluster = new ClusterHostgroups(ClusterHostgroups.Kind.GALERA, WRITER, BACKUP,
        READER, OFFLINE, true, 1, WriterIsAlsoReader.ONLY_BACKUPS, 0, "");
    List<Server> servers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      servers.add(
          Server.of(WRITER, address(i), ServerAttributes.DEFAULTS.withWeight(100 - 10 * i)));
    }
    Topologies topologies = new Topologies(Topology.of(servers, List.of(), List.of(cluster)));
    topologies.listen((_, made) -> changes.addAll(made));
    return topologies;
  }

  private ServerAddress address(int node) {
    return nodes.get(node).address();
  }

  private boolean is(Topologies topologies, int node, int hostgroup, ServerStatus status) {
    Server row = topologies.current().server(hostgroup, address(node));
    return row != null && row.status() == status;
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("waited long enough").isNegative();
      Thread.sleep(10);
    }
  }
}
