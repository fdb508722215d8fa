package dev.weir.it;

import dev.weir.app.embedded.EmbeddedMariaDb;
import dev.weir.app.embedded.EmbeddedMySql;
import dev.weir.app.embedded.MariaDbBinaries;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real MariaDB for a test class, or a MySQL where the system property {@code weir.mysql} names its version: {@code @RegisterExtension static final MariaDbServer mariaDb = ...}. {@link #shared}
 * stands for the one server of this JVM, on which the class gets a database and users of its own, dropped when the class
 * ends; {@link #inTempDir} is a server of the class's own, which it may stop, crash and configure.
 */
public final class MariaDbServer implements BeforeAllCallback, AfterAllCallback {
  /** Where the build puts the embedded servers; see the pom. */
  static final Path JARS = Path
      .of(System.getProperty("weir.embedded", "../proxy-app/target/dist/embedded"));
  /** Version of MySQL that stands in for MariaDB; empty for MariaDB. */
  private static final String MYSQL = System.getProperty("weir.mysql", "");
  private static final Path MYSQL_JARS = Path.of("target/mysql");
  private static final String SHARED_KEY = "shared";
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final boolean shared;
  private final @Nullable MariaDbBinaries binaries;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<String> databases = new ArrayList<>();
  private final List<String> users = new ArrayList<>();
  private String database = EmbeddedMariaDb.APP;
  private @Nullable EmbeddedMariaDb server;

  /** Whether it is a MySQL: some statements are MariaDB's own. */
  static boolean isMySql() {
    return !MYSQL.isEmpty();
  }

  /** Whether it is a MySQL of this version. */
  static boolean isMySql(String version) {
    return MYSQL.equals(version);
  }

  private MariaDbServer(boolean shared, @Nullable MariaDbBinaries binaries) {
    this.shared = shared;
    this.binaries = binaries;
  }

  /** The JVM's server; the class has its own database on it. Must not be stopped or reconfigured. */
  public static MariaDbServer shared() {
    return new MariaDbServer(true, null);
  }

  /** A server of this class alone. */
  public static MariaDbServer inTempDir() {
    return new MariaDbServer(false, null);
  }

  /** A server of this class alone, of these binaries, such as {@link DebianMariaDb#find}. */
  public static MariaDbServer of(MariaDbBinaries binaries) {
    return new MariaDbServer(false, binaries);
  }

  /** A server option without its dashes; only before the start, only for a server of one's own. */
  public MariaDbServer set(String name, String value) {
    requireOwn();
    settings.put(name, value);
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (server != null) {
      return; // a proxy of the class, registered before it, has asked for it already
    }
    if (shared) {
      SharedServer running = context.getRoot()
          .getStore(ExtensionContext.Namespace.create(MariaDbServer.class))
          .computeIfAbsent(SHARED_KEY, _ -> SharedServer.start(), SharedServer.class);
      server = running.server();
      database = createDatabase();
    } else {
      startOwn();
    }
  }

  /** Starts what {@link #inTempDir} describes, for who is no extension of JUnit. */
  void startOwn() throws IOException, InterruptedException {
    server = start(binaries, settings);
  }

  private static EmbeddedMariaDb start(@Nullable MariaDbBinaries binaries,
      Map<String, String> settings) throws IOException, InterruptedException {
    boolean mySql = binaries == null && isMySql();
    if (mySql) {
      Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"),
          "there are binaries of MySQL for x86-64 only");
    }
    EmbeddedMariaDb.Options options = EmbeddedMariaDb.Options
        .throwAway(mySql ? MYSQL_JARS : JARS);
    if (binaries != null) {
      options = options.of(binaries);
    }
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      options = options.with(setting.getKey(), setting.getValue());
    }
    return mySql ? EmbeddedMySql.start(options, MYSQL) : EmbeddedMariaDb.start(options);
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    stopOwn();
  }

  void stopOwn() throws SQLException {
    EmbeddedMariaDb running = server;
    if (running == null) {
      return;
    }
    if (shared) {
      for (String name : users) {
        execute("drop user " + name);
      }
      for (String name : databases.reversed()) { // the class's own, where we connect to, comes last
        execute("drop database " + name);
      }
    } else {
      running.close();
    }
    server = null;
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return server().port();
  }

  public Path socket() {
    return server().socket();
  }

  /** The class's database. */
  public String database() {
    return database;
  }

  public String rootPassword() {
    return server().password();
  }

  /** Creates one more database, dropped at the end. */
  public String createDatabase() throws SQLException {
    String name = "db_" + NAMES.incrementAndGet();
    try (Connection connection = connect("", "root", rootPassword());
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    }
    databases.add(name);
    return name;
  }

  /** A user with all rights on the class's database, dropped at the end. */
  public String createUser(String password) throws SQLException {
    String name = "user_" + NAMES.incrementAndGet();
    execute("create user " + name + " identified by '" + password.replace("'", "''") + "'",
        "grant all on " + database + ".* to " + name);
    users.add(name);
    return name;
  }

  /** A direct connection of root to the class's database, past any proxy. */
  public Connection connect() throws SQLException {
    return connect(database, "root", rootPassword());
  }

  public Connection connect(String toDatabase, String user, String password) throws SQLException {
    return DriverManager.getConnection(server().jdbcUrl(toDatabase), user, password);
  }

  /** Runs statements as root in the class's database. */
  public void execute(String... statements) throws SQLException {
    try (Connection connection = connect(); Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of the first row, as text; null for SQL's null. */
  public @Nullable String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      if (!rows.next()) {
        throw new SQLException("no row: " + sql);
      }
      return rows.getString(1);
    }
  }

  /** Stops the server; its clients' connections break. */
  public void stop(EmbeddedMariaDb.Stop how) throws IOException, InterruptedException {
    requireOwn();
    server().stop(how);
  }

  /** Starts a stopped server again, on the port it had. */
  public void start() throws IOException, InterruptedException {
    requireOwn();
    server().start();
  }

  /** Freezes every process of the server: connections stay open and nothing answers. */
  public void freeze() throws IOException, InterruptedException {
    requireOwn();
    server().signalAll("STOP");
  }

  public void thaw() throws IOException, InterruptedException {
    requireOwn();
    server().signalAll("CONT");
  }

  public String log() {
    return server().log();
  }

  private void requireOwn() {
    if (shared) {
      throw new IllegalStateException(
          "the shared server serves other classes too; use inTempDir()");
    }
  }

  private EmbeddedMariaDb server() {
    EmbeddedMariaDb running = server;
    if (running == null) {
      throw new IllegalStateException(
          "not started: is the field annotated with @RegisterExtension and static?");
    }
    return running;
  }

  /** Closed by JUnit when the whole run ends. */
  private record SharedServer(EmbeddedMariaDb server) implements AutoCloseable {
    static SharedServer start() {
      try {
        return new SharedServer(MariaDbServer.start(null, Map.of("max-connections", "300")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
