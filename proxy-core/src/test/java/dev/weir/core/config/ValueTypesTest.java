package dev.weir.core.config;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.core.config.TlsVersion.TLS_1_0;
import static dev.weir.core.config.TlsVersion.TLS_1_1;
import static dev.weir.core.config.TlsVersion.TLS_1_2;
import static dev.weir.core.config.TlsVersion.TLS_1_3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ValueTypesTest {
  @Test
  void protocolsAreAListWithNegation() throws BadValueException {
    ValueTypes.Protocols type = new ValueTypes.Protocols();

    assertThat(type.parse("secure")).containsExactlyInAnyOrder(TLS_1_2, TLS_1_3);
    assertThat(type.parse("default")).containsExactlyInAnyOrder(TLS_1_2, TLS_1_3);
    assertThat(type.parse("tlsv1")).containsExactlyInAnyOrder(TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3);
    assertThat(type.parse("tlsv1.0")).containsExactly(TLS_1_0);
    assertThat(type.parse("TLSv1.2, tlsv1.3")).containsExactlyInAnyOrder(TLS_1_2, TLS_1_3);
    assertThat(type.parse("tlsv1.1:tlsv1.2")).containsExactlyInAnyOrder(TLS_1_1, TLS_1_2);
    assertThat(type.parse("!tlsv1.0,!tlsv1.1")).containsExactlyInAnyOrder(TLS_1_2, TLS_1_3);
    assertThat(type.parse("all,!tlsv1.3")).containsExactlyInAnyOrder(TLS_1_0, TLS_1_1, TLS_1_2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "legacy", "sslv3", "tlsv1.2,", "secure,!tlsv1.2,!tlsv1.3"})
  void protocolsThatNameNothingAreRefused(String text) {
    assertThatExceptionOfType(BadValueException.class)
        .isThrownBy(() -> new ValueTypes.Protocols().parse(text));
  }

  @Test
  void usersMayBeSeparatedByCommasOrBlanksAndAddressesByCommasOnly() throws ConfigException {
    Config config = Texts.settings("""
        admin_users = one, two three ,,
        listen_addr = 127.0.0.1 , ::1,my host
        """);

    assertThat(config.get(LogSettings.ADMIN_USERS)).isEqualTo(List.of("one", "two", "three"));
    assertThat(config.get(ProcessSettings.LISTEN_ADDR))
        .isEqualTo(List.of("127.0.0.1", "::1", "my host"));
    assertThat(config.shown(LogSettings.ADMIN_USERS)).isEqualTo("one, two three ,,");
  }

  @Test
  void httpListensNowhereUnlessToldWhere() throws ConfigException {
    assertThat(Texts.settings("").get(WeirSettings.HTTP_LISTEN)).isNull();
    assertThat(Texts.settings("[weir]\nhttp_listen = 127.0.0.1:9127").get(WeirSettings.HTTP_LISTEN))
        .isEqualTo(new HostPort("127.0.0.1", 9127));
    assertThat(Texts.settings("[weir]\nhttp_listen = [::1]:0").get(WeirSettings.HTTP_LISTEN))
        .isEqualTo(new HostPort("::1", 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"9127", ":9127", "host", "host:", "::1:80", "host:65536", "host:http",
    "[::1]80"})
  void anAddressIsHostAndPort(String text) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Texts.settings("[weir]\nhttp_listen = " + text))
        .withMessageContaining("[weir] http_listen")
        .withMessageContaining("host:port with a port from 0 to 65535");
  }

  @Test
  void whatCannotBeHonouredIsRefusedWithTheReason() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Texts.settings("resolv_conf = /etc/other"))
        .withMessageContaining(
            "resolv_conf: \"/etc/other\" is refused because names are resolved by the system");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> Texts.settings("dns_zone_check_period = 0.5"))
        .withMessageContaining("is refused because");
  }

  @Test
  void whatCannotBeHonouredMayBeWrittenWithItsDefault() throws ConfigException {
    assertThat(
        Texts.settings("resolv_conf =\ndns_zone_check_period = 0\nclient_tls_dheparams = none")
            .warnings())
        .isEmpty();
  }

  @Test
  void aLongPasswordFitsIntoTheLoginPacketLimit() throws ConfigException {
    assertThat(Texts.settings("").get(WeirSettings.LOGIN_PACKET_LIMIT)).isGreaterThan(65530 + 5);
  }
}
