package dev.weir.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What operators set for a hostgroup, and for the connections to its servers. */
class MysqlHostgroupsIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  private final Map<String, String> defaults = new HashMap<>();

  @AfterEach
  void asBefore() throws SQLException {
    List<String> statements = new ArrayList<>();
    defaults.forEach((name, value) -> statements.add(assignment(name, value)));
    statements.addAll(List.of("LOAD MYSQL VARIABLES TO RUNTIME",
        "DELETE FROM mysql_servers WHERE hostgroup_id > 0",
        "DELETE FROM mysql_hostgroup_attributes",
        "DELETE FROM mysql_query_rules", "LOAD MYSQL SERVERS TO RUNTIME",
        "LOAD MYSQL QUERY RULES TO RUNTIME"));
    weir.configure(statements.toArray(String[]::new));
  }

  private static String assignment(String name, String value) {
    return "UPDATE global_variables SET variable_value = '" + value.replace("'", "''")
        + "' WHERE variable_name = 'mysql-" + name + "'";
  }

  /** Until the end of the test. */
  private void set(String name, String value) throws SQLException {
    try (Connection admin = weir.admin()) {
      String before = value(admin,
          "SELECT variable_value FROM global_variables WHERE variable_name = 'mysql-" + name + "'");
      defaults.putIfAbsent(name, before == null ? "" : before);
      run(admin, assignment(name, value), "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  private static void server(int hostgroup, String host, int port, int maxConnections)
      throws SQLException {
    weir.configure(
        "INSERT INTO mysql_servers (hostgroup_id, hostname, port, max_connections) VALUES ("
            + hostgroup + ", '" + host + "', " + port + ", " + maxConnections + ")");
  }

  /** A hostgroup with the server, where statements go that hold {@code hgN}. */
  private static void hostgroup(int id, int maxConnections, String attribute, String value)
      throws SQLException {
    server(id, "127.0.0.1", mariaDb.port(), maxConnections);
    if (!attribute.isEmpty()) {
      weir.configure("INSERT INTO mysql_hostgroup_attributes (hostgroup_id, " + attribute
          + ") VALUES (" + id + ", " + value + ")");
    }
    weir.configure("LOAD MYSQL SERVERS TO RUNTIME",
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, destination_hostgroup, apply)"
            + " VALUES (" + id + ", 1, 'hg" + id + "', " + id + ", 1)",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
  }

  private static long pool(int hostgroup, String column) throws SQLException {
    try (Connection admin = weir.admin()) {
      return Long.parseLong(value(admin, "SELECT SUM(" + column
          + ") FROM stats_mysql_connection_pool WHERE hostgroup = " + hostgroup));
    }
  }

  private static @Nullable String backend(Connection client, int hostgroup) throws SQLException {
    return value(client, "SELECT CONNECTION_ID() + 0 /* hg" + hostgroup + " */");
  }

  private static void refusedWith9001(Connection client, String sql) {
    assertThatThrownBy(() -> value(client, sql)).isInstanceOfSatisfying(SQLException.class,
        e -> assertThat(e.getErrorCode()).isEqualTo(9001));
  }

  // --- init_connect ---

  @Test
  void initConnectOfAHostgroupRunsOnEachOfItsConnections() throws SQLException {
    hostgroup(31, 1, "init_connect",
        "'SET sql_safe_updates = 1; SET group_concat_max_len = 2048;'");
    String safe = "SELECT @@sql_safe_updates";
    String length = "SELECT @@group_concat_max_len";
    String here = " /* hg31 */";
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      for (Connection client : List.of(one, two, one)) {
        assertThat(value(client, safe + here)).isEqualTo("1");
        assertThat(value(client, length + here)).isEqualTo("2048");
      }
      run(one, "SET sql_safe_updates = 0" + here);
      assertThat(value(two, safe + here)).as("another's").isEqualTo("1");
      assertThat(value(one, safe + here)).isEqualTo("0");
      assertThat(value(one, length + here)).isEqualTo("2048");
      assertThat(value(one, length)).as("elsewhere").isNotEqualTo("2048");
      run(two, "SET group_concat_max_len = 2048" + here);
      assertThat(value(two, length)).as("set by the client").isEqualTo("2048");
      assertThat(value(two, safe)).as("elsewhere").isEqualTo("0");
    }
  }

  @Test
  void initConnectRunsAgainBehindAReset() throws SQLException {
    set("init_connect", "SET sql_safe_updates = 1");
    hostgroup(32, 1, "", "");
    try (Connection first = weir.connect()) {
      run(first, "DO 1 /* hg32 */"); // what the server can do decides what clients are offered from now on
    }
    try (Connection one = weir.connect()) {
      run(one, "CREATE TEMPORARY TABLE mine (n int) /* hg32 */"); // whoever leaves this, leaves dirt
      assertThat(value(one, "SELECT @@sql_safe_updates /* hg32 */")).isEqualTo("1");
    }
    long made = pool(32, "ConnOK");
    weir.awaitNothingInUse(); // else a second connection may replace the one that is being reset
    try (Connection two = weir.connect()) {
      assertThat(value(two, "SELECT @@sql_safe_updates /* hg32 */")).isEqualTo("1");
    }
    assertThat(pool(32, "ConnOK")).isEqualTo(made);
  }

  @Test
  void initConnectThatFailsIsToldToTheClient() throws SQLException {
    hostgroup(33, 5, "init_connect", "'SET no_such_variable = 1'");
    try (Connection client = weir.connect()) {
      assertThatThrownBy(() -> value(client, "SELECT 1 /* hg33 */"))
          .hasMessageContaining("init_connect failed").hasMessageContaining("no_such_variable");
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
    assertThat(weir.log()
        .count("WARNING .*hostgroup 33.*no connection: error 1184: .*no_such_variable"))
        .isEqualTo(1);
  }

  // --- who keeps a connection ---

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void withoutMultiplexingASessionKeepsItsConnectionAndIsRoutedStill(boolean byAttribute)
      throws SQLException {
    if (!byAttribute) {
      set("multiplexing", "false");
    }
    hostgroup(34, 5, byAttribute ? "multiplex" : "", "0");
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      String first = backend(one, 34);
      assertThat(backend(two, 34)).isNotEqualTo(first);
      assertThat(backend(one, 34)).isEqualTo(first);
      assertThat(pool(34, "ConnUsed")).isEqualTo(2);
      assertThat(value(one, "SELECT 1")).isEqualTo("1");
      assertThat(pool(34, "ConnUsed")).as("one has gone elsewhere").isEqualTo(1);
    }
  }

  @Test
  void aConnectionThatIsOnlyKeptMayBeLost() throws SQLException {
    hostgroup(35, 5, "multiplex", "0");
    try (Connection client = weir.connect()) {
      String first = backend(client, 35);
      mariaDb.execute("KILL " + first);
      WeirServer.await("the loss to be seen", () -> pool(35, "ConnUsed") == 0);
      assertThat(backend(client, 35)).isNotEqualTo(first);
    }
  }

  @Test
  void aSessionKeepsItsConnectionForAWhileAfterAStatement() throws SQLException {
    set("connection_delay_multiplex_ms", "60000");
    hostgroup(36, 1, "", "");
    try (Connection one = weir.connect()) {
      String first = backend(one, 36);
      assertThat(pool(36, "ConnUsed")).isEqualTo(1);
      assertThat(backend(one, 36)).isEqualTo(first);
    }
    WeirServer.await("the connection to be free", () -> pool(36, "ConnUsed") == 0);
    set("connection_delay_multiplex_ms", "50");
    try (Connection one = weir.connect()) {
      backend(one, 36);
      WeirServer.await("the session to let go", () -> pool(36, "ConnUsed") == 0);
      backend(one, 36);
    }
  }

  @Test
  void whoHasSwitchedAutocommitOffKeepsItsConnectionAndNobodyGetsIt() throws SQLException {
    set("autocommit_false_not_reusable", "true");
    hostgroup(37, 5, "", "");
    try (Connection one = weir.connect()) {
      run(one, "SET autocommit = 0 /* hg37 */");
      assertThat(pool(37, "ConnUsed")).isEqualTo(1);
    }
    WeirServer.await("the connection to be closed",
        () -> pool(37, "ConnUsed + ConnFree") == 0);
  }

  @Test
  void withoutAutocommitASessionMayCountAsInATransaction() throws SQLException {
    set("autocommit_false_is_transaction", "true");
    hostgroup(38, 5, "", "");
    try (Connection one = weir.connect()) {
      run(one, "SET autocommit = 0 /* hg38 */");
      assertThat(pool(38, "ConnUsed")).isEqualTo(1);
      long before = pool(0, "Queries");
      assertThat(value(one, "SELECT 1")).isEqualTo("1");
      assertThat(pool(0, "Queries")).as("it stays where it is").isEqualTo(before);
    }
    WeirServer.await("the connection to be free", () -> pool(38, "ConnUsed") == 0);
  }

  // --- how many connections there are ---

  private static List<Connection> busy(int clients, int hostgroup) throws SQLException {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Connection client = weir.connect();
      all.add(client);
      run(client, "START TRANSACTION /* hg" + hostgroup + " */");
    }
    return all;
  }

  private static void close(List<Connection> clients) throws SQLException {
    for (Connection client : clients) {
      run(client, "COMMIT");
      client.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void asManyIdleConnectionsStayAsThePercentageSays(boolean byAttribute) throws SQLException {
    if (!byAttribute) {
      set("free_connections_pct", "20");
    }
    hostgroup(39, 10, byAttribute ? "free_connections_pct" : "", "20");
    close(busy(5, 39));
    assertThat(pool(39, "ConnOK")).isEqualTo(5);
    WeirServer.await("two to be left", () -> pool(39, "ConnUsed + ConnFree") == 2);
  }

  @Test
  void aHostgroupIsWarmedUpToItsPercentage() throws SQLException {
    hostgroup(40, 10, "connection_warming, free_connections_pct", "1, 50");
    try (Connection client = weir.connect()) {
      backend(client, 40);
      WeirServer.await("five connections", () -> pool(40, "ConnFree") == 5);
    }
    assertThat(pool(40, "ConnOK")).isEqualTo(5);
  }

  @Test
  void connectionsAreOpenedNoFasterThanTheThrottleSays() throws Exception {
    hostgroup(41, 10, "throttle_connections_per_sec", "1");
    List<Background> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(Background.start(() -> close(busy(1, 41))));
    }
    for (Background client : clients) {
      client.await();
    }
    try (Connection admin = weir.admin()) {
      assertThat(Long.parseLong(value(admin, "SELECT variable_value FROM stats_mysql_global"
          + " WHERE variable_name = 'Server_Connections_delayed'"))).isPositive();
    }
  }

  @Test
  void anOldConnectionIsNotUsedAgain() throws SQLException {
    set("connection_max_age_ms", "1");
    hostgroup(42, 10, "", "");
    try (Connection client = weir.connect()) {
      String first = backend(client, 42);
      assertThat(backend(client, 42)).isNotEqualTo(first);
    }
    WeirServer.await("all to be closed", () -> pool(42, "ConnUsed + ConnFree") == 0);
  }

  @Test
  void idleConnectionsArePingedAndSoStayAlive() throws SQLException {
    set("ping_interval_server_msec", "1000");
    hostgroup(43, 10, "init_connect", "'SET SESSION wait_timeout = 6'");
    try (Connection client = weir.connect()) {
      String first = backend(client, 43);
      mariaDb.query("SELECT SLEEP(9)");
      assertThat(mariaDb.query("SELECT COUNT(*) FROM information_schema.processlist WHERE id = "
          + first)).isEqualTo("1");
    }
  }

  @Test
  void aPingThatIsNotAnsweredInTimeClosesTheConnection() throws Exception {
    set("ping_interval_server_msec", "1000");
    set("ping_timeout_server", "500");
    try (Valve valve = new Valve(mariaDb.port())) {
      hostgroup(44, 10, "", "");
      weir.configure("DELETE FROM mysql_servers WHERE hostgroup_id = 44");
      server(44, "127.0.0.1", valve.port(), 10);
      weir.configure("LOAD MYSQL SERVERS TO RUNTIME");
      try (Connection client = weir.connect()) {
        backend(client, 44);
      }
      valve.delay(60_000);
      weir.log().await("hostgroup 44.*no answer to a ping", 1);
    }
  }

  // --- which servers serve ---

  @Test
  void withMoreServersOnlineThanMayBeNobodyIsServed() throws SQLException {
    set("connect_timeout_server_max", "500");
    hostgroup(45, 10, "max_num_online_servers", "1");
    try (Connection client = weir.connect()) {
      assertThat(value(client, "SELECT 1 /* hg45 */")).isEqualTo("1");
      server(45, "localhost", mariaDb.port(), 10);
      weir.configure("LOAD MYSQL SERVERS TO RUNTIME");
      refusedWith9001(client, "SELECT 1 /* hg45 */");
      assertThat(weir.log().count("hostgroup 45 serves nobody: 2 servers are ONLINE"))
          .isEqualTo(1);
      weir.configure("UPDATE mysql_servers SET status = 'OFFLINE_SOFT' WHERE hostgroup_id = 45"
          + " AND hostname = 'localhost'", "LOAD MYSQL SERVERS TO RUNTIME");
      assertThat(value(client, "SELECT 1 /* hg45 */")).isEqualTo("1");
    }
  }

  @Test
  void aServerWhosePingsAreSlowIsNotChosen() throws Exception {
    set("monitor_username", weir.user());
    set("monitor_password", MysqlWeir.PASSWORD);
    set("monitor_ping_interval", "100");
    set("connect_timeout_server_max", "1000");
    set("default_max_latency_ms", "0");
    set("monitor_enabled", "true");
    try (Valve valve = new Valve(mariaDb.port()); Connection client = weir.connect()) {
      valve.delay(100);
      hostgroup(46, 10, "", "");
      weir.configure("DELETE FROM mysql_servers WHERE hostgroup_id = 46",
          "INSERT INTO mysql_servers (hostgroup_id, hostname, port, max_latency_ms) VALUES (46, "
              + "'127.0.0.1', " + valve.port() + ", 20)",
          "LOAD MYSQL SERVERS TO RUNTIME");
      WeirServer.await("slow pings", () -> pool(46, "Latency_us") >= 20_000);
      WeirServer.await("nobody to be left",
          () -> weir.log().count("hostgroup 46.*not chosen any more") == 1);
      refusedWith9001(client, "SELECT 1 /* hg46 */");

      server(46, "localhost", mariaDb.port(), 10);
      weir.configure("LOAD MYSQL SERVERS TO RUNTIME");
      for (int i = 0; i < 20; i++) {
        assertThat(value(client, "SELECT 1 /* hg46 */")).isEqualTo("1");
      }
      try (Connection admin = weir.admin()) {
        assertThat(rows(admin, "SELECT srv_port, Queries FROM stats_mysql_connection_pool"
            + " WHERE hostgroup = 46 AND Queries > 0")).containsExactly(mariaDb.port() + "|20");
        run(admin, "DELETE FROM mysql_servers WHERE hostgroup_id = 46 AND hostname = 'localhost'",
            "LOAD MYSQL SERVERS TO RUNTIME");
      }
      valve.delay(0);
      WeirServer.await("it to be chosen again",
          () -> weir.log().count("hostgroup 46.*chosen again") == 1);
      assertThat(value(client, "SELECT 1 /* hg46 */")).isEqualTo("1");
    }
  }

  // --- who leaves while a query runs ---

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void theQueryOfAClientThatLeavesIsKilledIfSoWished(String kill) throws Exception {
    set("kill_backend_connection_when_disconnect", kill);
    hostgroup(47, 10, "", "");
    String kills = "SELECT variable_value FROM information_schema.global_status"
        + " WHERE variable_name = 'Com_kill'";
    long before = Long.parseLong(mariaDb.query(kills));
    // No driver: those say KILL for themselves when they are aborted.
    Process client = new ProcessBuilder("mysql", "--no-defaults", "--comments", "-h", "127.0.0.1",
        "-P", Integer.toString(weir.port()), "-u", weir.user(), "-p" + MysqlWeir.PASSWORD, "-e",
        "SELECT SLEEP(300) /* hg47 */").start();
    WeirServer.await("the query to run",
        () -> "1".equals(mariaDb.query("SELECT COUNT(*) FROM information_schema.processlist"
            + " WHERE info LIKE 'SELECT SLEEP(300) %hg47 */'")));
    client.destroyForcibly().waitFor();
    WeirServer.await("the connection to be closed", () -> pool(47, "ConnUsed") == 0);
    if (kill.equals("true")) {
      WeirServer.await("the kill", () -> Long.parseLong(mariaDb.query(kills)) == before + 1);
    } else {
      assertThat(Long.parseLong(mariaDb.query(kills))).isEqualTo(before);
    }
  }

  // --- what cannot be obeyed ---

  @Test
  void anAttributeThatIsNoneIsRefusedAtLoad() throws SQLException {
    weir.configure("INSERT INTO mysql_hostgroup_attributes (hostgroup_id, hostgroup_settings)"
        + " VALUES (48, '{\"handle_warnings\": 7}')");
    assertThatThrownBy(() -> weir.configure("LOAD MYSQL SERVERS TO RUNTIME"))
        .hasMessageContaining("mysql_hostgroup_attributes 48: hostgroup_settings: handle_warnings");
    try (Connection admin = weir.admin()) {
      assertThat(rows(admin, "SELECT * FROM runtime_mysql_hostgroup_attributes")).isEmpty();
    }
  }

  @Test
  void whatHasNoEffectIsInTheLog() throws SQLException {
    weir.configure("INSERT INTO mysql_hostgroup_attributes (hostgroup_id, autocommit,"
        + " servers_defaults) VALUES (49, 1, '{\"weight\": 3}')", "LOAD MYSQL SERVERS TO RUNTIME");
    assertThat(weir.log().count("mysql_hostgroup_attributes 49: autocommit.*no effect"))
        .isEqualTo(1);
    assertThat(weir.log().count("mysql_hostgroup_attributes 49: servers_defaults.*no effect"))
        .isEqualTo(1);
  }

  /** The network to the server, which can be made to hold back what the server says. */
  private static final class Valve implements AutoCloseable {
    private final int target;
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private volatile int delayMillis;

    Valve(int target) throws IOException {
      this.target = target;
      Thread.ofVirtual().name("valve").start(this::accept);
    }

    int port() {
      return listener.getLocalPort();
    }

    void delay(int millis) {
      delayMillis = millis;
    }

    private void accept() {
      try {
        while (true) {
          Socket client = listener.accept();
          Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
          open.addAll(List.of(client, server));
          Thread.ofVirtual().start(() -> pump(client, server, false));
          Thread.ofVirtual().start(() -> pump(server, client, true));
        }
      } catch (IOException _) {
        // closed
      }
    }

    private void pump(Socket from, Socket to, boolean held) {
      try (from; to) {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        byte[] bytes = new byte[8192];
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
          if (held) {
            Thread.sleep(delayMillis);
          }
          out.write(bytes, 0, count);
        }
      } catch (IOException | InterruptedException _) {
        // one side is gone: so is the other
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    }
  }
}
