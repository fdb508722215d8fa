package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What happens to those who take too long once they are in (PgBouncer's test_timeouts.py). */
final class TimeoutsIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("default_pool_size", "1")
      .database("p0", "user=postgres password=${password}")
      .login("bob", "");

  private static String other = "";

  @BeforeAll
  static void role() throws SQLException {
    other = postgres.createUser("pw");
  }

  private Connection bob() throws SQLException {
    return proxy.connect("bob", "", "p0");
  }

  @ParameterizedTest(name = "global {0}, database {1}, user {2}: {3}")
  @CsvSource({"1, , , cut", "60, 1, , cut", "60, , 1, cut", "60, 60, 1, cut", "60, , , served",
    "1, 60, , served", "1, 0, , served", "1, , 60, served", "1, 1, 60, served"})
  void theWaitForAServerIsLimitedByTheUserThenTheDatabaseThenForAll(String global,
      @Nullable String ofDatabase, @Nullable String ofUser, String outcome) throws Exception {
    proxy.set("query_wait_timeout", global);
    if (ofDatabase != null) {
      proxy.database("p0", "user=postgres password=${password} query_wait_timeout=" + ofDatabase);
    }
    if (ofUser != null) {
      proxy.user("bob", "query_wait_timeout=" + ofUser);
    }
    proxy.reload();
    try (Connection first = bob(); Connection second = bob()) {
      first.setAutoCommit(false);
      Sql.run(first, "select 1");
      Background waits = Background.start(() -> Sql.run(second, "select 1"));
      if (outcome.equals("cut")) {
        assertThatExceptionOfType(SQLException.class).isThrownBy(waits::await)
            .satisfies(e -> assertThat(WeirServer.text(e)).isEqualTo("query_wait_timeout"));
      } else {
        Sql.run(first, "select pg_sleep(2.5)"); // the wait
        assertThat(waits.over()).isFalse();
      }
      first.commit();
      if (outcome.equals("served")) {
        waits.await();
      }
    }
  }

  @Test
  void aLongQueryIsCut() throws Exception {
    proxy.set("query_timeout", "1").reload();
    try (Connection client = bob()) {
      assertThat(WeirServer.text(Sql.error(client, "select pg_sleep(30)")))
          .contains("query timeout");
    }
    proxy.awaitLog("closing because: query timeout", 1);
  }

  @Test
  void aTransactionThatIsNotAQueryHasTime() throws Exception {
    proxy.set("query_timeout", "1").set("idle_transaction_timeout", "0").reload();
    try (Connection client = bob(); Connection other = bob()) {
      client.setAutoCommit(false);
      Sql.run(client, "select 1");
      // Somebody else's query runs into the limit meanwhile: by then ours has been idle for as long.
      assertThat(WeirServer.text(Sql.error(other, "select 1"))).contains("query_timeout");
      Sql.run(client, "select 2");
      client.commit();
    }
  }

  @Test
  void anIdleTransactionIsCut() throws Exception {
    proxy.set("idle_transaction_timeout", "1").reload();
    try (Connection client = bob()) {
      client.setAutoCommit(false);
      Sql.run(client, "select pg_sleep(2)"); // running is not idle
      proxy.awaitLog("closing because: idle transaction timeout", 1);
      assertThat(WeirServer.text(Sql.error(client, "select 1"))).isNotEmpty();
    }
  }

  @Test
  void aBusyTransactionIsCutWhenItIsTooOld() throws Exception {
    proxy.set("transaction_timeout", "2").reload();
    try (Connection client = bob()) {
      client.setAutoCommit(false);
      String seen = "";
      for (int i = 0; i < 40 && seen.isEmpty(); i++) {
        try {
          Sql.run(client, "select pg_sleep(0.2)");
        } catch (SQLException e) {
          seen = WeirServer.text(e);
        }
      }
      assertThat(seen).contains("transaction timeout");
    }
  }

  @Test
  void anIdleClientIsClosed() throws Exception {
    proxy.set("client_idle_timeout", "1").reload();
    try (Connection client = bob()) {
      Sql.run(client, "select 1");
      proxy.awaitLog("closing because: client_idle_timeout", 1);
      assertThat(WeirServer.text(Sql.error(client, "select 1"))).isNotEmpty();
    }
  }

  @Test
  void anIdleServerIsClosed() throws Exception {
    proxy.set("server_idle_timeout", "1").reload();
    try (Connection client = bob()) {
      Sql.run(client, "select 1");
      proxy.awaitLog("closing because: server idle timeout", 1);
      Sql.run(client, "select 2");
    }
  }

  @Test
  void anOldServerIsReplaced() throws Exception {
    proxy.set("server_lifetime", "1").reload();
    try (Connection client = bob()) {
      String before = Sql.value(client, "select pg_backend_pid()");
      proxy.awaitLog("closing because: server lifetime over", 1);
      assertThat(Sql.value(client, "select pg_backend_pid()")).isNotEqualTo(before);
    }
  }

  @Test
  void whoQueuesIsToldOnce() throws Exception {
    proxy.set("query_wait_notify", "1").reload();
    try (Connection first = bob(); Connection second = bob()) {
      first.setAutoCommit(false);
      Sql.run(first, "select 1");
      Background waits = Background.start(() -> {
        try (var statement = second.createStatement()) {
          statement.execute("select 1");
          SQLWarning told = statement.getWarnings();
          assertThat(String.valueOf(told))
              .contains("No server connection available in postgres backend, client being queued");
          assertThat(told == null || told.getNextWarning() == null).isTrue();
        }
      });
      Sql.run(first, "select pg_sleep(3)");
      first.commit();
      waits.await();
    }
  }

  // --- limits of one user ---

  /**
   * Goes beyond a limit of one second; empty when that was allowed, else what the client was told.
   *
   * @param timer the limit's name
   */
  private static String exceed(Connection client, String timer) throws SQLException {
    try {
      switch (timer) {
        case "query_timeout" -> Sql.run(client, "select pg_sleep(3)");
        case "idle_transaction_timeout" -> {
          client.setAutoCommit(false);
          Sql.run(client, "select 1");
          postgres.query("select pg_sleep(3)");
          Sql.run(client, "select 2");
          client.commit();
        }
        case "transaction_timeout" -> {
          client.setAutoCommit(false);
          for (int i = 0; i < 15; i++) {
            Sql.run(client, "select pg_sleep(0.2)");
          }
          client.commit();
        }
        default -> {
          postgres.query("select pg_sleep(3)"); // client_idle_timeout
          Sql.run(client, "select 1");
        }
      }
      return "";
    } catch (SQLException e) {
      return WeirServer.text(e);
    }
  }

  /** Those of the server's user: p0 has postgres, p1 somebody else. */
  @ParameterizedTest
  @CsvSource({"query_timeout, query timeout, 0, 1", "query_timeout, query timeout, 1, 60",
    "idle_transaction_timeout, idle transaction timeout, 0, 1",
    "idle_transaction_timeout, idle transaction timeout, 1, 60",
    "transaction_timeout, transaction timeout, 0, 1",
    "transaction_timeout, transaction timeout, 1, 60"})
  void theServersUserMayHaveALimitOfItsOwn(String timer, String reason, String global,
      String ofPostgres) throws Exception {
    proxy.set(timer, global).user("postgres", timer + "=" + ofPostgres)
        .database("p1", "user=" + other + " password=pw").reload();
    try (Connection postgresUser = bob(); Connection otherUser = proxy.connect("bob", "", "p1")) {
      boolean postgresIsCut = ofPostgres.equals("1");
      Background there = Background.start(() -> assertThat(exceed(otherUser, timer).isEmpty())
          .as("%s is served", other).isEqualTo(postgresIsCut));
      assertThat(exceed(postgresUser, timer).isEmpty()).as("postgres is served")
          .isEqualTo(!postgresIsCut);
      there.await();
      String cut = postgresIsCut ? "p0/postgres" : "p1/" + other;
      assertThat(proxy.log().count("S-0x\\S+ " + cut + "@.* closing because: " + reason + " "))
          .isEqualTo(1);
      assertThat(proxy.log().count("closing because: " + reason + " ")).as("server and client")
          .isEqualTo(2);
    }
  }

  /** That of the user who logged in. */
  @ParameterizedTest
  @CsvSource({"0, 1", "1, 60"})
  void aClientMayHaveAnIdleLimitOfItsOwn(String global, String ofBob) throws Exception {
    proxy.set("client_idle_timeout", global).user("bob", "client_idle_timeout=" + ofBob)
        .login("eve", "").reload();
    try (Connection bob = bob(); Connection eve = proxy.connect("eve", "", "p0")) {
      boolean bobIsCut = ofBob.equals("1");
      Background there = Background.start(
          () -> assertThat(exceed(eve, "client_idle_timeout").isEmpty()).isEqualTo(bobIsCut));
      assertThat(exceed(bob, "client_idle_timeout").isEmpty()).isEqualTo(!bobIsCut);
      there.await();
      assertThat(proxy.log().count("closing because: client_idle_timeout")).isEqualTo(1);
      assertThat(proxy.log().count(
          "C-0x\\S+ p0/" + (bobIsCut ? "bob" : "eve") + "@.* closing because: client_idle_timeout"))
          .isEqualTo(1);
    }
  }

  // --- servers and pools ---

  @Test
  void aDatabaseMayHaveServersOfAnotherLifetime() throws Exception {
    proxy.database("p1", "user=postgres password=${password} server_lifetime=1").reload();
    try (Connection stays = bob(); Connection changes = proxy.connect("bob", "", "p1")) {
      String kept = Sql.value(stays, "select pg_backend_pid()");
      String old = Sql.value(changes, "select pg_backend_pid()");
      proxy.awaitLog("p1/postgres@.* closing because: server lifetime over", 1);
      assertThat(Sql.value(changes, "select pg_backend_pid()")).isNotEqualTo(old);
      assertThat(Sql.value(stays, "select pg_backend_pid()")).isEqualTo(kept);
    }
  }

  @Test
  void aPoolThatNobodyUsesIsForgotten() throws Exception {
    proxy.set("pool_idle_timeout", "1").set("server_idle_timeout", "1")
        .databaseLine("own", "host=${host} port=${port} dbname=${dbname}").login(other, "pw")
        .reload();
    try (Connection client = proxy.connect(other, "pw", "own")) {
      Sql.run(client, "select 1");
    }
    proxy.awaitLog("cleaning up idle pool for user " + other
        + " on db own because: pool idle timeout \\(age=", 1);
    proxy.awaitShow("POOLS", rows -> WeirServer.where(rows, "database", "own").isEmpty());
    try (Connection again = proxy.connect(other, "pw", "own")) {
      assertThat(Sql.value(again, "select 1")).isEqualTo("1");
      assertThat(WeirServer.where(proxy.show("POOLS"), "database", "own")).hasSize(1);
      proxy.awaitLog("S-0x\\S+ own/.* closing because: server idle timeout", 2);
    }
    assertThat(proxy.log().count("cleaning up idle pool for user " + other)).isEqualTo(1);
  }

  @Test
  void aPoolThatKeepsServersIsNotForgotten() throws Exception {
    proxy.set("pool_idle_timeout", "1").set("server_idle_timeout", "1").login(other, "pw")
        .databaseLine("own", "host=${host} port=${port} dbname=${dbname}")
        .database("p1", "user=postgres password=${password} min_pool_size=1").reload();
    proxy.awaitShow("SERVERS", rows -> WeirServer.where(rows, "database", "p1").size() == 1);
    try (Connection client = proxy.connect(other, "pw", "own")) {
      Sql.run(client, "select 1");
    }
    proxy.awaitLog("cleaning up idle pool for user " + other, 1); // came later, is gone already
    assertThat(WeirServer.where(proxy.show("POOLS"), "database", "p1")).hasSize(1);
    assertThat(WeirServer.where(proxy.show("SERVERS"), "database", "p1")).hasSize(1);
    assertThat(proxy.log().count("cleaning up idle pool .* on db p1")).isZero();
  }
}
