package dev.weir.it;

import dev.weir.mysql.auth.ClearPassword;
import dev.weir.mysql.auth.PasswordCipher;
import dev.weir.mysql.packet.AuthMoreData;
import dev.weir.mysql.packet.AuthSwitchRequest;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Plugins, and what else a server may want at a login or not know, of servers of which none is at hand. */
class MysqlServerLoginIT {
  private static final String TO_FAKE = "SELECT 'to the fake'";

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb)
      .set("connect_retries_on_failure", "0").set("connect_timeout_server_max", "30000")
      .set("connect_timeout_server", "20000");

  private @Nullable ScriptedMysql fake;

  private ScriptedMysql fake(ScriptedMysql.Login login, long offered, @Nullable SSLContext tls)
      throws Exception {
    ScriptedMysql made = ScriptedMysql.start(login, offered, tls);
    fake = made;
    weir.configure(
        "INSERT INTO mysql_servers (hostname, port, hostgroup_id, use_ssl, compression) VALUES"
            + " ('127.0.0.1', " + made.port() + ", 9, " + (tls == null ? 0 : 1) + ", 1)",
        "LOAD MYSQL SERVERS TO RUNTIME",
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, destination_hostgroup, apply)"
            + " VALUES (1, 1, 'fake', 9, 1)",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
    return made;
  }

  @AfterEach
  void noFake() throws Exception {
    weir.configure("DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME",
        "DELETE FROM mysql_servers WHERE hostgroup_id = 9", "LOAD MYSQL SERVERS TO RUNTIME");
    if (fake != null) {
      fake.close();
    }
  }

  private static void assertServed() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, TO_FAKE)).isEqualTo("fake");
      assertThat(value(client, TO_FAKE)).isEqualTo("fake");
    }
  }

  private static void assertRefused() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThatThrownBy(() -> value(client, TO_FAKE)).isInstanceOf(SQLException.class);
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  // --- parsec ---

  /** Checks as a server does: with the public key, which it has computed when the password was set. */
  private static ScriptedMysql.Login parsec(String password, int factor, byte[] challenge,
      boolean withHeader) {
    return (with, response) -> {
      byte[] salt = "eighteen bytes now".getBytes(StandardCharsets.US_ASCII);
      PublicKey key = publicKey(password, salt, 1024 << factor);
      with.say(concat("\u00feparsec\0".getBytes(StandardCharsets.ISO_8859_1), challenge));
      if (with.hear().length != 0) {
        return false;
      }
      byte[] derivation = concat(new byte[]{'P', (byte) factor}, salt);
      if (withHeader) {
        with.write(new AuthMoreData(ByteString.of(derivation)));
      } else {
        with.say(derivation);
      }
      byte[] answer = with.hear();
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key);
      signature.update(challenge);
      signature.update(answer, 0, 32);
      return answer.length == 96 && signature.verify(answer, 32, 64);
    };
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static PublicKey publicKey(String password, byte[] salt, int iterations)
      throws Exception {
    byte[] seed = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
        .generateSecret(new PBEKeySpec(password.toCharArray(), salt, iterations, 256))
        .getEncoded();
    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
    generator.initialize(NamedParameterSpec.ED25519, new SecureRandom() {
      @Override
      public void nextBytes(byte[] bytes) {
        System.arraycopy(seed, 0, bytes, 0, bytes.length);
      }
    });
    KeyPair pair = generator.generateKeyPair();
    return pair.getPublic();
  }

  private static byte[] challenge(int last) {
    byte[] made = new byte[32];
    new Random(7).nextBytes(made);
    made[31] = (byte) last;
    return made;
  }

  /** MariaDB's own client is let in by the fake: it checks as a server does. */
  @Test
  void theFakeLetsMariaDbsDriverInByParsec() throws Exception {
    ScriptedMysql made = fake(parsec("other secret", 1, challenge(5), false), 0, null);
    try (Connection direct = DriverManager.getConnection("jdbc:mariadb://127.0.0.1:" + made.port()
        + "/?sslMode=disable&user=u&password=other secret")) {
      assertThat(value(direct, TO_FAKE)).isEqualTo("fake");
    }
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:mariadb://127.0.0.1:"
        + made.port() + "/?sslMode=disable&user=u&password=wrong").close())
        .isInstanceOf(SQLException.class);
  }

  @ParameterizedTest
  @CsvSource({"0, 5, false", "3, 5, false", "0, 0, false", "0, 5, true"})
  void aServerWithParsecIsLoggedInTo(int factor, int last, boolean withHeader) throws Exception {
    fake(parsec(MysqlWeir.PASSWORD, factor, challenge(last), withHeader), 0, null);
    assertServed();
  }

  @Test
  void aServerWithParsecThatHasAnotherPasswordRefuses() throws Exception {
    fake(parsec("another", 0, challenge(5), false), 0, null);
    assertRefused();
  }

  @ParameterizedTest
  @ValueSource(strings = {"500b", "5100", "50"})
  void aDerivationThatIsNotUnderstoodEndsTheLogin(String hex) throws Exception {
    byte[] derivation = HexFormat.of().parseHex(hex + "00112233445566778899");
    byte[] sent = hex.length() == 2 ? new byte[]{'P'} : derivation;
    fake((with, response) -> {
      with.write(new AuthSwitchRequest("parsec", ByteString.of(challenge(5))));
      with.hear();
      with.say(sent);
      return with.hear().length > 0;
    }, 0, null);
    assertRefused();
  }

  // --- sha256_password ---

  private static ScriptedMysql.Login sha256() {
    return (with, response) -> {
      with.write(new AuthSwitchRequest("sha256_password", ByteString.of(with.challenge())));
      byte[] answer = with.hear();
      byte[] password = null;
      if (with.encrypted()) {
        password = ClearPassword.password(answer);
      } else if (Arrays.equals(answer, new byte[]{1})) {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        with.write(new AuthMoreData(ByteString.of(PasswordCipher.pem(keys.getPublic()))));
        password = PasswordCipher.decrypt(with.hear(), with.challenge(), keys.getPrivate());
      }
      return password != null
          && new String(password, StandardCharsets.UTF_8).equals(MysqlWeir.PASSWORD);
    };
  }

  @Test
  void aServerWithSha256PasswordIsLoggedInToUnderItsKey() throws Exception {
    fake(sha256(), Capabilities.MYSQL, null);
    assertServed();
  }

  @Test
  void aServerWithSha256PasswordIsLoggedInToInsideTls(@TempDir Path folder) throws Exception {
    fake(sha256(), Capabilities.MYSQL, tls(folder));
    assertServed();
  }

  // --- dialog ---

  private static ScriptedMysql.Login dialog(String... questions) {
    return (with, response) -> {
      for (int i = 0; i < questions.length; i++) {
        byte[] question = questions[i].getBytes(StandardCharsets.UTF_8);
        if (i == 0) {
          with.write(new AuthSwitchRequest("dialog", ByteString.of(question)));
        } else {
          with.say(question);
        }
        byte[] password = ClearPassword.password(with.hear());
        if (password == null
            || !new String(password, StandardCharsets.UTF_8).equals(MysqlWeir.PASSWORD)) {
          return false;
        }
      }
      return true;
    };
  }

  @Test
  void aServerThatAsksForThePasswordIsToldInsideTls(@TempDir Path folder) throws Exception {
    fake(dialog("\u0004Password: ", "\u0005And once more: "), 0, tls(folder));
    assertServed();
  }

  @Test
  void aServerThatAsksMoreIsNotAnswered(@TempDir Path folder) throws Exception {
    fake(dialog("\u0004Password: ", "\u0003What is your name? "), 0, tls(folder));
    assertRefused();
  }

  @Test
  void aPasswordIsNotToldInTheClear() throws Exception {
    fake(dialog("\u0004Password: "), 0, null);
    assertRefused();
  }

  private static SSLContext tls(Path folder) throws Exception {
    Certificates.authority(folder, "authority").issue("own", "fake", true);
    String pem = Files.readString(folder.resolve("own.key"));
    byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    Certificate certificate;
    try (var in = Files.newInputStream(folder.resolve("own.crt"))) {
      certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("own",
        KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
        new char[0], new Certificate[]{certificate});
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  // --- zstd ---

  @Test
  void aServerThatKnowsZstdOnlyGetsThat() throws Exception {
    fake((with, response) -> Capabilities.has(response.capabilities(),
        Capabilities.ZSTD_COMPRESSION) && response.zstdLevel() == 3,
        Capabilities.MYSQL | Capabilities.ZSTD_COMPRESSION, null);
    assertServed();
    try (Connection client = weir.connect(); Connection other = weir.connect()) {
      String text = "fake, ".repeat(500_000);
      for (int i = 0; i < 3; i++) {
        assertThat(value(client, "SELECT '" + text + "'")).hasSize(200_000);
        assertThat(value(other, TO_FAKE)).isEqualTo("fake");
      }
    }
  }

  // --- a collation that the server does not know ---

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aCollationThatTheServerDoesNotKnowIsDealtWithAsConfigured(int how) throws Exception {
    ScriptedMysql made = fake((with, response) -> true, Capabilities.MYSQL, null);
    made.doesNotKnow("utf8mb4_estonian_ci");
    weir.configure("SET mysql-handle_unknown_charset = " + how,
        "SET mysql-default_charset = 'utf8mb4'",
        "SET mysql-default_collation_connection = 'utf8mb4_polish_ci'",
        "LOAD MYSQL VARIABLES TO RUNTIME");
    try (MysqlRawClient client = MysqlRawClient.connect(weir.port())) {
      assertThat(client.greeting().collation()).isEqualTo(229); // utf8mb4_polish_ci
      client.collation(230); // utf8mb4_estonian_ci
      client.login(weir.user(), MysqlWeir.PASSWORD, 0, 0);
      if (how == 0) {
        assertThatThrownBy(() -> client.query(TO_FAKE)).isInstanceOf(IOException.class)
            .hasMessageContaining("2019");
        client.awaitClosed();
      } else {
        assertThat(client.query(TO_FAKE)).isEqualTo("fake");
        assertThat(made.heard()).anyMatch(sql -> sql.contains("utf8mb4_polish_ci"));
      }
    } finally {
      weir.configure("SET mysql-handle_unknown_charset = 1", "SET mysql-default_charset = 'utf8'",
          "SET mysql-default_collation_connection = 'utf8_general_ci'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  @ParameterizedTest
  @CsvSource({"0, 17", "1, 17", "2, 17", "1, 0", "0, 0"})
  void aClientsCollationThatNobodyKnowsIsDealtWithAsConfigured(int how, int id) throws Exception {
    weir.configure("SET mysql-handle_unknown_charset = " + how,
        "SET mysql-default_charset = 'latin1'",
        "SET mysql-default_collation_connection = 'latin1_danish_ci'",
        "LOAD MYSQL VARIABLES TO RUNTIME");
    try (MysqlRawClient client = MysqlRawClient.connect(weir.port())) {
      client.collation(id);
      if (how == 0 && id != 0) {
        assertThatThrownBy(() -> client.login(weir.user(), MysqlWeir.PASSWORD, 0, 0))
            .hasMessageContaining("1115");
      } else {
        client.login(weir.user(), MysqlWeir.PASSWORD, 0, 0);
        assertThat(client.query("SELECT CONCAT(@@character_set_client, @@collation_connection)"))
            .isEqualTo("latin1latin1_danish_ci");
      }
    } finally {
      weir.configure("SET mysql-handle_unknown_charset = 1", "SET mysql-default_charset = 'utf8'",
          "SET mysql-default_collation_connection = 'utf8_general_ci'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
  }

  @Test
  void aCollationOfAnotherCharacterSetIsNotUsed() throws Exception {
    weir.configure("SET mysql-default_charset = 'latin1'",
        "SET mysql-default_collation_connection = 'utf8mb4_bin'",
        "LOAD MYSQL VARIABLES TO RUNTIME");
    try (MysqlRawClient client = MysqlRawClient.connect(weir.port())) {
      client.collation(0);
      client.login(weir.user(), MysqlWeir.PASSWORD, 0, 0);
      assertThat(client.query("SELECT @@collation_connection")).isEqualTo("latin1_swedish_ci");
    } finally {
      weir.configure("SET mysql-default_charset = 'utf8'",
          "SET mysql-default_collation_connection = 'utf8_general_ci'",
          "LOAD MYSQL VARIABLES TO RUNTIME");
    }
    try (Connection admin = weir.admin()) {
      assertThatThrownBy(() -> MysqlWeir.run(admin, "SET mysql-default_charset = 'klingon'"))
          .hasMessageContaining("klingon");
    }
  }
}
