package dev.weir.it;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Everything at once for {@code -Dsoak.minutes}: both pool modes, logins, cancels, large results, slow readers, reloads.
 * A client that gets another answer than it asked for, that waits for ever, or that fails in a way nobody ordered, fails
 * the test; so do statistics that do not add up, servers that are not idle, lost buffers and a heap that grows.
 */
@EnabledIfSystemProperty(named = "soak.minutes", matches = "\\d+", disabledReason = "takes minutes; run it with -Psoak -Dsoak.minutes=N")
final class SoakIT {
  /** More than garbage that a collection leaves by chance, less than a leak of a kilobyte a transaction. */
  private static final long GROWTH = 16 << 20;

  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir();
  @RegisterExtension static final WeirServer proxy = WeirServer.to(postgres)
      .set("max_prepared_statements", "20").set("max_client_conn", "200")
      .database("tx", "pool_mode=transaction", "pool_size=4")
      .database("se", "pool_mode=session", "pool_size=3")
      .login("postgres", "${password}");

  private final AtomicLong transactions = new AtomicLong();
  private final AtomicLong updates = new AtomicLong();
  private final AtomicLong cancels = new AtomicLong();
  private final RandomGenerator random = RandomGenerator.getDefault();
  private long end;

  /** One client's work, again and again. */
  private interface Turn {
    void take() throws Exception;
  }

  @Test
  void nothingIsLostStuckOrMixedUp() throws Exception {
    postgres.execute("create table account (n int primary key, amount bigint)",
        "insert into account select n, 0 from generate_series(1, 100) n");
    long warm = Duration.ofSeconds(10).toNanos();
    long length = Duration.ofMinutes(Long.getLong("soak.minutes", 1)).toNanos();
    run(System.nanoTime() + warm);
    assertAllIdle();
    long before = heapAfterCollection();
    run(System.nanoTime() + length);
    assertAllIdle();
    long grown = heapAfterCollection() - before;
    System.out.printf("[soak] %d transactions, %d cancels, heap %+d kB%n", transactions.get(),
        cancels.get(), grown >> 10);
    assertThat(grown).as("growth of the heap in bytes").isLessThan(GROWTH);
    assertThat(cancels.get()).isPositive();
    // Every update that was answered was done, once.
    assertThat(postgres.query("select sum(amount) from account"))
        .isEqualTo(Long.toString(updates.get()));
    assertStatisticsAddUp();
  }

  private void run(long until) throws Exception {
    end = until;
    List<Background> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      clients.add(Background.start(repeated(() -> longLived("tx"))));
      clients.add(Background.start(repeated(() -> oneTransaction("tx"))));
    }
    clients.add(Background.start(repeated(() -> longLived("se"))));
    clients.add(Background.start(repeated(() -> oneTransaction("se"))));
    clients.add(Background.start(repeated(this::largeResult)));
    clients.add(Background.start(repeated(this::slowReader)));
    clients.add(Background.start(repeated(this::cancelled)));
    int reloads = 0;
    while (System.nanoTime() < end) {
      // The pace of the operator, not a wait for something.
      Thread.sleep(Math.min(3000, Math.max(1, (end - System.nanoTime()) / 1_000_000)));
      proxy.set("server_lifetime", Integer.toString(2 + reloads++ % 3)).reload();
      forgetTheLog();
    }
    for (Background client : clients) {
      client.await();
    }
    forgetTheLog();
  }

  /** It is kept in memory, and a bug that was caught stands in it with its stack trace. */
  private static void forgetTheLog() {
    assertThat(proxy.log().lines()).noneMatch(line -> line.contains("\tat "));
    proxy.log().clear();
  }

  private Background.Work repeated(Turn turn) {
    return () -> {
      while (System.nanoTime() < end) {
        turn.take();
      }
    };
  }

  private Connection connect(String database) throws SQLException {
    return proxy.connect("postgres", postgres.superuserPassword(), database,
        Map.of("prepareThreshold", "1", "socketTimeout", "30"));
  }

  private void longLived(String database) throws SQLException {
    try (Connection connection = connect(database)) {
      String zone = random.nextBoolean() ? "Asia/Tokyo" : "America/Lima";
      Sql.run(connection, "set timezone = '" + zone + "'");
      for (int i = 0; i < 50 && System.nanoTime() < end; i++) {
        assertThat(Sql.value(connection, "show timezone")).isEqualTo(zone);
        transfer(connection);
      }
    }
  }

  private void oneTransaction(String database) throws SQLException {
    try (Connection connection = connect(database)) {
      transfer(connection);
    }
  }

  /** A transaction of an update and a marked query; a third of them is rolled back. */
  private void transfer(Connection connection) throws SQLException {
    int n = 1 + random.nextInt(100);
    boolean keep = random.nextInt(3) > 0;
    connection.setAutoCommit(false);
    try (var update = connection
        .prepareStatement("update account set amount = amount + 1 where n = ?");
        var read = connection.prepareStatement("select ?::int, pg_backend_pid()")) {
      update.setInt(1, n);
      assertThat(update.executeUpdate()).isEqualTo(1);
      read.setInt(1, n);
      try (ResultSet rows = read.executeQuery()) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(n);
      }
    }
    if (keep) {
      connection.commit();
      updates.incrementAndGet();
    } else {
      connection.rollback();
    }
    connection.setAutoCommit(true);
    transactions.incrementAndGet();
  }

  private void largeResult() throws SQLException {
    try (Connection connection = connect("tx")) {
      assertThat(Sql.value(connection, "select repeat('x', 8000000)")).hasSize(8_000_000);
    }
  }

  /** Reads rows by the hundred and rests in between, so that the server has to be held back. */
  private void slowReader() throws Exception {
    try (Connection connection = connect("se");
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.setFetchSize(100);
      try (ResultSet rows = statement
          .executeQuery("select n, repeat('y', 2000) from generate_series(1, 2000) n")) {
        int n = 0;
        while (rows.next()) {
          assertThat(rows.getInt(1)).isEqualTo(++n);
          if (n % 100 == 0) {
            Thread.sleep(5);
          }
        }
        assertThat(n).isEqualTo(2000);
      }
      connection.commit();
    }
  }

  private void cancelled() throws Exception {
    try (Connection connection = connect("tx");
        Statement statement = connection.createStatement()) {
      Background sleep = Background.start(() -> statement.execute("select pg_sleep(20)"));
      WeirServer.await("the query runs", () -> !"0".equals(postgres.query(
          "select count(*) from pg_stat_activity where query = 'select pg_sleep(20)'"
              + " and state = 'active'")));
      statement.cancel();
      try {
        sleep.await();
        throw new AssertionError("was not cancelled");
      } catch (SQLException e) {
        assertThat(e.getSQLState()).isEqualTo("57014");
      }
      cancels.incrementAndGet();
      assertThat(Sql.value(connection, "select 5")).isEqualTo("5");
    }
  }

  private static void assertAllIdle() throws SQLException {
    proxy.awaitShow("POOLS", pools -> pools.stream()
        .filter(pool -> !"pgbouncer".equals(pool.get("database")))
        .allMatch(pool -> List.of("cl_active", "cl_waiting", "cl_active_cancel_req",
            "cl_waiting_cancel_req", "sv_active", "sv_active_cancel", "sv_being_canceled",
            "sv_tested", "sv_login").stream().allMatch(column -> "0".equals(pool.get(column)))));
  }

  private void assertStatisticsAddUp() throws SQLException {
    long counted = 0;
    long queries = 0;
    for (Map<String, String> row : proxy.show("STATS_TOTALS")) {
      if (!"pgbouncer".equals(row.get("database"))) {
        counted += Long.parseLong(row.getOrDefault("xact_count", "none"));
        queries += Long.parseLong(row.getOrDefault("query_count", "none"));
      }
    }
    assertThat(counted).isGreaterThanOrEqualTo(transactions.get());
    assertThat(queries).isGreaterThanOrEqualTo(counted + transactions.get());
  }

  private static long heapAfterCollection() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least,
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
