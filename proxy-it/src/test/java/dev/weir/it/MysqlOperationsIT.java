package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What PROXYSQL commands and KILL CONNECTION do to traffic. */
class MysqlOperationsIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  @BeforeAll
  static void table() throws SQLException {
    mariaDb.execute("create table t (v varchar(100))");
  }

  @AfterEach
  void trafficFlows() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  private static void assertNobodyComesIn() {
    assertThatThrownBy(() -> weir.connect().close()).isInstanceOf(SQLException.class);
  }

  private static void assertRefused(Connection admin, String command, String why) {
    assertThatThrownBy(() -> run(admin, command)).as(command).hasMessageContaining(why);
  }

  @Test
  void pauseLetsNobodyInAndSessionsGoOn() throws SQLException {
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('paused')");
      run(admin, "PROXYSQL PAUSE");
      assertNobodyComesIn();
      assertRefused(admin, "PROXYSQL PAUSE", "impossible to pause");
      assertRefused(admin, "PROXYSQL START", "already");
      run(client, "COMMIT");
      assertThat(value(client, "SELECT COUNT(*) FROM t WHERE v = 'paused'")).isEqualTo("1");
      run(admin, "PROXYSQL RESUME");
      assertRefused(admin, "PROXYSQL RESUME", "impossible to resume");
    }
  }

  @Test
  void stopEndsTrafficAndTheAdminPortStays() throws SQLException {
    Connection client = weir.connect();
    try (client; Connection admin = weir.admin()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('stopped')");
      run(admin, "PROXYSQL STOP");
      assertThatThrownBy(() -> run(client, "COMMIT")).isInstanceOf(SQLException.class);
      assertNobodyComesIn();
      assertRefused(admin, "PROXYSQL RESUME", "impossible to resume");
      assertThat(value(admin, "SELECT COUNT(*) FROM stats_mysql_processlist")).isEqualTo("0");
      run(admin, "PROXYSQL START");
      assertRefused(admin, "PROXYSQL START", "already");
    }
    assertThat(mariaDb.query("SELECT COUNT(*) FROM t WHERE v = 'stopped'")).isEqualTo("0");
  }

  @Test
  void killEndsTheSessionWithItsTransactionAndNoOther() throws Exception {
    Connection client = weir.connect();
    try (client; Connection other = weir.connect(); Connection admin = weir.admin()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('killed')");
      run(other, "START TRANSACTION", "INSERT INTO t VALUES ('spared')");
      run(admin, "KILL CONNECTION " + value(client, "SELECT CONNECTION_ID()"));
      assertThatThrownBy(() -> run(client, "COMMIT")).isInstanceOf(SQLException.class);
      run(other, "COMMIT");
      assertThat(value(other, "SELECT GROUP_CONCAT(v) FROM t WHERE v IN ('killed', 'spared')"))
          .isEqualTo("spared");
      assertThatThrownBy(() -> run(admin, "KILL CONNECTION 123456789"))
          .hasMessageContaining("123456789");
    }
  }

  @Test
  void killEndsARunningQuery() throws Exception {
    Connection client = weir.connect();
    try (client; Connection admin = weir.admin()) {
      Background query = Background.start(() -> value(client, "SELECT SLEEP(3600)"));
      WeirServer.await("the query", () -> "1".equals(value(admin,
          "SELECT COUNT(*) FROM stats_mysql_processlist WHERE command = 'Query'")));
      run(admin, "KILL CONNECTION " + value(admin,
          "SELECT SessionID FROM stats_mysql_processlist WHERE command = 'Query'"));
      query.awaitEither();
    }
    WeirServer.await("the end on the server", () -> "0".equals(mariaDb.query(
        "SELECT COUNT(*) FROM information_schema.processlist WHERE INFO = 'SELECT SLEEP(3600)'")));
  }

  @Test
  void aSlowShutdownLetsTransactionsEnd() throws Exception {
    Connection idle = weir.connect();
    Connection busy = weir.connect();
    try (idle; busy) {
      value(idle, "SELECT 1");
      run(busy, "START TRANSACTION", "INSERT INTO t VALUES ('in time')");
      try (Connection admin = weir.admin()) {
        run(admin, "PROXYSQL SHUTDOWN SLOW");
        assertNobodyComesIn();
        WeirServer.await("the end of who has no transaction", () -> List.of(
            value(admin, "SELECT COUNT(*) FROM stats_mysql_processlist")).equals(List.of("1")));
        assertThat(weir.hasEnded()).isFalse();
        assertThat(value(busy, "SELECT COUNT(*) FROM t WHERE v = 'in time'")).isEqualTo("1");
      }
      run(busy, "COMMIT");
      WeirServer.await("the end", weir::hasEnded);
    }
    assertThat(mariaDb.query("SELECT COUNT(*) FROM t WHERE v = 'in time'")).isEqualTo("1");
    weir.restartAfterItsEnd();
  }
}
