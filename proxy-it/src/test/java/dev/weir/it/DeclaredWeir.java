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
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The real proxy, in this process, whose MySQL databases stand in {@code weir.ini}. A static field of the class. The user
 * {@code declared} of {@code auth_file} has the password {@link #PASSWORD}; {@code boss} is the console's, with his name as
 * password. Confined to the test's thread.
 *
 * <p>At the end no server may be with a client, and no buffer may have been lost.
 */
final class DeclaredWeir implements BeforeAllCallback, AfterAllCallback {
  static final String PASSWORD = "it's a secret";
  private static final String LOOPBACK = "127.0.0.1";

  /** What is known only when servers run. */
  interface Lines {
    List<String> lines() throws Exception;
  }

  private record Ports(int postgres, int traffic, int admin, int http) {}

  private record Running(Path folder, Ports ports, Proxy proxy, LogWatch log) {}

  private final MariaDbServer mariaDb;
  private final Lines databases;
  private final List<String> weir = new ArrayList<>();
  private final List<MariaDbServer> servers = new ArrayList<>();
  private @Nullable String proxysql;
  private @Nullable Running running;

  private DeclaredWeir(MariaDbServer mariaDb, Lines databases) {
    this.mariaDb = mariaDb;
    this.databases = databases;
    this.servers.add(mariaDb);
  }

  /** @param databases lines of {@code [mysql_databases]} */
  static DeclaredWeir of(MariaDbServer mariaDb, Lines databases) {
    return new DeclaredWeir(mariaDb, databases);
  }

  /** A server that lines speak of too. */
  DeclaredWeir and(MariaDbServer server) {
    servers.add(server);
    return this;
  }

  /** A line of {@code [weir]}. */
  DeclaredWeir set(String line) {
    weir.add(line);
    return this;
  }

  /** Beside a {@code proxysql.cnf}, whose one user is {@code old}, of hostgroup 0. */
  DeclaredWeir besideProxysql() {
    proxysql = "";
    return this;
  }

  // --- life ---

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    for (MariaDbServer server : servers) {
      server.beforeAll(context); // JUnit orders static fields by a hash of their names
    }
    Path folder = Files.createTempDirectory("weir-it");
    Ports ports = new Ports(freePort(), freePort(), freePort(), freePort());
    Path ini = folder.resolve("weir.ini");
    Files.writeString(folder.resolve("userlist.txt"), """
        "declared" "%s"
        "old" "another one"
        "boss" "boss"
        "watch" "watch"
        "pgonly" "SCRAM-SHA-256$4096:c2FsdA==$a:b"
        """.formatted(PASSWORD));
    write(folder, ports, databases.lines());
    LogWatch log = LogWatch.install();
    boolean started = false;
    try {
      Config config = ConfigReader.readAtStart(ini, 0);
      Proxy proxy = new Wiring().start(config, Options.of(ini), new NoEvents());
      running = new Running(folder, ports, proxy, log);
      started = true;
    } finally {
      if (!started) {
        log.close();
        delete(folder);
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    Running it = running;
    if (it == null) {
      return;
    }
    try (Connection console = console()) {
      WeirServer.await("no used server", () -> MysqlWeir.rows(console, "SHOW SERVERS").stream()
          .noneMatch(row -> row.contains("|active|")));
    } finally {
      running = null;
      it.proxy().close();
      it.log().close();
      it.log().assertNothingLost();
      delete(it.folder());
    }
  }

  private void write(Path folder, Ports ports, List<String> lines) throws IOException {
    List<String> own = new ArrayList<>(weir);
    if (proxysql != null) {
      Files.createDirectories(folder.resolve("data"));
      Files.writeString(folder.resolve("proxysql.cnf"), """
          datadir = "%1$s/data"
          admin_variables = { admin_credentials = "admin:admin" mysql_ifaces = "127.0.0.1:%2$d" }
          mysql_variables = { interfaces = "127.0.0.1:%3$d" monitor_enabled = false }
          mysql_servers = ( { address = "127.0.0.1", port = %4$d, hostgroup = 0 } )
          mysql_users = ( { username = "old", password = "%5$s", default_hostgroup = 0 } )
          """.formatted(folder, ports.admin(), ports.traffic(), mariaDb.port(), PASSWORD));
      own.add("proxysql_config = " + folder + "/proxysql.cnf");
    }
    Files.writeString(folder.resolve("weir.ini"), """
        [databases]
        [mysql_databases]
        %1$s
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %2$d
        unix_socket_dir =
        auth_type = trust
        auth_file = %3$s/userlist.txt
        admin_users = boss
        pool_mode = transaction
        ignore_startup_parameters = extra_float_digits
        [weir]
        workers = 2
        mysql_listen_port = %4$d
        mysql_admin_port = %5$d
        http_listen = 127.0.0.1:%6$d
        %7$s
        """.formatted(String.join("\n", lines), ports.postgres(), folder, ports.traffic(),
        ports.admin(), ports.http(), String.join("\n", own)));
  }

  /** Writes other databases into the file; RELOAD reads them. */
  void rewrite(String... lines) throws IOException {
    write(running().folder(), running().ports(), List.of(lines));
  }

  /** The databases of the start again. */
  void restore() throws Exception {
    write(running().folder(), running().ports(), databases.lines());
    try (Connection console = console()) {
      MysqlWeir.run(console, "RELOAD");
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

  int port() {
    return running().ports().traffic();
  }

  int adminPort() {
    return running().ports().admin();
  }

  int postgresPort() {
    return running().ports().postgres();
  }

  int httpPort() {
    return running().ports().http();
  }

  LogWatch log() {
    return running().log();
  }

  /** A connection of {@code declared}. */
  Connection connect(String database, String... options) throws SQLException {
    return connectAs("declared", PASSWORD, database, options);
  }

  Connection connectAs(String name, String password, String database, String... options)
      throws SQLException {
    return open(port(), database, name, password, options);
  }

  /** The admin port, where {@code boss} is. */
  Connection admin() throws SQLException {
    return admin("boss");
  }

  /** @param name of somebody whose password is the same */
  Connection admin(String name) throws SQLException {
    return open(adminPort(), "", name, name);
  }

  /** The console, by PostgreSQL's wire. */
  Connection console() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", "boss");
    properties.setProperty("password", "boss");
    properties.setProperty("sslmode", "disable");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("assumeMinServerVersion", "12");
    properties.setProperty("preferQueryMode", "simple");
    return DriverManager.getConnection(
        "jdbc:postgresql://" + LOOPBACK + ":" + postgresPort() + "/pgbouncer", properties);
  }

  private static Connection open(int port, String database, String name, String password,
      String... options) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", name);
    properties.setProperty("password", password);
    properties.setProperty("sslMode", "disable");
    String patience = Long.toString(WeirServer.PATIENCE.toMillis());
    properties.setProperty("connectTimeout", patience);
    properties.setProperty("socketTimeout", patience);
    for (String option : options) {
      int equals = option.indexOf('=');
      properties.setProperty(option.substring(0, equals), option.substring(equals + 1));
    }
    return DriverManager.getConnection("jdbc:mariadb://" + LOOPBACK + ":" + port + "/" + database,
        properties);
  }

  private static final class NoEvents implements ProxyEvents {
    @Override
    public void configLoaded(Config config) {}

    @Override
    public void statsLine(String line) {}
  }
}
