package dev.weir.it;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What the proxy says of itself: after the login and to those who queue (parts of PgBouncer's test_misc.py). */
final class NoticesIT {
  private static final String QUEUED = "No server connection available in postgres backend, client being queued";

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("default_pool_size", "1")
      .database("p0", "user=postgres password=${password}")
      .login("bob", "secret");

  private Connection bob() throws SQLException {
    return proxy.connect("bob", "", "p0");
  }

  @Test
  void everyLoginIsToldTheMessageAndNothingElseChanges() throws Exception {
    String uri = proxy.uri("bob", "x", "p0");
    TestTools.Result before = TestTools.psql(uri, "select 1");
    assertThat(before.succeeded()).isEqualTo("1");
    assertThat(before.err()).isEmpty();
    proxy.set("login_notify_message", "the database moves on Sunday").reload();
    TestTools.Result after = TestTools.psql(uri, "select 1");
    assertThat(after.succeeded()).isEqualTo("1");
    assertThat(after.err()).isEqualTo("NOTICE:  the database moves on Sunday\n");
    TestTools.Result console = TestTools.psql(proxy.uri("pgbouncer", "fake", "pgbouncer"),
        "show version");
    assertThat(console.succeeded()).startsWith("PgBouncer ");
    assertThat(console.err()).isEqualTo("NOTICE:  the database moves on Sunday\n");
  }

  @Test
  void whoQueuesIsToldOnceInEachWait() throws Exception {
    proxy.set("query_wait_notify", "1").reload();
    try (Connection holds = bob(); Connection waits = bob()) {
      for (int i = 0; i < 2; i++) {
        holds.setAutoCommit(false);
        Sql.run(holds, "select 1");
        Background waiting = Background
            .start(() -> assertThat(notices(waits)).containsExactly(QUEUED));
        Sql.run(holds, "select pg_sleep(2.5)");
        holds.commit();
        waiting.await();
      }
    }
  }

  @Test
  void whoWaitsForLessIsNotTold() throws Exception {
    proxy.set("query_wait_notify", "5").reload();
    try (Connection holds = bob(); Connection waits = bob()) {
      holds.setAutoCommit(false);
      Sql.run(holds, "select 1");
      Background waiting = Background.start(() -> assertThat(notices(waits)).isEmpty());
      proxy.awaitShow("POOLS", rows -> !WeirServer.where(rows, "cl_waiting", "1").isEmpty());
      holds.commit();
      waiting.await();
    }
  }

  private static List<String> notices(Connection client) throws SQLException {
    try (Statement statement = client.createStatement()) {
      statement.execute("select 1");
      return java.util.stream.Stream
          .<@Nullable SQLWarning>iterate(statement.getWarnings(), w -> w != null,
              w -> w == null ? null : w.getNextWarning())
          .map(String::valueOf).map(text -> text.replaceFirst("^.*?: ", "")).toList();
    }
  }

  /** Before the greeting a client expects no notice. */
  @Test
  void whoIsNotGreetedYetHearsOnlyHowItEnds() throws Exception {
    try (FakePostgres silent = new FakePostgres(FakePostgres.Wire::sleep)) {
      slow(silent);
      try (RawClient client = RawClient.connect(proxy)) {
        List<RawClient.Message> heard = client.login("bob", "slow").readAll();
        assertThat(heard).extracting(Object::toString)
            .containsExactly("E 08P01 query_wait_timeout");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"md5", "scram-sha-256"})
  void norDoesOneWhoHasGivenItsPassword(String authType) throws Exception {
    try (FakePostgres silent = new FakePostgres(FakePostgres.Wire::sleep)) {
      proxy.set("auth_type", authType);
      slow(silent);
      assertThat(WeirServer.text(proxy.refusal("bob", "secret", "slow")))
          .isEqualTo("query_wait_timeout");
    }
  }

  private void slow(FakePostgres silent) throws SQLException, IOException {
    proxy.set("query_wait_notify", "1").set("query_wait_timeout", "3")
        .databaseLine("slow", "host=127.0.0.1 port=" + silent.port() + " user=bob").reload();
  }
}
