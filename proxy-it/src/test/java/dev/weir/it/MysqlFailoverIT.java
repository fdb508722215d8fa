package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A session outlives its server: the client gets an error packet for what is lost, and goes on. */
class MysqlFailoverIT {
  private static final int LOST = 2013;
  private static final int NOT_READY = 1047;
  private static final int SHUTDOWN = 1053;

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb).maxConnections(2)
      .set("server_version", "\"11.4.5-MariaDB\""); // the driver sends COM_RESET_CONNECTION to those only

  @BeforeAll
  static void tables() throws SQLException {
    mariaDb.execute("create table t (id int primary key)", "create table answer (errno int)");
    // What a server says that does not work at the moment, until somebody takes the number out of the table.
    mariaDb.execute("create procedure work(n int, told varchar(100)) begin"
        + " declare e int default (select max(errno) from answer);"
        + " if e = 1047 then signal sqlstate '08S01' set mysql_errno = 1047, message_text = told;"
        + " elseif e = 1053 then signal sqlstate '08S01' set mysql_errno = 1053, message_text = told;"
        + " end if; insert into t values (n); end");
  }

  /** Kills, at the server, every connection of the proxy's. */
  private static void killAll() throws SQLException {
    try (Connection root = mariaDb.connect()) {
      for (String id : MysqlWeir.rows(root,
          "select id from information_schema.processlist where user = '" + weir.user() + "'")) {
        run(root, "kill connection " + id);
      }
      WeirServer.await("connections are gone",
          () -> "0".equals(value(root, "select count(*) from information_schema.processlist"
              + " where user = '" + weir.user() + "'")));
    }
    // The proxy has seen it, too.
    try (Connection admin = weir.admin()) {
      WeirServer.await("the proxy has no connections", () -> "0".equals(
          value(admin, "SELECT SUM(ConnUsed + ConnFree) FROM stats_mysql_connection_pool")));
    }
  }

  private static void assertFails(int errno, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOfSatisfying(SQLException.class,
        e -> assertThat(e.getErrorCode()).as(e.getMessage()).isEqualTo(errno));
  }

  private static String rowsWith(int id) throws SQLException {
    return String.valueOf(mariaDb.query("select count(*) from t where id = " + id));
  }

  // --- lost between two statements ---

  @ParameterizedTest
  @ValueSource(strings = {"INSERT INTO t VALUES (2)", "SELECT 1", "COMMIT", "SAVEPOINT s"})
  void aTransactionThatIsLostIsToldOnceWithTheNextStatement(String next) throws SQLException {
    try (Connection client = weir.connect()) {
      run(client, "BEGIN", "INSERT INTO t VALUES (1)");
      killAll();
      assertFails(LOST, () -> run(client, next));
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThat(value(client, "SELECT @@in_transaction")).isEqualTo("0");
      assertThat(rowsWith(1)).isEqualTo("0");
      assertThat(rowsWith(2)).isEqualTo("0");
    }
  }

  @Test
  void aTransactionThatIsLostIsRolledBackAsAsked() throws SQLException {
    try (Connection client = weir.connect()) {
      client.setAutoCommit(false);
      run(client, "INSERT INTO t VALUES (3)");
      killAll();
      run(client, "ROLLBACK");
      run(client, "INSERT INTO t VALUES (4)");
      client.commit();
      assertThat(rowsWith(3)).isEqualTo("0");
      assertThat(rowsWith(4)).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET @kept = UUID_SHORT()", "CREATE TEMPORARY TABLE kept (n int)",
    "SELECT GET_LOCK('kept', 0)"})
  void whatASessionKeptOnItsServerIsToldAsLost(String sql) throws SQLException {
    try (Connection client = weir.connect()) {
      run(client, sql);
      killAll();
      assertThat(client.isValid(5)).isTrue();
      assertFails(LOST, () -> run(client, "ROLLBACK"));
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aResetForgetsWhatIsLost() throws SQLException {
    try (Connection client = weir.connect("useResetConnection=true")) {
      run(client, "SET @kept = UUID_SHORT()");
      killAll();
      client.unwrap(org.mariadb.jdbc.Connection.class).reset();
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void warningsThatAreLostConcernWhoReadsThem() throws SQLException {
    try (Connection client = weir.connect()) {
      run(client, "DO 1/0");
      killAll();
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      run(client, "DO 1/0");
      killAll();
      assertFails(LOST, () -> value(client, "SHOW WARNINGS"));
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  // --- lost while something runs ---

  @Test
  void aServerThatIsTakenOutEndsWhatRunsThereWithAnError() throws Exception {
    try (Connection client = weir.connect(); Connection other = weir.connect()) {
      run(client, "BEGIN");
      Background running = Background
          .start(() -> assertFails(LOST, () -> run(client, "DO SLEEP(600)")));
      awaitRunning("DO SLEEP(600)");
      run(other, "BEGIN");
      weir.configure("UPDATE mysql_servers SET status = 'OFFLINE_HARD'",
          "LOAD MYSQL SERVERS TO RUNTIME");
      try {
        running.await();
        assertFails(LOST, () -> run(other, "COMMIT"));
      } finally {
        weir.configure("UPDATE mysql_servers SET status = 'ONLINE'",
            "LOAD MYSQL SERVERS TO RUNTIME");
      }
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThat(value(other, "SELECT 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT SLEEP(600)", "INSERT INTO t SELECT 5 WHERE SLEEP(600)"})
  void onlyWhatCanDoNoHarmIsRunAgain(String sql) throws Exception {
    try (Connection client = weir.connect()) {
      Background running = Background.start(() -> assertFails(LOST, () -> run(client, sql)));
      awaitRunning(sql);
      killRunning(sql);
      if (sql.startsWith("SELECT")) {
        awaitRunning(sql); // once more, and then never
        killRunning(sql);
      }
      running.await();
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThat(rowsWith(5)).isEqualTo("0");
    }
  }

  private static void killRunning(String sql) throws SQLException {
    try (Connection root = mariaDb.connect()) {
      List<String> ids = MysqlWeir.rows(root, RUNNING.formatted("id", sql));
      for (String id : ids) {
        run(root, "kill connection " + id);
      }
      WeirServer.await("it is gone", () -> MysqlWeir.rows(root, RUNNING.formatted("id", sql))
          .stream().noneMatch(ids::contains));
    }
  }

  private static final String RUNNING = "select %s from information_schema.processlist where info = '%s'";

  private static void awaitRunning(String sql) throws SQLException {
    try (Connection root = mariaDb.connect()) {
      WeirServer.await("it runs",
          () -> !MysqlWeir.rows(root, RUNNING.formatted("id", sql)).isEmpty());
    }
  }

  // --- a server that does not want ---

  private static final String GALERA = "WSREP has not yet prepared node for application use";

  @Test
  void aNodeThatIsNotReadyIsWaitedFor() throws Exception {
    mariaDb.execute("insert into answer values (" + NOT_READY + ")");
    try (Connection client = weir.connect()) {
      Background running = Background
          .start(() -> run(client, "CALL work(6, '" + GALERA + "')"));
      long before = errorsSeen(NOT_READY);
      WeirServer.await("it was asked twice", () -> errorsSeen(NOT_READY) > before + 1);
      assertThat(running.over()).isFalse();
      mariaDb.execute("delete from answer");
      running.await();
      assertThat(rowsWith(6)).isEqualTo("1");
    } finally {
      mariaDb.execute("delete from answer");
    }
  }

  @Test
  void insideATransactionTheClientHearsThatTheNodeIsNotReady() throws SQLException {
    mariaDb.execute("insert into answer values (" + NOT_READY + ")");
    try (Connection client = weir.connect()) {
      run(client, "BEGIN", "INSERT INTO t VALUES (7)");
      assertFails(NOT_READY, () -> run(client, "CALL work(8, '" + GALERA + "')"));
      run(client, "ROLLBACK");
      assertThat(rowsWith(7)).isEqualTo("0");
    } finally {
      mariaDb.execute("delete from answer");
    }
  }

  @Test
  void otherErrorsOfThatNumberAreTheClients() throws SQLException {
    mariaDb.execute("insert into answer values (" + NOT_READY + ")");
    try (Connection client = weir.connect()) {
      assertFails(NOT_READY, () -> run(client, "CALL work(9, 'Unknown command')"));
    } finally {
      mariaDb.execute("delete from answer");
    }
  }

  @Test
  void aWriteThatAShutdownMetIsNotRunAgain() throws SQLException {
    mariaDb.execute("insert into answer values (" + SHUTDOWN + ")");
    try (Connection client = weir.connect()) {
      assertFails(SHUTDOWN, () -> run(client, "CALL work(10, 'Server shutdown in progress')"));
      assertThat(rowsWith(10)).isEqualTo("0");
    } finally {
      mariaDb.execute("delete from answer");
    }
  }

  private static long errorsSeen(int errno) throws SQLException {
    try (Connection admin = weir.admin()) {
      String sum = value(admin,
          "SELECT SUM(count_star) FROM stats_mysql_errors WHERE errno = " + errno);
      return sum == null ? 0 : Long.parseLong(sum);
    }
  }
}
