package dev.weir.core.config;

import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class NumbersTest {
  @ParameterizedTest
  @CsvSource({"0,0", "10,10", "+7,7", "-1,-1", "0x10,16", "0XfF,255", "0777,511", "-010,-8", "00,0",
    "9223372036854775807,9223372036854775807"})
  void wholeNumbersAreReadAsCDoes(String text, long value) throws BadValueException {
    assertThat(CNumbers.integer(text)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " 1", "1 ", "1k", "08", "0x", "0xg", "--1", "1.5", "١",
    "9223372036854775808", "1_000"})
  void whatIsLeftOverMakesANumberWrong(String text) {
    assertThatExceptionOfType(BadValueException.class).isThrownBy(() -> CNumbers.integer(text));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "3600,3600", "0.333,0.333", "999999,999999", "1000000,1e+06",
    "1234567,1.23457e+06",
    "0.0001,0.0001", "0.00001,1e-05", "0.5,0.5", "86400,86400", "604800,604800",
    "2592000,2.592e+06",
    "123456.7,123457", "1e10,1e+10", "0.000012345678,1.23457e-05"})
  void timesArePrintedLikePercentG(double value, String text) {
    assertThat(CNumbers.general(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1.5,1500000", ".25,250000", "3.,3000000", "0.000001,1", "1e3,1000000000",
    "+2,2000000",
    "0.1,100000", "0.333,333000"})
  void timesAreKeptInMicroseconds(String text, long micros) throws ConfigException {
    Config config = Texts.settings("query_timeout = " + text);

    assertThat(config.get(TimeoutSettings.QUERY_TIMEOUT))
        .isEqualTo(Duration.ofNanos(micros * 1000));
  }

  @ParameterizedTest
  @CsvSource({"query_timeout,0.50,0.5", "query_timeout,1000000,1e+06", "max_client_conn,0x10,16",
    "unix_socket_mode,0770,504", "pool_mode,TRANSACTION,transaction", "auth_type,Trust,trust",
    "log_stats,2,1",
    "syslog_facility,LOCAL3,local3", "server_tls_sslmode,Require,require",
    "client_tls_protocols,ALL,ALL"})
  void showConfigPrintsTheValueNotTheSpelling(String name, String written, String shown)
      throws ConfigException {
    Setting<?> setting = Objects.requireNonNull(SettingsCatalogue.standard().find(name));

    assertThat(Texts.settings(name + " = " + written).shown(setting)).isEqualTo(shown);
  }

  @Test
  void theDefaultOfTheSocketModeIsOctalAndItsValueDecimal() throws ConfigException {
    assertThat(Texts.settings("").shown(ProcessSettings.UNIX_SOCKET_MODE)).isEqualTo("511");
    assertThat(ProcessSettings.UNIX_SOCKET_MODE.defaultText()).isEqualTo("0777");
  }
}
