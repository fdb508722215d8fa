package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

import static org.assertj.core.api.Assertions.assertThat;

/** In transaction mode sessions are notified though they have no server. */
final class SessionListenIT {
  /** Far longer than a notification takes. */
  private static final int PATIENCE_MILLIS = 20_000;

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("server_round_robin", "1")
      .set("max_client_conn", "2000")
      .database("p1", "user=postgres password=${password}", "pool_size=1")
      .database("p5", "user=postgres password=${password}", "pool_size=5", "min_pool_size=5")
      .login("bob", "");

  private Connection connect(String database) throws SQLException {
    return proxy.connect("bob", "", database, Map.of("preferQueryMode", "simple"));
  }

  /** Notifications until one has this payload, which is left out. */
  private static List<String> until(Connection client, String last) throws SQLException {
    List<String> heard = new ArrayList<>();
    long end = System.nanoTime() + Duration.ofMillis(PATIENCE_MILLIS).toNanos();
    while (System.nanoTime() < end) {
      for (PGNotification n : client.unwrap(PGConnection.class).getNotifications(100)) {
        if (n.getParameter().equals(last)) {
          return heard;
        }
        heard.add(n.getName() + ":" + n.getParameter());
      }
    }
    throw new AssertionError("never notified of " + last + ", but of " + heard);
  }

  @ParameterizedTest
  @ValueSource(strings = {"listen a", "begin; listen a; commit", "listen a; listen b; unlisten b",
    "begin; listen b; savepoint s; listen a; rollback to s; listen a; unlisten b; commit"})
  void aListenerKeepsNoServer(String sql) throws Exception {
    try (Connection one = connect("p1"); Connection two = connect("p1")) {
      Sql.run(one, sql);
      for (int i = 0; i < 5; i++) {
        Sql.run(two, "notify a, '" + i + "'"); // with the pool's only server
        Sql.run(two, "notify b, 'not listened to'");
      }
      Sql.run(two, "notify a, 'end'");
      assertThat(until(one, "end")).containsExactly("a:0", "a:1", "a:2", "a:3", "a:4");
      Sql.run(one, "unlisten a");
      Sql.run(two, "notify a, 'too late'");
      Sql.run(one, "listen c");
      Sql.run(two, "notify c, 'end'");
      assertThat(until(one, "end")).isEmpty();
    }
  }

  @Test
  void aRolledBackListenIsNone() throws Exception {
    try (Connection one = connect("p1"); Connection two = connect("p1")) {
      Sql.run(one, "begin; listen a; rollback");
      Sql.run(one, "listen b");
      Sql.run(one, "begin; unlisten b; rollback");
      Sql.run(two, "notify a, 'x'");
      Sql.run(two, "notify b, 'y'");
      Sql.run(two, "notify b, 'end'");
      assertThat(until(one, "end")).containsExactly("b:y");
    }
  }

  @Test
  void aTransactionIsNotInterrupted() throws Exception {
    try (Connection one = connect("p5"); Connection two = connect("p5")) {
      Sql.run(one, "listen a");
      Sql.run(one, "begin");
      Sql.run(two, "notify a, 'x'");
      Sql.run(one, "select 1");
      assertThat(one.unwrap(PGConnection.class).getNotifications(300)).isEmpty();
      Sql.run(one, "notify a, 'own'");
      Sql.run(one, "commit");
      Sql.run(two, "notify a, 'end'");
      assertThat(until(one, "end")).containsExactly("a:x", "a:own");
    }
  }

  @Test
  void discardAllEndsIt() throws Exception {
    try (Connection one = connect("p1"); Connection two = connect("p1")) {
      Sql.run(one, "listen a");
      Sql.run(one, "discard all");
      Sql.run(two, "notify a, 'x'");
      Sql.run(one, "listen \"B c\"");
      Sql.run(two, "notify \"B c\", 'end'");
      assertThat(until(one, "end")).isEmpty();
    }
  }

  @Test
  void aListenerIsToldOfAGap() throws Exception {
    try (Connection one = connect("p1"); Connection two = connect("p1")) {
      Sql.run(one, "listen a");
      Sql.run(two, "notify a, 'end'");
      until(one, "end");
      assertThat(Sql.value(two, "select count(pg_terminate_backend(pid)) from pg_stat_activity"
          + " where query like 'LISTEN weir%' and pid <> pg_backend_pid()")).isEqualTo("1");
      AtomicBoolean told = new AtomicBoolean();
      Awaitility.await().atMost(Duration.ofMillis(PATIENCE_MILLIS)).until(() -> {
        one.unwrap(PGConnection.class).getNotifications(10);
        for (SQLWarning w = one.getWarnings(); w != null; w = w.getNextWarning()) {
          told.compareAndSet(false,
              String.valueOf(w.getMessage()).contains("may have been missed"));
        }
        return told.get();
      });
      Sql.run(two, "notify a, 'x'");
      Sql.run(two, "notify a, 'end'");
      assertThat(until(one, "end")).containsExactly("a:x");
    }
  }

  /** {@code -Dweir.listeners} and {@code -Dweir.notifications} say how many. */
  @Test
  void manyListenersHearAllInOrderWhileOthersWork() throws Exception {
    int listeners = Integer.getInteger("weir.listeners", 200);
    int notifications = Integer.getInteger("weir.notifications", 300);
    List<Connection> all = new ArrayList<>();
    AtomicBoolean over = new AtomicBoolean();
    List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
    List<Thread> workers = new ArrayList<>();
    try {
      for (int i = 0; i < listeners; i++) {
        Connection one = connect("p5");
        all.add(one);
        Sql.run(one, "listen crowd");
      }
      for (int i = 0; i < 3; i++) {
        workers.add(Thread.ofVirtual().start(() -> {
          try (Connection busy = connect("p5")) {
            while (!over.get()) {
              Sql.run(busy, "select pg_sleep(0.001)");
            }
          } catch (SQLException e) {
            failures.add(e);
          }
        }));
      }
      List<String> expected = new ArrayList<>();
      try (Connection speaker = connect("p5")) {
        for (int i = 0; i < notifications; i++) {
          Sql.run(speaker, "notify crowd, '" + i + "'");
          expected.add("crowd:" + i);
          Thread.sleep(10);
        }
        Sql.run(speaker, "notify crowd, 'end'");
      }
      for (Connection one : all) {
        assertThat(until(one, "end")).isEqualTo(expected);
      }
      assertThat(failures).isEmpty();
    } finally {
      over.set(true);
      for (Thread worker : workers) {
        worker.join();
      }
      for (Connection one : all) {
        one.close();
      }
    }
    proxy.awaitShow("POOLS",
        rows -> "0".equals(WeirServer.cell(rows, "database", "p5", "sv_active")));
  }
}
