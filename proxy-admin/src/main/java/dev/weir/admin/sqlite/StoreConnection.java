package dev.weir.admin.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteLimits;

/** One connection to SQLite, with bounds on time, memory and results. Confined to the admin thread but for {@link #interrupt}. */
final class StoreConnection {
  private static final Logger LOG = LoggerFactory.getLogger(StoreConnection.class);
  /** How the driver wraps SQLite's own message: {@code [CODE] what the code means (the message)}. */
  private static final Pattern MESSAGE = Pattern
      .compile("\\[SQLITE_[A-Z0-9_]+\\] .*? \\((.*)\\)", Pattern.DOTALL);
  private static final int STEPS_BETWEEN_CHECKS = 2000;
  private static final int MOST_PARAMETERS = 32_000;

  /** Something that answers. */
  @FunctionalInterface
  interface Query {
    StoreAnswer run() throws StoreException;
  }

  private final Connection connection;
  private final StoreLimits limits;
  /** Whether what runs is a client's, which has bounds; our own has none. */
  private boolean bounded;
  private long deadline;
  private boolean late;
  private volatile boolean cancelled;

  private StoreConnection(Connection connection, StoreLimits limits) {
    this.connection = connection;
    this.limits = limits;
  }

  static StoreConnection open(StoreLimits limits, RandomGenerator random, SessionFacts facts)
      throws StoreException {
    try {
      SQLiteConfig config = new SQLiteConfig();
      config.enableLoadExtension(false);
      Connection connection = config.createConnection("jdbc:sqlite::memory:");
      StoreConnection opened = new StoreConnection(connection, limits);
      opened.bound();
      SqlFunctions.addTo(connection, random, facts);
      return opened;
    } catch (SQLException e) {
      throw told(e);
    }
  }

  private void bound() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA temp_store = MEMORY");
      statement.execute("PRAGMA hard_heap_limit = " + limits.heapBytes());
    }
    SQLiteConnection sqlite = connection.unwrap(SQLiteConnection.class);
    sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, limits.statementBytes());
    sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, limits.statementBytes());
    ProgressHandler.setHandler(connection, STEPS_BETWEEN_CHECKS, new ProgressHandler() {
      @Override
      protected int progress() {
        if (!bounded) {
          return 0;
        }
        late = System.nanoTime() - deadline > 0;
        return late || cancelled ? 1 : 0;
      }
    });
  }

  /** @param file empty for memory */
  void attach(String schema, String file) throws StoreException {
    change("ATTACH DATABASE ? AS " + schema, List.of(file.isEmpty() ? ":memory:" : file));
  }

  void run(String sql) throws StoreException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw told(e);
    }
  }

  /** A change of our own, without bounds; answers how many rows it touched. */
  long change(String sql, List<@Nullable Object> parameters) throws StoreException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      return statement.execute() ? 0 : Math.max(0, statement.getUpdateCount());
    } catch (SQLException e) {
      throw told(e);
    }
  }

  /** What a client sent, within its bounds. */
  StoreAnswer execute(String sql, List<@Nullable Object> parameters) throws StoreException {
    late = false;
    cancelled = false;
    bounded = true;
    deadline = System.nanoTime() + limits.statementMillis() * 1_000_000;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      if (!statement.execute()) {
        return new StoreAnswer.Changed(Math.max(0, statement.getUpdateCount()));
      }
      try (ResultSet result = statement.getResultSet()) {
        return rows(result);
      }
    } catch (SQLException e) {
      if (late) {
        throw new StoreException(
            "the statement took longer than " + limits.statementMillis() + " ms");
      }
      throw cancelled ? new StoreException("Query execution was interrupted") : told(e);
    } finally {
      bounded = false;
    }
  }

  private static void bind(PreparedStatement statement, List<@Nullable Object> parameters)
      throws SQLException, StoreException {
    int taken = statement.getParameterMetaData().getParameterCount();
    if (taken != parameters.size()) {
      throw new StoreException(
          "the statement takes " + taken + " parameters, " + parameters.size() + " were given");
    }
    for (int i = 0; i < parameters.size(); i++) {
      statement.setObject(i + 1, parameters.get(i));
    }
  }

  private StoreAnswer rows(ResultSet result) throws SQLException, StoreException {
    List<String> columns = labels(result.getMetaData());
    List<List<@Nullable String>> rows = new ArrayList<>();
    long chars = 0;
    while (result.next()) {
      List<@Nullable String> row = new ArrayList<>(columns.size());
      for (int i = 1; i <= columns.size(); i++) {
        String value = result.getString(i);
        chars += value == null ? 16 : 48 + value.length(); // what the objects themselves take
        row.add(value);
      }
      if (chars > limits.resultChars()) {
        throw new StoreException("the result is larger than " + limits.resultChars() + " bytes");
      }
      rows.add(row);
    }
    return new StoreAnswer.Rows(columns, rows);
  }

  private static List<String> labels(ResultSetMetaData meta) throws SQLException {
    List<String> labels = new ArrayList<>();
    for (int i = 1; i <= meta.getColumnCount(); i++) {
      labels.add(meta.getColumnLabel(i));
    }
    return labels;
  }

  @Nullable
  List<String> columns(String sql) throws StoreException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      return answersRows(statement) ? labels(statement.getMetaData()) : null;
    } catch (SQLException e) {
      throw told(e);
    }
  }

  /** The driver knows no other way to tell: it refuses to count the columns of what has none. */
  private static boolean answersRows(PreparedStatement statement) {
    try {
      return statement.getMetaData().getColumnCount() > 0;
    } catch (SQLException _) {
      return false;
    }
  }

  /** Runs a query of our own and hands over one row after the other; neither time nor size is bounded. */
  void each(String sql, Consumer<Map<String, @Nullable String>> row) throws StoreException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      List<String> columns = labels(result.getMetaData());
      while (result.next()) {
        Map<String, @Nullable String> values = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
          values.put(columns.get(i), result.getString(i + 1));
        }
        row.accept(values);
      }
    } catch (SQLException e) {
      throw told(e);
    }
  }

  /** Inserts rows of equal length. */
  void insert(String into, List<List<@Nullable Object>> rows) throws StoreException {
    if (rows.isEmpty()) {
      return;
    }
    int width = rows.getFirst().size();
    if (width > MOST_PARAMETERS) {
      throw new StoreException("a row has " + width + " values");
    }
    String marks = "?" + ", ?".repeat(width - 1);
    try (PreparedStatement statement = connection
        .prepareStatement(into + " VALUES (" + marks + ")")) {
      for (List<@Nullable Object> row : rows) {
        for (int i = 0; i < width; i++) {
          statement.setObject(i + 1, row.get(i));
        }
        statement.executeUpdate();
      }
    } catch (SQLException e) {
      throw told(e);
    }
  }

  void transaction(AdminStore.Step step) throws StoreException {
    run("BEGIN IMMEDIATE");
    boolean done = false;
    try {
      step.run();
      run("COMMIT");
      done = true;
    } finally {
      if (!done) {
        rollback();
      }
    }
  }

  private void rollback() {
    try {
      run("ROLLBACK");
    } catch (StoreException e) { // SQLite has rolled back by itself
      LOG.debug("rollback: {}", e.problem());
    }
  }

  StoreAnswer readOnly(boolean readOnly, Query query) throws StoreException {
    if (!readOnly) {
      return query.run();
    }
    run("PRAGMA query_only = 1");
    try {
      return query.run();
    } finally {
      run("PRAGMA query_only = 0");
    }
  }

  void interrupt() {
    cancelled = true;
  }

  void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.warn("closing the admin database: {}", e.getMessage());
    }
  }

  private static StoreException told(SQLException e) {
    String text = String.valueOf(e.getMessage());
    Matcher matcher = MESSAGE.matcher(text);
    boolean busy = e instanceof SQLiteException sqlite
        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_BUSY
            || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_LOCKED);
    return new StoreException(matcher.matches() ? matcher.group(1) : text, busy);
  }
}
