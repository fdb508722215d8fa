package dev.weir.it;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** TLS towards clients and towards the server, and its changes at run time, as PgBouncer's test_ssl asserts them. */
final class SslIT {
  private static final String SERVER_TLS = "TLSv1.3/TLS_AES_256_GCM_SHA384";

  @TempDir static Path folder = Path.of("");
  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .database("p0", "user=postgres password=${password}")
      .login("bob", "secret").login("alice", "secret");

  @BeforeAll
  static void certificates() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Certificates ca = Certificates.authority(folder, "ca");
    Certificates.authority(folder, "other");
    ca.issue("server", "localhost", true);
    ca.issue("elsewhere", "elsewhere.example", false);
    ca.issue("bob", "bob", false);
    ca.writeDer("bob");
    Path data = postgres.dataFolder();
    for (String file : List.of("server.crt", "server.key", "ca.crt")) {
      Path copy = data.resolve("weir-test-" + file);
      Files.copy(folder.resolve(file), copy);
      Files.setOwner(copy, Files.getOwner(data));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
    }
    postgres.execute("alter system set ssl_cert_file = 'weir-test-server.crt'");
    postgres.execute("alter system set ssl_key_file = 'weir-test-server.key'");
    postgres.execute("alter system set ssl_ca_file = 'weir-test-ca.crt'");
    postgres.execute("create role bob login");
    postgres.hba("hostssl all bob 127.0.0.1/32 cert");
    postgres.execute("alter system set ssl = on");
    postgres.reload();
    WeirServer.await("TLS at the server", () -> "on".equals(postgres.query("show ssl")));
  }

  private WeirServer clientTls(String mode) {
    return proxy.set("client_tls_sslmode", mode)
        .set("client_tls_key_file", folder.resolve("server.key").toString())
        .set("client_tls_cert_file", folder.resolve("server.crt").toString());
  }

  private static Map<String, String> tls(String mode, String... more) {
    Map<String, String> properties = new HashMap<>(Map.of("sslmode", mode, "sslrootcert",
        folder.resolve("ca.crt").toString()));
    for (int i = 0; i < more.length; i += 2) {
      properties.put(more[i], more[i + 1]);
    }
    return properties;
  }

  private static Map<String, String> withCertificate() {
    return tls("verify-full", "sslcert", folder.resolve("bob.crt").toString(), "sslkey",
        folder.resolve("bob.pk8").toString());
  }

  private void serves(Map<String, String> properties) throws SQLException {
    try (Connection client = proxy.connect("bob", "secret", "p0", properties)) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
  }

  private String tlsOf(String item, String user) throws SQLException {
    return WeirServer.cell(proxy.show(item), "user", user, "tls");
  }

  // --- towards clients ---

  @Test
  void clientsMayEncrypt() throws SQLException {
    clientTls("allow").reload();
    try (Connection client = proxy.connect("bob", "", "p0", tls("verify-full"))) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
      assertThat(tlsOf("CLIENTS", "bob")).startsWith("TLSv1.3/TLS_");
      assertThat(proxy.log().count("login attempt: db=p0 user=bob tls=TLSv1.3/TLS_")).isEqualTo(1);
    }
    serves(Map.of());
  }

  @Test
  void clientsMustEncryptWhenItIsDemanded() throws SQLException {
    clientTls("require").reload();
    assertThat(WeirServer.text(proxy.refusal("bob", "", "p0"))).isEqualTo("SSL required");
    serves(tls("verify-full"));
  }

  @Test
  void directTlsIsTaken() throws SQLException {
    clientTls("require").reload();
    serves(tls("require", "sslNegotiation", "direct"));
  }

  @Test
  void scramWorksInsideTls() throws SQLException {
    clientTls("require").set("auth_type", "scram-sha-256").reload();
    serves(tls("verify-full", "channelBinding", "prefer"));
    assertThat(WeirServer.text(proxy.refusal("bob", "wrong", "p0", tls("require"))))
        .isEqualTo("SASL authentication failed");
  }

  @Test
  void aCertificateIsALogin() throws SQLException {
    clientTls("verify-full").set("client_tls_ca_file", folder.resolve("ca.crt").toString())
        .set("auth_type", "cert").rewrite();
    try (Console console = proxy.console()) {
      console.run("RELOAD");
      serves(withCertificate());
      assertThat(WeirServer.text(proxy.refusal("alice", "", "p0", withCertificate())))
          .isEqualTo("certificate authentication failed");
      proxy.awaitLog("TLS certificate name mismatch", 1);
      proxy.refusal("bob", "", "p0", tls("require"));
    }
  }

  @Test
  void certificatesByRuleAndMap() throws SQLException {
    clientTls("allow").set("client_tls_ca_file", folder.resolve("ca.crt").toString())
        .set("auth_type", "hba").set("auth_hba_file", "${folder}/hba.conf")
        .set("auth_ident_file", "${folder}/ident.conf")
        .file("hba.conf", """
            hostssl p0 bob   127.0.0.1/32 cert
            hostssl p0 alice 127.0.0.1/32 cert map=staff
            host pgbouncer all 127.0.0.1/32 trust
            """)
        .file("ident.conf", "staff \"bob\" alice\n").reload();
    serves(withCertificate());
    try (Connection client = proxy.connect("alice", "", "p0", withCertificate())) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
    proxy.file("ident.conf", "staff carol alice\n").reload();
    assertThat(WeirServer.text(proxy.refusal("alice", "", "p0", withCertificate())))
        .isEqualTo("certificate authentication failed");
    proxy.awaitLog("ident map: staff does not have a match", 1);
    assertThat(WeirServer.text(proxy.refusal("bob", "", "p0", tls("require"))))
        .isEqualTo("certificate authentication failed");
    proxy.awaitLog("TLS client certificate required", 1);
  }

  @Test
  void namesInRulesAndMapsMayBeQuoted() throws SQLException {
    clientTls("allow").set("client_tls_ca_file", folder.resolve("ca.crt").toString())
        .set("auth_type", "hba").set("auth_hba_file", "${folder}/hba.conf")
        .set("auth_ident_file", "${folder}/ident.conf")
        .file("hba.conf", """
            hostssl "p0" "bob"   127.0.0.1/32 cert
            hostssl p0   "alice" 127.0.0.1/32 cert map="staff"
            hostssl p0   carol   127.0.0.1/32 cert map=anybody
            host pgbouncer all 127.0.0.1/32 trust
            """)
        .file("ident.conf", """
            staff   "bob" "alice"
            anybody "bob" all
            """)
        .login("carol", "").reload();
    for (String user : List.of("bob", "alice", "carol")) {
      try (Connection client = proxy.connect(user, "", "p0", withCertificate())) {
        assertThat(Sql.value(client, "select 1")).isEqualTo("1");
      }
    }
    proxy.file("ident.conf", "staff \"someone else\" alice\nanybody nobody all\n").reload();
    for (String user : List.of("alice", "carol")) {
      assertThat(WeirServer.text(proxy.refusal(user, "", "p0", withCertificate())))
          .isEqualTo("certificate authentication failed");
    }
  }

  @Test
  void theAuthorityOfClientsChangesAtRunTime() throws SQLException {
    clientTls("verify-full").set("client_tls_ca_file", folder.resolve("ca.crt").toString())
        .set("auth_type", "cert").rewrite();
    try (Console console = proxy.console()) {
      console.run("RELOAD");
      serves(withCertificate());
      console.run("SET client_tls_ca_file = '" + folder.resolve("other.crt") + "'");
      proxy.refusal("bob", "", "p0", withCertificate());
      proxy.awaitLog("TLS handshake failed|certificate verify failed", 1);
      console.run("SET client_tls_ca_file = '" + folder.resolve("ca.crt") + "'");
      serves(withCertificate());
      proxy.set("client_tls_ca_file", folder.resolve("other.crt").toString()).rewrite();
      console.run("RELOAD");
      proxy.refusal("bob", "", "p0", withCertificate());
    }
  }

  @Test
  void theSuitesOfTls13CanBeChosen() throws SQLException {
    clientTls("allow").set("client_tls13_ciphers", "TLS_AES_128_GCM_SHA256").reload();
    serves(tls("require"));
    proxy.awaitLog("tls=TLSv1.3/TLS_AES_128_GCM_SHA256", 1);
    proxy.set("client_tls13_ciphers", "TLS_CHACHA20_POLY1305_SHA256").reload();
    serves(tls("require"));
    proxy.awaitLog("tls=TLSv1.3/TLS_CHACHA20_POLY1305_SHA256", 1);
    try (Console console = proxy.console()) {
      proxy.set("client_tls13_ciphers", "NO_SUCH_SUITE").rewrite();
      assertThat(console.error("RELOAD").getSQLState()).isEqualTo("F0000");
    }
    proxy.awaitLog("failed to set the TLSv1.3 cipher suites", 1);
    serves(tls("require"));
  }

  @Test
  void replicationIsEncryptedOnBothLegs() throws SQLException {
    clientTls("require").set("server_tls_sslmode", "require").rewrite();
    try (Console console = proxy.console()) {
      console.run("RELOAD");
      try (Connection client = proxy.connect("bob", "", "p0",
          tls("verify-full", "replication", "database", "preferQueryMode", "simple"))) {
        assertThat(Sql.value(client, "IDENTIFY_SYSTEM")).isNotEmpty();
        assertThat(serverSays(client)).isEqualTo("t");
      }
    }
    proxy.awaitLog("login attempt: db=p0 user=bob tls=TLSv1.3/\\S+ replication=logical", 1);
  }

  @Test
  void aClientThatVanishesIsNoWarning() throws Exception {
    clientTls("require").reload();
    SSLContext trusting = SSLContext.getInstance("TLS");
    trusting.init(null, trust(folder.resolve("ca.crt")), null);
    proxy.log().clear();
    for (int i = 0; i < 3; i++) {
      try (RawClient client = RawClient.connectTls(proxy, trusting.getSocketFactory())) {
        client.login("bob", "p0").readUntil('Z');
        client.send(RawClient.query("select 1")).readUntil('Z');
      }
    }
    proxy.awaitLog("closing because: client unexpected eof", 3);
    assertThat(proxy.log().lines()).noneMatch(line -> line.startsWith("WARNING"))
        .noneMatch(line -> line.startsWith("SEVERE"));
  }

  private static TrustManager[] trust(Path authority) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(authority)) {
      store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509")
          .generateCertificate(in));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory.getTrustManagers();
  }

  @Test
  void tlsTowardsClientsComesAndGoesAtRunTime() throws SQLException {
    clientTls("disable").reload();
    proxy.refusal("bob", "", "p0", tls("require"));
    try (Console console = proxy.console()) {
      console.run("SET client_tls_sslmode = require");
      serves(tls("require"));
      assertThat(WeirServer.text(proxy.refusal("bob", "", "p0"))).isEqualTo("SSL required");
      console.run("SET client_tls_sslmode = disable");
      serves(Map.of());
    }
  }

  @Test
  void aMissingFileLeavesTheOldTlsAtWork() throws SQLException {
    clientTls("allow").reload();
    try (Console console = proxy.console()) {
      proxy.set("client_tls_key_file", folder.resolve("missing.key").toString()).rewrite();
      assertThat(console.error("RELOAD").getSQLState()).isEqualTo("F0000");
      proxy.awaitLog("TLS setup failed: .*missing\\.key.*No such file or directory", 1);
      serves(tls("verify-full"));
    }
  }

  @Test
  void bytesBehindTheRequestForTlsAreRefused() throws Exception {
    clientTls("allow").reload();
    try (RawClient client = RawClient.connect(proxy)) {
      client.send(RawClient.request(80_877_103),
          RawClient.startup(RawClient.V3_0, "user", "bob", "database", "p0"));
      assertThat(client.readRefusal()).isEqualTo("received unencrypted data after SSL request");
    }
  }

  @Test
  void nonsenseInPlaceOfAHandshakeEndsQuietly() throws Exception {
    clientTls("allow").reload();
    for (String said : List.of("", "hello, this is not a handshake at all", "\u0016\u0003\u0001")) {
      try (RawClient client = RawClient.connect(proxy)) {
        assertThat(client.send(RawClient.request(80_877_103)).readByte()).isEqualTo('S');
        client.send(RawClient.cstring(said));
      }
    }
    serves(tls("verify-full"));
  }

  // --- towards the server ---

  private String serverSays(Connection client) throws SQLException {
    return String.valueOf(Sql.value(client,
        "select ssl from pg_stat_ssl where pid = pg_backend_pid()"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"allow", "prefer", "require"})
  void theServerIsReachedEncrypted(String mode) throws SQLException {
    proxy.set("server_tls_sslmode", mode).reload();
    try (Connection client = proxy.connect("bob", "", "p0")) {
      assertThat(serverSays(client)).isEqualTo("t");
      assertThat(tlsOf("SERVERS", "postgres")).startsWith(SERVER_TLS);
      proxy.awaitLog("SSL established: TLSv1.3/TLS_", 1);
    }
  }

  @Test
  void theServersCertificateIsChecked() throws SQLException {
    proxy.set("server_tls_sslmode", "verify-full")
        .set("server_tls_ca_file", folder.resolve("ca.crt").toString()).reload();
    try (Connection client = proxy.connect("bob", "", "p0")) {
      assertThat(serverSays(client)).isEqualTo("t");
    }
    proxy.set("server_tls_ca_file", folder.resolve("other.crt").toString())
        .set("query_wait_timeout", "1").reload();
    proxy.refusal("bob", "", "p0");
    proxy.awaitLog("certificate verify failed", 1);
  }

  @Test
  void everyHostOfAListIsCheckedForItself() throws SQLException {
    proxy.set("server_tls_sslmode", "verify-full").set("pool_mode", "session")
        .set("server_tls_ca_file", folder.resolve("ca.crt").toString())
        .databaseLine("listed", "host=localhost,127.0.0.1 port=${port} dbname=${dbname}"
            + " user=postgres password=${password} pool_size=2")
        .reload();
    try (Connection one = proxy.connect("bob", "", "listed");
        Connection two = proxy.connect("bob", "", "listed")) {
      assertThat(serverSays(one)).isEqualTo("t");
      assertThat(serverSays(two)).isEqualTo("t");
    }
  }

  @Test
  void aCertificateOpensTheServer() throws SQLException {
    proxy.set("server_tls_sslmode", "verify-full")
        .set("server_tls_ca_file", folder.resolve("ca.crt").toString())
        .set("server_tls_key_file", folder.resolve("bob.key").toString())
        .set("server_tls_cert_file", folder.resolve("bob.crt").toString())
        .databaseLine("by_cert", "host=127.0.0.1 port=${port} dbname=${dbname} user=bob")
        .reload();
    try (Connection client = proxy.connect("alice", "", "by_cert")) {
      assertThat(Sql.value(client, "select current_user")).isEqualTo("bob");
    }
    proxy.set("server_tls_key_file", "").set("server_tls_cert_file", "").reload();
    assertThat(WeirServer.text(proxy.refusal("alice", "", "by_cert")))
        .contains("connection requires a valid client certificate");
  }

  @Test
  void settingAndReconnectChangeTheServersTls() throws SQLException {
    proxy.set("server_tls_sslmode", "disable").reload();
    try (Console console = proxy.console(); Connection client = proxy.connect("bob", "", "p0")) {
      assertThat(serverSays(client)).isEqualTo("f");
      console.run("SET server_tls_sslmode = require");
      console.run("RECONNECT");
      console.run("WAIT_CLOSE");
      assertThat(serverSays(client)).isEqualTo("t");
      console.run("SET server_tls_sslmode = disable");
      console.run("WAIT_CLOSE");
      assertThat(serverSays(client)).isEqualTo("f");
    }
  }

  @Test
  void serversStayWhenNothingOfTheirTlsChanges() throws SQLException {
    proxy.set("server_tls_sslmode", "require").reload();
    try (Connection client = proxy.connect("bob", "", "p0")) {
      String pid = Sql.value(client, "select pg_backend_pid()");
      proxy.set("query_wait_timeout", "77").reload();
      assertThat(Sql.value(client, "select pg_backend_pid()")).isEqualTo(pid);
      proxy.set("server_tls_protocols", "tlsv1.2").reload();
      assertThat(Sql.value(client, "select pg_backend_pid()")).isNotEqualTo(pid);
      assertThat(tlsOf("SERVERS", "postgres")).startsWith("TLSv1.2/");
    }
  }

  @Test
  void aServerWithoutTlsIsRefusedWhenItIsDemanded() throws Exception {
    proxy.set("server_tls_sslmode", "require").set("query_wait_timeout", "1").reload();
    postgres.execute("alter system set ssl = off");
    postgres.reload();
    try {
      WeirServer.await("no TLS", () -> "off".equals(postgres.query("show ssl")));
      proxy.refusal("bob", "", "p0");
      proxy.awaitLog("closing because: server refused SSL", 1);
    } finally {
      postgres.execute("alter system set ssl = on");
      postgres.reload();
      WeirServer.await("TLS", () -> "on".equals(postgres.query("show ssl")));
    }
  }
}
