package dev.weir.core.mysql.probe;

import dev.weir.core.backend.ReadOnlyCheck;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAttributes;
import dev.weir.core.monitor.GaleraState;
import dev.weir.core.monitor.GroupMemberState;
import dev.weir.core.monitor.MonitorSettings;
import dev.weir.core.monitor.Outcome;
import dev.weir.core.monitor.ReplicationLag;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is asked of which server, and how the answer is read, against a scripted server. */
final class JdbcProbesTest {
  /** Far more than an answer takes on a slow machine. */
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String MARIADB = "5.5.5-10.11.19-MariaDB";

  @ParameterizedTest
  @CsvSource({
    "5.5.5-10.11.19-MariaDB-log, INFORMATION_SCHEMA.GLOBAL_STATUS, SHOW ALL SLAVES STATUS",
    "11.4.5-MariaDB, INFORMATION_SCHEMA.GLOBAL_STATUS, SHOW ALL SLAVES STATUS",
    "12.1.2-MariaDB, INFORMATION_SCHEMA.GLOBAL_STATUS, SHOW ALL SLAVES STATUS",
    "5.6.51, INFORMATION_SCHEMA.GLOBAL_STATUS, SHOW SLAVE STATUS",
    "5.7.44-48-57, performance_schema.global_status, SHOW SLAVE STATUS",
    "8.0.21, performance_schema.global_status, SHOW SLAVE STATUS",
    "8.0.22, performance_schema.global_status, SHOW REPLICA STATUS",
    "8.4.6, performance_schema.global_status, SHOW REPLICA STATUS",
    "9.7.4, performance_schema.global_status, SHOW REPLICA STATUS",
    "nonsense, INFORMATION_SCHEMA.GLOBAL_STATUS, SHOW SLAVE STATUS"})
  void theVersionDecidesWhereToLook(String version, String status, String replica) {
    ServerVersion parsed = ServerVersion.of(version);
    assertThat(Questions.galera(parsed)).contains(status);
    assertThat(Questions.replicaStatus(parsed)).isEqualTo(replica);
  }

  @ParameterizedTest
  @CsvSource({"5.5.5-10.11.19-MariaDB", "12.1.2-MariaDB", "8.0.36-28.1", "9.7.4"})
  void galeraValuesAreRead(String version) throws IOException {
    GaleraState state = new GaleraState(2, true, 17, true, true, true, false, true);
    try (FakeMySqlNode node = new FakeMySqlNode(version).says(state);
        JdbcProbes probes = probes(node)) {
      assertThat(probes.galera(LONG)).isEqualTo(new Outcome.Answered<>(state));
      node.says(GaleraState.SYNCED);
      assertThat(probes.galera(LONG)).isEqualTo(new Outcome.Answered<>(GaleraState.SYNCED));
    }
  }

  @Test
  void aServerWithoutGaleraIsNotPrimary() throws IOException {
    Map<String, @Nullable String> row = new HashMap<>();
    for (String column : new String[]{"wsrep_local_state", "read_only", "wsrep_local_recv_queue",
      "wsrep_desync", "wsrep_reject_queries", "wsrep_sst_donor_rejects_queries",
      "wsrep_cluster_status", "pxc_maint_mode"}) {
      row.put(column, null);
    }
    try (FakeMySqlNode node = new FakeMySqlNode(MARIADB).whenAsked("wsrep_local_state", row);
        JdbcProbes probes = probes(node)) {
      assertThat(probes.galera(LONG)).isEqualTo(new Outcome.Answered<>(
          new GaleraState(-1, false, -1, false, true, false, false, false)));
    }
  }

  @ParameterizedTest
  @EnumSource(ReadOnlyCheck.class)
  void everyReadOnlyCheckAsksItsVariables(ReadOnlyCheck check) throws IOException {
    try (FakeMySqlNode node = new FakeMySqlNode(MARIADB).whenAsked(check.expression(),
        Map.of("read_only", "1")); JdbcProbes probes = probes(node)) {
      assertThat(probes.readOnly(check, LONG)).isEqualTo(new Outcome.Answered<>(true));
      node.whenAsked(check.expression(), Map.of("read_only", "0"));
      assertThat(probes.readOnly(check, LONG)).isEqualTo(new Outcome.Answered<>(false));
    }
  }

  @Test
  void lagIsReadFromEitherSpellingAndFromHeartbeats() throws IOException {
    try (FakeMySqlNode node = new FakeMySqlNode("8.4.6"); JdbcProbes probes = probes(node)) {
      node.whenAsked("show replica status",
          Map.of("Source_Host", "x", "Seconds_Behind_Source", "42"));
      assertThat(probes.replicationLag("", LONG))
          .isEqualTo(new Outcome.Answered<>(new ReplicationLag.Seconds(42)));
      Map<String, @Nullable String> stopped = new HashMap<>();
      stopped.put("Seconds_Behind_Source", null);
      node.whenAsked("show replica status", stopped);
      assertThat(probes.replicationLag("", LONG))
          .isEqualTo(new Outcome.Answered<>(new ReplicationLag.Unknown()));
      node.whenAsked("`ops`.`heartbeat`", Map.of("Seconds_Behind_Master", "3"));
      assertThat(probes.replicationLag("ops.heartbeat", LONG))
          .isEqualTo(new Outcome.Answered<>(new ReplicationLag.Seconds(3)));
      assertThat(probes.replicationLag("ops.heart`beat", LONG))
          .isInstanceOf(Outcome.Failed.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"5.7.44, gr_member_routing_candidate_status", "8.4.6, replication_group_members"})
  void groupMembersAreRead(String version, String source) throws IOException {
    try (FakeMySqlNode node = new FakeMySqlNode(version).whenAsked(source,
        Map.of("viable_candidate", "YES", "read_only", "NO", "transactions_behind", "5"));
        JdbcProbes probes = probes(node)) {
      assertThat(probes.groupMember(LONG))
          .isEqualTo(new Outcome.Answered<>(new GroupMemberState(true, false, 5)));
    }
  }

  @Test
  void silenceIsATimeoutAndAnErrorIsAnErrorWithItsCode() throws IOException {
    try (FakeMySqlNode node = new FakeMySqlNode(MARIADB); JdbcProbes probes = probes(node)) {
      assertThat(probes.ping(LONG)).isEqualTo(new Outcome.Answered<>(true));
      node.when("wsrep_local_state",
          new FakeMySqlNode.Reply.Refusal(1047, "WSREP has not yet prepared node"));
      assertThat(probes.galera(LONG)).isInstanceOfSatisfying(Outcome.Failed.class,
          failed -> assertThat(failed.code()).isEqualTo(1047));
      node.when("wsrep_local_state", new FakeMySqlNode.Reply.Silence());
      assertThat(probes.galera(SHORT)).isInstanceOf(Outcome.TimedOut.class);
      node.pings(new FakeMySqlNode.Reply.Silence());
      assertThat(probes.ping(SHORT)).isInstanceOf(Outcome.TimedOut.class);
    }
  }

  @Test
  void aRefusedLoginAndARefusedConnectionAreErrors() throws IOException {
    FakeMySqlNode node = new FakeMySqlNode(MARIADB);
    try (JdbcProbes probes = probes(node)) {
      assertThat(probes.connect(LONG)).isEqualTo(new Outcome.Answered<>(true));
      node.logins(new FakeMySqlNode.Reply.Refusal(1045, "Access denied for user 'monitor'"));
      for (Outcome<Boolean> outcome : java.util.List.of(probes.connect(LONG),
          probes.ping(LONG))) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class,
            failed -> assertThat(failed.isAboutTheAccount()).as(failed.message()).isTrue());
      }
      node.close();
      for (Outcome<Boolean> outcome : java.util.List.of(probes.connect(LONG),
          probes.ping(LONG))) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Failed.class,
            failed -> assertThat(failed.code()).as(failed.message()).isZero());
      }
    }
  }

  private static JdbcProbes probes(FakeMySqlNode node) {
    return JdbcProbes.of(Server.of(0, node.address(), ServerAttributes.DEFAULTS),
        MonitorSettings.DEFAULTS);
  }
}
