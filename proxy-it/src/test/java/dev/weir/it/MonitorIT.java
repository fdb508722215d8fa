package dev.weir.it;

import dev.weir.app.embedded.EmbeddedMariaDb;
import dev.weir.core.backend.ReadOnlyCheck;
import dev.weir.core.backend.ReplicationHostgroups;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerAttributes;
import dev.weir.core.backend.Topologies;
import dev.weir.core.backend.Topology;
import dev.weir.core.monitor.GaleraState;
import dev.weir.core.monitor.Monitor;
import dev.weir.core.monitor.MonitorSettings;
import dev.weir.core.monitor.Outcome;
import dev.weir.core.monitor.ProbeKind;
import dev.weir.core.monitor.ReplicationLag;
import dev.weir.core.mysql.probe.JdbcProbes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** The monitor in front of a real server, with the account and the rights that it is documented to need. */
final class MonitorIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir();

  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void everyQuestionIsAnsweredWithTheMonitorsRights() throws Exception {
    try (JdbcProbes probes = JdbcProbes.of(server(0), MonitorSettings.DEFAULTS)) {
      assertThat(probes.connect(LONG)).isEqualTo(new Outcome.Answered<>(true));
      assertThat(probes.ping(LONG)).isEqualTo(new Outcome.Answered<>(true));
      assertThat(probes.readOnly(ReadOnlyCheck.EITHER, LONG))
          .isEqualTo(new Outcome.Answered<>(false));
      assertThat(probes.replicationLag("", LONG))
          .isEqualTo(new Outcome.Answered<>(new ReplicationLag.NotAReplica()));
      assertThat(probes.galera(LONG)).isInstanceOfSatisfying(Outcome.Answered.class,
          answer -> assertThat(((GaleraState) answer.value()).primary()).isFalse());
      mariaDb.execute("create or replace table beat (ts varchar(26) not null)",
          "insert into beat values (sysdate() - interval 42 second)",
          "grant select on app.beat to monitor");
      assertThat(probes.replicationLag("app.beat", LONG)).isInstanceOfSatisfying(
          Outcome.Answered.class, answer -> assertThat(answer.value())
              .isInstanceOfSatisfying(ReplicationLag.Seconds.class,
                  lag -> assertThat(lag.seconds()).isBetween(42L, 100L)));
    }
  }

  @Test
  void aServerIsMovedShunnedAndHealedAsItChanges() throws Exception {
    MonitorSettings settings = MonitorSettings.DEFAULTS.with(ProbeKind.PING, 200, 2000)
        .with(ProbeKind.READ_ONLY, 200, 10_000);
    Topologies topologies = new Topologies(Topology.of(List.of(server(0)),
        List.of(new ReplicationHostgroups(0, 1, ReadOnlyCheck.READ_ONLY, "")), List.of()));
    try (Monitor monitor = Monitor.start(topologies, JdbcProbes::of, settings)) {
      await().atMost(LONG).until(() -> monitor.latencyMicros(address()).isPresent());
      mariaDb.execute("set global read_only = 1");
      await().atMost(LONG).until(() -> topologies.current().in(0).isEmpty());
      assertThat(topologies.current().usable(1)).hasSize(1);
      mariaDb.execute("set global read_only = 0");
      await().atMost(LONG).until(() -> !topologies.current().usable(0).isEmpty());
      mariaDb.stop(EmbeddedMariaDb.Stop.CRASH);
      await().atMost(LONG)
          .until(() -> topologies.current().in(0).stream().allMatch(Server::mustBeCut));
      mariaDb.start();
      await().atMost(LONG).until(() -> !topologies.current().usable(0).isEmpty());
      mariaDb.freeze();
      try {
        await().atMost(Duration.ofMinutes(2))
            .until(() -> topologies.current().usable(0).isEmpty());
      } finally {
        mariaDb.thaw();
      }
      await().atMost(LONG).until(() -> !topologies.current().usable(0).isEmpty());
    }
  }

  private static ServerAddress address() {
    return new ServerAddress("127.0.0.1", mariaDb.port());
  }

  private static Server server(int hostgroup) {
    return Server.of(hostgroup, address(), ServerAttributes.DEFAULTS);
  }
}
