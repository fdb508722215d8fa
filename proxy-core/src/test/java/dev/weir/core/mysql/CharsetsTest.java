package dev.weir.core.mysql;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class CharsetsTest {
  @ParameterizedTest
  @CsvSource({"utf8, utf8_general_ci, utf8mb3_general_ci", "utf8mb4, utf8mb4_bin, utf8mb4_bin",
    "latin1, latin1_danish_ci, latin1_danish_ci", "UTF8MB3, UTF8_BIN, utf8mb3_bin"})
  void theCollationIsTheOneThatIsNamed(String charset, String collation, String used) {
    assertThat(Charsets.defaultCollation(charset, collation).name()).isEqualTo(used);
    assertThat(Charsets.complaint(charset, collation)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"latin1, utf8mb4_bin, latin1_swedish_ci", "latin1, '', latin1_swedish_ci",
    "utf8mb4, klingon_ci, utf8mb4_general_ci"})
  void aCollationOfAnotherCharacterSetIsReplacedAndSaidSo(String charset, String collation,
      String used) {
    assertThat(Charsets.defaultCollation(charset, collation).name()).isEqualTo(used);
    assertThat(Charsets.complaint(charset, collation)).contains(collation).contains(charset)
        .contains(used);
  }
}
