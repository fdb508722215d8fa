package dev.weir.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The admin port changes what the traffic port does, and shows what it did. */
class MysqlAdminIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  @AfterEach
  void withoutRules() throws SQLException {
    weir.configure("DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME");
  }

  private static void rule(String columns, String values) throws SQLException {
    weir.configure("INSERT INTO mysql_query_rules (rule_id, active, " + columns + ") VALUES (1, 1, "
        + values + ")", "LOAD MYSQL QUERY RULES TO RUNTIME");
  }

  // --- query rules ---

  @Test
  void aRuleTakesEffectWhenItIsLoadedAndNotBefore() throws SQLException {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      run(admin, "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, error_msg, apply)"
          + " VALUES (1, 1, 'forbidden', 'not that one', 1)");
      assertThat(value(client, "SELECT 'forbidden'")).isEqualTo("forbidden");
      run(admin, "LOAD MYSQL QUERY RULES TO RUNTIME");
      assertThatThrownBy(() -> value(client, "SELECT 'forbidden'"))
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getErrorCode()).isEqualTo(1148))
          .hasMessageContaining("not that one");
      assertThat(value(client, "SELECT 'allowed'")).isEqualTo("allowed");
      assertThat(rows(admin, "SELECT rule_id, hits FROM stats_mysql_query_rules"))
          .containsExactly("1|1");
      assertThat(rows(admin, "SELECT rule_id, error_msg FROM runtime_mysql_query_rules"))
          .containsExactly("1|not that one");
    }
  }

  @Test
  void aRuleRewrites() throws SQLException {
    rule("match_pattern, replace_pattern, apply", "'SELECT 41$', 'SELECT 42', 1");
    try (Connection client = weir.connect()) {
      assertThat(value(client, "SELECT 41")).isEqualTo("42");
      assertThat(value(client, "SELECT 410")).isEqualTo("410");
    }
  }

  @Test
  void aRuleSendsToAnotherHostgroup() throws SQLException {
    weir.configure(
        "INSERT INTO mysql_servers (hostgroup_id, hostname, port) VALUES (7, '127.0.0.1', "
            + mariaDb.port() + ")",
        "LOAD MYSQL SERVERS TO RUNTIME");
    rule("match_digest, destination_hostgroup, apply", "'^SELECT . AS seven', 7, 1");
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      assertThat(value(client, "SELECT 1 AS seven")).isEqualTo("1");
      assertThat(value(client, "SELECT 1 AS other")).isEqualTo("1");
      assertThat(rows(admin, "SELECT hostgroup, count_star FROM stats_mysql_query_digest"
          + " WHERE digest_text IN ('SELECT ? AS seven', 'SELECT ? AS other') ORDER BY 1"))
          .containsExactly("0|1", "7|1");
      assertThat(rows(admin, "SELECT hostgroup, Queries FROM stats_mysql_connection_pool"
          + " WHERE hostgroup = 7")).containsExactly("7|1");
    } finally {
      weir.configure("DELETE FROM mysql_servers WHERE hostgroup_id = 7",
          "LOAD MYSQL SERVERS TO RUNTIME");
    }
  }

  @Test
  void aHostgroupWithoutServersIsAnErrorInTime() throws SQLException {
    weir.configure("UPDATE global_variables SET variable_value = '500'"
        + " WHERE variable_name = 'mysql-connect_timeout_server_max'",
        "LOAD MYSQL VARIABLES TO RUNTIME");
    rule("match_pattern, destination_hostgroup, apply", "'nowhere', 99, 1");
    try (Connection client = weir.connect()) {
      assertThatThrownBy(() -> value(client, "SELECT 'nowhere'"))
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getErrorCode()).isEqualTo(9001));
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    } finally {
      weir.configure("UPDATE global_variables SET variable_value = '10000'"
          + " WHERE variable_name = 'mysql-connect_timeout_server_max'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  // --- what is shown ---

  @Test
  void digestsCount() throws SQLException {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      for (int i = 0; i < 5; i++) {
        value(client, "SELECT " + i + " AS counted");
      }
      assertThat(rows(admin, "SELECT count_star, schemaname, username, sum_rows_sent"
          + " FROM stats_mysql_query_digest WHERE digest_text = 'SELECT ? AS counted'"))
          .containsExactly("5|" + mariaDb.database() + "|" + weir.user() + "|5");
    }
  }

  @Test
  void commitsAndRollbacksCount() throws SQLException {
    String counters = "SELECT Variable_Name, Variable_Value FROM stats_mysql_global"
        + " WHERE Variable_Name IN ('Com_commit', 'Com_rollback') ORDER BY 1";
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      long commits = Long.parseLong(rows(admin, counters).getFirst().substring(11));
      long rollbacks = Long.parseLong(rows(admin, counters).getLast().substring(13));
      for (String end : List.of("COMMIT", "COMMIT", "ROLLBACK")) {
        run(client, "BEGIN");
        run(client, end);
      }
      assertThat(rows(admin, counters)).containsExactly("Com_commit|" + (commits + 2),
          "Com_rollback|" + (rollbacks + 1));
    }
  }

  @Test
  void samplesAndDigestsGoToTheHistory() throws Exception {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      value(client, "SELECT 1 AS remembered");
      run(admin, "SET admin-stats_system_memory = 1");
      run(admin, "SET admin-stats_mysql_connections = 1");
      run(admin, "LOAD ADMIN VARIABLES TO RUNTIME");
      WeirServer.await("samples",
          () -> !rows(admin, "SELECT 1 FROM stats_history.system_memory").isEmpty()
              && !rows(admin, "SELECT 1 FROM stats_history.mysql_connections").isEmpty());
      assertThat(rows(admin, "SELECT MIN(allocated > 0 AND resident > 0 AND active >= allocated"
          + " AND metadata > 0) FROM stats_history.system_memory")).containsExactly("1");
      run(admin, "SAVE MYSQL DIGEST TO DISK");
      assertThat(rows(admin, "SELECT count_star FROM stats_history.history_mysql_query_digest"
          + " WHERE digest_text = 'SELECT ? AS remembered'")).containsExactly("1");
      assertThat(rows(admin, "SELECT 1 FROM stats_mysql_query_digest"
          + " WHERE digest_text = 'SELECT ? AS remembered'")).isEmpty();
      run(admin, "SET admin-stats_system_memory = 60");
      run(admin, "SET admin-stats_mysql_connections = 60");
      run(admin, "LOAD ADMIN VARIABLES TO RUNTIME");
    }
  }

  @Test
  void theServersInForceAreShown() throws SQLException {
    try (Connection admin = weir.admin()) {
      assertThat(rows(admin, "SELECT hostgroup_id, hostname, port, status, max_connections"
          + " FROM runtime_mysql_servers"))
          .containsExactly("0|127.0.0.1|" + mariaDb.port() + "|ONLINE|20");
    }
  }

  @Test
  void clientsAreShown() throws SQLException {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      assertThat(value(client, "SELECT CONNECTION_ID()"))
          .isEqualTo(value(admin, "SELECT SessionID FROM stats_mysql_processlist"));
      assertThat(rows(admin, "SELECT user, db, command FROM stats_mysql_processlist"))
          .containsExactly(weir.user() + "|" + mariaDb.database() + "|Sleep");
    }
  }

  @Test
  void poolsOfThePostgresSideAreShownHereToo() throws SQLException {
    try (Connection admin = weir.admin()) {
      assertThat(rows(admin, "SHOW POOLS").toString()).contains("pgbouncer");
      assertThat(rows(admin, "SHOW DATABASES")).isNotEmpty();
    }
  }

  @Test
  void tablesOfThisSideAreShownAtThePostgresConsole() throws SQLException {
    try (Connection console = weir.postgresConsole()) {
      assertThat(rows(console, "SELECT hostgroup_id, port FROM runtime_mysql_servers"))
          .containsExactly("0|" + mariaDb.port());
      assertThat(rows(console, "SELECT username FROM mysql_users")).containsExactly(weir.user());
      assertThat(rows(console, "SHOW POOLS").toString()).contains("pgbouncer");
    }
  }

  @Test
  void statementsMayBePrepared() throws SQLException {
    try (Connection admin = weir.admin("admin", "admin", "useServerPrepStmts=true");
        PreparedStatement statement = admin.prepareStatement(
            "SELECT hostgroup_id, port FROM mysql_servers WHERE port = ?")) {
      statement.setInt(1, mariaDb.port());
      try (ResultSet found = statement.executeQuery()) {
        assertThat(rows(found)).containsExactly("0|" + mariaDb.port());
      }
    }
  }

  @Test
  void theCommandLineClientIsServed() throws Exception {
    TestTools.Result result = TestTools.run("mysql", List.of("-h127.0.0.1", "-P"
        + weir.adminPort(), "-uadmin", "-padmin", "--skip-ssl", "-N", "-B", "-e",
        "SELECT hostgroup_id, port FROM runtime_mysql_servers; SHOW TABLES"), Map.of());
    assertThat(result.succeeded()).contains("0\t" + mariaDb.port(), "mysql_query_rules");
  }

  @Test
  void theCommandLineClientIsServedOnTheTrafficPort() throws Exception {
    TestTools.Result result = TestTools.run("mysql", List.of("-h127.0.0.1", "-P" + weir.port(),
        "-u" + weir.user(), "-p" + MysqlWeir.PASSWORD, "--skip-ssl", "-N", "-B", "-e",
        "SET @kept = 1; SELECT @kept; SET time_zone='+03:00'; SELECT @@time_zone,"
            + " @@session_track_system_variables",
        mariaDb.database()), Map.of());
    assertThat(result.succeeded()).isEqualTo("1\n+03:00\t*");
  }

  // --- rights ---

  @Test
  void theStatisticsUserMayNotWrite() throws SQLException {
    try (Connection stats = weir.admin("stats", "stats")) {
      assertThat(rows(stats, "SELECT * FROM stats_mysql_connection_pool")).isNotEmpty();
      assertThatThrownBy(() -> run(stats, "DELETE FROM mysql_servers"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> run(stats, "LOAD MYSQL SERVERS TO RUNTIME"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> run(stats, "SELECT * FROM mysql_users"))
          .isInstanceOf(SQLException.class);
    }
    try (Connection admin = weir.admin()) {
      assertThat(value(admin, "SELECT COUNT(*) FROM mysql_servers")).isEqualTo("1");
    }
  }

  @Test
  void aWrongPasswordIsRefused() {
    for (String name : List.of("admin", "nobody", weir.user())) {
      assertThatThrownBy(() -> weir.admin(name, "guess").close())
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getErrorCode()).isEqualTo(1045));
    }
  }

  // --- operations ---

  @Test
  void aServerThatGoesOfflineSoftFinishesItsTransactions() throws SQLException {
    try (Connection client = weir.connect()) {
      run(client, "START TRANSACTION", "SELECT 1");
      weir.configure("UPDATE mysql_servers SET status = 'OFFLINE_SOFT'",
          "LOAD MYSQL SERVERS TO RUNTIME",
          "UPDATE global_variables SET variable_value = '500'"
              + " WHERE variable_name = 'mysql-connect_timeout_server_max'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
      assertThat(value(client, "SELECT 2")).isEqualTo("2");
      run(client, "COMMIT");
      assertThatThrownBy(() -> value(client, "SELECT 3")).isInstanceOfSatisfying(
          SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(9001));
      weir.configure("UPDATE mysql_servers SET status = 'ONLINE'",
          "LOAD MYSQL SERVERS TO RUNTIME");
      assertThat(value(client, "SELECT 4")).isEqualTo("4");
    } finally {
      weir.configure("UPDATE mysql_servers SET status = 'ONLINE'",
          "LOAD MYSQL SERVERS TO RUNTIME",
          "UPDATE global_variables SET variable_value = '10000'"
              + " WHERE variable_name = 'mysql-connect_timeout_server_max'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  @Test
  void whatWasSavedIsThereAfterARestart() throws Exception {
    rule("match_pattern, replace_pattern, apply", "'SELECT 51$', 'SELECT 52', 1");
    weir.configure("SAVE MYSQL QUERY RULES TO DISK",
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, error_msg)"
            + " VALUES (2, 1, 'x', 'never saved')");
    try {
      weir.restart();
      try (Connection client = weir.connect(); Connection admin = weir.admin()) {
        assertThat(value(client, "SELECT 51")).isEqualTo("52");
        assertThat(rows(admin, "SELECT rule_id FROM mysql_query_rules")).containsExactly("1");
      }
    } finally {
      weir.configure("DELETE FROM mysql_query_rules", "SAVE MYSQL QUERY RULES TO DISK");
    }
  }
}
