package dev.weir.it;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What MySQL's sessions carry along and what binds them, as operators see it, and what SQL's PREPARE comes to. */
class MysqlSessionStateIT {
  @RegisterExtension static final MariaDbServer server = MariaDbServer.inTempDir();
  @RegisterExtension static final DeclaredWeir weir = DeclaredWeir.of(server,
      MysqlSessionStateIT::lines);

  private static List<String> lines() {
    return List.of("one = host=127.0.0.1 port=" + server.port() + " dbname=" + server.database()
        + " pool_size=1",
        "two = host=127.0.0.1 port=" + server.port() + " dbname=" + server.database()
            + " pool_size=2");
  }

  @BeforeAll
  static void accounts() throws SQLException {
    server.execute(
        "create user declared identified by '" + DeclaredWeir.PASSWORD.replace("'", "''") + "'",
        "grant all on *.* to declared", "create table t (v int)", "insert into t values (1), (2)");
  }

  private static List<Map<String, String>> pins() throws SQLException {
    try (Console console = new Console(weir.console())) {
      return console.show("PINS");
    }
  }

  private static void awaitNoPins() {
    WeirServer.await("no pins", () -> pins().isEmpty());
  }

  /** The id of the only client of MySQL there is. */
  private static String onlyClient(Console console, String column) throws SQLException {
    return console.show("CLIENTS").stream()
        .filter(row -> String.valueOf(row.get("user")).equals("declared"))
        .map(row -> row.get(column)).findFirst().orElseThrow();
  }

  // --- SHOW PINS, SHOW LEDGER ---

  @Test
  void whoKeepsAServerIsShownWithReasonStatementAndEnd() throws Exception {
    try (Connection client = weir.connect("two");
        Connection admin = weir.admin();
        Console console = new Console(weir.console())) {
      run(client, "CREATE TEMPORARY TABLE mine (a int)", "DO GET_LOCK('l', 0)");
      List<Map<String, String>> shown = pins();
      assertThat(shown).extracting(row -> row.get("reason"))
          .containsExactlyInAnyOrder("temporary table", "GET_LOCK");
      Map<String, String> table = shown.stream()
          .filter(row -> String.valueOf(row.get("reason")).equals("temporary table")).findFirst()
          .orElseThrow();
      assertThat(table).containsEntry("protocol", "mysql").containsEntry("database", "two")
          .containsEntry("user", "declared").containsEntry("id", onlyClient(console, "id"))
          .containsEntry("digest", "CREATE TEMPORARY TABLE mine (a int)")
          .containsEntry("ends_with", "DROP TABLE (mine)");
      assertThat(MysqlWeir.rows(admin, "SHOW PINS")).hasSize(2);
      assertThat(MysqlWeir.rows(admin,
          "SELECT user, reason FROM stats_weir_pins WHERE reason='GET_LOCK'"))
          .containsExactly("declared|GET_LOCK");
      assertThat(metrics()).contains(
          "weir_pinned_sessions{protocol=\"mysql\",reason=\"GET_LOCK\"} 1.0");
      run(client, "DROP TABLE mine", "DO RELEASE_ALL_LOCKS()");
      assertThat(pins()).isEmpty();
      assertThat(metrics()).contains(
          "weir_pinned_sessions{protocol=\"mysql\",reason=\"GET_LOCK\"} 0.0").anyMatch(
              line -> line.matches("weir_pin_seconds_count.*reason=\"GET_LOCK\"} [1-9]\\d*"));
    }
  }

  @Test
  void theEndOfASessionEndsItsPins() throws Exception {
    try (Connection client = weir.connect("two")) {
      run(client, "LOCK TABLES t READ");
      assertThat(pins()).hasSize(1);
    }
    awaitNoPins();
    WeirServer.await("the metric", () -> metrics()
        .contains("weir_pinned_sessions{protocol=\"mysql\",reason=\"LOCK TABLES\"} 0.0"));
  }

  @Test
  void whatASessionCarriesAlongIsShownAndSecretsAreNot() throws Exception {
    try (Connection client = weir.connect("two");
        Console console = new Console(weir.console());
        Connection admin = weir.admin()) {
      run(client, "SET time_zone = '+02:00'", "SET @a = 5, @my_password = 'geheim'",
          "PREPARE p FROM 'SELECT v FROM t WHERE v > 41'");
      String id = onlyClient(console, "id");
      List<Map<String, String>> byId = console.rows("SHOW LEDGER " + id);
      assertThat(byId).allMatch(row -> id.equals(row.get("id")));
      assertThat(byId).extracting(row -> row.get("kind") + " " + row.get("name") + "="
          + row.get("value")).contains("schema =" + server.database(),
              "setting time_zone=+02:00", "user variable @a=5", "user variable @my_password=***",
              "PREPARE p=SELECT v FROM t WHERE v > ?");
      assertThat(console.rows("SHOW LEDGER " + onlyClient(console, "ptr"))).isEqualTo(byId);
      assertThat(MysqlWeir.rows(admin, "SHOW LEDGER " + id + ";")).hasSameSizeAs(byId);
      assertThat(MysqlWeir.rows(admin, "SELECT value FROM stats_weir_ledger WHERE SessionID=" + id
          + " AND name='time_zone'")).containsExactly("+02:00");
      assertThat(console.error("SHOW LEDGER 999999999").getMessage())
          .contains("no client has the id 999999999");
      assertThatThrownBy(() -> MysqlWeir.rows(admin, "SHOW LEDGER nobody"))
          .hasMessageContaining("not a client's id: 'nobody'");
    }
  }

  // --- EXPLAIN ROUTE ---

  @Test
  void aRouteIsExplainedWithoutRunningAnything() throws Exception {
    try (Connection admin = weir.admin(); Console console = new Console(weir.console())) {
      String sql = "EXPLAIN ROUTE CREATE TEMPORARY TABLE mine (a int)";
      List<String> mysql = console.rows(sql).stream()
          .filter(row -> String.valueOf(row.get("protocol")).equals("mysql"))
          .map(row -> row.get("item") + ": " + row.get("value")).toList();
      assertThat(mysql).containsExactly("statement: CREATE_TEMPORARY", "access: write",
          "session: keeps its server: temporary table mine; until DROP TABLE",
          "hostgroup: the default of the user or database");
      assertThat(console.rows(sql))
          .anyMatch(row -> String.valueOf(row.get("protocol")).equals("postgresql")
              && String.valueOf(row.get("value"))
                  .startsWith("may keep its server: temporary object; until DROP"));
      assertThat(MysqlWeir.rows(admin, sql)).contains(
          "mysql|session|keeps its server: temporary table mine; until DROP TABLE");
      assertThat(MysqlWeir.rows(admin, "EXPLAIN ROUTE SET time_zone='+01:00', @a = 1+1"))
          .contains("mysql|session|setting time_zone follows the session",
              "mysql|session|keeps its server: user variable @a; until SET of the variable to a"
                  + " literal",
              "postgresql|session|settings that it may make follow the session");
      assertThat(MysqlWeir.rows(admin, "EXPLAIN ROUTE PREPARE p FROM 'SELECT 1'"))
          .contains("mysql|session|PREPARE p follows the session");
      assertThat(MysqlWeir.rows(admin, "EXPLAIN ROUTE PREPARE p FROM 'SET @a = 1'"))
          .contains("mysql|session|keeps its server: PREPARE p; until DEALLOCATE PREPARE");
      assertThat(MysqlWeir.rows(admin, "EXPLAIN ROUTE SELECT 1")).contains(
          "mysql|session|stays as it is", "postgresql|session|stays as it is");
      assertThat(pins()).isEmpty();
    }
  }

  @Test
  void rulesAreExplainedAsTheyAreForAClient() throws Exception {
    try (Connection admin = weir.admin();
        Connection client = weir.connect("two");
        Console console = new Console(weir.console())) {
      run(admin,
          "INSERT INTO mysql_query_rules (rule_id, active, username, match_digest,"
              + " destination_hostgroup, apply) VALUES (7, 1, 'declared', '^SELECT special', 4, 1),"
              + " (8, 1, 'somebody', '.', 5, 1), (9, 1, 'declared', '^SELECT no', NULL, 1)",
          "UPDATE mysql_query_rules SET error_msg='never' WHERE rule_id=9",
          "LOAD MYSQL QUERY RULES TO RUNTIME");
      run(client, "DO GET_LOCK('l', 0)");
      String of = "EXPLAIN ROUTE FOR " + onlyClient(console, "id") + " ";
      assertThat(MysqlWeir.rows(admin, of + "SELECT special FROM t")).containsSubsequence(
          "mysql|rule 7|matches", "mysql|hostgroup|4 (rule 7)",
          "mysql|but|the session keeps its server, of hostgroup "
              + hostgroupOfTwo(admin) + ": GET_LOCK")
          .allMatch(row -> row.startsWith("mysql|"));
      assertThat(MysqlWeir.rows(admin, of + "SELECT no FROM t")).contains(
          "mysql|rule 7|match_digest does not match", "mysql|rule 8|username does not match",
          "mysql|rule 9|matches", "mysql|answer|the error: never");
      assertThat(MysqlWeir.rows(admin, of + "SELECT 1")).contains(
          "mysql|hostgroup|" + hostgroupOfTwo(admin) + " (default)");
      assertThat(MysqlWeir.rows(admin, "EXPLAIN ROUTE SELECT special FROM t")).contains(
          "mysql|rule 7|username does not match");
      assertThat(MysqlWeir.rows(admin, "SELECT SUM(hits) FROM stats_mysql_query_rules"))
          .containsExactly("0");
      run(client, "DO RELEASE_LOCK('l')");
    } finally {
      try (Connection admin = weir.admin()) {
        run(admin, "DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME");
      }
    }
  }

  private static String hostgroupOfTwo(Connection admin) throws SQLException {
    return MysqlWeir.rows(admin,
        "SELECT hostgroup FROM stats_mysql_processlist WHERE user='declared'").getFirst();
  }

  // --- limits ---

  private static void set(String setting, String value) throws SQLException {
    try (Console console = new Console(weir.console())) {
      console.run("SET " + setting + " = " + value);
    }
  }

  @Test
  void noMoreOfAPoolThanItsShareIsKept() throws Exception {
    set("max_pinned_share", "50");
    try (Connection one = weir.connect("two"); Connection two = weir.connect("two")) {
      run(one, "LOCK TABLES t READ");
      for (String sql : List.of("LOCK TABLES t READ", "CREATE TEMPORARY TABLE mine (a int)",
          "SET @a = 1 + 1", "PREPARE p FROM 'SET @a = 1'")) {
        assertThatThrownBy(() -> run(two, sql)).isInstanceOfSatisfying(SQLException.class, e -> {
          assertThat(e.getSQLState()).isEqualTo("HY000");
          assertThat(e.getMessage()).contains("max_pinned_share: sessions may keep 1 of the 2");
        });
      }
      assertThat(value(two, "SELECT @a")).isNull();
      run(two, "SET @a = 3", "PREPARE p FROM 'SELECT @a'"); // follow the session
      assertThat(value(two, "EXECUTE p")).isEqualTo("3");
      run(one, "SELECT GET_LOCK('l', 0)", "UNLOCK TABLES"); // it may have further reasons
      assertThatThrownBy(() -> run(two, "LOCK TABLES t READ"))
          .hasMessageContaining("(LOCK TABLES)");
      run(one, "DO RELEASE_LOCK('l')");
      run(two, "LOCK TABLES t READ", "UNLOCK TABLES");
      run(two, "CREATE TEMPORARY TABLE mine (a int)");
      assertThatThrownBy(() -> run(one, "HANDLER t OPEN")).hasMessageContaining("(HANDLER)");
    } finally {
      set("max_pinned_share", "0");
    }
    try (Connection one = weir.connect("two"); Connection two = weir.connect("two")) {
      run(one, "LOCK TABLES t READ");
      run(two, "LOCK TABLES t READ");
    }
  }

  @Test
  void whoKeepsAServerIdleForTooLongIsEnded() throws Exception {
    set("pin_timeout", "1");
    try (Connection pinned = weir.connect("two"); Connection free = weir.connect("two")) {
      run(free, "SET @a = 1");
      run(pinned, "CREATE TEMPORARY TABLE mine (a int)");
      awaitNoPins();
      assertThatThrownBy(() -> value(pinned, "SELECT 1")).isInstanceOf(SQLException.class)
          .hasMessageContaining(
              "pin_timeout: the session has kept its server idle for 1 s (temporary table)");
      assertThat(value(free, "SELECT @a")).isEqualTo("1");
      run(free, "BEGIN", "CREATE TEMPORARY TABLE other (a int)", "DO SLEEP(2)");
      assertThat(value(free, "SELECT COUNT(*) FROM other")).isEqualTo("0");
    } finally {
      set("pin_timeout", "0");
    }
  }

  // --- PREPARE ---

  @Test
  void whatATextPreparesFollowsTheSessionAndIsNobodyElses() throws Exception {
    try (Connection one = weir.connect("one"); Connection other = weir.connect("one")) {
      run(one, "PREPARE p FROM 'SELECT ? + 1'", "SET @x = 41");
      assertThat(pins()).isEmpty();
      assertUnknown(other, "EXECUTE p USING 1");
      assertUnknown(other, "DEALLOCATE PREPARE p");
      assertThat(value(one, "EXECUTE p USING @x")).isEqualTo("42");
      run(other, "PREPARE p FROM 'SELECT 7'");
      assertThat(value(one, "EXECUTE p USING @x")).isEqualTo("42");
      assertThat(value(other, "EXECUTE P")).isEqualTo("7");
      run(one, "DEALLOCATE PREPARE p");
      assertUnknown(one, "EXECUTE p USING @x");
      assertThat(value(other, "EXECUTE p")).isEqualTo("7");
    }
    try (Connection next = weir.connect("one")) {
      assertUnknown(next, "EXECUTE p");
    }
  }

  private static void assertUnknown(Connection client, String sql) {
    assertThatThrownBy(() -> run(client, sql))
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1243));
  }

  @Test
  void aStatementIsReadAsWhenItWasPrepared() throws Exception {
    try (Connection one = weir.connect("one"); Connection other = weir.connect("one")) {
      run(one, "PREPARE s FROM 'SELECT \"v\"'", "SET sql_mode = 'ANSI_QUOTES'",
          "PREPARE q FROM 'SELECT SUM(\"v\") FROM t'", "SET sql_mode = ''");
      for (int i = 0; i < 2; i++) {
        run(other, "SET sql_mode = 'ANSI_QUOTES'");
        assertUnknown(other, "EXECUTE q");
        assertUnknown(other, "EXECUTE s");
        assertThat(value(one, "EXECUTE q")).isEqualTo("3");
        assertThat(value(one, "EXECUTE s")).isEqualTo("v");
        assertThat(value(one, "SELECT @@sql_mode")).isEmpty();
      }
    }
  }

  /** A server switches schemas for it, and says that something has changed: so the session stays. */
  @Test
  void aStatementBelongsToTheSchemaItWasPreparedIn() throws Exception {
    server.execute("create database beside", "create table beside.t (v int)");
    try (Connection one = weir.connect("one")) {
      run(one, "PREPARE n FROM 'SELECT COUNT(*) FROM t'", "USE beside");
      try (Connection other = weir.connect("one")) {
        assertUnknown(other, "EXECUTE n");
      }
      assertThat(value(one, "EXECUTE n")).isEqualTo("2");
      assertThat(pins()).extracting(row -> row.get("reason")).containsExactly("unknown change");
      assertThat(value(one, "SELECT CONCAT(DATABASE(), COUNT(*)) FROM t")).isEqualTo("beside0");
    } finally {
      server.execute("drop database beside");
    }
  }

  @Test
  void whatCannotBePreparedAgainIsTheClientsErrorAndNoMore() throws Exception {
    server.execute("create table passing (v int)");
    try (Connection one = weir.connect("one"); Connection other = weir.connect("one")) {
      run(one, "PREPARE p FROM 'SELECT COUNT(*) FROM passing'");
      assertThat(value(one, "EXECUTE p")).isEqualTo("0");
      server.execute("drop table passing");
      run(other, "PREPARE p FROM 'SELECT 1'"); // takes the place of the other one
      assertThat(value(one, "SELECT 5")).isEqualTo("5");
      assertThatThrownBy(() -> run(one, "EXECUTE p")).isInstanceOfSatisfying(SQLException.class,
          e -> assertThat(e.getErrorCode()).isEqualTo(1146));
      assertThat(MysqlWeir.rows(one, "SHOW WARNINGS").getFirst()).startsWith("Error|1146|");
      server.execute("create table passing (v int)", "insert into passing values (3)");
      assertThat(value(one, "EXECUTE p")).isEqualTo("1");
    }
  }

  @Test
  void whatTheTextDoesNotTellKeepsTheServerUntilItIsDeallocated() throws Exception {
    try (Connection client = weir.connect("two")) {
      for (String source : List.of("CONCAT('SELECT ', 1)", "'SET @a = ?'", "'SELECT ROW_COUNT()'",
          "'SELECT ''ä'''")) {
        run(client, "PREPARE p FROM " + source);
        assertThat(pins()).as(source).extracting(row -> row.get("reason") + ": "
            + row.get("ends_with")).containsExactly("PREPARE: DEALLOCATE PREPARE (p)");
        run(client, "DEALLOCATE PREPARE p");
        assertThat(pins()).as(source).isEmpty();
      }
      run(client, "SET @text = 'SELECT 8'", "PREPARE p FROM @text");
      assertThat(pins()).isEmpty();
      assertThat(value(client, "EXECUTE p")).isEqualTo("8");
    }
  }

  @Test
  void moreStatementsThanAreRememberedKeepTheServer() throws Exception {
    try (Connection client = weir.connect("two")) {
      List<String> all = new ArrayList<>();
      for (int i = 0; i < 33; i++) {
        all.add("PREPARE p" + i + " FROM 'SELECT " + i + "'");
      }
      run(client, all.toArray(String[]::new));
      assertThat(pins()).extracting(row -> row.get("ends_with"))
          .containsExactly("DEALLOCATE PREPARE (p32)");
      assertThat(value(client, "EXECUTE p32")).isEqualTo("32");
      assertThat(value(client, "EXECUTE p0")).isEqualTo("0");
      run(client, "DEALLOCATE PREPARE p32");
      assertThat(pins()).isEmpty();
      run(client, "PREPARE p1 FROM 'SELECT ''" + "x".repeat(17_000) + "'''");
      assertThat(pins()).hasSize(1);
    }
  }

  @Test
  void anAffairOfManyClientsStaysTheirOwn() throws Exception {
    List<Connection> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        Connection client = weir.connect("two");
        clients.add(client);
        List<String> own = new ArrayList<>();
        for (int k = 0; k < 10; k++) {
          own.add("PREPARE c" + i + "_" + k + " FROM 'SELECT " + (i * 100 + k) + "'");
        }
        own.add("PREPARE common FROM 'SELECT " + i + "'");
        run(client, own.toArray(String[]::new));
      }
      for (int round = 0; round < 2; round++) {
        for (int i = 0; i < clients.size(); i++) {
          assertThat(value(clients.get(i), "EXECUTE common")).isEqualTo(Integer.toString(i));
          assertThat(value(clients.get(i), "EXECUTE c" + i + "_" + (i + round) % 10))
              .isEqualTo(Integer.toString(i * 100 + (i + round) % 10));
          assertUnknown(clients.get(i), "EXECUTE c" + (i + 1) % 10 + "_0");
        }
      }
      assertThat(pins()).noneMatch(row -> String.valueOf(row.get("reason")).equals("PREPARE"));
      assertThat(Integer.parseInt(MysqlWeir.rows(clients.getFirst(),
          "SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'").getFirst().split("\\|", 2)[1]))
          .isLessThanOrEqualTo(3 * 64);
    } finally {
      for (Connection client : clients) {
        client.close();
      }
    }
  }

  private static List<String> metrics() throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + weir.httpPort() + "/metrics"))
              .build(),
          HttpResponse.BodyHandlers.ofString()).body().lines().toList();
    }
  }
}
