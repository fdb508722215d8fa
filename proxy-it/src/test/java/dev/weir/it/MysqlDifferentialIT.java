package dev.weir.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random scripts of several clients, run on connections of their own and then through Weir with a pool that gives each
 * transaction the server that has rested longest, so another than before. Every byte of every response must be the
 * same, and the variables that the sessions have at the end. {@code -Dweir.scripts=N} runs more of them, {@code
 * -Dweir.seed=N} begins elsewhere; a difference names the seed of its script.
 */
class MysqlDifferentialIT {
  private static final int SCRIPTS = Integer.getInteger("weir.scripts", 400);
  private static final long SEED = Long.getLong("weir.seed", 1);
  private static final int CLIENTS = 3;
  /** Clients may be told which server they are on; that is all that may differ. */
  private static final String VARIABLES = "SELECT variable_name, variable_value FROM"
      + " information_schema.session_variables WHERE variable_name NOT IN ('PSEUDO_THREAD_ID',"
      + " 'TIMESTAMP', 'RAND_SEED1', 'RAND_SEED2', 'LAST_GTID', 'LAST_INSERT_ID', 'IDENTITY',"
      + " 'INSERT_ID') AND variable_name NOT LIKE 'SESSION_TRACK%'"
      + " AND variable_name NOT LIKE 'GTID%' ORDER BY 1";

  /** {@code #} is the client's number, {@code %} a digit, {@code ~} one of two names; a bar is between statements. */
  private static final String[] STEPS = {
    "SET @u~ = %", "SET @u~ = 'v%'", "SET @u~ = NULL", "SET @u~ = @u~ + 1", "SELECT @u~ := %",
    "SELECT % INTO @u~", "SELECT CONCAT_WS('/', @u0, @u1, @u9)", "SET @u0 = %, @u1 = 'w%'",
    "CALL setter(%)",
    "CALL answers(@u~)", "SELECT remembers(%)", "SET @u~ = 'it''s %'", "SET @u~ = @@sql_mode",
    "SET sql_mode = 'ANSI_QUOTES'", "SET sql_mode = ''", "SET sql_mode = 'NO_BACKSLASH_ESCAPES'",
    "SET SESSION sql_mode = DEFAULT", "SELECT @@sql_mode", "SELECT \"x%\"", "SELECT 'a\\nb'",
    "SET time_zone = '+0%:00'", "SET time_zone = DEFAULT", "SELECT @@time_zone",
    "SET group_concat_max_len = 10%", "SELECT @@group_concat_max_len, @@lock_wait_timeout",
    "SET lock_wait_timeout = 1%, @u~ = %", "SET @@session.max_sort_length = 10%%",
    "SET NAMES latin1", "SET NAMES utf8mb4",
    "SET CHARACTER SET utf8mb4", "SET collation_connection = latin1_bin",
    "SELECT @@collation_connection, @@character_set_client, @@character_set_results",
    "SELECT COLLATION('x')", "SET character_set_results = NULL",
    "SET autocommit = 0", "SET autocommit = 1", "SELECT @@autocommit, @@in_transaction",
    "BEGIN", "START TRANSACTION READ ONLY", "START TRANSACTION WITH CONSISTENT SNAPSHOT",
    "COMMIT", "ROLLBACK", "COMMIT AND CHAIN", "SAVEPOINT s~", "ROLLBACK TO s~",
    "RELEASE SAVEPOINT s~",
    "INSERT INTO t# (v) VALUES (%)", "INSERT INTO t# (v) VALUES (%), (%)",
    "INSERT INTO t# VALUES (1, %)", "UPDATE t# SET v = v + 1", "DELETE FROM t# WHERE v = %",
    "SELECT COUNT(*), SUM(v) FROM t#", "SELECT id, v FROM t# ORDER BY id",
    "SELECT LAST_INSERT_ID()", "SELECT LAST_INSERT_ID(%)", "SELECT ROW_COUNT()",
    "SELECT SQL_CALC_FOUND_ROWS v FROM t# LIMIT 1",
    "SELECT 1/0|SHOW WARNINGS", "SELECT CAST('x%' AS SIGNED)|SHOW COUNT(*) WARNINGS|SHOW WARNINGS",
    "SELECT 1/0|SELECT @@warning_count, @@error_count", "SELECT nope|SHOW ERRORS", "SELEC %",
    "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", "SELECT @@tx_isolation",
    "SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE",
    "SET TRANSACTION READ ONLY",
    "CREATE TEMPORARY TABLE tmp~ (a int)", "INSERT INTO tmp~ VALUES (%)", "SELECT * FROM tmp~",
    "DROP TEMPORARY TABLE IF EXISTS tmp~", "DROP TABLE tmp~", "CREATE TEMPORARY TABLE t# (b int)",
    "DROP TEMPORARY TABLE t#",
    "PREPARE p~ FROM 'SELECT ? + %'", "PREPARE p~ FROM 'INSERT INTO t# (v) VALUES (%)'",
    "EXECUTE p~ USING @u0", "EXECUTE p~", "DEALLOCATE PREPARE p~", "EXECUTE P~ USING %",
    "PREPARE P~ FROM 'SELECT id, v FROM t# WHERE v > ?'", "PREPARE p~ FROM 'SELEC %'",
    "PREPARE p~ FROM 'SELECT \"x\", ''y'', \"z\" || %'", "PREPARE p~ FROM @u~",
    "SET @u~ = 'SELECT COUNT(*) + % FROM t#'|PREPARE p~ FROM @u~|EXECUTE p~",
    "PREPARE p~ FROM 'SELECT DATABASE(), COLLATION(\"a\"), CONCAT_WS(1, @u~)'", "EXECUTE p~",
    "PREPARE p~ FROM 'SHOW WARNINGS'", "PREPARE p~ FROM 'SELECT ROW_COUNT()'",
    "PREPARE p~ FROM 'SET @u~ = ?'", "PREPARE p~ FROM 'SELECT * FROM tmp~'",
    "PREPARE p~ FROM CONCAT('SELECT ', %)", "PREPARE p~ FROM 'SELECT %' x",
    "DEALLOCATE PREPARE p~ x", "DROP PREPARE p~", "PREPARE p~ FROM 'SELECT * FROM dropped#'",
    "CREATE TABLE IF NOT EXISTS dropped# (a int)", "DROP TABLE IF EXISTS dropped#", "EXECUTE p~",
    "CALL executes()", "EXECUTE p~|SHOW WARNINGS", "EXECUTE p~|SELECT ROW_COUNT()",
    "ALTER TABLE t# ADD COLUMN IF NOT EXISTS w int", "PREPARE p~ FROM 'UPDATE t# SET v = v + ?'",
    "SELECT GET_LOCK('l#', 0)", "SELECT RELEASE_LOCK('l#')", "SELECT RELEASE_ALL_LOCKS()",
    "SELECT IS_FREE_LOCK('l#')", "LOCK TABLES t# WRITE", "LOCK TABLES t# READ", "UNLOCK TABLES",
    "HANDLER t# OPEN AS h", "HANDLER h READ FIRST", "HANDLER h CLOSE",
    "USE elsewhere", "SELECT DATABASE()", "SET ROLE NONE", "DO %",
    "XA START 'x#'", "XA END 'x#'", "XA ROLLBACK 'x#'", "EXECUTE IMMEDIATE 'SET @u~ = %'",
    "SET STATEMENT lock_wait_timeout = 3% FOR SELECT @@lock_wait_timeout",
    "SET profiling = 0", "SET insert_id = 4%", "SET SESSION auto_increment_increment = %",
    "SET foreign_key_checks = 0", "SET unique_checks = 1", "SET sql_auto_is_null = 0"};

  @RegisterExtension static final MariaDbServer server = MariaDbServer.inTempDir()
      .set("innodb-lock-wait-timeout", "1").set("lock-wait-timeout", "2");
  @RegisterExtension static final DeclaredWeir weir = DeclaredWeir.of(server,
      MysqlDifferentialIT::lines);

  private record Step(int client, String sql) {}

  private static List<String> lines() throws SQLException {
    String db = server.database();
    server.execute("create database elsewhere", "create user declared identified by '"
        + DeclaredWeir.PASSWORD.replace("'", "''") + "'",
        "grant all on *.* to declared",
        "create procedure " + db + ".setter(in n int) begin set @u0 = n; end",
        "create procedure " + db + ".executes() execute p0",
        "create procedure " + db + ".answers(out n int) begin set n = 42; end",
        "create function " + db + ".remembers(n int) returns int no sql"
            + " begin set @u1 = n; return n; end");
    return List.of("diff = host=127.0.0.1 port=" + server.port() + " dbname=" + db
        + " pool_size=12", "[pgbouncer]", "server_round_robin = 1");
  }

  @Test
  void sessionsSeeWhatTheyWouldSeeOnConnectionsOfTheirOwn() throws Exception {
    for (int i = 0; i < SCRIPTS; i++) {
      long seed = SEED * 1_000_003 + i;
      List<Step> script = script(new Random(seed));
      List<byte[]> direct = run(server.port(), server.database(), script);
      List<byte[]> through = run(weir.port(), "diff", script);
      compare(seed, script, direct, through);
    }
  }

  private static List<Step> script(Random random) {
    List<Step> script = new ArrayList<>();
    int length = 5 + random.nextInt(25);
    for (int i = 0; i < length; i++) {
      int client = random.nextInt(CLIENTS);
      String sql = STEPS[random.nextInt(STEPS.length)].replace("#", Integer.toString(client));
      StringBuilder filled = new StringBuilder();
      for (int at = 0; at < sql.length(); at++) {
        char c = sql.charAt(at);
        filled.append(switch (c) {
          case '%' -> Integer.toString(1 + random.nextInt(9));
          case '~' -> Integer.toString(random.nextInt(2));
          default -> Character.toString(c);
        });
      }
      for (String each : filled.toString().split("\\|", -1)) {
        script.add(new Step(client, each));
      }
    }
    return script;
  }

  private static List<byte[]> run(int port, String database, List<Step> script) throws Exception {
    List<String> fresh = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      fresh.add("create or replace table " + server.database() + ".t" + i
          + " (id int primary key auto_increment, v int)");
      fresh.add("drop table if exists " + server.database() + ".dropped" + i);
    }
    server.execute(fresh.toArray(String[]::new));
    List<MysqlTextClient> clients = new ArrayList<>();
    List<byte[]> responses = new ArrayList<>();
    try {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(MysqlTextClient.connect(port, "declared", DeclaredWeir.PASSWORD, database,
            MysqlTextClient.PLAIN));
      }
      for (Step step : script) {
        responses.add(response(clients.get(step.client), step.sql));
      }
      for (MysqlTextClient client : clients) {
        responses.add(response(client, "ROLLBACK"));
        responses.add(response(client, "UNLOCK TABLES"));
        responses.add(response(client, VARIABLES));
      }
    } finally {
      for (MysqlTextClient client : clients) {
        client.quit();
      }
    }
    return responses;
  }

  private static byte[] response(MysqlTextClient client, String sql) {
    try {
      return client.query(sql);
    } catch (IOException e) {
      return ("connection lost: " + e).getBytes(StandardCharsets.UTF_8);
    }
  }

  private static void compare(long seed, List<Step> script, List<byte[]> direct,
      List<byte[]> through) {
    for (int i = 0; i < direct.size(); i++) {
      if (!Arrays.equals(direct.get(i), through.get(i))) {
        StringBuilder told = new StringBuilder("seed " + seed + "\n");
        for (int k = 0; k <= Math.min(i, script.size() - 1); k++) {
          told.append(script.get(k)).append("\n     ").append(shown(direct.get(k)));
          told.append(k == i ? "\n  != " + shown(through.get(k)) : "").append('\n');
        }
        if (i >= script.size()) {
          told.append("at the end, of client ").append((i - script.size()) / 3);
        }
        List<String> got = packets(through.get(i));
        List<String> expected = packets(direct.get(i));
        List<String> both = new ArrayList<>(expected);
        both.retainAll(got);
        expected.removeAll(both);
        got.removeAll(both);
        assertThat(got).as(told.toString()).isEqualTo(expected);
        throw new AssertionError(told + "the same packets in another order");
      }
    }
  }

  private static List<String> packets(byte[] response) {
    List<String> packets = new ArrayList<>();
    int at = 0;
    while (at + 4 <= response.length) {
      int length = (response[at] & 0xff) + ((response[at + 1] & 0xff) << 8)
          + ((response[at + 2] & 0xff) << 16);
      int end = Math.min(response.length, at + 4 + length);
      packets.add(shown(Arrays.copyOfRange(response, at, end)));
      at = end;
    }
    return packets;
  }

  private static String shown(byte[] response) {
    StringBuilder text = new StringBuilder();
    for (byte b : response) {
      text.append(b >= 32 && b < 127 ? Character.toString(b) : String.format("\\%02x", b & 0xff));
    }
    return text.toString();
  }
}
