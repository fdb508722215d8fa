package dev.weir.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Small things that tools and scripts written for PgBouncer see. */
final class OriginalDetailsIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .database("p0")
      .database("narrow", "pool_size=1")
      .databaseLine("nowhere", "host=127.0.0.1 port=1")
      .set("pool_mode", "transaction")
      .set("tcp_defer_accept", "0")
      .weir("session_state", "off") // the original carries no state along; nor does it complete a DateStyle
      .login("postgres", "${password}");

  private Connection connect(String database) throws SQLException {
    return proxy.connect("postgres", "", database);
  }

  private static void run(Connection connection, String sql) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long number(Map<String, String> row, String column) {
    return Long.parseLong(String.valueOf(row.get(column)));
  }

  @Test
  void consolesCountInTheStatistics() throws Exception {
    try (Console console = proxy.console()) {
      console.show("VERSION");
      Map<String, String> row = WeirServer.where(console.show("STATS"), "database", "pgbouncer")
          .getFirst();
      assertThat(row).containsEntry("total_client_login_count", "1")
          .containsEntry("total_query_count", "1").containsEntry("total_xact_count", "1");
      assertThat(WeirServer.where(console.show("CLIENTS"), "database", "pgbouncer"))
          .extracting(client -> client.get("state")).containsExactly("idle");
      assertThat(WeirServer.where(console.show("LISTS"), "list", "pools").getFirst())
          .containsEntry("items", "1");
    }
  }

  @Test
  void logSwitchesConcernServersToo() throws Exception {
    proxy.set("log_connections", "0").set("log_disconnections", "0").reload();
    proxy.log().clear();
    try (Connection client = connect("p0")) {
      run(client, "select 1");
    }
    try (Console console = proxy.console()) {
      console.run("RECONNECT");
      console.awaitShow("SERVERS", List::isEmpty);
    }
    assertThat(proxy.log().count("new connection to server|login attempt|closing because"))
        .isZero();
  }

  @Test
  void zeroTurnsConnectAndCancelTimeoutsOff() throws Exception {
    proxy.set("server_connect_timeout", "0").set("cancel_wait_timeout", "0").reload();
    try (Connection client = connect("p0"); Statement statement = client.createStatement()) {
      CompletableFuture<Void> canceled = CompletableFuture.runAsync(() -> {
        try {
          proxy.awaitShow("SERVERS",
              rows -> !WeirServer.where(rows, "state", "active").isEmpty());
          statement.cancel();
        } catch (SQLException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> statement.execute("select pg_sleep(20)"))
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      canceled.join();
    }
  }

  @Test
  void theReserveLineNamesTheClient() throws Exception {
    proxy.set("reserve_pool_size", "1").set("reserve_pool_timeout", "0.1").reload();
    try (Connection first = connect("narrow"); Connection second = connect("narrow")) {
      first.setAutoCommit(false);
      run(first, "select 1");
      run(second, "select 1");
      first.rollback();
    }
    proxy.awaitLog(
        "WARNING C-0x[0-9a-f]+: narrow/postgres@127.0.0.1:\\d+ taking connection from reserve_pool",
        1);
  }

  @Test
  void whilePausedNobodyIsToldOfAnOldFailure() throws Exception {
    proxy.set("query_wait_timeout", "1").reload();
    assertThat(proxy.refusal("postgres", "", "nowhere").getMessage())
        .contains("query_wait_timeout");
    assertThat(proxy.refusal("postgres", "", "nowhere").getMessage())
        .contains("server login has been failing");
    try (Console console = proxy.console()) {
      console.run("PAUSE nowhere");
      assertThat(proxy.refusal("postgres", "", "nowhere").getMessage())
          .contains("query_wait_timeout");
    }
  }

  @Test
  void aTlsSettingThatDoesNotFitYetIsANoticeAndHindersNoOther() throws Exception {
    try (Console console = proxy.console();
        Statement statement = console.connection().createStatement()) {
      statement.execute("SET client_tls_sslmode = require");
      assertThat(statement.getWarnings().getMessage())
          .isEqualTo("TLS settings could not be applied, still using old configuration");
      assertThat(WeirServer.where(console.show("CONFIG"), "key", "client_tls_sslmode").getFirst())
          .containsEntry("value", "require");
      statement.clearWarnings();
      statement.execute("SET default_pool_size = 7");
      assertThat((Object) statement.getWarnings()).isNull();
      assertThat(WeirServer.where(console.show("DATABASES"), "name", "p0").getFirst())
          .containsEntry("pool_size", "7");
    }
  }

  @Test
  void aProbeLeavesNoLine() throws Exception {
    proxy.log().clear();
    for (int i = 0; i < 3; i++) {
      probe();
    }
    try (Connection client = connect("p0")) {
      run(client, "select 1");
    }
    proxy.awaitLog("closing because: client close request", 1);
    assertThat(proxy.log().count("unexpected eof")).isZero();
  }

  private void probe() throws IOException {
    new Socket(InetAddress.getLoopbackAddress(), proxy.port()).close();
  }

  @Test
  void theTimeOfAQueryIncludesItsWait() throws Exception {
    try (Connection first = connect("narrow"); Connection second = connect("narrow")) {
      first.setAutoCommit(false);
      run(first, "select 1");
      CompletableFuture<Void> waiting = CompletableFuture
          .runAsync(() -> run(second, "select 1"));
      proxy.awaitShow("POOLS", rows -> number(
          WeirServer.where(rows, "database", "narrow").getFirst(), "maxwait_us") > 400_000);
      first.rollback();
      waiting.join();
    }
    Map<String, String> row = WeirServer.where(proxy.show("STATS"), "database", "narrow")
        .getFirst();
    assertThat(number(row, "total_query_time")).isGreaterThan(400_000);
  }

  @Test
  void namesThatNobodyCouldLogInWithAreForgotten() throws Exception {
    proxy.set("auth_type", "ldap").set("auth_ldap_options", "ldapserver=127.0.0.1 ldapport=1")
        .login("postgres", "${password}");
    proxy.rewrite();
    try (Console console = proxy.console()) {
      console.run("RELOAD");
      assertThat(proxy.refusal("stranger", "x", "p0").getMessage())
          .contains("LDAP authentication failed");
      assertThat(console.show("USERS")).extracting(row -> row.get("name"))
          .doesNotContain("stranger");
    }
  }

  @Test
  void failedLoginsAreLoggedAsByTheOriginal() throws Exception {
    proxy.set("auth_type", "md5").reload();
    assertThat(proxy.refusal("ghost", "x", "p0").getMessage())
        .contains("password authentication failed");
    assertThat(proxy.refusal("pgbouncer", "fake", "missing").getMessage())
        .contains("no such database: missing");
    proxy.awaitLog("INFO C-0x[0-9a-f]+: p0/ghost@\\S+ no such user: ghost", 1);
    proxy.awaitLog("INFO C-0x[0-9a-f]+: \\S+ login failed: db=missing user=pgbouncer", 1);
  }

  @Test
  void theServersSpellingOfAParameterIsTakenOver() throws Exception {
    try (Connection client = connect("p0")) { // the driver asks for DateStyle=ISO
      run(client, "select 1");
      run(client, "select 1");
    }
    assertThat(proxy.log().count("varcache_apply: .*SET DateStyle='ISO'")).isEqualTo(1);
    assertThat(proxy.log().count(
        "varcache_set_canonical: setting DateStyle to its canonical version ISO -> ISO, MDY"))
        .isEqualTo(1);
  }
}
