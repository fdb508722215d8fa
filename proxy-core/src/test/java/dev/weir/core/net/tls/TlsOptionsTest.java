package dev.weir.core.net.tls;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What operators write, and what they are told when it cannot be. */
class TlsOptionsTest {
  @TempDir private Path directory;

  private TestCa ca;

  @BeforeEach
  void makeCa() {
    ca = TestCa.in(directory, "ca");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "secure | TLSv1.2 TLSv1.3", "default | TLSv1.2 TLSv1.3", "'' | TLSv1.2 TLSv1.3",
    "all | TLSv1 TLSv1.1 TLSv1.2 TLSv1.3", "tlsv1 | TLSv1 TLSv1.1 TLSv1.2 TLSv1.3",
    "tlsv1.0 | TLSv1", "TLSv1.1 | TLSv1.1", "tlsv1.2,tlsv1.3 | TLSv1.2 TLSv1.3",
    "tlsv1.3 : tlsv1.0 | TLSv1 TLSv1.3",
    "all,!tlsv1.0,!tlsv1.1 | TLSv1.2 TLSv1.3", "!tlsv1.0 | TLSv1.1 TLSv1.2 TLSv1.3",
    "secure:!tlsv1.3 | TLSv1.2"})
  void readsVersions(String list, String expected) throws Exception {
    assertThat(String.join(" ", TlsProtocols.parse(list).javaNames())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"legacy", "tlsv1.4", "secure,", "secure,!tlsv1.2,!tlsv1.3", "sslv3"})
  void refusesOtherVersions(String list) {
    assertThatThrownBy(() -> TlsProtocols.parse(list)).isInstanceOf(TlsConfigException.class)
        .hasMessageStartingWith("invalid TLS protocols");
  }

  /** The expected lists are those of OpenSSL 3.0's {@code openssl ciphers}, less what no provider of ours has. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "ECDHE+AESGCM:DHE+CHACHA20 | ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-CHACHA20-POLY1305",
    "AES128:!SHA:@STRENGTH | ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:DHE-DSS-AES128-GCM-SHA256:"
        + "DHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256:DHE-RSA-AES128-SHA256:"
        + "DHE-DSS-AES128-SHA256:AES128-GCM-SHA256:AES128-SHA256",
    "aECDSA:RSA+AES256:!SHA256 | ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
        + "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-SHA384:ECDHE-ECDSA-AES256-SHA:ECDHE-ECDSA-AES128-SHA:"
        + "AES256-GCM-SHA384:AES256-SHA",
    "ECDHE-RSA-AES128-GCM-SHA256:NOSUCH:AES256-SHA:@SECLEVEL=1 | ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA",
    "DEFAULT:!ECDH | DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:"
        + "DHE-RSA-AES256-SHA256:DHE-RSA-AES128-SHA256:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA:AES256-GCM-SHA384:"
        + "AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA",
    "kRSA+AESGCM:kRSA+SHA:+AES256 | AES128-GCM-SHA256:AES128-SHA:AES256-GCM-SHA384:AES256-SHA",
    "AES128-SHA:AES256-SHA:!AES128-SHA:AES128-SHA | AES256-SHA",
    "AES128-SHA:AES256-SHA:-AES128-SHA:AES128-SHA | AES256-SHA:AES128-SHA"})
  void readsCipherStrings(String text, String expected) throws Exception {
    assertThat(String.join(":",
        CipherString.evaluate(text).stream().map(CipherSuite::openSslName).toList()))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NOSUCH", "aNULL", "RC4:3DES", "HIGH:!ALL", "@NOSUCH"})
  void refusesCipherStringsThatSelectNothing(String text) {
    assertThatThrownBy(() -> CipherString.evaluate(text)).isInstanceOf(TlsConfigException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "TLS_AES_128_CCM_SHA256", "TLS_AES_256_GCM_SHA384:nonsense"})
  void refusesTls13SuitesWithTheKnownText(String list) {
    assertThatThrownBy(() -> TlsPlan.of(TlsOptions.of(TlsMode.REQUIRE).suites("default", list)))
        .isInstanceOf(TlsConfigException.class)
        .hasMessageStartingWith("failed to set the TLSv1.3 cipher suites");
  }

  @Test
  void takesOpenSslUnlessTheOptionsNeedTheJdk() throws Exception {
    TlsOptions plain = TlsOptions.of(TlsMode.REQUIRE);

    assertThat(TlsPlan.of(plain).provider()).isEqualTo(TlsProvider.OPENSSL);
    assertThat(TlsPlan.of(plain.versions("tlsv1.0")).provider()).isEqualTo(TlsProvider.OPENSSL);
    assertThat(TlsPlan.of(plain.suites("default", String.join(":", Tls13Suites.ALL))).provider())
        .isEqualTo(TlsProvider.OPENSSL);
    assertThat(TlsPlan.of(plain.keyExchange("prime256v1", "legacy")).groups())
        .containsExactly("secp256r1");
    for (TlsOptions needy : List.of(plain.suites("default", "TLS_AES_128_GCM_SHA256"),
        plain.keyExchange("x448", "auto"), plain.versions("tlsv1.2").suites("DHE+AESGCM", ""))) {
      TlsPlan plan = TlsPlan.of(needy);
      assertThat(plan.provider()).isEqualTo(TlsProvider.JDK);
      assertThat(plan.notes()).singleElement().asString()
          .startsWith("TLS by the JDK: the OpenSSL provider ");
      assertThatThrownBy(() -> TlsPlan.of(needy.by(TlsProvider.OPENSSL)))
          .isInstanceOf(TlsConfigException.class);
    }
    assertThatThrownBy(() -> TlsPlan.of(plain.versions("tlsv1.0").by(TlsProvider.JDK)))
        .hasMessage("TLS [TLSv1] is disabled in the JDK");
    assertThatThrownBy(() -> TlsPlan.of(plain.keyExchange("nonsense", "auto")))
        .hasMessageContaining("nonsense");
    assertThatThrownBy(() -> TlsPlan.of(plain.keyExchange("auto", "4096")))
        .isInstanceOf(TlsConfigException.class);
  }

  @Test
  void curveAndDhNoneTakeTheirSuitesAway() throws Exception {
    TlsPlan plan = TlsPlan
        .of(TlsOptions.of(TlsMode.REQUIRE).keyExchange("none", "none").versions("tlsv1.2"));

    assertThat(plan.suites()).isNotEmpty().allMatch(suite -> suite.startsWith("TLS_RSA_"));
  }

  @Test
  void everyModeIsReadAsItIsWritten() {
    for (TlsMode mode : TlsMode.values()) {
      assertThat(TlsMode.parse(mode.toString().toUpperCase(Locale.ROOT))).contains(mode);
    }
    assertThat(TlsMode.parse("verify_full")).isEmpty();
  }

  @Test
  void readsKeysOfEveryUnencryptedKind() throws Exception {
    KeyPair ec = TestCa.ecKeys();
    PemObject sec1 = new PemObject("EC PRIVATE KEY", new org.bouncycastle.asn1.sec.ECPrivateKey(256,
        ((ECPrivateKey) ec.getPrivate()).getS(), SECObjectIdentifiers.secp256r1).getEncoded());
    for (KeyPair keys : List.of(ec, TestCa.rsaKeys())) {
      TestCa.Issued issued = ca.issue("CN=x", keys, Instant.now().plus(Duration.ofDays(1)));
      Path old = ca.write("old.key", keys == ec ? sec1 : keys.getPrivate()); // SEC1 or PKCS#1

      assertThat(Files.readString(old))
          .startsWith("-----BEGIN " + keys.getPrivate().getAlgorithm() + " PRIVATE KEY");
      for (Path file : List.of(old, issued.keyFile())) { // reading one checks it against the certificate
        assertThat(
            Identity.read(file.toString(), issued.certFile().toString()).key().getAlgorithm())
            .isEqualTo(keys.getPrivate().getAlgorithm());
      }
    }
  }

  @Test
  void saysWhatIsWrongWithFiles() throws Exception {
    TestCa.Issued one = ca.issue("CN=one");
    TestCa.Issued two = ca.issue("CN=two");
    Path encrypted = ca.write("encrypted.key",
        new PemObject("ENCRYPTED PRIVATE KEY", new byte[]{48, 0}));
    Path old = Files.writeString(directory.resolve("old.key"), """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

        AAAA
        -----END RSA PRIVATE KEY-----
        """);

    assertThat(problem(directory.resolve("none.key"), one.certFile()))
        .isEqualTo("failed to read key file \"" + directory.resolve("none.key")
            + "\": No such file or directory");
    assertThat(problem(directory, one.certFile())).endsWith("Is a directory");
    assertThat(problem(two.keyFile(), one.certFile())).endsWith("key values mismatch");
    assertThat(problem(encrypted, one.certFile())).contains("the key is encrypted");
    assertThat(problem(old, one.certFile())).contains("the key is encrypted");
    assertThat(problem(one.certFile(), one.certFile())).endsWith("no private key in it");
    assertThat(problem(one.keyFile(), one.keyFile())).endsWith("no certificate in it");
  }

  private static String problem(Path key, Path certificate) {
    try {
      ClientTls.of(TlsOptions.of(TlsMode.REQUIRE).identity(key.toString(), certificate.toString()),
          Runnable::run);
      return "none";
    } catch (TlsConfigException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void verifyingClientsNeedsACa() {
    TestCa.Issued host = ca.issue("CN=x");
    for (TlsMode mode : List.of(TlsMode.VERIFY_CA, TlsMode.VERIFY_FULL)) {
      assertThatThrownBy(() -> ClientTls.of(
          TlsOptions.of(mode).identity(host.keyFile().toString(), host.certFile().toString()),
          Runnable::run))
          .hasMessage("client_tls_sslmode=" + mode + " needs client_tls_ca_file");
    }
    assertThatThrownBy(() -> ClientTls.of(TlsOptions.of(TlsMode.PREFER), Runnable::run))
        .hasMessageContaining("client_tls_key_file");
  }

  @Test
  void namesOfACertificate() {
    assertThat(HostNames.match(ca.issue("CN=a.example.org").certificate(), "A.example.org."))
        .isTrue();
    assertThat(HostNames.match(ca.issue("CN=10.0.0.1").certificate(), "10.0.0.1")).isTrue();
    assertThat(HostNames.match(ca.issue("CN=a.example.org", "dns:b.example.org").certificate(),
        "a.example.org"))
        .isFalse();
    assertThat(HostNames.match(ca.issue("CN=x", "dns:*.example.org").certificate(), "example.org"))
        .isFalse();
    assertThat(HostNames.match(ca.issue("CN=x", "dns:*.org").certificate(), "example.org"))
        .isFalse();
    assertThat(HostNames.match(ca.issue("CN=x", "dns:*").certificate(), "x")).isFalse();
    assertThat(
        HostNames.match(ca.issue("CN=x", "ip:2001:db8::1").certificate(), "2001:db8:0:0:0:0:0:1"))
        .isTrue();
    assertThat(HostNames.match(ca.issue("CN=x", "dns:127.0.0.1").certificate(), "127.0.0.1"))
        .isFalse();
    assertThat(HostNames.commonNames(ca.issue("CN=outer+OU=unit,O=org").certificate()))
        .containsExactly("outer");
  }
}
