package dev.weir.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that move money between accounts while somebody breaks the servers, and who remember what they were told: each
 * transfer has a number of its own that is written in its transaction. Afterwards every transfer that was acknowledged
 * is there, none that was refused is, and each account holds what the transfers make of it. Readers look at the sum of
 * all balances, which never changes.
 *
 * <p>Clients are threads of their own; the other methods belong to the test's thread.
 */
final class Ledger {
  private static final int ACCOUNTS = 40;
  private static final long BALANCE = 1000;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  /** Certification failed, or locks: the transaction is rolled back, and this is the application's. */
  static final int DEADLOCK = 1213;
  private static final int DUPLICATE = 1062;
  /** What a client is told when its statement came to no server. */
  private static final Set<Integer> NEVER_RAN = Set.of(1047, 9001, 9002);

  /** How a client writes. */
  private enum Style {
    /** One statement is the transaction; a trigger moves the money. */
    AUTOCOMMIT,
    /** {@code autocommit=0} and COMMIT. */
    AUTOCOMMIT_OFF,
    /** {@code START TRANSACTION} and COMMIT. */
    BLOCK
  }

  interface Connector {
    Connection connect(String... options) throws SQLException;
  }

  private enum Fate {
    ACKNOWLEDGED, REFUSED, UNKNOWN
  }

  private final Connector connector;
  private final Map<Long, Fate> transfers = new ConcurrentHashMap<>();
  private final AtomicLong lastTransfer = new AtomicLong();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopping;
  private volatile LedgerTally tally = new LedgerTally();

  private Ledger(Connector connector) {
    this.connector = connector;
  }

  /** Makes the tables on this server. */
  static Ledger create(GaleraCluster.Node node, Connector connector) throws SQLException {
    String entry = " (n bigint primary key, payer int not null, payee int not null,"
        + " amount int not null) engine=innodb";
    node.execute("create table app.account (id int primary key, balance bigint not null)"
        + " engine=innodb", "create table app.entry" + entry, "create table app.auto_entry" + entry,
        "insert into app.account select seq, " + BALANCE + " from seq_1_to_" + ACCOUNTS,
        "create trigger app.book after insert on app.auto_entry for each row"
            + " update app.account set balance = balance"
            + " + if(id = new.payee, new.amount, -new.amount) where id in (new.payer, new.payee)");
    return new Ledger(connector);
  }

  // --- clients ---

  /** Starts clients that go on until {@link #stop}, and returns when they all work. */
  void start() {
    stopping = false;
    tally = new LedgerTally();
    for (int i = 0; i < 2; i++) {
      for (Style style : Style.values()) {
        client("writer", () -> write(style, "useServerPrepStmts=" + (style == Style.BLOCK)));
      }
      client("reader", () -> read("useServerPrepStmts=true"));
      client("reader", () -> read("useServerPrepStmts=false"));
    }
    awaitWork();
  }

  private void client(String name, Runnable work) {
    clients.add(Thread.ofPlatform().daemon().name("ledger-" + name).start(work));
  }

  /** Waits until clients have written and read a good deal more. */
  void awaitWork() {
    LedgerTally now = tally;
    long writes = now.writes();
    long reads = now.reads();
    try {
      await("transfers go on").atMost(PATIENCE).pollInterval(Duration.ofMillis(20))
          .until(() -> now.writes() >= writes + 200 && now.reads() >= reads + 200);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("clients get nothing done but:\n  " + now.details(), e);
    }
  }

  /** Ends the clients; what they met since {@link #start}. */
  LedgerTally stop() throws InterruptedException {
    stopping = true;
    for (Thread client : clients) {
      client.join(PATIENCE.toMillis());
      assertThat(client.isAlive()).as("a client that waits for ever").isFalse();
    }
    clients.clear();
    return tally;
  }

  private void write(Style style, String option) {
    RandomGenerator random = RandomGenerator.getDefault();
    Connection connection = null;
    while (!stopping) {
      if (connection == null) {
        connection = connect(style, option);
      } else if (!transfer(connection, style, random)) {
        connection = revived(connection, style);
      }
      pause();
    }
    close(connection);
  }

  private @Nullable Connection connect(@Nullable Style style, String option) {
    try {
      Connection connection = connector.connect(option);
      if (style == Style.AUTOCOMMIT_OFF) {
        connection.setAutoCommit(false);
      }
      return connection;
    } catch (SQLException e) {
      tally.writeFailed(e);
      return null;
    }
  }

  /** Whether it was acknowledged. */
  private boolean transfer(Connection connection, Style style, RandomGenerator random) {
    long number = lastTransfer.incrementAndGet();
    int payer = 1 + random.nextInt(ACCOUNTS);
    int payee = 1 + (payer + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
    int amount = 1 + random.nextInt(9);
    boolean committing = style == Style.AUTOCOMMIT;
    try {
      if (style == Style.AUTOCOMMIT) {
        book(connection, "auto_entry", number, payer, payee, amount);
      } else {
        if (style == Style.BLOCK) {
          MysqlWeir.run(connection, "START TRANSACTION");
        }
        lock(connection, Math.min(payer, payee));
        lock(connection, Math.max(payer, payee));
        move(connection, payer, -amount);
        move(connection, payee, amount);
        book(connection, "entry", number, payer, payee, amount);
        committing = true;
        if (style == Style.BLOCK) {
          MysqlWeir.run(connection, "COMMIT");
        } else {
          connection.commit();
        }
      }
      transfers.put(number, Fate.ACKNOWLEDGED);
      tally.written();
      return true;
    } catch (SQLException e) {
      boolean refused = !committing || e.getErrorCode() == DEADLOCK
          || (style == Style.AUTOCOMMIT && NEVER_RAN.contains(e.getErrorCode()));
      transfers.put(number, refused ? Fate.REFUSED : Fate.UNKNOWN);
      tally.writeFailed(e);
      if (!refused) {
        tally.unknown();
      }
      return false;
    }
  }

  private static void lock(Connection connection, int account) throws SQLException {
    try (PreparedStatement read = connection
        .prepareStatement("SELECT balance FROM account WHERE id = ? FOR UPDATE")) {
      read.setInt(1, account);
      read.executeQuery().close();
    }
  }

  private static void move(Connection connection, int account, int amount) throws SQLException {
    try (PreparedStatement update = connection
        .prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
      update.setInt(1, amount);
      update.setInt(2, account);
      update.executeUpdate();
    }
  }

  private static void book(Connection connection, String table, long number, int payer, int payee,
      int amount) throws SQLException {
    try (PreparedStatement insert = connection
        .prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?, ?)")) {
      insert.setLong(1, number);
      insert.setInt(2, payer);
      insert.setInt(3, payee);
      insert.setInt(4, amount);
      insert.executeUpdate();
    }
  }

  /** The connection, if it is one still, with what it had begun rolled back; else null. */
  private @Nullable Connection revived(Connection connection, @Nullable Style style) {
    try {
      if (style == Style.BLOCK) {
        MysqlWeir.run(connection, "ROLLBACK");
      } else if (style == Style.AUTOCOMMIT_OFF) {
        connection.rollback();
      }
    } catch (SQLException e) {
      tally.writeFailed(e);
    }
    try {
      if (connection.isValid(30)) {
        return connection;
      }
    } catch (SQLException e) {
      tally.writeFailed(e);
    }
    tally.disconnected();
    close(connection);
    return null;
  }

  private void read(String option) {
    Connection connection = null;
    while (!stopping) {
      if (connection == null) {
        connection = connect(null, option);
      } else {
        try (
            PreparedStatement sum = connection.prepareStatement("SELECT SUM(balance) FROM account");
            ResultSet row = sum.executeQuery()) {
          row.next();
          tally.read(row.getLong(1) == ACCOUNTS * BALANCE);
        } catch (SQLException e) {
          tally.readFailed(e);
          connection = revived(connection, null);
        }
      }
      pause();
    }
    close(connection);
  }

  /** People think, too; two cores are to be left for three servers. */
  private static void pause() {
    try {
      Thread.sleep(5);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException _) {
      // it is gone either way
    }
  }

  // --- the truth ---

  /** Compares what clients were told with what this server, one that works, has. No client may be running. */
  void verify(GaleraCluster.Node node) throws SQLException {
    Map<Integer, Long> balances = new HashMap<>();
    Set<Long> there = new HashSet<>();
    try (Connection connection = node.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("set session wsrep_sync_wait = 1"); // all that was committed anywhere is applied here
      for (String table : List.of("entry", "auto_entry")) {
        try (ResultSet rows = statement
            .executeQuery("select n, payer, payee, amount from app." + table)) {
          while (rows.next()) {
            if (!there.add(rows.getLong(1))) {
              throw new AssertionError("transfer " + rows.getLong(1) + " is there twice");
            }
            balances.merge(rows.getInt(2), -rows.getLong(4), Long::sum);
            balances.merge(rows.getInt(3), rows.getLong(4), Long::sum);
          }
        }
      }
      try (ResultSet rows = statement.executeQuery("select id, balance from app.account")) {
        while (rows.next()) {
          assertThat(rows.getLong(2)).as("account " + rows.getInt(1))
              .isEqualTo(BALANCE + balances.getOrDefault(rows.getInt(1), 0L));
        }
      }
    }
    assertThat(those(Fate.ACKNOWLEDGED)).as("acknowledged and not there")
        .allMatch(there::contains);
    assertThat(those(Fate.REFUSED)).as("refused and there").noneMatch(there::contains);
    there.removeAll(transfers.keySet());
    assertThat(there).as("there and nobody's").isEmpty();
    assertThat(tally.writeErrors().get(DUPLICATE)).as("transfers run twice").isNull();
    assertThat(tally.torn()).as("reads of half a transfer").isZero();
  }

  private List<Long> those(Fate fate) {
    return transfers.entrySet().stream().filter(e -> e.getValue() == fate).map(Map.Entry::getKey)
        .sorted().toList();
  }
}
