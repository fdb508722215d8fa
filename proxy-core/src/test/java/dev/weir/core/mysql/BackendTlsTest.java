package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.config.mysql.ServerSslParams;
import dev.weir.core.net.tls.TestCa;
import dev.weir.core.net.tls.TlsMode;
import dev.weir.core.net.tls.TlsOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BackendTlsTest {
  @TempDir static Path directory;

  private static ServerSslParams row(String host, String user, String ca, String cipher,
      String version) {
    return new ServerSslParams(host, 3306, user, ca, "", "", "", "", "", cipher, version, "");
  }

  private static BackendTls.Wish wish(Map<String, String> variables, ServerSslParams... rows) {
    return BackendTls.wish(MysqlConfig.defaults().with(MysqlVariables.defaults().with(variables))
        .with(ConfigTables.SERVERS_SSL_PARAMS, List.of(rows)));
  }

  private static BackendTls read(BackendTls.Wish wish) {
    return BackendTls.read(wish, Runnable::run);
  }

  @Test
  void theRowForTheUserCountsThenTheOneForAnybodyThenTheVariables() {
    String ca = TestCa.in(directory, "ca").file().toString();
    BackendTls tls = read(wish(Map.of(), row("db", "app", "/nowhere/app.pem", "", ""),
        row("db", "", ca, "", "")));

    assertThat(tls.of("db", 3306, "app").problem()).isEqualTo("mysql_servers_ssl_params db:3306 for"
        + " app: failed to read CA file \"/nowhere/app.pem\": No such file or directory");
    assertThat(mode(tls, "db", 3306)).isEqualTo(TlsMode.VERIFY_CA);
    assertThat(mode(tls, "db", 3307)).isEqualTo(TlsMode.REQUIRE);
    assertThat(mode(tls, "other", 3306)).isEqualTo(TlsMode.REQUIRE);
    assertThat(tls.problems()).hasSize(1);
  }

  private static TlsMode mode(BackendTls tls, String host, int port) {
    return Objects.requireNonNull(tls.of(host, port, "somebody").tls()).mode();
  }

  @Test
  void aRowCountsWithAllItsColumns() {
    BackendTls.Wish wish = wish(Map.of("mysql-ssl_p2s_ca", "/a/ca.pem"),
        row("db", "", "", "", ""));

    assertThat(wish.general().caFile()).isEqualTo("/a/ca.pem");
    assertThat(wish.own().values()).extracting(TlsOptions::caFile).containsExactly("");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA | '' | ECDHE-RSA-AES128-GCM-SHA256:AES256-SHA | '' | ''
      TLS_AES_128_GCM_SHA256 | '' | '' | TLS_AES_128_GCM_SHA256 | tlsv1.3
      TLS_AES_128_GCM_SHA256 | TLSv1.2 | '' | TLS_AES_128_GCM_SHA256 | TLSv1.2
      AES256-SHA TLS_AES_128_GCM_SHA256 | '' | AES256-SHA | TLS_AES_128_GCM_SHA256 | ''
      '' | TLSv1.2,TLSv1.3 | '' | '' | TLSv1.2,TLSv1.3
      """)
  void suitesOfBothKindsStandInOneColumn(String cipher, String version, String older,
      String suites13, String versions) {
    TlsOptions options = wish(Map.of(), row("db", "", "", cipher, version)).own().values()
        .iterator().next();

    assertThat(options.ciphers()).isEqualTo(older);
    assertThat(options.ciphers13()).isEqualTo(suites13);
    assertThat(options.protocols()).isEqualTo(versions);
  }

  @Test
  void aKeyWithoutACertificateIsAProblemAndNamed() {
    assertThat(read(wish(Map.of("mysql-ssl_p2s_key", "/a/key.pem"))).problems())
        .containsExactly("mysql-ssl_p2s_*: certificate and key need each other");
  }

  @Test
  void anUnknownVersionIsAProblem() {
    assertThat(read(wish(Map.of(), row("db", "", "", "", "TLSv9"))).problems().toString())
        .contains("mysql_servers_ssl_params db:3306: invalid TLS protocols \"TLSv9\"");
  }

  @Test
  void equalConfigurationsAreSeenToBe() {
    assertThat(wish(Map.of(), row("db", "", "/a", "", "")))
        .isEqualTo(wish(Map.of(), row("db", "", "/a", "", "")))
        .isNotEqualTo(wish(Map.of(), row("db", "", "/b", "", "")));
  }
}
