package dev.weir.core.mysql;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ServerNamesTest {
  @ParameterizedTest
  @CsvSource({"5.5.5-10.11.6-MariaDB-0+deb12u1, true", "11.0.6-MariaDB, true",
    "11.1.1-MariaDB, false", "11.4.5-MariaDB, false", "12.0.2-MariaDB, false", "5.6.51, true",
    "5.7.19-log, true", "5.7.20, false", "8.0.36, false", "8.4.3, false", "9.1.0, false",
    "10.6.18-enterprise, true", "unreadable, false", "'', false", "8.0, false"})
  void theVersionTellsTheNames(String version, boolean old) {
    assertThat(ServerNames.areOld(version)).isEqualTo(old);
  }

  @Test
  void variablesGoUnderTheNamesOfTheirServer() {
    SessionVariables now = SessionVariables.NONE.with("transaction_isolation", "SERIALIZABLE")
        .with("time_zone", "+01:00");
    SessionVariables old = now.spelledFor(true);
    assertThat(old.get("tx_isolation")).isEqualTo("SERIALIZABLE");
    assertThat(old.get("transaction_isolation")).isNull();
    assertThat(old.spelledFor(false)).isEqualTo(now);
    assertThat(old.difference(SessionVariables.NONE.with("time_zone", "+01:00")))
        .isEqualTo("SET `tx_isolation`='SERIALIZABLE'");
    assertThat(SessionVariables.NONE.spelledFor(true)).isSameAs(SessionVariables.NONE);
  }
}
