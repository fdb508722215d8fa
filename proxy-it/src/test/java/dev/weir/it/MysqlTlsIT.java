package dev.weir.it;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** TLS of MySQL's protocol, to clients and to a server that has a certificate. */
class MysqlTlsIT {
  private static final Path FOLDER = folder();
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir()
      .set("ssl-ca", FOLDER.resolve("ca.crt").toString())
      .set("ssl-cert", FOLDER.resolve("server.crt").toString())
      .set("ssl-key", FOLDER.resolve("server.key").toString());
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  /** With an authority, another one, the server's certificate and a client's. */
  private static Path folder() {
    try {
      Path made = Files.createTempDirectory("weir-it-tls");
      Certificates authority = Certificates.authority(made, "ca");
      authority.issue("server", "server", true);
      authority.issue("client", "client", false);
      // The server runs as another account.
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setPosixFilePermissions(made.resolve("server.key"),
          PosixFilePermissions.fromString("rw-r--r--"));
      Certificates.authority(made, "other").issue("foreign", "foreign", false);
      return made;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void strictUser() throws SQLException {
    mariaDb.execute("create user strict identified by 'p' require x509",
        "grant all on " + mariaDb.database() + ".* to strict");
    weir.configure("INSERT INTO mysql_users (username, password, default_hostgroup)"
        + " VALUES ('strict', 'p', 0)",
        "INSERT INTO mysql_users (username, password, default_hostgroup, use_ssl)"
            + " SELECT 'tlsonly', 'p', 0, 1",
        "LOAD MYSQL USERS TO RUNTIME", "SAVE MYSQL USERS TO DISK");
    mariaDb.execute("create user tlsonly identified by 'p'",
        "grant all on " + mariaDb.database() + ".* to tlsonly");
  }

  @AfterEach
  void plainServer() throws SQLException {
    variable("ssl_p2s_ca", "");
    variable("ssl_p2s_cert", "");
    variable("ssl_p2s_key", "");
    weir.configure("LOAD MYSQL VARIABLES TO RUNTIME", "DELETE FROM mysql_servers_ssl_params",
        "UPDATE mysql_servers SET use_ssl = 0", "LOAD MYSQL SERVERS TO RUNTIME");
  }

  private static void variable(String name, String value) throws SQLException {
    weir.configure("UPDATE global_variables SET variable_value = '" + value
        + "' WHERE variable_name = 'mysql-" + name + "'");
  }

  private static Path data(String file) {
    return weir.folder().resolve("data").resolve(file);
  }

  private static String path(String file) {
    return FOLDER.resolve(file).toString();
  }

  /** The MariaDB client's output, errors included. */
  private static String mysql(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("mysql", "--no-defaults", "-h", "127.0.0.1",
        "-P", Integer.toString(weir.port()), "-u", weir.user(), "-p" + MysqlWeir.PASSWORD));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  // --- clients ---

  @Test
  void aCertificateIsMadeAtTheFirstStartAndKept() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
        data("proxysql-key.pem")))).isEqualTo("rw-------");
    byte[] made = Files.readAllBytes(data("proxysql-cert.pem"));
    weir.restart();
    assertThat(Files.readAllBytes(data("proxysql-cert.pem"))).isEqualTo(made);
    try (Connection client = weir.connect("sslMode=verify-ca",
        "serverSslCert=" + data("proxysql-ca.pem"))) {
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @CsvSource({"--ssl,Cipher in use is", "--skip-ssl,Not in use",
    "--tls-version=TLSv1.2,Cipher in use is"})
  void theCommandLineClientHasTlsIfItWishes(String option, String said) throws Exception {
    assertThat(mysql(option, "-e", "status")).containsPattern("SSL:\\s+" + said);
  }

  @Test
  void aDriverHasTls() throws SQLException {
    try (Connection client = weir.connectAs("tlsonly", "p", "sslMode=trust")) {
      assertThat(value(client, "SELECT REPEAT('x', 100000)")).hasSize(100_000);
    }
  }

  @Test
  void aUserWhoMustHaveTlsIsRefusedWithout() {
    assertThatThrownBy(() -> weir.connectAs("tlsonly", "p").close())
        .hasMessageContaining("SSL is required");
  }

  @Test
  void withHaveSslOffTlsIsNotOffered() throws Exception {
    variable("have_ssl", "false");
    weir.configure("LOAD MYSQL VARIABLES TO RUNTIME");
    try {
      assertThatThrownBy(() -> weir.connect("sslMode=trust").close())
          .isInstanceOf(SQLException.class);
    } finally {
      variable("have_ssl", "true");
      weir.configure("LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  @Test
  void certificatesAreReadAgainAndABadOneChangesNothing() throws Exception {
    Path certificate = data("proxysql-cert.pem");
    Path key = data("proxysql-key.pem");
    Path keptCertificate = Files.copy(certificate, FOLDER.resolve("kept-cert.pem"));
    Path keptKey = Files.copy(key, FOLDER.resolve("kept-key.pem"));
    String[] own = {"sslMode=verify-ca", "serverSslCert=" + path("ca.crt")};
    try (Connection before = weir.connect("sslMode=trust")) {
      assertThatThrownBy(() -> weir.connect(own).close()).isInstanceOf(SQLException.class);
      copy(FOLDER.resolve("server.crt"), certificate);
      assertThatThrownBy(() -> weir.configure("PROXYSQL RELOAD TLS"))
          .hasMessageContaining("do not match");
      weir.connect("sslMode=verify-ca", "serverSslCert=" + data("proxysql-ca.pem")).close();
      copy(FOLDER.resolve("server.key"), key);
      weir.configure("PROXYSQL RELOAD TLS");
      weir.connect(own).close();
      assertThat(value(before, "SELECT 1")).isEqualTo("1");
    } finally {
      copy(keptCertificate, certificate);
      copy(keptKey, key);
      weir.configure("PROXYSQL RELOAD TLS");
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  // --- servers ---

  private static void useSsl(String columns, String values) throws SQLException {
    if (!columns.isEmpty()) {
      weir.configure("INSERT INTO mysql_servers_ssl_params (hostname, port, " + columns
          + ") VALUES ('127.0.0.1', " + mariaDb.port() + ", " + values + ")");
    }
    weir.configure("UPDATE mysql_servers SET use_ssl = 1", "LOAD MYSQL SERVERS TO RUNTIME");
  }

  /** Drivers ask for something as soon as they have logged in. */
  private static void ask(String user, String password) throws SQLException {
    try (Connection client = weir.connectAs(user, password)) {
      value(client, "SELECT 1");
    }
  }

  private static @Nullable String sessionStatus(Connection client, String name)
      throws SQLException {
    return value(client, "SELECT variable_value FROM information_schema.session_status"
        + " WHERE variable_name = '" + name + "'");
  }

  @Test
  void aServersConnectionsAreReplacedWhenTlsIsSwitchedOn() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(sessionStatus(client, "Ssl_cipher")).isEmpty();
      useSsl("", "");
      assertThat(sessionStatus(client, "Ssl_cipher")).isNotEmpty();
    }
  }

  @Test
  void aServerWithACertificateOfTheAuthorityIsBelieved() throws SQLException {
    variable("ssl_p2s_ca", path("ca.crt"));
    weir.configure("LOAD MYSQL VARIABLES TO RUNTIME");
    useSsl("", "");
    try (Connection client = weir.connect()) {
      assertThat(sessionStatus(client, "Ssl_cipher")).isNotEmpty();
    }
  }

  @Test
  void aServerOfAnotherAuthorityIsRefusedAndTheLogSaysWhichAndWhy() throws Exception {
    weir.log().clear();
    useSsl("ssl_ca", "'" + path("other.crt") + "'");
    assertThatThrownBy(() -> ask(weir.user(), MysqlWeir.PASSWORD))
        .hasMessageContaining("while reaching hostgroup 0");
    weir.log().await("WARNING 127.0.0.1:" + mariaDb.port() + " \\(hostgroup 0\\): user "
        + weir.user() + ": no connection: error 2003: .*'127.0.0.1:" + mariaDb.port()
        + "' \\(TLS: certificate verify failed: ", 1);
  }

  @Test
  void aUserShowsTheCertificateOfItsRow() throws SQLException {
    useSsl("username, ssl_ca, ssl_cert, ssl_key", "'strict', '" + path("ca.crt") + "', '"
        + path("client.crt") + "', '" + path("client.key") + "'");
    try (Connection client = weir.connectAs("strict", "p")) {
      assertThat(value(client, "SELECT CURRENT_USER()")).isEqualTo("strict@%");
    }
    weir.configure("UPDATE mysql_servers_ssl_params SET username = 'somebody else'",
        "LOAD MYSQL SERVERS TO RUNTIME");
    assertThatThrownBy(() -> ask("strict", "p")).hasMessageContaining("Access denied");
  }

  @Test
  void versionAndCipherAreTheRows() throws SQLException {
    useSsl("tls_version, ssl_cipher", "'TLSv1.2', 'ECDHE-ECDSA-AES128-GCM-SHA256'");
    try (Connection client = weir.connect()) {
      assertThat(sessionStatus(client, "Ssl_version")).isEqualTo("TLSv1.2");
      assertThat(sessionStatus(client, "Ssl_cipher")).isEqualTo("ECDHE-ECDSA-AES128-GCM-SHA256");
    }
  }

  @Test
  void aFileThatIsNotThereIsRefusedAtLoadAndNamed() throws SQLException {
    assertThatThrownBy(() -> useSsl("ssl_ca", "'/nowhere/ca.pem'"))
        .hasMessageContaining("mysql_servers_ssl_params 127.0.0.1:" + mariaDb.port())
        .hasMessageContaining("/nowhere/ca.pem");
    variable("ssl_p2s_cert", path("client.crt"));
    assertThatThrownBy(() -> weir.configure("LOAD MYSQL VARIABLES TO RUNTIME"))
        .hasMessageContaining("certificate and key need each other");
    try (Connection client = weir.connect()) {
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }
}
