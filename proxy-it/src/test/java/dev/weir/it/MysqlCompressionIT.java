package dev.weir.it;

import dev.weir.mysql.packet.Capabilities;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Compressed packets to clients, to the server, and both, with TLS below and without. Hostgroup 0 is spoken to as it is, 1
 * compressed, 2 compressed inside TLS; a rule for each says which by the schema's comment in the statement.
 */
class MysqlCompressionIT {
  private static final int MEGA = 1024 * 1024;

  private static final Path CERTIFICATES = certificates();

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir()
      .set("local-infile", "1").set("max-allowed-packet", "64M")
      .set("ssl-cert", CERTIFICATES.resolve("own.crt").toString())
      .set("ssl-key", CERTIFICATES.resolve("own.key").toString());
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb).maxConnections(2);

  /** For the server and for the proxy; the server wants its own before it starts. */
  private static Path certificates() {
    try {
      Path folder = Files.createTempDirectory("weir-it");
      Certificates.authority(folder, "authority").issue("own", "weir", true);
      // a server started by the superuser runs as somebody else
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setPosixFilePermissions(folder.resolve("own.key"),
          PosixFilePermissions.fromString("rw-r--r--"));
      return folder;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  static void deleteCertificates() throws Exception {
    try (Stream<Path> files = Files.list(CERTIFICATES)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(CERTIFICATES);
  }

  @BeforeAll
  static void hostgroups() throws Exception {
    Path data = weir.folder().resolve("data");
    Files.copy(CERTIFICATES.resolve("own.crt"), data.resolve("proxysql-cert.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    Files.copy(CERTIFICATES.resolve("own.key"), data.resolve("proxysql-key.pem"),
        StandardCopyOption.REPLACE_EXISTING);
    String server = "('127.0.0.1', " + mariaDb.port() + ", 2, ";
    weir.configure(
        "INSERT INTO mysql_servers (hostname, port, max_connections, hostgroup_id, compression, use_ssl)"
            + " VALUES " + server + "1, 1, 0), " + server + "2, 1, 1)",
        "LOAD MYSQL SERVERS TO RUNTIME",
        "INSERT INTO mysql_query_rules (rule_id, active, username, destination_hostgroup, apply,"
            + " match_pattern) VALUES (1, 1, NULL, 1, 1, 'to=1'), (2, 1, NULL, 2, 1, 'to=2')",
        "LOAD MYSQL QUERY RULES TO RUNTIME", "PROXYSQL RELOAD TLS");
    mariaDb.execute("create table loaded (n int, v longtext)");
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void warningsThatNobodyReadsAreTakenOffTheServer(String combination) throws SQLException {
    try (Connection client = connect(combination);
        Connection one = connect(combination);
        Connection two = connect(combination)) {
      run(client, to(combination) + "DO CAST('x' AS SIGNED)");
      run(one, to(combination) + "START TRANSACTION");
      run(two, to(combination) + "START TRANSACTION"); // both of the servers' connections are needed
      assertThat(rows(client, "SHOW WARNINGS").toString()).contains("INTEGER value: 'x'");
    }
  }

  /** What the client does, and which hostgroup is asked. */
  static Stream<String> combinations() {
    return Stream.of("", "useCompression=true", "useCompression=true,sslMode=trust")
        .flatMap(client -> Stream.of("0", "1", "2").map(to -> client + ";" + to));
  }

  private static Connection connect(String combination, String... more) throws SQLException {
    String client = combination.substring(0, combination.indexOf(';'));
    List<String> options = new ArrayList<>(
        List.of("allowLocalInfile=true", "allowMultiQueries=true", "maxAllowedPacket=67108864"));
    if (!client.isEmpty()) {
      options.addAll(List.of(client.split(",")));
    }
    options.addAll(List.of(more));
    return weir.connect(options.toArray(String[]::new));
  }

  private static String to(String combination) {
    return "/* to=" + combination.substring(combination.indexOf(';') + 1) + " */ ";
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void bothSidesHaveWhatWasAskedFor(String combination) throws SQLException {
    try (Connection client = connect(combination)) {
      boolean compresses = client.unwrap(org.mariadb.jdbc.Connection.class).getContext()
          .hasClientCapability(Capabilities.COMPRESS);
      assertThat(compresses).isEqualTo(combination.contains("useCompression"));
      List<String> status = rows(client,
          to(combination) + "SHOW STATUS WHERE Variable_name IN ('Compression', 'Ssl_version')");
      assertThat(status.getFirst())
          .isEqualTo("Compression|" + (combination.endsWith("0") ? "OFF" : "ON"));
      assertThat(status.getLast().length() > "Ssl_version|".length())
          .isEqualTo(combination.endsWith("2"));
    }
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void manySmallAndLargeRowsArrive(String combination) throws SQLException {
    String to = to(combination);
    try (Connection client = connect(combination); Statement statement = client.createStatement()) {
      for (int round = 0; round < 3; round++) {
        try (ResultSet found = statement
            .executeQuery(to + "SELECT seq, REPEAT(MD5(seq), seq) FROM seq_1_to_1500")) {
          int n = 0;
          while (found.next()) {
            assertThat(found.getString(2)).hasSize(32 * found.getInt(1));
            n++;
          }
          assertThat(n).isEqualTo(1500);
        }
        assertThat(value(client, to + "SELECT " + round)).isEqualTo(Integer.toString(round));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void aRowOfFortyMegabytesArrives(String combination) throws SQLException {
    try (Connection client = connect(combination)) {
      String found = value(client, to(combination) + "SELECT REPEAT('abcdefgh', 5000000)");
      assertThat(found).hasSize(40_000_000).startsWith("abcdefgh").endsWith("abcdefgh");
      assertThat(value(client, to(combination) + "SELECT 1")).isEqualTo("1");
    }
  }

  /** Three packets of the protocol, and hundreds of compressed ones, so that their numbers begin anew. */
  @ParameterizedTest
  @MethodSource("combinations")
  void aStatementOfFortyMegabytesArrives(String combination) throws SQLException {
    StringBuilder text = new StringBuilder(40 * MEGA);
    Random random = new Random(1);
    while (text.length() < 40 * MEGA) {
      text.append((char) ('a' + random.nextInt(26))).append("some words ");
    }
    try (Connection client = connect(combination)) {
      assertThat(value(client, to(combination) + "SELECT CONCAT(LENGTH('" + text + "'), '')"))
          .isEqualTo(Integer.toString(text.length()));
      assertThat(value(client, to(combination) + "SELECT 2")).isEqualTo("2");
    }
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void aFileOfTheClientIsLoaded(String combination, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("rows.csv");
    writeRows(file);
    try (Connection client = connect(combination); Statement statement = client.createStatement()) {
      // a result before the file, so that the two sides count their packets differently
      statement.execute(to(combination) + "SELECT seq FROM seq_1_to_5; LOAD DATA LOCAL INFILE '"
          + file + "' INTO TABLE loaded FIELDS TERMINATED BY ','; SELECT 7");
      assertThat(rows(statement.getResultSet())).hasSize(5);
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(statement.getUpdateCount()).isEqualTo(200_000);
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(rows(statement.getResultSet())).containsExactly("7");
      assertThat(value(client, "SELECT CONCAT(COUNT(*), ' ', SUM(n)) FROM loaded"))
          .isEqualTo("200000 19999900000");
    } finally {
      mariaDb.execute("truncate table loaded");
    }
  }

  private static void writeRows(Path file) throws Exception {
    StringBuilder lines = new StringBuilder();
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      lines.append(i).append(",some words ").append(Long.toString(random.nextLong(), 36))
          .append('\n');
    }
    Files.writeString(file, lines);
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void statementsArePreparedAndLongParametersSent(String combination) throws SQLException {
    try (Connection client = connect(combination, "useServerPrepStmts=true")) {
      for (int i = 0; i < 3; i++) {
        try (PreparedStatement prepared = client
            .prepareStatement(to(combination) + "SELECT LENGTH(?), " + i)) {
          prepared.setBinaryStream(1, new ByteArrayInputStream(new byte[300_000]));
          try (ResultSet found = prepared.executeQuery()) {
            assertThat(rows(found)).containsExactly("300000|" + i);
          }
        }
      }
    }
  }

  /** Connections to the server go from one worker to the other, with whatever they had read. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void manyClientsShareTwoCompressedConnections(String hostgroup) throws Exception {
    List<Background> clients = new ArrayList<>();
    for (int c = 0; c < 8; c++) {
      int mine = c;
      clients.add(Background.start(() -> {
        try (Connection client = connect("useCompression=true;" + hostgroup)) {
          for (int i = 0; i < 100; i++) {
            String expected = "c" + mine + " " + i + " " + "x".repeat(i * 20);
            assertThat(value(client, to(";" + hostgroup) + "SELECT '" + expected + "'"))
                .isEqualTo(expected);
          }
        }
      }));
    }
    for (Background client : clients) {
      client.await();
    }
  }

  @Test
  void aKillReachesAQueryOfACompressedConnection() throws Exception {
    try (Connection one = connect("useCompression=true;1");
        Connection two = connect("useCompression=true;1")) {
      String id = value(one, "SELECT CONNECTION_ID()");
      Background slept = Background.start(() -> value(one, "/* to=1 */ SELECT SLEEP(60)"));
      WeirServer.await("it sleeps", () -> "1".equals(value(two,
          "SELECT COUNT(*) FROM information_schema.processlist"
              + " WHERE info LIKE '%to=1%SELECT SLEEP%' AND info NOT LIKE '%processlist%'")));
      run(two, "KILL QUERY " + id);
      slept.awaitEither();
      assertThat(value(one, "/* to=1 */ SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aWrongPasswordIsToldInTheClear() {
    assertThatThrownBy(
        () -> weir.connectAs(weir.user(), "guess", "useCompression=true").close())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1045));
  }

  @Test
  void aCompressedConnectionMayLogInAgain() throws Exception {
    try (MysqlRawClient client = MysqlRawClient.connect(weir.port())) {
      client.login(weir.user(), MysqlWeir.PASSWORD, Capabilities.COMPRESS, 0);
      assertThat(client.query("/* to=1 */ SELECT 'some text'")).isEqualTo("some text");
      client.changeUser(weir.user(), MysqlWeir.PASSWORD);
      assertThat(client.query("/* to=1 */ SELECT 'other text'")).isEqualTo("other text");
    }
  }

  // --- the command line client ---

  private static TestTools.Result mysql(Path file, String sql, String... options)
      throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-h127.0.0.1", "-P" + weir.port(),
        "-u" + weir.user(), "-p" + MysqlWeir.PASSWORD, "-N", "-B", "--local-infile=1",
        "--comments", "--max-allowed-packet=67108864"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("-e", sql.formatted(file), mariaDb.database()));
    return TestTools.run("mysql", arguments, Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--skip-ssl", "--ssl"})
  void theCommandLineClientCompresses(String ssl, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("rows.csv");
    writeRows(file);
    try {
      for (String to : List.of("/* to=0 */", "/* to=1 */", "/* to=2 */")) {
        String status = mysql(file, "status", "--compress", ssl).succeeded();
        assertThat(status).containsPattern("Protocol:\\s+Compressed");
        assertThat(mysql(file,
            to + " SELECT LENGTH(REPEAT('x', 40000000)), MD5(REPEAT('x', 40000000)); " + to
                + " SELECT seq FROM seq_1_to_3; " + to
                + " LOAD DATA LOCAL INFILE '%s' INTO TABLE loaded FIELDS TERMINATED BY ','; " + to
                + " SELECT COUNT(*) FROM loaded; " + to + " TRUNCATE TABLE loaded; " + to
                + " SELECT 9",
            "--compress", ssl).succeeded())
            .isEqualTo("40000000\te3215eac3f799ee67260f2f2cb3e81f2\n1\n2\n3\n200000\n9");
      }
    } finally {
      mariaDb.execute("truncate table loaded");
    }
  }

  @Test
  void theCommandLineClientReadsARowOfFortyMegabytes() throws Exception {
    assertThat(mysql(Path.of("none"), "/* to=1 */ SELECT REPEAT('abcdefgh', 5000000)",
        "--compress", "--skip-ssl").succeeded()).hasSize(40_000_000);
  }

  @Test
  void itIsNotOfferedWhenTheOperatorDoesNotWantIt() throws Exception {
    weir.configure("SET mysql-have_compress = 'false'", "LOAD MYSQL VARIABLES TO RUNTIME");
    try {
      assertThat(mysql(Path.of("none"), "status", "--compress", "--skip-ssl").succeeded())
          .doesNotContain("Compressed");
      try (Connection client = connect("useCompression=true;1")) {
        assertThat(value(client, "/* to=1 */ SELECT 1")).isEqualTo("1");
      }
    } finally {
      weir.configure("SET mysql-have_compress = 'true'", "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  // --- the admin port ---

  @Test
  void theAdminPortCompressesToo() throws Exception {
    try (Connection admin = weir.admin("admin", "admin", "useCompression=true")) {
      assertThat(value(admin, "SELECT COUNT(*) FROM mysql_servers")).isEqualTo("3");
      assertThat(rows(admin, "SELECT * FROM global_variables")).hasSizeGreaterThan(150);
    }
  }

  // --- zstd, and clients that err ---

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 19, 22, 200})
  void aClientMayUseZstd(int level) throws Exception {
    try (MysqlRawClient client = MysqlRawClient.connect(weir.port())) {
      client.login(weir.user(), MysqlWeir.PASSWORD, Capabilities.ZSTD_COMPRESSION, level);
      for (String to : List.of("/* to=0 */ ", "/* to=1 */ ", "/* to=2 */ ")) {
        assertThat(client.query(to + "SELECT 'some text'")).isEqualTo("some text");
        assertThat(client.query(to + "SELECT LENGTH('" + "text ".repeat(4_000_000) + "')"))
            .isEqualTo("20000000");
        assertThat(client.query(to + "SELECT REPEAT('text', 50)")).hasSize(200);
      }
    }
  }

  /** As servers do. */
  @Test
  void aClientThatAsksForBothGetsZlib() throws Exception {
    try (MysqlRawClient client = MysqlRawClient.connect(weir.port())) {
      client.login(weir.user(), MysqlWeir.PASSWORD, Capabilities.COMPRESS, 0);
      assertThat(client.query("SELECT 'some text'")).isEqualTo("some text");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"050000 01 000000 01000000 0e", "050000 00 3c0000 0102030405",
    "0c0000 00 ffffff 789c4b4c241f0000b5c016bd"})
  void whatIsNoCompressedPacketEndsTheSession(String hex) throws Exception {
    try (MysqlRawClient client = MysqlRawClient.connect(weir.port());
        Connection other = connect("useCompression=true;1")) {
      client.login(weir.user(), MysqlWeir.PASSWORD, Capabilities.COMPRESS, 0);
      assertThat(client.query("SELECT 'some text'")).isEqualTo("some text");
      ByteBuf bytes = Unpooled
          .wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
      client.sendRaw(bytes);
      client.awaitClosed();
      assertThat(value(other, "/* to=1 */ SELECT 1")).isEqualTo("1");
    }
  }
}
