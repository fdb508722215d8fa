package dev.weir.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A rule has statements run a second time elsewhere; here elsewhere is the same server under another number. */
class MysqlMirrorIT {
  private static final int MEGA = 1024 * 1024;

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb)
      .set("connect_timeout_server_max", "1000");

  @BeforeAll
  static void tables() throws SQLException {
    mariaDb.execute("create table m (v longtext)");
    mariaDb.execute("create table copies (v longtext)");
    weir.configure(
        "INSERT INTO mysql_servers (hostgroup_id, hostname, port) VALUES (5, '127.0.0.1', "
            + mariaDb.port() + ")",
        "LOAD MYSQL SERVERS TO RUNTIME");
  }

  @AfterEach
  void asBefore() throws SQLException {
    awaitNoCopies();
    weir.configure("DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME",
        "SET mysql-mirror_max_concurrency = 16", "SET mysql-mirror_max_queue_length = 32000",
        "LOAD MYSQL VARIABLES TO RUNTIME");
  }

  private static void awaitNoCopies() throws SQLException {
    try (Connection admin = weir.admin()) {
      WeirServer.await("no copy runs or waits", () -> "0".equals(value(admin,
          "SELECT SUM(Variable_Value) FROM stats_mysql_global WHERE Variable_Name IN"
              + " ('Mirror_concurrency', 'Mirror_queue_length')")));
    }
  }

  private static void rule(int id, String columns, String values) throws SQLException {
    weir.configure("INSERT INTO mysql_query_rules (rule_id, active, " + columns + ") VALUES (" + id
        + ", 1, " + values + ")", "LOAD MYSQL QUERY RULES TO RUNTIME");
  }

  private static String tag() {
    return "tag" + System.nanoTime();
  }

  private static @Nullable String count(Connection client, String tag) throws SQLException {
    return value(client, "SELECT COUNT(*) FROM m WHERE v LIKE '" + tag + "%'");
  }

  private static long global(String name) throws SQLException {
    try (Connection admin = weir.admin()) {
      return Long.parseLong(String.valueOf(value(admin,
          "SELECT Variable_Value FROM stats_mysql_global WHERE Variable_Name = '" + name + "'")));
    }
  }

  @Test
  void aStatementRunsTwice() throws SQLException {
    rule(1, "match_pattern, mirror_hostgroup", "'^INSERT INTO m', 5");
    String tag = tag();
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      run(client, "INSERT INTO m VALUES ('" + tag + "')");
      WeirServer.await("a copy", () -> "2".equals(count(client, tag)));
      awaitNoCopies();
      assertThat(count(client, tag)).isEqualTo("2");
      assertThat(rows(admin, "SELECT hostgroup, SUM(count_star) FROM stats_mysql_query_digest"
          + " WHERE digest_text LIKE 'INSERT INTO m VALUES%' GROUP BY hostgroup ORDER BY 1"))
          .extracting(row -> row.substring(0, 2)).containsExactly("0|", "5|");
    }
  }

  @Test
  void aCommentAsksForACopyToo() throws SQLException {
    String tag = tag();
    try (Connection client = weir.connect()) {
      run(client, "/* mirror=5 */ INSERT INTO m VALUES ('" + tag + "')");
      WeirServer.await("a copy", () -> "2".equals(count(client, tag)));
    }
  }

  @Test
  void theCopyHasTheClientsSettingsButNotItsTransaction() throws SQLException {
    rule(1, "match_pattern, mirror_hostgroup", "'^INSERT INTO m', 5");
    String tag = tag();
    try (Connection client = weir.connect()) {
      run(client, "SET time_zone = '+03:00'", "SET autocommit = 0",
          "INSERT INTO m SELECT CONCAT('" + tag + "', @@time_zone, @@character_set_client)",
          "ROLLBACK", "SET autocommit = 1");
      WeirServer.await("the copy alone is there", () -> "1".equals(count(client, tag)));
      assertThat(value(client, "SELECT v FROM m WHERE v LIKE '" + tag + "%'"))
          .isEqualTo(tag + "+03:00utf8mb4");
    }
  }

  @Test
  void rulesOfTheFlagDecideAboutTheCopy() throws SQLException {
    rule(1, "match_pattern, mirror_flagOUT", "'^INSERT INTO m', 700");
    rule(2, "flagIN, match_pattern, replace_pattern, destination_hostgroup, apply",
        "700, 'INSERT INTO m', 'INSERT INTO copies', 5, 1");
    String tag = tag();
    try (Connection client = weir.connect()) {
      run(client, "INSERT INTO m VALUES ('" + tag + "')");
      WeirServer.await("a copy", () -> "1".equals(
          value(client, "SELECT COUNT(*) FROM copies WHERE v = '" + tag + "'")));
      assertThat(count(client, tag)).isEqualTo("1");
    }
  }

  @Test
  void theCopyIsOfTheRewrittenStatement() throws SQLException {
    rule(1, "match_pattern, replace_pattern, mirror_hostgroup, apply",
        "'INSERT INTO a_long_name_that_is_not_there', 'INSERT INTO m', 5, 1");
    String tag = tag();
    try (Connection client = weir.connect()) {
      run(client, "INSERT INTO a_long_name_that_is_not_there VALUES ('" + tag + "')");
      WeirServer.await("a copy", () -> "2".equals(count(client, tag)));
    }
  }

  @Test
  void whatBecomesOfTheCopyIsNotTheClientsMatter() throws SQLException {
    rule(1, "match_pattern, mirror_hostgroup, apply", "'nowhere', 99, 1");
    rule(2, "match_pattern, mirror_flagOUT", "'fails there', 701");
    rule(3, "flagIN, match_pattern, replace_pattern, destination_hostgroup, apply",
        "701, '.*', 'SELECT * FROM no_such_table', 5, 1");
    try (Connection client = weir.connect()) {
      for (int i = 0; i < 5; i++) {
        assertThat(value(client, "SELECT 'nowhere'")).isEqualTo("nowhere");
        assertThat(value(client, "SELECT 'fails there'")).isEqualTo("fails there");
      }
      awaitNoCopies();
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aLongStatementIsCopiedWhole() throws SQLException {
    rule(1, "match_pattern, mirror_hostgroup", "'^INSERT INTO m', 5");
    for (int length : new int[]{100_000, 3 * MEGA}) {
      String tag = tag();
      try (Connection client = weir.connect()) {
        run(client, "INSERT INTO m VALUES ('" + tag + "y".repeat(length) + "')");
        WeirServer.await("a copy", () -> "2".equals(count(client, tag)));
        assertThat(rows(client, "SELECT DISTINCT LENGTH(v) FROM m WHERE v LIKE '" + tag + "%'"))
            .containsExactly(Integer.toString(tag.length() + length));
      }
    }
  }

  @Test
  void preparedStatementsAreNotCopied() throws SQLException {
    rule(1, "match_pattern, mirror_hostgroup", "'^INSERT INTO m', 5");
    String tag = tag();
    try (Connection client = weir.connect("useServerPrepStmts=true");
        PreparedStatement insert = client.prepareStatement("INSERT INTO m VALUES (?)")) {
      insert.setString(1, tag);
      insert.executeUpdate();
      awaitNoCopies();
      assertThat(count(client, tag)).isEqualTo("1");
    }
  }

  @Test
  void soManyRunSoManyWaitAndNoMore() throws SQLException {
    rule(1, "match_pattern, mirror_flagOUT", "'copied', 702");
    rule(2, "flagIN, match_pattern, replace_pattern, destination_hostgroup, apply",
        "702, '.*', 'DO GET_LOCK(''copies'', 30)', 5, 1");
    weir.configure("SET mysql-mirror_max_concurrency = 1", "SET mysql-mirror_max_queue_length = 2",
        "LOAD MYSQL VARIABLES TO RUNTIME");
    long dropped = global("Mirror_dropped");
    try (Connection client = weir.connect();
        Connection admin = weir.admin();
        Connection holder = mariaDb.connect()) {
      assertThat(value(holder, "SELECT GET_LOCK('copies', 0)")).isEqualTo("1");
      for (int i = 0; i < 6; i++) {
        assertThat(value(client, "SELECT 'copied'")).isEqualTo("copied");
      }
      assertThat(global("Mirror_dropped")).isEqualTo(dropped + 3);
      assertThat(global("Mirror_concurrency")).isEqualTo(1);
      assertThat(global("Mirror_queue_length")).isEqualTo(2);
      WeirServer.await("one is in the process list",
          () -> rows(admin, "SELECT user, command FROM stats_mysql_processlist"
              + " WHERE cli_host = 'mirror_internal'").contains(weir.user() + "|Query"));
    }
    assertThat(global("Access_Denied_Max_User_Connections")).isZero();
  }

  @Test
  void aClientThatLeavesAtOnceLeavesItsCopy() throws SQLException {
    rule(1, "match_pattern, mirror_hostgroup", "'^INSERT INTO m', 5");
    String tag = tag();
    try (Connection client = weir.connect()) {
      run(client, "INSERT INTO m VALUES ('" + tag + "')");
    }
    try (Connection other = weir.connect()) {
      WeirServer.await("a copy", () -> "2".equals(count(other, tag)));
    }
  }

  @Test
  void aStatementThatFailsIsCopiedAllTheSame() throws SQLException {
    rule(1, "match_pattern, mirror_hostgroup", "'no_such_table', 5");
    try (Connection client = weir.connect()) {
      assertThatThrownBy(() -> run(client, "SELECT * FROM no_such_table"))
          .hasMessageContaining("no_such_table");
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }
}
