package dev.weir.it;

import dev.weir.app.Options;
import dev.weir.app.Proxy;
import dev.weir.app.ProxyEvents;
import dev.weir.app.Wiring;
import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The real proxy, in this process, in front of a MariaDB: a {@code proxysql.cnf} with free ports and a folder of its own.
 * A static field of the class, next to its {@link MariaDbServer}. Its one user, {@link #user}, leads to hostgroup 0 with
 * that server. Confined to the test's thread.
 *
 * <p>At the end no client may be left, no server may be with a client, and no buffer may have been lost.
 */
public final class MysqlWeir implements BeforeAllCallback, AfterAllCallback {
  /** Of {@link #user}. */
  public static final String PASSWORD = "it's a secret";
  private static final String LOOPBACK = "127.0.0.1";

  private final MariaDbServer mariaDb;
  private final Map<String, String> variables = new LinkedHashMap<>();
  private int maxConnections = 20;
  private String user = "";
  private @Nullable Running running;

  private record Ports(int postgres, int traffic, int admin) {}

  private record Running(Path folder, Ports ports, Proxy proxy, LogWatch log,
      CompletableFuture<Integer> exit) {}

  private MysqlWeir(MariaDbServer mariaDb) {
    this.mariaDb = mariaDb;
  }

  /** A proxy in front of this server, which must be a static extension of the class. */
  public static MysqlWeir to(MariaDbServer mariaDb) {
    return new MysqlWeir(mariaDb);
  }

  /** Of the server in hostgroup 0. */
  public MysqlWeir maxConnections(int most) {
    maxConnections = most;
    return this;
  }

  /** A line of {@code mysql_variables}, quotes and all. */
  public MysqlWeir set(String name, String value) {
    variables.put(name, value);
    return this;
  }

  // --- life ---

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    mariaDb.beforeAll(context); // JUnit orders static fields by a hash of their names
    user = mariaDb.createUser(PASSWORD);
    Path folder = Files.createTempDirectory("weir-it");
    start(folder, new Ports(freePort(), freePort(), freePort()));
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (running != null) {
      try {
        awaitNothingInUse();
      } finally {
        delete(stop());
      }
    }
  }

  /** Ends the proxy and starts it again in the same folder: only what was saved there is left. */
  public void restart() throws Exception {
    awaitNothingInUse();
    Ports ports = running().ports();
    start(stop(), ports);
  }

  /** As {@link #restart}, for a proxy that has ended by itself. */
  public void restartAfterItsEnd() throws Exception {
    Ports ports = running().ports();
    start(stop(), ports);
  }

  /** Whether the proxy has said that its process is to end. */
  public boolean hasEnded() {
    return running().exit().isDone();
  }

  private void start(Path folder, Ports ports) throws Exception {
    write(folder, ports);
    LogWatch log = LogWatch.install();
    boolean started = false;
    try {
      Path ini = folder.resolve("weir.ini");
      Config config = ConfigReader.readAtStart(ini, 0);
      Proxy proxy = new Wiring().start(config, Options.of(ini), new NoEvents());
      CompletableFuture<Integer> exit = new CompletableFuture<>();
      Thread.ofVirtual().name("exit").start(() -> {
        try {
          exit.complete(proxy.awaitExit());
        } catch (InterruptedException e) {
          exit.completeExceptionally(e);
        }
      });
      running = new Running(folder, ports, proxy, log, exit);
      started = true;
    } finally {
      if (!started) {
        log.close();
        delete(folder);
      }
    }
  }

  private Path stop() throws Exception {
    Running it = running();
    running = null;
    it.proxy().close();
    it.log().close();
    it.log().assertNothingLost();
    return it.folder();
  }

  private void write(Path folder, Ports ports) throws IOException {
    StringBuilder lines = new StringBuilder();
    variables.forEach((name, value) -> lines.append("  ").append(name).append(" = ").append(value)
        .append('\n'));
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("proxysql.cnf"), """
        datadir = "%1$s/data"
        admin_variables = {
          admin_credentials = "admin:admin"
          stats_credentials = "stats:stats"
          mysql_ifaces = "127.0.0.1:%2$d"
        }
        mysql_variables = {
          interfaces = "127.0.0.1:%3$d"
          monitor_enabled = false
        %4$s}
        mysql_servers = (
          { address = "127.0.0.1", port = %5$d, hostgroup = 0, max_connections = %6$d }
        )
        mysql_users = (
          { username = "%7$s", password = "%8$s", default_hostgroup = 0 }
        )
        """.formatted(folder, ports.admin(), ports.traffic(), lines, mariaDb.port(),
        maxConnections, user, PASSWORD));
    Files.writeString(folder.resolve("userlist.txt"), "\"pgadmin\" \"pgadmin\"\n");
    Files.writeString(folder.resolve("weir.ini"), """
        [databases]
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %2$d
        unix_socket_dir =
        auth_type = trust
        auth_file = %1$s/userlist.txt
        admin_users = pgadmin
        ignore_startup_parameters = extra_float_digits
        [weir]
        workers = 2
        proxysql_config = %1$s/proxysql.cnf
        """.formatted(folder, ports.postgres()));
  }

  /** Waits until every server connection is free and every client gone; fails when that does not come. */
  public void awaitNothingInUse() throws SQLException {
    try (Connection admin = admin()) {
      WeirServer.await("no client and no used server", () -> "0"
          .equals(value(admin, "SELECT SUM(ConnUsed) FROM stats_mysql_connection_pool"))
          && "0".equals(value(admin, "SELECT COUNT(*) FROM stats_mysql_processlist")));
    }
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

  /** The client whom the proxy knows; the server knows the user too. */
  public String user() {
    return user;
  }

  public int port() {
    return running().ports().traffic();
  }

  public int adminPort() {
    return running().ports().admin();
  }

  public Path folder() {
    return running().folder();
  }

  public LogWatch log() {
    return running().log();
  }

  /** A connection of {@link #user} to the class's database; {@code options} as in {@code name=value}. */
  public Connection connect(String... options) throws SQLException {
    return connectAs(user, PASSWORD, options);
  }

  public Connection connectAs(String name, String password, String... options)
      throws SQLException {
    return open(port(), mariaDb.database(), name, password, options);
  }

  public Connection admin() throws SQLException {
    return admin("admin", "admin");
  }

  public Connection admin(String name, String password, String... options) throws SQLException {
    return open(adminPort(), "", name, password, options);
  }

  /** The console of the PostgreSQL side. */
  public Connection postgresConsole() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "pgadmin");
    properties.setProperty("password", "pgadmin");
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("assumeMinServerVersion", "12");
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(
        "jdbc:postgresql://" + LOOPBACK + ":" + running().ports().postgres() + "/pgbouncer",
        properties);
  }

  private static Connection open(int port, String database, String name, String password,
      String... options) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", name);
    properties.setProperty("password", password);
    properties.setProperty("sslMode", "disable");
    properties.setProperty("connectTimeout",
        Long.toString(WeirServer.PATIENCE.toMillis()));
    properties.setProperty("socketTimeout",
        Long.toString(WeirServer.PATIENCE.toMillis() * 2));
    for (String option : options) {
      int equals = option.indexOf('=');
      properties.setProperty(option.substring(0, equals), option.substring(equals + 1));
    }
    return DriverManager.getConnection("jdbc:mariadb://" + LOOPBACK + ":" + port + "/" + database,
        properties);
  }

  /** Runs statements at the admin port. */
  public void configure(String... statements) throws SQLException {
    try (Connection admin = admin()) {
      run(admin, statements);
    }
  }

  // --- SQL in one line ---

  public static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column of the first row, as text; null for SQL's null. */
  public static @Nullable String value(Connection connection, String sql) throws SQLException {
    List<String> rows = rows(connection, sql);
    assertThat(rows).as(sql).isNotEmpty();
    String first = rows.getFirst();
    int end = first.indexOf('|');
    String value = end < 0 ? first : first.substring(0, end);
    return value.equals("null") ? null : value;
  }

  /** Each row's columns, joined with a bar. */
  public static List<String> rows(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows(rows);
    }
  }

  public static List<String> rows(ResultSet rows) throws SQLException {
    ResultSetMetaData columns = rows.getMetaData();
    List<String> all = new ArrayList<>();
    while (rows.next()) {
      StringBuilder row = new StringBuilder();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        row.append(i == 1 ? "" : "|").append(rows.getString(i));
      }
      all.add(row.toString());
    }
    return all;
  }

  private static final class NoEvents implements ProxyEvents {
    @Override
    public void configLoaded(Config config) {}

    @Override
    public void statsLine(String line) {}
  }
}
