package dev.weir.it;

import dev.weir.app.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real PostgreSQL for a test class: {@code @RegisterExtension static final PostgresServer postgres = ...}. {@link
 * #shared} stands for the one server of this JVM, on which the class gets a database and users of its own, dropped when
 * the class ends; {@link #inTempDir} is a server of the class's own, which it may stop, crash and configure.
 */
public final class PostgresServer implements BeforeAllCallback, AfterAllCallback {
  /** Where the build puts the embedded servers; see the pom. */
  private static final Path JARS = Path
      .of(System.getProperty("weir.embedded", "../proxy-app/target/dist/embedded"));
  private static final String SHARED_KEY = "shared";
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final boolean shared;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final List<String> hbaLines = new ArrayList<>();
  private final List<String> databases = new ArrayList<>();
  private final List<String> users = new ArrayList<>();
  private String database = "postgres";
  private final Path binaries;
  private final @Nullable Elsewhere elsewhere;
  private @Nullable EmbeddedPostgres server;

  /** A server that somebody else runs, such as a container engine. */
  private record Elsewhere(String host, int port, String password) {}

  private PostgresServer(boolean shared, Path binaries, @Nullable Elsewhere elsewhere) {
    this.shared = shared;
    this.binaries = binaries;
    this.elsewhere = elsewhere;
  }

  /** The JVM's server; the class has its own database on it. Must not be stopped or reconfigured. */
  public static PostgresServer shared() {
    return new PostgresServer(true, JARS, null);
  }

  /** A server of this class alone. */
  public static PostgresServer inTempDir() {
    return new PostgresServer(false, JARS, null);
  }

  /** A server of this class alone, of these binaries: a jar, or a folder in which it lies, or one with {@code bin}. */
  public static PostgresServer of(Path binaries) {
    return new PostgresServer(false, binaries, null);
  }

  /** A server that runs already and that nothing here starts, stops or configures. */
  public static PostgresServer at(String host, int port, String superuserPassword) {
    return new PostgresServer(false, JARS, new Elsewhere(host, port, superuserPassword));
  }

  /** A server setting, as in postgresql.conf; only before the start, only for a server of one's own. */
  public PostgresServer set(String name, String value) {
    requireOwn();
    settings.put(name, value);
    return this;
  }

  /** Puts a line before all others in pg_hba.conf; takes effect at the start or with {@link #reload}. */
  public PostgresServer hba(String line) {
    requireOwn();
    hbaLines.add(line);
    if (server != null) {
      writeHba();
    }
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    if (server != null || elsewhere != null) {
      return; // a proxy of the class, registered before it, has asked for it already
    }
    if (shared) {
      SharedServer running = context.getRoot()
          .getStore(ExtensionContext.Namespace.create(PostgresServer.class))
          .computeIfAbsent(SHARED_KEY, _ -> SharedServer.start(), SharedServer.class);
      server = running.server();
      database = createDatabase();
    } else {
      startOwn();
    }
  }

  /** Starts what {@link #of} or {@link #inTempDir} describe, for who is no extension of JUnit. */
  void startOwn() throws IOException, InterruptedException {
    if (elsewhere == null) {
      EmbeddedPostgres.Options options = EmbeddedPostgres.Options.throwAway(binaries);
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        options = options.with(setting.getKey(), setting.getValue());
      }
      server = EmbeddedPostgres.start(options);
      if (!hbaLines.isEmpty()) {
        writeHba();
        reload();
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    stopOwn();
  }

  void stopOwn() throws SQLException {
    EmbeddedPostgres running = server;
    if (running == null) {
      return;
    }
    if (shared) {
      // Databases first: what users own and may do lies in them.
      for (String name : databases) {
        execute("postgres", "drop database " + name + " with (force)");
      }
      for (String name : users) {
        execute("postgres", "drop role " + name);
      }
    } else {
      running.close();
    }
    server = null;
  }

  public int port() {
    return elsewhere == null ? server().port() : elsewhere.port();
  }

  public String host() {
    return elsewhere == null ? "127.0.0.1" : elsewhere.host();
  }

  /** The class's database. */
  public String database() {
    return database;
  }

  public String superuser() {
    return "postgres";
  }

  public String superuserPassword() {
    return elsewhere == null ? server().password() : elsewhere.password();
  }

  /** Holds the unix socket {@code .s.PGSQL.PORT} too. */
  public Path dataFolder() {
    return server().dataFolder();
  }

  /** Creates one more database, dropped at the end. */
  public String createDatabase() throws SQLException {
    String name = "db_" + NAMES.incrementAndGet();
    execute("postgres", "create database " + name);
    databases.add(name);
    return name;
  }

  /** A login role with a SCRAM verifier and all rights on the class's database, dropped at the end. */
  public String createUser(String password) throws SQLException {
    String name = "user_" + NAMES.incrementAndGet();
    execute("postgres",
        "create role " + name + " login password '" + password.replace("'", "''") + "'");
    users.add(name);
    execute("postgres", "grant all on database " + database + " to " + name);
    execute(database, "grant all on schema public to " + name);
    return name;
  }

  /** A direct connection of the superuser to the class's database, past any proxy. */
  public Connection connect() throws SQLException {
    return connect(database, superuser(), superuserPassword());
  }

  public Connection connect(String toDatabase, String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + host() + ":" + port() + "/" + toDatabase, user, password);
  }

  /** Runs statements as the superuser in the class's database. */
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

  /** Stops the server; clients that are connected get 57P01 with {@code FAST} and a broken connection otherwise. */
  public void stop(EmbeddedPostgres.Stop how) throws IOException, InterruptedException {
    requireOwn();
    server().stop(how);
  }

  /** Starts a stopped server again, on the port it had. */
  public void start() throws IOException, InterruptedException {
    requireOwn();
    server().start();
  }

  public void restart() throws IOException, InterruptedException {
    stop(EmbeddedPostgres.Stop.FAST);
    start();
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

  /** Reads postgresql.conf and pg_hba.conf again. */
  public void reload() throws IOException, InterruptedException {
    requireOwn();
    server().reload();
  }

  public String log() {
    return server().log();
  }

  private void execute(String inDatabase, String sql) throws SQLException {
    try (Connection connection = connect(inDatabase, superuser(), superuserPassword());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void writeHba() {
    Path file = dataFolder().resolve("pg_hba.conf");
    try {
      String old = Files.readString(file, StandardCharsets.UTF_8);
      String mark = "# added by the test\n";
      String rest = old.startsWith(mark) ? old.substring(old.indexOf("# end\n") + 6) : old;
      // Overwritten in place: the file belongs to the server's account and must stay so.
      Files.writeString(file, mark + String.join("\n", hbaLines) + "\n# end\n" + rest,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireOwn() {
    if (shared) {
      throw new IllegalStateException(
          "the shared server serves other classes too; use inTempDir()");
    }
  }

  private EmbeddedPostgres server() {
    EmbeddedPostgres running = server;
    if (running == null) {
      throw new IllegalStateException(
          "not started: is the field annotated with @RegisterExtension and static?");
    }
    return running;
  }

  /** Closed by JUnit when the whole run ends. */
  private record SharedServer(EmbeddedPostgres server) implements AutoCloseable {
    static SharedServer start() {
      try {
        return new SharedServer(EmbeddedPostgres
            .start(EmbeddedPostgres.Options.throwAway(JARS).with("max_connections", "200")));
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
