package dev.weir.it;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A load balancer tells in front of a connection who the client is. */
class MysqlProxyProtocolIT {
  private static final String BINARY = "0d0a0d0a000d0a515549540a";
  private static final String BEHIND = "socketFactory=" + HeaderSocketFactory.class.getName();

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb)
      .set("proxy_protocol_networks", "\"10.0.0.0/8, 127.0.0.1\"")
      .set("connect_timeout_client", "1000");

  @AfterEach
  void asBefore() throws SQLException {
    weir.configure("DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME",
        "SET mysql-proxy_protocol_networks = '10.0.0.0/8, 127.0.0.1'",
        "SET mysql-client_host_cache_size = 0", "SET mysql-client_host_error_counts = 0",
        "LOAD MYSQL VARIABLES TO RUNTIME");
  }

  private static Connection behind(byte[] header) throws SQLException {
    HeaderSocketFactory.header = header;
    return weir.connect(BEHIND);
  }

  private static byte[] line(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String address() throws SQLException {
    try (Connection admin = weir.admin()) {
      return rows(admin, "SELECT cli_host, cli_port FROM stats_mysql_processlist").toString();
    }
  }

  @Test
  void theClientIsWhoTheLineSays() throws SQLException {
    weir.configure("INSERT INTO mysql_query_rules (rule_id, active, client_addr, match_pattern,"
        + " error_msg, apply) VALUES (1, 1, '192.0.2.%', 'secret', 'not from there', 1)",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
    try (Connection client = behind(line("PROXY TCP4 192.0.2.7 10.0.0.1 4711 6033\r\n"))) {
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThat(address()).isEqualTo("[192.0.2.7|4711]");
      assertThatThrownBy(() -> value(client, "SELECT 'secret'"))
          .hasMessageContaining("not from there");
      assertThatThrownBy(() -> value(client, "SELECT nonsense")).hasMessageContaining("nonsense");
    }
    try (Connection client = weir.connect(); Connection admin = weir.admin()) {
      assertThat(value(client, "SELECT 'secret'")).isEqualTo("secret");
      assertThat(rows(admin, "SELECT client_address FROM stats_mysql_errors WHERE errno = 1054"))
          .containsExactly("192.0.2.7");
    }
  }

  @Test
  void theClientIsWhoTheBinaryHeaderSays() throws SQLException {
    byte[] header = HexFormat.of().parseHex(BINARY + "2121" + "0028"
        + "20010db8000000000000000000000007" + "00000000000000000000000000000001" + "1267" + "1791"
        + "040001ff"); // and a field that nobody knows
    try (Connection client = behind(header)) {
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThat(address()).isEqualTo("[2001:db8::7|4711]");
    }
  }

  @Test
  void aWrongPasswordIsTheClientsAndNotTheBalancers() {
    tryAWrongPassword();
  }

  private static void tryAWrongPassword() {
    HeaderSocketFactory.header = line("PROXY TCP4 192.0.2.7 10.0.0.1 4711 6033\r\n");
    assertThatThrownBy(() -> weir.connectAs(weir.user(), "guess", BEHIND).close())
        .hasMessageContaining("'@'192.0.2.7'");
  }

  @Test
  void aHostIsKeptOutAndNotTheBalancer() throws SQLException {
    weir.configure("SET mysql-client_host_cache_size = 10",
        "SET mysql-client_host_error_counts = 1", "LOAD MYSQL VARIABLES TO RUNTIME");
    tryAWrongPassword();
    assertThatThrownBy(() -> behind(line("PROXY TCP4 192.0.2.7 10.0.0.1 4712 6033\r\n")).close())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1129));
    try (Connection other = behind(line("PROXY TCP4 192.0.2.8 10.0.0.1 4712 6033\r\n"))) {
      assertThat(value(other, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aBalancersOwnCheckKeepsItsAddress() throws SQLException {
    try (Connection client = behind(HexFormat.of().parseHex(BINARY + "20000000"))) {
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThat(address()).startsWith("[127.0.0.1|");
    }
  }

  @Test
  void aClientWithoutAHeaderIsTakenAsItIs() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThat(address()).startsWith("[127.0.0.1|");
    }
  }

  @Test
  void whoIsNotListedMaySendNone() throws SQLException {
    weir.configure("SET mysql-proxy_protocol_networks = '10.0.0.0/8'",
        "LOAD MYSQL VARIABLES TO RUNTIME");
    assertThatThrownBy(() -> behind(line("PROXY TCP4 192.0.2.7 10.0.0.1 4711 6033\r\n")).close())
        .isInstanceOf(SQLException.class);
    try (Connection client = weir.connect()) {
      assertThat(address()).startsWith("[127.0.0.1|");
      assertThat(client.isValid(5)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY TCP4 there 10.0.0.1 4711 6033\r\n", "PROXY\n",
    "\r\n\r\n\0\r\nQUIT\n1"})
  void aHeaderThatIsNoneEndsTheConnection(String header) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), weir.port())) {
      socket.setSoTimeout((int) WeirServer.PATIENCE.toMillis());
      byte[] padded = (header + "0".repeat(16)).getBytes(StandardCharsets.ISO_8859_1);
      socket.getOutputStream().write(padded);
      InputStream in = socket.getInputStream();
      String all = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(all).contains("Bad handshake");
    }
  }

  @Test
  void halfAHeaderIsWaitedForNoLongerThanALogin() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), weir.port())) {
      socket.setSoTimeout((int) WeirServer.PATIENCE.toMillis());
      socket.getOutputStream().write(line("PROXY TCP4 192."));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(all).contains("Got timeout reading communication packets");
    }
  }

  @Test
  void aNetworkThatIsNoneIsRefused() throws SQLException {
    try (Connection admin = weir.admin()) {
      assertThatThrownBy(
          () -> MysqlWeir.run(admin, "SET mysql-proxy_protocol_networks = '10.0.0.0/40'"))
          .hasMessageContaining("10.0.0.0/40");
    }
  }
}
