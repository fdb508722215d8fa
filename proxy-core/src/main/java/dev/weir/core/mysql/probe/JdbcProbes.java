package dev.weir.core.mysql.probe;

import dev.weir.core.backend.ReadOnlyCheck;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.monitor.GaleraState;
import dev.weir.core.monitor.GroupMemberState;
import dev.weir.core.monitor.MonitorSettings;
import dev.weir.core.monitor.Outcome;
import dev.weir.core.monitor.ReplicationLag;
import dev.weir.core.monitor.ServerProbes;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks a MySQL or MariaDB server through JDBC, on a few connections that are kept. No pool of a library: one waits its
 * whole patience when the server refuses, and then tells an earlier error, where a check wants to know at once and
 * exactly.
 */
public final class JdbcProbes implements ServerProbes {
  /** As many as there are checks that may run at once and need one. */
  private static final int KEPT = 5;

  private final String url;
  private final Properties login;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  private interface Question<T> {
    T ask(Connection connection) throws SQLException;
  }

  private interface Reader<T> {
    T read(ResultSet rows) throws SQLException;
  }

  private JdbcProbes(String url, Properties login) {
    this.url = url;
    this.login = login;
  }

  public static JdbcProbes of(Server server, MonitorSettings settings) {
    String url = url(server.address(), server.attributes().useSsl());
    Properties login = new Properties();
    login.setProperty("user", settings.user());
    login.setProperty("password", settings.password());
    // Over a connection without TLS; the password is the monitor's, and the server's key is asked of the server.
    login.setProperty("allowPublicKeyRetrieval", "true");
    login.setProperty("connectionAttributes", "program_name:weir_monitor");
    int wait = settings.onServers().waitTimeoutSeconds();
    if (wait > 0) {
      login.setProperty("sessionVariables", "wait_timeout=" + wait);
    }
    return new JdbcProbes(url, login);
  }

  private static String url(ServerAddress address, boolean tls) {
    boolean unix = address.port() == 0;
    String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
    return "jdbc:mariadb://" + (unix ? "localhost" : host + ":" + address.port()) + "/?sslMode="
        + (tls ? "trust" : "disable") + (unix ? "&localSocket=" + address.host() : "");
  }

  @Override
  public Outcome<Boolean> connect(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try (Connection _ = open(deadline)) {
      return new Outcome.Answered<>(true);
    } catch (SQLException e) {
      return failure(e, System.nanoTime() - deadline >= 0);
    }
  }

  @Override
  public Outcome<Boolean> ping(Duration timeout) {
    // The driver pings with a limit of whole seconds, and for ever when told 0.
    int seconds = (int) Math.max(1, timeout.plusMillis(999).toSeconds());
    return ask(timeout, connection -> {
      long started = System.nanoTime();
      boolean valid = connection.isValid(seconds);
      if (System.nanoTime() - started > timeout.toNanos()) {
        throw new SQLTimeoutException("no answer to a ping");
      }
      if (!valid) {
        throw new SQLException("the connection broke");
      }
      return true;
    });
  }

  @Override
  public Outcome<Boolean> readOnly(ReadOnlyCheck check, Duration timeout) {
    return query(timeout, _ -> "SELECT " + check.expression() + " read_only",
        rows -> isOn(firstRow(rows).getString(1)));
  }

  @Override
  public Outcome<ReplicationLag> replicationLag(String heartbeatTable, Duration timeout) {
    if (heartbeatTable.isEmpty()) {
      return query(timeout, Questions::replicaStatus, JdbcProbes::lagOfReplica);
    }
    return query(timeout, _ -> Questions.heartbeat(heartbeatTable), rows -> {
      long seconds = firstRow(rows).getLong(1);
      return rows.wasNull() ? new ReplicationLag.Unknown() : new ReplicationLag.Seconds(seconds);
    });
  }

  @Override
  public Outcome<GaleraState> galera(Duration timeout) {
    return query(timeout, Questions::galera, rows -> {
      ResultSet row = firstRow(rows);
      return new GaleraState((int) number(row.getString("wsrep_local_state")),
          isOn(row.getString("read_only")), number(row.getString("wsrep_local_recv_queue")),
          isOn(row.getString("wsrep_desync")),
          !is(row.getString("wsrep_reject_queries"), "NONE"),
          isOn(row.getString("wsrep_sst_donor_rejects_queries")),
          is(row.getString("wsrep_cluster_status"), "Primary"),
          isInMaintenance(row.getString("pxc_maint_mode")));
    });
  }

  @Override
  public Outcome<GroupMemberState> groupMember(Duration timeout) {
    return query(timeout, Questions::groupMember, rows -> {
      ResultSet row = firstRow(rows);
      return new GroupMemberState(isOn(row.getString("viable_candidate")),
          isOn(row.getString("read_only")), number(row.getString("transactions_behind")));
    });
  }

  @Override
  public void close() {
    closed = true;
    drop();
  }

  /** The slowest of its sources; one that does not run outweighs them all. */
  private static ReplicationLag lagOfReplica(ResultSet rows) throws SQLException {
    ReplicationLag lag = new ReplicationLag.NotAReplica();
    while (rows.next()) {
      String seconds = rows.getString(lagColumn(rows));
      if (seconds == null) {
        return new ReplicationLag.Unknown();
      }
      long source = number(seconds);
      if (!(lag instanceof ReplicationLag.Seconds(long most)) || source > most) {
        lag = new ReplicationLag.Seconds(source);
      }
    }
    return lag;
  }

  private static int lagColumn(ResultSet rows) throws SQLException {
    for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
      String label = rows.getMetaData().getColumnLabel(column);
      if (label.equalsIgnoreCase("Seconds_Behind_Source")
          || label.equalsIgnoreCase("Seconds_Behind_Master")) {
        return column;
      }
    }
    throw new SQLException("the replica's status has no column Seconds_Behind_Source");
  }

  private <T> Outcome<T> query(Duration timeout,
      Function<ServerVersion, String> sql, Reader<T> reader) {
    return ask(timeout, connection -> {
      ServerVersion version = ServerVersion
          .of(connection.getMetaData().getDatabaseProductVersion());
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(sql.apply(version))) {
        return reader.read(rows);
      }
    });
  }

  private <T> Outcome<T> ask(Duration timeout, Question<T> question) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      Connection kept = idle.pollLast();
      if (kept != null) {
        try {
          return new Outcome.Answered<>(ask(kept, deadline, question));
        } catch (SQLException e) {
          if (!isBroken(e) || System.nanoTime() - deadline >= 0) {
            throw e;
          }
          // It had ended while nobody used it, which says nothing of the server now.
          drop();
        }
      }
      return new Outcome.Answered<>(ask(open(deadline), deadline, question));
    } catch (SQLException e) {
      return failure(e, System.nanoTime() - deadline >= 0);
    } catch (IllegalArgumentException e) {
      return new Outcome.Failed<>(0, String.valueOf(e.getMessage()));
    }
  }

  /** Keeps the connection for the next check, unless it may be broken. */
  private <T> T ask(Connection connection, long deadline, Question<T> question)
      throws SQLException {
    boolean usable = false;
    try {
      connection.setNetworkTimeout(Runnable::run, (int) Math.max(1, millisUntil(deadline)));
      T answer = question.ask(connection);
      usable = true;
      return answer;
    } catch (SQLException e) {
      usable = !isBroken(e);
      throw e;
    } finally {
      if (usable && !closed && idle.size() < KEPT) {
        idle.addLast(connection);
        if (closed) {
          drop();
        }
      } else {
        abort(connection);
      }
    }
  }

  private Connection open(long deadline) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(login);
    String left = Long.toString(Math.max(1, millisUntil(deadline)));
    properties.setProperty("connectTimeout", left);
    properties.setProperty("socketTimeout", left);
    return DriverManager.getConnection(url, properties);
  }

  private void drop() {
    for (Connection connection = idle.pollLast(); connection != null; connection = idle
        .pollLast()) {
      abort(connection);
    }
  }

  /** Without the farewell that a server which hangs would make us wait for. */
  private static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException _) {
      // it is gone either way
    }
  }

  /** SQL:2016's class 08, connection exceptions. */
  private static boolean isBroken(SQLException e) {
    String state = e.getSQLState();
    return state == null || state.startsWith("08") || e instanceof SQLTimeoutException;
  }

  private static <T> Outcome<T> failure(SQLException thrown, boolean late) {
    SQLException told = thrown;
    boolean timedOut = late;
    for (@Nullable Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      timedOut |= cause instanceof SocketTimeoutException
          || cause instanceof SQLTimeoutException;
      if (cause instanceof SQLException sql) {
        told = sql;
      }
    }
    String message = String.valueOf(told.getMessage());
    return timedOut
        ? new Outcome.TimedOut<>("timed out: " + message)
        : new Outcome.Failed<>(Math.max(0, told.getErrorCode()), message);
  }

  private static ResultSet firstRow(ResultSet rows) throws SQLException {
    if (!rows.next()) {
      throw new SQLException("no row");
    }
    return rows;
  }

  private static boolean is(@Nullable String value, String wanted) {
    return value != null && value.equalsIgnoreCase(wanted);
  }

  private static boolean isOn(@Nullable String value) {
    return is(value, "1") || is(value, "ON") || is(value, "YES");
  }

  /** Null where there is no such variable. */
  private static boolean isInMaintenance(@Nullable String mode) {
    return mode != null && !mode.equalsIgnoreCase("DISABLED");
  }

  /** -1 for what is not there. */
  private static long number(@Nullable String value) {
    try {
      return value == null ? -1 : Long.parseLong(value.strip());
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  private static long millisUntil(long deadline) {
    return TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
  }
}
