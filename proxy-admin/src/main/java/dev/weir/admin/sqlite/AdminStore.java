package dev.weir.admin.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The databases of the admin port. Operators see the schemas main, disk, stats, monitor and stats_history; who may only
 * read statistics has a connection of its own that lacks the first two. Confined to the admin thread.
 */
public final class AdminStore implements AutoCloseable {
  /** Which connection a statement runs on. */
  public enum Side {
    OPERATOR, STATISTICS
  }

  private static final String DISK_FILE = "proxysql.db";
  private static final String HISTORY_FILE = "proxysql_stats.db";
  private static final Set<String> NOT_ALLOWED = Set.of("PRAGMA", "ATTACH", "DETACH", "VACUUM");

  private final StoreConnection operator;
  private final StoreConnection statistics;
  private final Map<String, ComputedTable> computed = new TreeMap<>();
  private final InformationSchema ofOperators;
  private final InformationSchema ofStatistics;
  private final @Nullable Path directory;
  private boolean fresh;
  private final SessionFacts facts;

  private AdminStore(StoreConnection operator, StoreConnection statistics, SessionFacts facts,
      @Nullable Path directory) {
    this.facts = facts;
    this.operator = operator;
    this.statistics = statistics;
    this.directory = directory;
    this.ofOperators = new InformationSchema(operator,
        List.of("main", "disk", "stats", "monitor", "stats_history"), "admin");
    this.ofStatistics = new InformationSchema(statistics,
        List.of("stats", "monitor", "stats_history"), "stats");
    for (List<ComputedTable> tables : List.of(RuntimeTables.all(), StatsTables.all(),
        MonitorTables.all())) {
      tables.forEach(table -> computed.put(table.name(), table));
    }
  }

  /**
   * Opens them and brings tables of older versions up to date.
   *
   * @param directory where the files are or come to be; null keeps everything in memory
   * @throws StoreException when a file is no database, or is not ours to write
   */
  public static AdminStore open(@Nullable Path directory, StoreLimits limits)
      throws StoreException {
    SecureRandom random = new SecureRandom();
    SessionFacts facts = new SessionFacts();
    StoreConnection operator = StoreConnection.open(limits, random, facts);
    try {
      AdminStore store = new AdminStore(operator,
          StoreConnection.open(limits, random, facts), facts, directory);
      store.createSchemas();
      return store;
    } catch (StoreException e) {
      operator.close();
      throw e;
    }
  }

  /** Who runs the statements that follow, for functions such as USER(). */
  public void speaksFor(String user, long connectionId, String schema, String version) {
    facts.are(user, connectionId, schema, version);
  }

  /** Whether nothing was ever saved: a start saves at least the variables, but only when all went well. */
  public boolean fresh() {
    return fresh;
  }

  /** The file of the schema disk; empty when there is none. */
  public String diskFile() {
    return directory == null ? "" : directory.resolve(DISK_FILE).toString();
  }

  String historyFile() {
    return directory == null ? "" : directory.resolve(HISTORY_FILE).toString();
  }

  /** Moves a saved database away, as {@code --initial} asks; to be called before {@link #open}. */
  public static void setAside(Path directory) throws IOException {
    Path file = directory.resolve(DISK_FILE);
    if (Files.exists(file)) {
      Files.move(file, directory.resolve(DISK_FILE + ".bak"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void createSchemas() throws StoreException {
    operator.attach("disk", diskFile());
    for (StoreConnection connection : List.of(operator, statistics)) {
      connection.attach("stats", "");
      connection.attach("monitor", "");
      connection.attach("stats_history", historyFile());
    }
    ofOperators.create();
    ofStatistics.create();
    for (String table : ConfigSchema.main()) {
      operator.run("CREATE TABLE main." + table);
    }
    createDisk();
    fresh = true;
    operator.each("SELECT 1 FROM disk.global_variables LIMIT 1", row -> fresh = false);
    for (String table : HistorySchema.TABLES) {
      operator.run("CREATE TABLE IF NOT EXISTS stats_history." + table);
      statistics.run("CREATE TABLE IF NOT EXISTS stats_history." + table);
    }
    for (ComputedTable table : computed.values()) {
      operator.run("CREATE TABLE " + table.schema() + "." + table.declaration());
      if (!table.schema().equals("main")) {
        statistics.run("CREATE TABLE " + table.schema() + "." + table.declaration());
      }
    }
  }

  private void createDisk() throws StoreException {
    operator.transaction(() -> {
      for (String table : ConfigSchema.disk()) {
        operator.run("CREATE TABLE IF NOT EXISTS disk." + table);
      }
      new SchemaUpgrade(operator).run();
    });
  }

  /**
   * Opens the file of the schema disk again, which somebody has put in its place.
   *
   * @throws StoreException when it cannot be used; what was open stays open then
   */
  public void reopenDisk() throws StoreException {
    if (directory == null) {
      return;
    }
    operator.attach("candidate", diskFile());
    try {
      operator.run("SELECT COUNT(*) FROM candidate.sqlite_master");
    } finally {
      operator.run("DETACH DATABASE candidate");
    }
    operator.run("DETACH DATABASE disk");
    operator.attach("disk", diskFile());
    createDisk();
  }

  /** The computed tables that a statement names and this side has. */
  public List<ComputedTable> named(SqlText statement, Side side) {
    List<ComputedTable> named = new ArrayList<>();
    for (SqlText.Word word : statement.words()) {
      ComputedTable table = computed.get(word.text().toLowerCase(Locale.ROOT));
      if (table != null && !named.contains(table)
          && (side == Side.OPERATOR || !table.schema().equals("main"))) {
        named.add(table);
      }
    }
    return named;
  }

  /** All computed tables. */
  public List<ComputedTable> computed() {
    return List.copyOf(computed.values());
  }

  /** The computed table of that name. */
  public @Nullable ComputedTable computed(String name) {
    return computed.get(name);
  }

  /** Puts rows into a computed table. */
  public void fill(Side side, ComputedTable table, List<List<@Nullable Object>> rows)
      throws StoreException {
    StoreConnection connection = on(side);
    String qualified = table.schema() + "." + table.name();
    connection.transaction(() -> {
      connection.run("DELETE FROM " + qualified);
      connection.insert("INSERT OR REPLACE INTO " + qualified, rows);
    });
  }

  /** Empties a computed table, so that its rows take no memory. */
  public void clear(Side side, ComputedTable table) throws StoreException {
    on(side).run("DELETE FROM " + table.schema() + "." + table.name());
  }

  /**
   * Runs what a client sent.
   *
   * @param readOnly whether a change is an error
   */
  public StoreAnswer execute(Side side, SqlText statement, List<@Nullable Object> parameters,
      boolean readOnly) throws StoreException {
    check(statement);
    StoreConnection connection = on(side);
    fillInformationSchema(side, statement);
    return connection.readOnly(readOnly || side == Side.STATISTICS,
        () -> connection.execute(statement.text(), parameters));
  }

  private void fillInformationSchema(Side side, SqlText statement) throws StoreException {
    if (statement.names(InformationSchema.NAME)) {
      switch (side) {
        case OPERATOR -> ofOperators.fill();
        case STATISTICS -> ofStatistics.fill();
      }
    }
  }

  /** Names of the columns that a statement would answer; null when it answers no rows. */
  public @Nullable List<String> columns(Side side, SqlText statement) throws StoreException {
    check(statement);
    return on(side).columns(statement.text());
  }

  private static void check(SqlText statement) throws StoreException {
    if (NOT_ALLOWED.contains(statement.verb())) {
      throw new StoreException("Command not allowed");
    }
    if (statement.text().indexOf('\0') >= 0) { // where the statement would end for SQLite
      throw new StoreException("unrecognized token: \"\\0\"");
    }
    if (statement.holdsSeveral()) {
      throw new StoreException("one statement at a time");
    }
  }

  /** Runs a query of our own and hands over one row after the other, each by column. */
  public void each(String sql, Consumer<Map<String, @Nullable String>> row) throws StoreException {
    operator.each(sql, row);
  }

  /** A change of our own; answers how many rows it touched. */
  public long change(String sql, @Nullable Object... parameters) throws StoreException {
    List<@Nullable Object> values = new ArrayList<>();
    for (Object parameter : parameters) {
      values.add(parameter);
    }
    return operator.change(sql, values);
  }

  /** Several rows into one table. */
  public void insert(String into, List<List<@Nullable Object>> rows) throws StoreException {
    operator.insert(into, rows);
  }

  /** All of it or nothing. */
  public void transaction(Step step) throws StoreException {
    operator.transaction(step);
  }

  /** Something that changes the database. */
  @FunctionalInterface
  public interface Step {
    void run() throws StoreException;
  }

  /** Ends a statement that runs; from any thread. */
  public void interrupt() {
    operator.interrupt();
    statistics.interrupt();
  }

  private StoreConnection on(Side side) {
    return switch (side) {
      case OPERATOR -> operator;
      case STATISTICS -> statistics;
    };
  }

  @Override
  public void close() {
    statistics.close();
    operator.close();
  }
}
