package dev.weir.pg.codec;

import dev.weir.pg.message.MalformedMessageException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class StartupOptionsTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', ignoreLeadingAndTrailingWhitespace = false, value = {
    "-c a=b|b",
    "-ca=b|b", "--a=b|b", "-c  \t a=b|b", "  -c a=b  |b", "-c a=|\"\"",
    "-c a=b=c|b=c", "-c a=x\\ y|x y", "-c a=x\\\\y|x\\y", "-c a=\\x|x", "--a=x\\|x",
    "-c a=1 --a=2|2", "-c \\a=b|b", "-c a='b|'b"})
  void readsTheValueOfA(String options, String value) {
    assertThat(StartupOptions.parse(options)).containsExactly(Map.entry("a", value));
  }

  @Test
  void keepsTheOrder() {
    assertThat(StartupOptions.parse("-c search_path=s\\ t --b-c=2\n-cDateStyle=ISO,\\ MDY"))
        .containsExactly(Map.entry("search_path", "s t"), Map.entry("b-c", "2"),
            Map.entry("DateStyle", "ISO, MDY"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void mayBeEmpty(String options) {
    assertThat(StartupOptions.parse(options)).isEmpty();
  }

  /** The first ones once made PgBouncer loop for ever. */
  @ParameterizedTest
  @ValueSource(strings = {"-c=", "-c =", "--=", "-c=b", "--=b", "-c", "--", "-c ", "-- a=b", "-c a",
    "--a", "a=b", "-d a=b", "-", "-c a=b x", "-c a=b -", "\\-c a=b", "-c a\\ =b c=d", "-C a=b",
    "-c a=b -c", "-c -c a=b x"})
  void refusesAnythingElse(String options) {
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> StartupOptions.parse(options))
        .withMessage("unsupported options startup parameter: "
            + "only '-c config=val' and '--config=val' are allowed");
  }
}
