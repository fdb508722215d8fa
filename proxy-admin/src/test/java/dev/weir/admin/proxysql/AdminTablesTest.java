package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.StoreLimits;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.control.Answer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** The tables: columns, constraints, what is computed, who may see what, and what has a bound. */
class AdminTablesTest {
  private final AdminPort port = AdminPort.inMemory();

  @AfterEach
  void close() {
    port.close();
  }

  @Test
  void everyTableThatIsListedCanBeRead() {
    for (String schema : List.of("main", "disk", "stats", "monitor", "stats_history")) {
      List<String> tables = port.rows("SHOW TABLES FROM " + schema);
      assertThat(tables).as(schema).isNotEmpty();
      for (String table : tables) {
        port.rows("select * from " + schema + "." + table);
      }
    }
  }

  @Test
  void columnsComeInTheOrderOfTheOriginal() {
    assertThat(port.columns("SELECT * FROM mysql_servers")).containsExactly("hostgroup_id",
        "hostname", "port", "gtid_port", "status", "weight", "compression", "max_connections",
        "max_replication_lag", "use_ssl", "max_latency_ms", "comment");
    assertThat(port.columns("SELECT * FROM runtime_mysql_query_rules")).hasSize(35)
        .startsWith("rule_id", "active", "username", "schemaname", "flagIN")
        .endsWith("log", "apply", "attributes", "comment");
  }

  @Test
  void defaultsAreThoseOfTheOriginal() {
    port.change("INSERT INTO mysql_servers (hostname) VALUES ('h')");

    assertThat(port.rows("SELECT * FROM mysql_servers"))
        .containsExactly("0|h|3306|0|ONLINE|1|0|1000|0|0|0|");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      INSERT INTO mysql_servers (hostname, port) VALUES ('h', 70000) | CHECK constraint failed: port >= 0 AND port <= 65535
      INSERT INTO mysql_servers (hostname, status) VALUES ('h', 'UP') | CHECK constraint failed: UPPER(status) IN ('ONLINE','SHUNNED','OFFLINE_SOFT','OFFLINE_HARD')
      INSERT INTO mysql_servers (hostname) VALUES ('h'), ('h') | UNIQUE constraint failed: mysql_servers.hostgroup_id, mysql_servers.hostname, mysql_servers.port
      INSERT INTO mysql_users (username, attributes) VALUES ('u', '{') | CHECK constraint failed: JSON_VALID(attributes) OR attributes = ''
      SELECT * FROM nosuch | no such table: nosuch
      SELEC 1 | near "SELEC": syntax error
      PRAGMA user_version | Command not allowed
      ATTACH DATABASE '/tmp/x' AS x | Command not allowed
      /* x */ vacuum into '/tmp/x' | Command not allowed
      SELECT 1; DELETE FROM mysql_users | one statement at a time
      """)
  void whatSqliteRefusesIsToldInItsWords(String statement, String message) {
    assertThat(port.run(statement)).isEqualTo(
        new Answer.Failed("28000", 1045, "ProxySQL Admin Error: " + message));
  }

  @Test
  void serversAreShownWhereMonitoringPutThem() {
    port.change("INSERT INTO mysql_servers (hostgroup_id, hostname) VALUES (1, 'a'), (2, 'b')");
    port.change("LOAD MYSQL SERVERS TO RUNTIME");
    ServerRow first = port.mysql.config.servers().getFirst();
    port.mysql.moved = List.of(first.withStatus("SHUNNED"));

    assertThat(port.rows("SELECT hostname, status FROM RUNTIME_MYSQL_SERVERS"))
        .containsExactly("a|SHUNNED");
  }

  @Test
  void aUserHasARowForEachSide() {
    port.change("INSERT INTO mysql_users (username, password) VALUES ('u', 'p')");
    port.change("LOAD MYSQL USERS TO RUNTIME");

    assertThat(port.rows("SELECT username, frontend, backend FROM runtime_mysql_users"))
        .containsExactly("u|1|0", "u|0|1");
  }

  @Test
  void aResetTableClearsWhatItShows() {
    assertThat(port.rows("SELECT digest_text FROM stats_mysql_query_digest")).hasSize(1);
    assertThat(port.mysql.calls).isEmpty();
    assertThat(port.rows("SELECT * FROM stats_mysql_query_digest_reset LIMIT 1")).hasSize(1);
    assertThat(port.rows("SELECT 1 FROM stats.stats_mysql_connection_pool_reset")).hasSize(2);
    assertThat(port.mysql.calls).containsExactly("reset digests", "reset pools");
  }

  @Test
  void collationsAreThoseThatTheProxyKnows() {
    assertThat(port.rows("SELECT * FROM mysql_collations")).containsExactly(
        "8|latin1_swedish_ci|latin1|Yes", "28|gbk_chinese_ci|gbk|Yes", "47|latin1_bin|latin1|");
    assertThat(port.rows("SHOW COLLATION LIKE 'latin1\\_swedish%'"))
        .containsExactly("latin1_swedish_ci|latin1|8|Yes|Yes|1");
    assertThat(port.rows("SHOW CHARSET WHERE Maxlen > 1"))
        .containsExactly("gbk||gbk_chinese_ci|2");
    assertThat(port.rows(AdminPort.READER, "SHOW COLLATION LIKE 'utf8mb4%'"))
        .containsExactly("utf8mb4_0900_ai_ci|utf8mb4|255|Yes|Yes|1",
            "utf8mb4_general_ci|utf8mb4|45||Yes|1");
  }

  @Test
  void messagesOfTheLogAreCountedUntilTheTwinIsRead() {
    LoggerFactory.getLogger(AdminTablesTest.class).warn("look at this");
    String mine = " WHERE filename = 'AdminTablesTest.java'";

    assertThat(port.rows("SELECT func, count_star FROM stats_proxysql_message_metrics" + mine))
        .containsExactly("messagesOfTheLogAreCountedUntilTheTwinIsRead|1");
    assertThat(port.rows("SHOW PROMETHEUS METRICS").getFirst()).contains(
        "filename=\"AdminTablesTest.java\"");
    assertThat(port.rows("SELECT 1 FROM stats_proxysql_message_metrics_reset" + mine)).hasSize(1);
    assertThat(port.rows("SELECT * FROM stats_proxysql_message_metrics" + mine)).isEmpty();
  }

  @Test
  void dumpToolsFindTheTables() {
    assertThat(port.rows(
        "SELECT engine, table_type FROM INFORMATION_SCHEMA.TABLES WHERE table_schema = DATABASE() AND table_name = 'mysql_users'"))
        .containsExactly("SQLite|BASE TABLE");
    assertThat(port.rows(AdminPort.READER,
        "SELECT DISTINCT table_schema FROM information_schema.tables ORDER BY 1"))
        .containsExactly("monitor", "stats", "stats_history");
    assertThat(port.rows("SHOW DATABASES")).noneMatch(row -> row.contains("information_schema"));
  }

  @Test
  void galeraChecksReadYesAndNo() {
    assertThat(port.rows(
        "SELECT hostname, primary_partition, read_only, wsrep_local_state, error FROM monitor.mysql_server_galera_log"))
        .containsExactly("10.0.0.1|YES|NO|4|null", "10.0.0.2|NO|YES|0|timeout");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT * FROM mysql_users", "SELECT * FROM main.mysql_users",
    "SELECT * FROM disk.mysql_users", "SELECT * FROM 'mysql_users'",
    "SELECT * FROM runtime_mysql_users", "SELECT * FROM global_variables",
    "SHOW TABLES FROM main", "LOAD MYSQL USERS TO RUNTIME", "SET mysql-threads=1",
    "PROXYSQL SHUTDOWN", "KILL CONNECTION 7", "SELECT CONFIG FILE", "SELECT @@admin-version",
    "SHOW MYSQL USERS", "DELETE FROM stats_history.system_cpu",
    "INSERT INTO stats_mysql_users VALUES ('x', 1, 1)", "CHECKSUM MYSQL USERS"})
  void whoMayReadStatisticsSeesNothingElse(String statement) {
    assertThat(port.run(AdminPort.READER, statement)).isInstanceOf(Answer.Failed.class);
    assertThat(port.mysql.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT * FROM stats_mysql_global",
    "SELECT * FROM stats.stats_mysql_connection_pool", "SHOW TABLES", "SHOW DATABASES",
    "SELECT * FROM monitor.mysql_server_ping_log", "SELECT * FROM mysql_server_connect_log",
    "SELECT version()", "SELECT @@version_comment", "SHOW MYSQL STATUS",
    "SELECT * FROM stats_history.mysql_connections", "SHOW VARIABLES LIKE 'version'",
    "SHOW PROCESSLIST", "SHOW CREATE TABLE stats_mysql_users"})
  void whoMayReadStatisticsReadsThem(String statement) {
    assertThat(port.run(AdminPort.READER, statement)).isInstanceOf(Answer.Rows.class);
  }

  @Test
  void parametersArriveWithTheirTypes() {
    port.run(AdminPort.OPERATOR,
        "INSERT INTO mysql_servers (hostgroup_id, hostname, comment) VALUES (?, ?, ?)", 3L, "h",
        null);
    port.run(AdminPort.OPERATOR,
        "INSERT INTO mysql_servers (hostgroup_id, hostname) VALUES (?, ?)", 3L, "h");

    assertThat(((Answer.Rows) port.run(AdminPort.OPERATOR,
        "SELECT hostname FROM mysql_servers WHERE port = ? LIMIT ?", "3306", 5L)).table().rows())
        .containsExactly(List.of("h"));
    assertThat(((Answer.Failed) port.run(AdminPort.OPERATOR, "SELECT 1", 1L)).message())
        .endsWith("the statement takes 0 parameters, 1 were given");
  }

  @Test
  void passwordsCanBeHashed() {
    assertThat(port.rows("SELECT MYSQL_NATIVE_PASSWORD('password')"))
        .containsExactly("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19");
    assertThat(port.rows(
        "SELECT SUBSTR(CACHING_SHA2_PASSWORD('p'), 1, 7), LENGTH(CACHING_SHA2_PASSWORD('p'))"))
        .containsExactly("$A$005$|70");
    assertThat(port.rows("SELECT FROM_UNIXTIME(0)")).containsExactly("1970-01-01 00:00:00");
  }

  @Test
  void aReadOnlyAdminChangesNothing() {
    port.change("PROXYSQL READONLY");

    assertThat(port.error("INSERT INTO mysql_servers (hostname) VALUES ('h')"))
        .isEqualTo("ProxySQL Admin Error: Admin is read only");
    assertThat(
        port.error("WITH x AS (SELECT 'h') INSERT INTO mysql_servers (hostname) SELECT * FROM x"))
        .contains("readonly");
    assertThat(port.rows("SELECT COUNT(*) FROM stats_mysql_global")).containsExactly("3");
    port.change("PROXYSQL READWRITE");
    assertThat(port.change("INSERT INTO mysql_servers (hostname) VALUES ('h')")).isEqualTo(1);
  }

  @Test
  void aStatementThatNeverEndsIsEnded() {
    try (AdminPort short_ = AdminPort
        .inMemory(new StoreLimits(200, 1000, 1_000_000, 1L << 28))) {
      assertThat(short_.error(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"))
          .isEqualTo("ProxySQL Admin Error: the statement took longer than 200 ms");
      assertThat(short_.error("SELECT variable_name FROM global_variables"))
          .isEqualTo("ProxySQL Admin Error: the result is larger than 1000 bytes");
      assertThat(short_.error("SELECT ZEROBLOB(100000000)")).contains("too big");
      assertThat(short_.rows("SELECT 1")).containsExactly("1");
    }
  }
}
