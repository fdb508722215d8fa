package dev.weir.it;

import dev.weir.app.embedded.EmbeddedMariaDb;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.awaitility.Awaitility.await;

/**
 * A real Galera cluster on loopback, of Debian's packages. The class is skipped, and says why, where they are neither
 * installed nor to be had. Nodes have the accounts of {@link EmbeddedMariaDb}; root's password is the first node's,
 * because who joins takes over all data.
 */
public final class GaleraCluster implements BeforeAllCallback, AfterAllCallback {
  private static final Duration SYNC_TIMEOUT = Duration.ofMinutes(3);

  private final int size;
  private final List<Node> nodes = new ArrayList<>();

  /** One member. */
  public final class Node {
    private final int number;
    private final EmbeddedMariaDb server;

    private Node(int number, EmbeddedMariaDb server) {
      this.number = number;
      this.server = server;
    }

    public int port() {
      return server.port();
    }

    public String name() {
      return "node" + number;
    }

    public boolean isRunning() {
      return server.isRunning();
    }

    public Connection connect() throws SQLException {
      return connect("root", nodes.getFirst().server.password());
    }

    public Connection connect(String user, String password) throws SQLException {
      return DriverManager.getConnection(
          server.jdbcUrl(EmbeddedMariaDb.APP) + "&connectTimeout=5000&socketTimeout=30000", user,
          password);
    }

    public void execute(String... statements) throws SQLException {
      try (Connection connection = connect();
          Statement statement = connection.createStatement()) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
    }

    /** The first column of the first row. */
    public String query(String sql) throws SQLException {
      try (Connection connection = connect();
          Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        rows.next();
        return String.valueOf(rows.getString(1));
      }
    }

    /** A status value such as {@code wsrep_local_state_comment}. */
    public String status(String name) throws SQLException {
      return query("select variable_value from information_schema.global_status"
          + " where variable_name = '" + name + "'");
    }

    /** Joins the cluster again after a stop, a crash or as a new member, and waits until it is synced. */
    public void rejoin() throws IOException, InterruptedException {
      server.start();
      awaitSynced();
    }

    /** As a new member without any data, all of which it gets from the donor. */
    public void joinAnew(Node donor) throws IOException, InterruptedException {
      server.forgetData();
      server.startWith(Map.of("wsrep-sst-donor", donor.name()));
      awaitSynced();
    }

    /** The first member of a cluster of which nobody runs. */
    public void bootstrap() throws IOException, InterruptedException {
      server.startWith(Map.of("wsrep-new-cluster", ""));
      awaitSynced();
    }

    public void stop() throws IOException, InterruptedException {
      server.stop(EmbeddedMariaDb.Stop.CLEAN);
    }

    /** Kill -9. */
    public void crash() throws IOException, InterruptedException {
      server.crash();
    }

    /** Nothing answers and connections stay open, as when the machine hangs. The others expel it after a while. */
    public void freeze() throws IOException, InterruptedException {
      server.signalAll("STOP");
    }

    public void thaw() throws IOException, InterruptedException {
      server.signalAll("CONT");
    }

    /** Takes the node out of flow control, as a backup does; it goes on applying. */
    public void desync(boolean on) throws SQLException {
      execute("set global wsrep_desync = " + (on ? "ON" : "OFF"));
    }

    /** Cuts the node off from the others, or ends that; clients reach it all the time. */
    public void isolate(boolean on) throws SQLException {
      execute("set global wsrep_provider_options = 'gmcast.isolate=" + (on ? 1 : 0) + "'");
    }

    public void awaitSynced() {
      awaitStatus("wsrep_local_state_comment", "Synced");
      awaitStatus("wsrep_ready", "ON");
    }

    public void awaitStatus(String name, String value) {
      await().atMost(SYNC_TIMEOUT).ignoreExceptions().pollInterval(Duration.ofMillis(50))
          .until(() -> status(name).equals(value));
    }

    public String log() {
      return server.log();
    }
  }

  private GaleraCluster(int size) {
    this.size = size;
  }

  public static GaleraCluster ofThree() {
    return new GaleraCluster(3);
  }

  public static GaleraCluster of(int size) {
    return new GaleraCluster(size);
  }

  public List<Node> nodes() {
    return nodes;
  }

  public Node node(int index) {
    return nodes.get(index);
  }

  public Stream<Node> running() {
    return nodes.stream().filter(Node::isRunning);
  }

  /** Waits until every running node sees as many members as there are running. */
  public void awaitWhole() {
    String members = Long.toString(running().count());
    running().forEach(node -> node.awaitStatus("wsrep_cluster_size", members));
    running().forEach(Node::awaitSynced);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    DebianMariaDb debian;
    try {
      debian = DebianMariaDb.find();
    } catch (DebianMariaDb.Missing why) {
      System.out.println("no Galera cluster: " + why.getMessage());
      Assumptions.abort("no Galera cluster: " + why.getMessage());
      return;
    }
    List<Integer> ports = freePorts(4 * size);
    String members = ports.subList(0, size).stream().map(port -> "127.0.0.1:" + port)
        .collect(Collectors.joining(","));
    for (int i = 0; i < size; i++) {
      nodes.add(new Node(i, EmbeddedMariaDb.prepare(options(debian, members, ports, i))));
    }
    nodes.getFirst().bootstrap();
    for (Node node : nodes.subList(1, size)) {
      node.rejoin();
    }
    awaitWhole();
  }

  private EmbeddedMariaDb.Options options(DebianMariaDb debian, String members, List<Integer> ports,
      int index) {
    int groupPort = ports.get(index);
    int transferPort = ports.get(size + index);
    int copyPort = ports.get(2 * size + index);
    return EmbeddedMariaDb.Options.throwAway(MariaDbServer.JARS).of(debian.binaries())
        .on(ports.get(3 * size + index)).with("wsrep-on", "ON")
        .with("wsrep-provider", debian.provider().toString())
        .with("wsrep-cluster-name", "weir-it").with("wsrep-cluster-address", "gcomm://" + members)
        .with("wsrep-node-name", "node" + index).with("wsrep-node-address", "127.0.0.1")
        .with("wsrep-sst-method", "rsync")
        .with("wsrep-sst-receive-address", "127.0.0.1:" + copyPort)
        .with("wsrep-provider-options",
            // A dead member is given up after 2 s instead of 5; a slow machine must not look like a dead member.
            "gmcast.listen_addr=tcp://127.0.0.1:" + groupPort + ";ist.recv_addr=127.0.0.1:"
                + transferPort + ";gcache.size=16M;evs.suspect_timeout=PT2S"
                + ";evs.inactive_timeout=PT6S;evs.keepalive_period=PT0.5S;pc.recovery=FALSE")
        .with("plugin-dir", debian.binaries().base().resolve("lib/mysql/plugin").toString())
        .with("binlog-format", "ROW").with("innodb-autoinc-lock-mode", "2")
        .with("innodb-buffer-pool-size", "32M");
  }

  @Override
  public void afterAll(ExtensionContext context) {
    for (Node node : nodes.reversed()) {
      node.server.close();
    }
  }

  /** All at once, so that they differ. */
  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    Set<Integer> ports = new HashSet<>();
    try {
      while (ports.size() < count) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return List.copyOf(ports);
  }
}
