package dev.weir.it;

import dev.weir.app.Options;
import dev.weir.app.Proxy;
import dev.weir.app.ProxyEvents;
import dev.weir.app.Wiring;
import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.postgresql.util.PSQLException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The real proxy, in this process, with a configuration file of its own in a folder of its own. As a static field it
 * serves the class; as an instance field each test gets a fresh one. Confined to the test's thread.
 *
 * <p>In every text that goes into a file, {@code ${host}}, {@code ${port}}, {@code ${dbname}} and {@code ${password}}
 * stand for the PostgreSQL server behind the proxy and its superuser's password, {@code ${folder}} for the proxy's folder
 * and {@code ${listen}} for the proxy's own port. What is changed while the proxy runs takes effect with {@link #reload}.
 *
 * <p>At the end no client may be left, no server may be with a client, and no buffer may have been lost.
 */
public final class WeirServer
    implements
      BeforeAllCallback,
      AfterAllCallback,
      BeforeEachCallback,
      AfterEachCallback {
  /** Longest wait for anything that is expected to happen. */
  public static final Duration PATIENCE = Duration.ofSeconds(15);
  /** The administrator that every proxy here has, and its password in the userlist. */
  public static final String ADMIN = "pgbouncer";
  public static final String ADMIN_PASSWORD = "fake";

  private final PostgresServer postgres;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, String> databases = new LinkedHashMap<>();
  private final Map<String, String> users = new LinkedHashMap<>();
  private final Map<String, String> peers = new LinkedHashMap<>();
  private final Map<String, String> weir = new LinkedHashMap<>();
  private final Map<String, String> logins = new LinkedHashMap<>();
  private final Map<String, String> files = new LinkedHashMap<>();
  private final List<String> raw = new ArrayList<>();
  private boolean perClass;
  private boolean unix;
  private @Nullable Running running;

  private record Running(Path folder, int port, Proxy proxy, LogWatch log) {}

  private WeirServer(PostgresServer postgres) {
    this.postgres = postgres;
    logins.put(ADMIN, ADMIN_PASSWORD);
    settings.put("listen_addr", "127.0.0.1");
    settings.put("listen_port", "${listen}");
    settings.put("unix_socket_dir", "");
    settings.put("auth_type", "trust");
    settings.put("auth_file", "${folder}/userlist.txt");
    settings.put("admin_users", ADMIN);
    settings.put("ignore_startup_parameters", "extra_float_digits");
    weir.put("workers", "2");
  }

  /** A proxy in front of this server, which must be a static extension of the class. */
  public static WeirServer to(PostgresServer postgres) {
    return new WeirServer(postgres);
  }

  // --- configuration ---

  /** A line of {@code [pgbouncer]}. */
  public WeirServer set(String name, String value) {
    settings.put(name, value);
    return this;
  }

  /** A line of {@code [weir]}. */
  public WeirServer weir(String name, String value) {
    weir.put(name, value);
    return this;
  }

  /** An entry that leads to the class's database with these further keys, for example {@code "pool_size=1"}. */
  public WeirServer database(String name, String... keys) {
    return databaseLine(name,
        "host=${host} port=${port} dbname=${dbname} " + String.join(" ", keys));
  }

  /** An entry of {@code [databases]} as it stands in the file. */
  public WeirServer databaseLine(String name, String connectionString) {
    databases.put(name, connectionString);
    return this;
  }

  /** Takes an entry of {@code [databases]} out again. */
  public WeirServer withoutDatabase(String name) {
    databases.remove(name);
    return this;
  }

  /** An entry of {@code [users]}. */
  public WeirServer user(String name, String keys) {
    users.put(name, keys);
    return this;
  }

  /** An entry of {@code [peers]}. */
  public WeirServer peer(String id, String keys) {
    peers.put(id, keys);
    return this;
  }

  /** A line of the userlist: a password or a secret in one of PostgreSQL's forms. */
  public WeirServer login(String name, String secret) {
    logins.put(name, secret);
    return this;
  }

  /** Takes a line of the userlist out again. */
  public WeirServer withoutLogin(String name) {
    logins.remove(name);
    return this;
  }

  /** A file in the proxy's folder, such as HBA rules. */
  public WeirServer file(String name, String text) {
    files.put(name, text);
    return this;
  }

  /** Lines at the end of the file, in the {@code [pgbouncer]} section. */
  public WeirServer append(String lines) {
    raw.add(lines);
    return this;
  }

  /** Takes back everything that {@link #append} added. */
  public WeirServer withoutAppended() {
    raw.clear();
    return this;
  }

  /** Listens on a Unix socket in the proxy's folder too. */
  public WeirServer unixSocket() {
    unix = true;
    return this;
  }

  private void write(Path folder, int port) throws IOException {
    Function<String, String> fill = text -> text
        .replace("${host}", postgres.host())
        .replace("${port}", Integer.toString(postgres.port()))
        .replace("${dbname}", postgres.database())
        .replace("${password}", postgres.superuserPassword())
        .replace("${folder}", folder.toString())
        .replace("${listen}", Integer.toString(port));
    StringBuilder ini = new StringBuilder();
    section(ini, "databases", databases);
    section(ini, "users", users);
    section(ini, "peers", peers);
    section(ini, "weir", weir);
    if (unix) {
      settings.put("unix_socket_dir", folder.toString());
    }
    section(ini, "pgbouncer", settings);
    raw.forEach(lines -> ini.append(lines).append('\n'));
    StringBuilder list = new StringBuilder();
    logins.forEach((name, secret) -> list.append('"').append(name.replace("\"", "\"\""))
        .append("\" \"").append(secret.replace("\"", "\"\"")).append("\"\n"));
    for (Map.Entry<String, String> file : files.entrySet()) {
      put(folder, file.getKey(), fill.apply(file.getValue()));
    }
    put(folder, "userlist.txt", fill.apply(list.toString()));
    put(folder, "pgbouncer.ini", fill.apply(ini.toString()));
  }

  private static void put(Path folder, String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text, StandardCharsets.UTF_8);
  }

  private static void section(StringBuilder to, String name, Map<String, String> lines) {
    if (!lines.isEmpty()) {
      to.append('[').append(name).append("]\n");
      lines.forEach((key, value) -> to.append(key).append(" = ").append(value).append('\n'));
    }
  }

  /** Writes the files as they are to be now, without telling the proxy. */
  public WeirServer rewrite() {
    try {
      write(folder(), port());
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the files and lets the console read them. */
  public void reload() throws SQLException {
    rewrite();
    try (Console console = console()) {
      console.run("RELOAD");
    }
  }

  // --- life ---

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    perClass = true;
    postgres.beforeAll(context); // JUnit orders static fields by a hash of their names
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    stop();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    if (!perClass) {
      start();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    if (!perClass) {
      stop();
    }
  }

  private void start() throws Exception {
    Path folder = Files.createTempDirectory("weir-it");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port = freePort();
    write(folder, port);
    LogWatch log = LogWatch.install();
    boolean started = false;
    try {
      Path ini = folder.resolve("pgbouncer.ini");
      Config config = ConfigReader.readAtStart(ini, 0);
      Proxy proxy = new Wiring().start(config, Options.of(ini), new NoEvents());
      running = new Running(folder, port, proxy, log);
      started = true;
    } finally {
      if (!started) {
        log.close();
        delete(folder);
      }
    }
  }

  /** Ends the proxy early; the end of the test finds nothing more to do. */
  public void stop() throws Exception {
    Running it = running;
    if (it == null) {
      return;
    }
    running = null;
    String left = "";
    try {
      if (!it.proxy().shuttingDown()) {
        left = awaitNothingInUse(it.proxy());
      }
    } finally {
      it.proxy().close();
      it.log().close();
      delete(it.folder());
    }
    assertThat(left).as("connections in use at the end").isEmpty();
    it.log().assertNothingLost();
  }

  private static String awaitNothingInUse(Proxy proxy) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos() / 3;
    String left;
    do {
      CompletableFuture<String> found = CompletableFuture.supplyAsync(() -> inUse(proxy),
          proxy.controlThread());
      left = found.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (left.isEmpty()) {
        return left;
      }
      Thread.sleep(20);
    } while (System.nanoTime() < end);
    return left;
  }

  private static String inUse(Proxy proxy) {
    StringBuilder text = new StringBuilder();
    proxy.view().sockets().stream()
        .filter(s -> s.type() == 'C' || s.linkHandle() != 0)
        .forEach(s -> text.append(s).append('\n'));
    return text.toString();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Running running() {
    Running it = running;
    if (it == null) {
      throw new IllegalStateException("not started: is the field annotated @RegisterExtension?");
    }
    return it;
  }

  // --- use ---

  public int port() {
    return running().port();
  }

  /** Holds the configuration, and the Unix socket when there is one. */
  public Path folder() {
    return running().folder();
  }

  public Proxy proxy() {
    return running().proxy();
  }

  public LogWatch log() {
    return running().log();
  }

  /** Waits until at least so many lines of the log match; for exact counts look at {@link #log} afterwards. */
  public void awaitLog(String regex, int times) {
    running().log().await(regex, times);
  }

  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database;
  }

  /** For psql and its like. */
  public String uri(String user, String password, String database) {
    return "postgresql://" + user + ":" + password + "@127.0.0.1:" + port() + "/" + database;
  }

  public Connection connect(String user, String password, String database) throws SQLException {
    return connect(user, password, database, Map.of());
  }

  /**
   * @param properties of the driver; plain connections that say little at login are the default
   */
  public Connection connect(String user, String password, String database,
      Map<String, String> properties) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", user);
    all.setProperty("password", password);
    all.setProperty("sslmode", "disable");
    all.setProperty("gssEncMode", "disable");
    all.setProperty("assumeMinServerVersion", "12"); // no SET after the login
    all.setProperty("loginTimeout", Long.toString(PATIENCE.toSeconds()));
    all.putAll(properties);
    return DriverManager.getConnection(url(database), all);
  }

  /** The failure of a login that must fail. */
  public SQLException refusal(String user, String password, String database) {
    return refusal(user, password, database, Map.of());
  }

  public SQLException refusal(String user, String password, String database,
      Map<String, String> properties) {
    try (Connection connection = connect(user, password, database, properties)) {
      throw new AssertionError(user + " was let into " + database + ": " + connection);
    } catch (SQLException e) {
      return e;
    }
  }

  /** The console over simple queries. */
  public Console console() throws SQLException {
    return console(ADMIN, ADMIN_PASSWORD);
  }

  public Console console(String user, String password) throws SQLException {
    return new Console(
        connect(user, password, "pgbouncer", Map.of("preferQueryMode", "simple")));
  }

  /** The console over the extended protocol. */
  public Console extendedConsole() throws SQLException {
    return new Console(
        connect(ADMIN, ADMIN_PASSWORD, "pgbouncer", Map.of("preferQueryMode", "extended")));
  }

  /** The rows of one SHOW, each a map from column to text. */
  public List<Map<String, String>> show(String item) throws SQLException {
    try (Console console = console()) {
      return console.show(item);
    }
  }

  /** Waits until a SHOW gives rows that are as they should be, and gives those rows. */
  public List<Map<String, String>> awaitShow(String item,
      Predicate<List<Map<String, String>>> asExpected) throws SQLException {
    try (Console console = console()) {
      return console.awaitShow(item, asExpected);
    }
  }

  /** Rows of a SHOW whose column has this value. */
  public static List<Map<String, String>> where(List<Map<String, String>> rows, String column,
      String value) {
    return rows.stream().filter(row -> value.equals(row.get(column))).toList();
  }

  /** One cell: the wanted column of the only row whose key column has this value. */
  public static String cell(List<Map<String, String>> rows, String keyColumn, String key,
      String wanted) {
    List<Map<String, String>> found = where(rows, keyColumn, key);
    String value = found.size() == 1 ? found.getFirst().get(wanted) : null;
    if (value == null) {
      throw new AssertionError("no single row with " + keyColumn + " = " + key + ", or no column "
          + wanted + ": " + rows);
    }
    return value;
  }

  /** The text of an error as it came over the wire, without what the driver puts before it. */
  public static String text(SQLException e) {
    return e instanceof PSQLException p && p.getServerErrorMessage() != null
        ? String.valueOf(p.getServerErrorMessage().getMessage())
        : "not from the proxy: " + e;
  }

  /** Waits for a condition that no SHOW tells. */
  public static void await(String what, java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(condition);
  }

  private static final class NoEvents implements ProxyEvents {
    @Override
    public void configLoaded(Config config) {}

    @Override
    public void statsLine(String line) {}
  }
}
