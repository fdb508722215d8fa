package dev.weir.core.mysql;

import dev.weir.core.sql.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class UserVariablesTest {
  private static final SessionVariables UTF8 = SessionVariables.NONE
      .with("character_set_connection", "utf8mb4").with("collation_connection", "utf8mb4_bin");

  @ParameterizedTest
  @CsvSource({"1,1", "-2.5,-2.5", "1e-3,1e-3", "true,TRUE", "NULL,NULL", "ON,", "0x41,",
    "b'1',", "1.2.3,"})
  void wordsAndNumbers(String text, String literal) {
    assertThat(UserVariables.literal(new Value.Literal(text, false), UTF8)).isEqualTo(literal);
  }

  @Test
  void stringsCarryTheirCollation() {
    assertThat(UserVariables.literal(new Value.Literal("it is", true), UTF8))
        .isEqualTo("_utf8mb4'it is' COLLATE utf8mb4_bin");
    assertThat(UserVariables.literal(new Value.Literal("", true),
        UTF8.without("collation_connection"))).isEqualTo("_utf8mb4''");
  }

  @Test
  void whatWouldNotBeWrittenAlikeEverywhereIsNotRemembered() {
    for (String text : new String[]{"it's", "a\\b", "ä", "tab\t", "line\n"}) {
      assertThat(UserVariables.literal(new Value.Literal(text, true), UTF8)).as(text).isNull();
    }
    assertThat(UserVariables.literal(new Value.Literal("x", true),
        UTF8.with("collation_connection", "ucs2_bin"))).isNull();
    assertThat(UserVariables.literal(new Value.Literal("x", true), SessionVariables.NONE)).isNull();
    assertThat(UserVariables.literal(new Value.Expression("1 + 1"), UTF8)).isNull();
  }

  @Test
  void theDifferenceSetsAndUnsets() {
    SessionVariables has = UTF8.with(UserVariables.key("old"), "1");
    SessionVariables wanted = UTF8.with(UserVariables.key("a`b"), "_utf8mb4'x'");
    assertThat(wanted.difference(has)).isEqualTo("SET @`old`=NULL, @`a``b`=_utf8mb4'x'");
  }
}
