package dev.weir.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The firewall: only digests that were let in run, and whoever is kept out is told and goes on. */
class MysqlFirewallIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  @BeforeAll
  static void tables() throws SQLException {
    mariaDb.execute("create table t (id int primary key, v varchar(100))",
        "insert into t values (1, 'one')");
  }

  @AfterEach
  void off() throws SQLException {
    weir.configure("SET mysql-firewall_whitelist_enabled = 'false'",
        "LOAD MYSQL VARIABLES TO RUNTIME", "DELETE FROM mysql_firewall_whitelist_users",
        "DELETE FROM mysql_firewall_whitelist_rules", "LOAD MYSQL FIREWALL TO RUNTIME",
        "DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME");
  }

  private static void on(String mode) throws SQLException {
    weir.log().clear();
    weir.configure(
        "REPLACE INTO mysql_firewall_whitelist_users (active, username, client_address, mode, comment) "
            + "VALUES (1, '" + weir.user() + "', '', '" + mode + "', '')",
        "LOAD MYSQL FIREWALL TO RUNTIME", "SET mysql-firewall_whitelist_enabled = 'true'",
        "LOAD MYSQL VARIABLES TO RUNTIME");
  }

  /** What was asked so far is let in from now on: how operators make their rules. */
  private static void letIn(String like) throws SQLException {
    weir.configure(
        "INSERT INTO mysql_firewall_whitelist_rules (active, username, client_address, schemaname, flagIN, digest, comment) "
            + "SELECT DISTINCT 1, username, '', schemaname, 0, digest, '' FROM stats_mysql_query_digest "
            + "WHERE digest_text LIKE '" + like + "'",
        "LOAD MYSQL FIREWALL TO RUNTIME");
  }

  private static long global(Connection admin, String name) throws SQLException {
    return Long.parseLong(value(admin,
        "SELECT Variable_Value FROM stats_mysql_global WHERE Variable_Name = '" + name + "'"));
  }

  private static void assertBlocked(Connection client, String sql, String message) {
    assertThatThrownBy(() -> run(client, sql)).isInstanceOfSatisfying(SQLException.class, e -> {
      assertThat(e.getErrorCode()).isEqualTo(1148);
      assertThat(e.getSQLState()).isEqualTo("42000");
    }).hasMessageContaining(message);
  }

  @Test
  void protectingLetsOnlyKnownDigestsThrough() throws SQLException {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      run(client, "SELECT v FROM t WHERE id = 1");
      letIn("SELECT v FROM t WHERE id = ?");
      long blocked = global(admin, "firewall_blocked_queries");
      on("PROTECTING");
      assertThat(value(client, "SELECT v FROM t WHERE id = 1"))
          .isEqualTo("one");
      assertBlocked(client, "SELECT v FROM t WHERE id = 1 OR 1 = 1", "Firewall blocked this query");
      assertBlocked(client, "DELETE FROM t", "Firewall blocked this query");
      assertThat(value(client, "SELECT v FROM t WHERE id = 1")).isEqualTo("one");
      assertThat(mariaDb.query("SELECT COUNT(*) FROM t")).isEqualTo("1");
      assertThat(global(admin, "firewall_blocked_queries") - blocked).isEqualTo(2);
      assertThat(weir.log().count("Firewall blocked query with digest 0x[0-9A-F]{16} from user "
          + weir.user() + "@127.0.0.1, schema " + mariaDb.database())).isEqualTo(2);
    }
  }

  @Test
  void theMessageIsTheOperators() throws SQLException {
    try (Connection client = weir.connect()) {
      on("PROTECTING");
      weir.configure("SET mysql-firewall_whitelist_errormsg = 'not here'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
      assertBlocked(client, "SELECT 1", "not here");
    } finally {
      weir.configure("SET mysql-firewall_whitelist_errormsg = 'Firewall blocked this query'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  @Test
  void detectingLetsThroughAndTells() throws SQLException {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      long detected = global(admin, "firewall_detected_queries");
      on("DETECTING");
      assertThat(value(client, "SELECT COUNT(*), 'x' FROM t")).isEqualTo("1");
      assertThat(value(client, "SELECT COUNT(*), 'y' FROM t")).isEqualTo("1");
      assertThat(global(admin, "firewall_detected_queries") - detected).isEqualTo(2);
      assertThat(weir.log().count("Firewall detected unknown query")).isEqualTo(1);
    }
  }

  @Test
  void offIsOffAndWhoIsNotListedIsProtected() throws SQLException {
    try (Connection client = weir.connect()) {
      on("OFF");
      assertThat(value(client, "SELECT 5")).isEqualTo("5");
      weir.configure("DELETE FROM mysql_firewall_whitelist_users",
          "LOAD MYSQL FIREWALL TO RUNTIME");
      assertBlocked(client, "SELECT 5", "Firewall blocked this query");
    }
  }

  @Test
  void preparedStatementsAreLookedAtToo() throws SQLException {
    try (Connection client = weir.connect("useServerPrepStmts=true");
        PreparedStatement before = client.prepareStatement("SELECT v FROM t WHERE id = ?")) {
      before.setInt(1, 1);
      before.execute();
      on("PROTECTING");
      assertThatThrownBy(before::execute).isInstanceOfSatisfying(SQLException.class,
          e -> assertThat(e.getErrorCode()).isEqualTo(1148));
      assertThatThrownBy(() -> executeNew(client))
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getErrorCode()).isEqualTo(1148));
      letIn("SELECT v FROM t WHERE id = ?");
      before.setInt(1, 1);
      assertThat(before.execute()).isTrue();
    }
  }

  private static void executeNew(Connection client) throws SQLException {
    try (PreparedStatement statement = client.prepareStatement("SELECT id FROM t WHERE v = ?")) {
      statement.setString(1, "one");
      statement.execute();
    }
  }

  @Test
  void aCachedResultIsNoWayAround() throws SQLException {
    try (Connection client = weir.connect()) {
      weir.configure(
          "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, cache_ttl) "
              + "VALUES (1, 1, 'kept', 600000)",
          "LOAD MYSQL QUERY RULES TO RUNTIME");
      assertThat(value(client, "SELECT /*kept*/ v FROM t")).isEqualTo("one");
      on("PROTECTING");
      assertBlocked(client, "SELECT /*kept*/ v FROM t", "Firewall blocked this query");
    }
  }

  @Test
  void aTransactionGoesOnAfterABlock() throws SQLException {
    try (Connection client = weir.connect()) {
      run(client, "START TRANSACTION", "UPDATE t SET v = 'two' WHERE id = 1", "ROLLBACK");
      letIn("%");
      client.setAutoCommit(true);
      run(client, "START TRANSACTION", "UPDATE t SET v = 'two' WHERE id = 1");
      on("PROTECTING");
      assertBlocked(client, "DELETE FROM t WHERE id = 1 LIMIT 1", "Firewall blocked this query");
      try (Statement statement = client.createStatement()) {
        statement.execute("ROLLBACK");
      }
      assertThat(mariaDb.query("SELECT v FROM t")).isEqualTo("one");
    }
  }

  @Test
  void theRunningTablesAndTheirMemoryAreShown() throws SQLException {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      run(client, "SELECT v FROM t WHERE id = 1");
      on("DETECTING");
      letIn("SELECT v FROM t WHERE id = ?");
      assertThat(rows(admin, "SELECT username, mode FROM runtime_mysql_firewall_whitelist_users"))
          .containsExactly(weir.user() + "|DETECTING");
      assertThat(rows(admin, "SELECT digest FROM runtime_mysql_firewall_whitelist_rules"))
          .hasSize(1);
      assertThat(rows(admin, "SELECT Variable_Name FROM stats_memory_metrics "
          + "WHERE Variable_Name LIKE 'mysql_firewall_%' AND Variable_Value > 0")).hasSize(4);
    }
  }

  @Test
  void aDigestThatIsNoneIsRefusedAndNothingChanges() throws SQLException {
    try (Connection admin = weir.admin()) {
      run(admin,
          "INSERT INTO mysql_firewall_whitelist_rules (active, username, client_address, schemaname, flagIN, digest, comment) "
              + "VALUES (1, 'app', '', 'shop', 0, 'SELECT 1', '')");
      assertThatThrownBy(() -> run(admin, "LOAD MYSQL FIREWALL TO RUNTIME"))
          .hasMessageContaining("mysql_firewall_whitelist_rules app@")
          .hasMessageContaining("SELECT 1");
      assertThat(rows(admin, "SELECT digest FROM runtime_mysql_firewall_whitelist_rules"))
          .isEmpty();
    }
  }
}
