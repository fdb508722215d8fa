package dev.weir.it;

import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.ComChangeUser;
import dev.weir.mysql.packet.HandshakeResponse41;
import dev.weir.mysql.packet.HandshakeV10;
import dev.weir.mysql.packet.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Users with fast_forward: each client has a server connection of its own and speaks with it. */
class MysqlFastForwardIT {
  private static final String PASSWORD = "through";
  private static final long CAPABILITIES = Capabilities.MYSQL | Capabilities.LONG_FLAG
      | Capabilities.PROTOCOL_41 | Capabilities.TRANSACTIONS | Capabilities.SECURE_CONNECTION
      | Capabilities.PLUGIN_AUTH;

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  private static String forwarded;

  @BeforeAll
  static void users() throws SQLException {
    forwarded = mariaDb.createUser(PASSWORD);
    weir.configure("INSERT INTO mysql_users (username, password, fast_forward) VALUES ('"
        + forwarded + "', '" + PASSWORD + "', 1)", "LOAD MYSQL USERS TO RUNTIME");
    mariaDb.execute("create table t (id int primary key auto_increment, v longtext)");
  }

  private static Connection connect(String... options) throws SQLException {
    return weir.connectAs(forwarded, PASSWORD, options);
  }

  private static @Nullable String pool(Connection admin, String column) throws SQLException {
    return value(admin, "SELECT " + column + " FROM stats_mysql_connection_pool");
  }

  @Test
  void theClientSpeaksWithOneServerConnectionThatNobodyElseGets() throws SQLException {
    String first;
    try (Connection client = connect(); Connection admin = weir.admin()) {
      first = value(client, "SELECT CONNECTION_ID()");
      assertThat(
          mariaDb.query("SELECT USER FROM information_schema.processlist WHERE ID = " + first))
          .isEqualTo(forwarded);
      run(client, "CREATE TEMPORARY TABLE mine (n int)", "INSERT INTO mine VALUES (7)");
      assertThat(value(client, "SELECT n FROM mine")).isEqualTo("7");
      assertThat(value(client, "SELECT CONNECTION_ID()")).isEqualTo(first);
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
      assertThat(pool(admin, "ConnUsed")).isEqualTo("1");
      assertThat(rows(admin, "SELECT user, command, hostgroup FROM stats_mysql_processlist"))
          .containsExactly(forwarded + "|Fast forward|0");
    }
    weir.awaitNothingInUse();
    try (Connection next = connect()) {
      assertThat(value(next, "SELECT CONNECTION_ID()")).isNotEqualTo(first);
    }
  }

  @Test
  void theServerSessionIsAsWithoutAProxy() throws SQLException {
    String tracked = "SELECT CONCAT_WS('|', @@session_track_schema,"
        + " @@session_track_state_change, @@session_track_transaction_info, @@character_set_client,"
        + " @@collation_connection, @@sql_mode, @@wait_timeout)";
    try (Connection client = connect();
        Connection direct = mariaDb.connect(mariaDb.database(), forwarded, PASSWORD)) {
      assertThat(value(client, tracked)).isEqualTo(value(direct, tracked));
    }
  }

  @Test
  void rulesAreNotAsked() throws SQLException {
    weir.configure(
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, error_msg, apply)"
            + " VALUES (1, 1, 'SELECT 41', 'refused', 1)",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
    try (Connection client = connect(); Connection other = weir.connect()) {
      assertThat(value(client, "SELECT 41")).isEqualTo("41");
      assertThatThrownBy(() -> value(other, "SELECT 41")).hasMessageContaining("refused");
    } finally {
      weir.configure("DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME");
    }
  }

  @Test
  void whatIsSentIsCounted() throws SQLException {
    try (Connection client = connect(); Connection admin = weir.admin()) {
      value(client, "SELECT 1");
      long queries = Long.parseLong(pool(admin, "Queries"));
      long sent = Long.parseLong(pool(admin, "Bytes_data_sent"));
      long received = Long.parseLong(pool(admin, "Bytes_data_recv"));
      for (int i = 0; i < 10; i++) {
        value(client, "SELECT REPEAT('x', 10000)");
      }
      assertThat(Long.parseLong(pool(admin, "Queries")) - queries).isEqualTo(10);
      assertThat(Long.parseLong(pool(admin, "Bytes_data_sent")) - sent).isBetween(200L, 10_000L);
      assertThat(Long.parseLong(pool(admin, "Bytes_data_recv")) - received)
          .isBetween(100_000L, 120_000L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void statementsAreTheServers(String onServer) throws SQLException {
    try (Connection client = connect("useServerPrepStmts=" + onServer);
        PreparedStatement statement = client.prepareStatement("SELECT ?, ?")) {
      for (int i = 0; i < 5; i++) {
        statement.setInt(1, i);
        statement.setString(2, "é" + i);
        try (ResultSet found = statement.executeQuery()) {
          assertThat(rows(found)).containsExactly(i + "|é" + i);
        }
      }
    }
  }

  @Test
  void muchGoesThroughEitherWay() throws SQLException {
    String much = "y".repeat(9_000_000);
    try (Connection client = connect();
        PreparedStatement insert = client.prepareStatement("INSERT INTO t (v) VALUES (?)",
            Statement.RETURN_GENERATED_KEYS)) {
      insert.setString(1, much);
      insert.executeUpdate();
      String id = rows(insert.getGeneratedKeys()).getFirst();
      assertThat(value(client, "SELECT v FROM t WHERE id = " + id)).isEqualTo(much);
      try (Statement statement = client.createStatement()) {
        statement.setFetchSize(10); // read slowly
        long sum = 0;
        try (ResultSet found = statement
            .executeQuery("SELECT seq, REPEAT('z', 1000) FROM seq_1_to_30000")) {
          while (found.next()) {
            sum += found.getString(2).length();
          }
        }
        assertThat(sum).isEqualTo(30_000_000);
      }
      run(client, "DELETE FROM t WHERE id = " + id);
    }
  }

  @Test
  void aServerTakenAwayEndsTheSession() throws Exception {
    Connection client = connect();
    try (client) {
      value(client, "SELECT 1");
      weir.configure("UPDATE mysql_servers SET status = 'OFFLINE_HARD'",
          "LOAD MYSQL SERVERS TO RUNTIME");
      assertThatThrownBy(() -> value(client, "SELECT 1")).isInstanceOf(SQLException.class);
    } finally {
      weir.configure("UPDATE mysql_servers SET status = 'ONLINE'",
          "LOAD MYSQL SERVERS TO RUNTIME");
    }
    weir.awaitNothingInUse();
  }

  @Test
  void aServerConnectionThatEndsEndsTheSession() throws Exception {
    Connection client = connect();
    try (client) {
      String id = value(client, "SELECT CONNECTION_ID()");
      mariaDb.execute("KILL CONNECTION " + id);
      assertThatThrownBy(() -> value(client, "SELECT 1")).isInstanceOf(SQLException.class);
    }
    weir.awaitNothingInUse();
  }

  @Test
  void theOperatorCanKillTheSession() throws Exception {
    Connection client = connect();
    try (client; Connection admin = weir.admin()) {
      String id = value(client, "SELECT CONNECTION_ID()");
      run(admin, "KILL CONNECTION " + value(admin,
          "SELECT SessionID FROM stats_mysql_processlist WHERE command = 'Fast forward'"));
      assertThatThrownBy(() -> value(client, "SELECT 1")).isInstanceOf(SQLException.class);
      WeirServer.await("the server's end", () -> "0".equals(
          mariaDb.query("SELECT COUNT(*) FROM information_schema.processlist WHERE ID = " + id)));
    }
    weir.awaitNothingInUse();
  }

  @Test
  void aQueryOfAClientThatLeftEnds() throws Exception {
    try (Raw client = Raw.login(forwarded)) {
      client.query("SELECT SLEEP(3600)");
      WeirServer.await("the query", () -> "1".equals(sleepers()));
    }
    WeirServer.await("its end", () -> "0".equals(sleepers()));
    weir.awaitNothingInUse();
  }

  private static @Nullable String sleepers() throws SQLException {
    return mariaDb.query("SELECT COUNT(*) FROM information_schema.processlist"
        + " WHERE INFO = 'SELECT SLEEP(3600)'");
  }

  @Test
  void halfACommandOfAClientThatLeftIsNeverRun() throws Exception {
    String whole = "INSERT INTO t (v) VALUES ('half')-----";
    try (Raw client = Raw.login(forwarded)) {
      client.query("USE " + mariaDb.database());
      assertThat(client.read()[0]).isZero();
      byte[] sql = whole.getBytes(StandardCharsets.UTF_8);
      byte[] packet = Raw.packet(0, concat(new byte[]{3}, sql));
      // what is missing is as long as a COM_QUIT with its header
      client.send(java.util.Arrays.copyOf(packet, packet.length - 5));
      WeirServer.await("its first part", () -> "1".equals(
          mariaDb.query("SELECT COUNT(*) FROM information_schema.processlist WHERE USER = '"
              + forwarded + "'")));
    }
    weir.awaitNothingInUse();
    WeirServer.await("the end of the connection", () -> "0".equals(
        mariaDb.query("SELECT COUNT(*) FROM information_schema.processlist WHERE USER = '"
            + forwarded + "'")));
    assertThat(mariaDb.query("SELECT COUNT(*) FROM t WHERE v LIKE 'half%'")).isEqualTo("0");
  }

  private static byte[] concat(byte[] one, byte[] two) {
    byte[] both = java.util.Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  @Test
  void anotherUserIsLoggedInByTheProxy() throws Exception {
    try (Raw client = Raw.login(forwarded); Connection admin = weir.admin()) {
      client.query("DO 1");
      assertThat(client.read()[0]).isZero();
      client.changeUser(weir.user(), MysqlWeir.PASSWORD);
      assertThat(rows(admin, "SELECT user, command FROM stats_mysql_processlist"))
          .containsExactly(weir.user() + "|Sleep");
      client.query("DO 1");
      assertThat(client.read()[0]).isZero();
      client.changeUser(forwarded, PASSWORD);
      client.query("DO 1");
      assertThat(client.read()[0]).isZero();
      assertThat(rows(admin, "SELECT user, command FROM stats_mysql_processlist"))
          .containsExactly(forwarded + "|Fast forward");
    }
    weir.awaitNothingInUse();
  }

  @Test
  void theLimitOfTheServerHolds() throws Exception {
    weir.configure("UPDATE mysql_servers SET max_connections = 1",
        "UPDATE global_variables SET variable_value = '500'"
            + " WHERE variable_name = 'mysql-connect_timeout_server_max'",
        "LOAD MYSQL SERVERS TO RUNTIME", "LOAD MYSQL VARIABLES TO RUNTIME");
    try (Connection one = connect()) {
      value(one, "SELECT 1");
      assertThatThrownBy(() -> value(connect(), "SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(value(one, "SELECT 1")).isEqualTo("1");
    } finally {
      weir.configure("UPDATE mysql_servers SET max_connections = 20",
          "UPDATE global_variables SET variable_value = '10000'"
              + " WHERE variable_name = 'mysql-connect_timeout_server_max'",
          "LOAD MYSQL SERVERS TO RUNTIME", "LOAD MYSQL VARIABLES TO RUNTIME");
    }
    weir.awaitNothingInUse();
    try (Connection next = connect()) {
      assertThat(value(next, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void whoIsKilledAmidAnAnswerIsToldNothingInTheMiddleOfIt() throws Exception {
    String row = "SELECT REPEAT('x', 15000000)";
    try (Raw client = Raw.login(forwarded); Connection admin = weir.admin()) {
      client.query(row + (" UNION ALL " + row).repeat(5));
      assertThat(client.some(100_000)).contains("xxx"); // the rest finds no room on its way
      run(admin, "KILL_CLIENT " + value(admin,
          "SELECT SessionID FROM stats_mysql_processlist WHERE command = 'Fast forward'"));
      assertThat(client.end()).matches("x*");
    }
    weir.awaitNothingInUse();
  }

  /** A client of few words. */
  private static final class Raw implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    private Raw() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), weir.port());
      socket.setSoTimeout((int) WeirServer.PATIENCE.toMillis());
      in = new DataInputStream(socket.getInputStream());
    }

    static Raw login(String user) throws IOException {
      Raw client = new Raw();
      byte[] challenge = HandshakeV10.decode(Unpooled.wrappedBuffer(client.read())).challenge()
          .toArray();
      client.send(packet(1, bytes(new HandshakeResponse41(CAPABILITIES, 1 << 24,
          Collation.UTF8MB4_GENERAL_CI, user, answer(PASSWORD, challenge), null,
          NativePassword.PLUGIN, Map.of(), 0))));
      assertThat(client.read()[0]).isZero();
      return client;
    }

    private static ByteString answer(String password, byte[] challenge) {
      return ByteString.of(
          NativePassword.response(password.getBytes(StandardCharsets.UTF_8), challenge));
    }

    private static byte[] bytes(Packet packet) {
      ByteBuf out = Unpooled.buffer();
      packet.encode(out, CAPABILITIES);
      byte[] all = new byte[out.readableBytes()];
      out.readBytes(all);
      return all;
    }

    static byte[] packet(int sequence, byte[] body) {
      return concat(new byte[]{(byte) body.length, (byte) (body.length >> 8), 0, (byte) sequence},
          body);
    }

    void send(byte[] all) throws IOException {
      socket.getOutputStream().write(all);
    }

    void query(String sql) throws IOException {
      send(packet(0, concat(new byte[]{3}, sql.getBytes(StandardCharsets.UTF_8))));
    }

    String some(int length) throws IOException {
      return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    /** What comes last before the connection ends. */
    String end() throws IOException {
      byte[] last = new byte[64];
      byte[] piece = new byte[1 << 16];
      try {
        for (int n = in.read(piece); n > 0; n = in.read(piece)) {
          byte[] both = concat(last, java.util.Arrays.copyOf(piece, n));
          last = java.util.Arrays.copyOfRange(both, both.length - 64, both.length);
        }
      } catch (SocketException _) {
        // what was unsent has been dropped with the connection
      }
      return new String(last, StandardCharsets.ISO_8859_1);
    }

    byte[] read() throws IOException {
      byte[] header = new byte[4];
      in.readFully(header);
      byte[] body = new byte[(header[0] & 0xff) + ((header[1] & 0xff) << 8)];
      in.readFully(body);
      return body;
    }

    void changeUser(String user, String password) throws IOException {
      send(packet(0, bytes(new ComChangeUser(user, ByteString.of(new byte[20]), null,
          Collation.UTF8MB4_GENERAL_CI, NativePassword.PLUGIN, Map.of()))));
      byte[] asked = read();
      assertThat(asked[0]).isEqualTo((byte) 0xfe);
      int name = NativePassword.PLUGIN.length() + 2;
      byte[] challenge = java.util.Arrays.copyOfRange(asked, name, name + 20);
      send(packet(2, NativePassword.response(password.getBytes(StandardCharsets.UTF_8),
          challenge)));
      assertThat(read()[0]).isZero();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
