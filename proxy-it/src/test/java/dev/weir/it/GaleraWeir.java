package dev.weir.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.awaitility.Awaitility.await;

/**
 * The packaged program in front of a {@link GaleraCluster}, with a {@code proxysql.cnf} as one is written for it: writes
 * to one node, reads to the others. Confined to the test's thread, but for {@link #connect}.
 */
final class GaleraWeir implements AutoCloseable {
  static final int WRITER = 10;
  static final int BACKUP = 12;
  static final int READER = 20;
  static final int OFFLINE = 99;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final GaleraCluster cluster;
  private final Path folder;
  private final int traffic;
  private final int admin;
  private final WeirProgram program;

  private GaleraWeir(GaleraCluster cluster, Path folder, int postgres, int traffic, int admin)
      throws Exception {
    this.cluster = cluster;
    this.folder = folder;
    this.traffic = traffic;
    this.admin = admin;
    write(postgres);
    this.program = WeirProgram.start(folder.resolve("weir.ini"), postgres);
  }

  static GaleraWeir start(GaleraCluster cluster) throws Exception {
    return new GaleraWeir(cluster, Files.createTempDirectory("weir-it"), WeirProgram.freePort(),
        WeirProgram.freePort(), WeirProgram.freePort());
  }

  private void write(int postgres) throws IOException {
    String servers = cluster.nodes().stream()
        .map(node -> "  { address = \"127.0.0.1\", port = " + node.port() + ", hostgroup = "
            + WRITER + ", max_connections = 50, weight = " + weight(node) + " }")
        .collect(Collectors.joining(",\n"));
    Files.createDirectories(folder.resolve("data"));
    Files.writeString(folder.resolve("proxysql.cnf"),
        """
            datadir = "%1$s/data"
            admin_variables = {
              admin_credentials = "admin:admin"
              mysql_ifaces = "127.0.0.1:%2$d"
            }
            mysql_variables = {
              interfaces = "127.0.0.1:%3$d"
              server_version = "10.11.0-MariaDB"
              monitor_galera_healthcheck_interval = 1000
              monitor_galera_healthcheck_timeout = 800
            }
            mysql_servers = (
            %4$s
            )
            mysql_galera_hostgroups = (
              { writer_hostgroup = 10, backup_writer_hostgroup = 12, reader_hostgroup = 20,
                offline_hostgroup = 99, active = 1, max_writers = 1, writer_is_also_reader = 2,
                max_transactions_behind = 100 }
            )
            mysql_users = (
              { username = "app", password = "app", default_hostgroup = 10, default_schema = "app" }
            )
            mysql_query_rules = (
              { rule_id = 1, match_digest = "^SELECT.*FOR UPDATE", destination_hostgroup = 10, apply = 1 },
              { rule_id = 2, match_digest = "^SELECT", destination_hostgroup = 20, apply = 1 }
            )
            """
            .formatted(folder, admin, traffic, servers));
    Files.writeString(folder.resolve("weir.ini"), """
        [databases]
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %2$d
        unix_socket_dir =
        auth_type = trust
        auth_file = %1$s/userlist.txt
        [weir]
        proxysql_config = %1$s/proxysql.cnf
        """.formatted(folder, postgres));
    Files.writeString(folder.resolve("userlist.txt"), "\"nobody\" \"nobody\"\n");
  }

  /** The first node is the best writer. */
  private int weight(GaleraCluster.Node node) {
    return 100 * (cluster.nodes().size() - cluster.nodes().indexOf(node));
  }

  // --- use ---

  /** A client's connection. Any thread. */
  Connection connect(String... options) throws SQLException {
    return open(traffic, "app", "app", "app", options);
  }

  private static Connection open(int port, String database, String user, String password,
      String... options) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslMode", "disable");
    properties.setProperty("connectTimeout", "30000");
    properties.setProperty("socketTimeout", "60000");
    for (String option : options) {
      int equals = option.indexOf('=');
      properties.setProperty(option.substring(0, equals), option.substring(equals + 1));
    }
    return DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + port + "/" + database,
        properties);
  }

  /** Runs statements at the admin port. */
  void configure(String... statements) throws SQLException {
    try (Connection connection = open(admin, "", "admin", "admin")) {
      MysqlWeir.run(connection, statements);
    }
  }

  /** The rows that the admin port answers. */
  List<String> admin(String sql) throws SQLException {
    try (Connection connection = open(admin, "", "admin", "admin")) {
      return MysqlWeir.rows(connection, sql);
    }
  }

  /** Who is ONLINE in the hostgroup. */
  List<GaleraCluster.Node> online(int hostgroup) throws SQLException {
    return in(hostgroup, "ONLINE");
  }

  List<GaleraCluster.Node> in(int hostgroup, String status) throws SQLException {
    List<String> ports = admin("SELECT port FROM runtime_mysql_servers WHERE hostgroup_id = "
        + hostgroup + " AND status = '" + status + "' ORDER BY port");
    return cluster.nodes().stream()
        .filter(node -> ports.contains(Integer.toString(node.port()))).toList();
  }

  /** Who writes; waits until it is exactly one. */
  GaleraCluster.Node writer() {
    await("one writer").atMost(PATIENCE).ignoreExceptions().until(() -> online(WRITER).size() == 1);
    try {
      return online(WRITER).getFirst();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Those that read and do not write. */
  List<GaleraCluster.Node> readers() throws SQLException {
    return online(READER);
  }

  /** Waits until somebody else writes. */
  GaleraCluster.Node awaitWriterOtherThan(GaleraCluster.Node old) {
    until("another writer", () -> {
      List<GaleraCluster.Node> now = online(WRITER);
      return now.size() == 1 && now.getFirst() != old;
    });
    return writer();
  }

  /** Waits until all nodes have a place among writers and readers: one writes, the others stand by. */
  void awaitWhole() {
    until("all nodes in use", () -> online(WRITER).size() == 1
        && online(READER).size() == cluster.nodes().size() - 1
        && online(BACKUP).size() == cluster.nodes().size() - 1);
  }

  void awaitStandingBy(GaleraCluster.Node node) {
    until(node.name() + " stands by", () -> online(BACKUP).contains(node));
  }

  void awaitOffline(GaleraCluster.Node node) {
    until(node.name() + " offline", () -> online(OFFLINE).contains(node));
  }

  static void until(String what, Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).ignoreExceptions()
        .until(condition);
  }

  String output() {
    return program.output();
  }

  /** Ends the program, in order if it can be. */
  @Override
  public void close() throws IOException {
    try {
      program.signal("TERM");
      program.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      program.close();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
