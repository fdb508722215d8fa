package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What happens to those who take too long once they are in. */
final class TimeoutsIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("default_pool_size", "1")
      .database("p0", "user=postgres password=${password}")
      .login("bob", "");

  private Connection bob() throws Exception {
    return proxy.connect("bob", "", "p0");
  }

  @Test
  void whoWaitsTooLongForAServerIsSentAway() throws Exception {
    proxy.set("query_wait_timeout", "1").reload();
    try (Connection first = bob(); Connection second = bob()) {
      first.setAutoCommit(false);
      Sql.run(first, "select 1");
      assertThat(WeirServer.text(Sql.error(second, "select 1"))).contains("query_wait_timeout");
      Sql.run(first, "select 2");
      first.commit();
    }
  }

  @Test
  void aUsersOwnWaitWins() throws Exception {
    proxy.set("query_wait_timeout", "60").user("bob", "query_wait_timeout=1").reload();
    try (Connection first = bob(); Connection second = bob()) {
      first.setAutoCommit(false);
      Sql.run(first, "select 1");
      assertThat(WeirServer.text(Sql.error(second, "select 1"))).contains("query_wait_timeout");
      first.rollback();
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
}
