package dev.weir.admin.console;

import dev.weir.admin.console.Statement.Assignment;
import dev.weir.admin.console.Statement.BadArguments;
import dev.weir.admin.console.Statement.Unknown;
import dev.weir.admin.console.Statement.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StatementTest {
  @Test
  void aVerbAloneOrWithAWord() {
    assertThat(Statement.parse("RELOAD")).isEqualTo(new Words("RELOAD", ""));
    assertThat(Statement.parse("pause p0_x")).isEqualTo(new Words("pause", "p0_x"));
    assertThat(Statement.parse(" \t\r\n show \n pools \t;\r\n "))
        .isEqualTo(new Words("show", "pools"));
    assertThat(Statement.parse("show pools;")).isEqualTo(new Words("show", "pools"));
  }

  @Test
  void quotedWordsMayHoldAnything() {
    assertThat(Statement.parse("PAUSE \"my db; 'x' = -.\""))
        .isEqualTo(new Words("PAUSE", "my db; 'x' = -."));
    assertThat(Statement.parse("PAUSE \"a\"\"b\"")).isEqualTo(new Words("PAUSE", "a\"b"));
    assertThat(Statement.parse("PAUSE \"\"\"\"")).isEqualTo(new Words("PAUSE", "\""));
    assertThat(Statement.parse("\"show\" \"pools\"")).isEqualTo(new Words("show", "pools"));
    assertThat(Statement.parse("PAUSE \"\"")).isEqualTo(new Words("PAUSE", ""));
    assertThat(Statement.parse("PAUSE \"zürich\"")).isEqualTo(new Words("PAUSE", "zürich"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ";", ";;", "show pools;;", "show pools; x", "show pools extra",
    "pause my-db", "pause zürich", "pause 'x'", "show\"pools\"",
    "pause \"open", "pause \"a\"\"", "\"", "set a =", "set a = b c", "set a == b",
    "set a = 'open", "set = b", "set a 'b'",
    "set a = b'c'", "set a = 1.5", "set a = -1", "set 'a' = b", "s3t a = b", "show\u0000",
    "show\u000bpools", "-- x", "set a = 'x' y", "set a = \"x"})
  void anythingElseIsUnknown(String text) {
    assertThat(Statement.parse(text)).isEqualTo(new Unknown());
  }

  @Test
  void setTakesASignOrTo() {
    assertThat(Statement.parse("SET a = b")).isEqualTo(new Assignment("a", "b"));
    assertThat(Statement.parse("set a=b;")).isEqualTo(new Assignment("a", "b"));
    assertThat(Statement.parse("SET a TO b")).isEqualTo(new Assignment("a", "b"));
    assertThat(Statement.parse("SET a to'b'")).isEqualTo(new Assignment("a", "b"));
    assertThat(Statement.parse("SET \"a\"=\"b c\"")).isEqualTo(new Assignment("a", "b c"));
    assertThat(Statement.parse("SET to = to")).isEqualTo(new Assignment("to", "to"));
    assertThat(Statement.parse("SET to to to")).isEqualTo(new Assignment("to", "to"));
  }

  @Test
  void setStringsDoubleTheirQuotes() {
    assertThat(Statement.parse("SET a = ''")).isEqualTo(new Assignment("a", ""));
    assertThat(Statement.parse("SET a = 'it''s \"x\"; y'"))
        .isEqualTo(new Assignment("a", "it's \"x\"; y"));
    assertThat(Statement.parse("SET a = ''''")).isEqualTo(new Assignment("a", "'"));
    assertThat(Statement.parse("SET a = 'PostgreSQL JDBC Driver'"))
        .isEqualTo(new Assignment("a", "PostgreSQL JDBC Driver"));
  }

  @Test
  void toMayTouchItsNeighboursAsInTheOriginal() {
    assertThat(Statement.parse("set ato b")).isEqualTo(new Assignment("a", "b"));
    assertThat(Statement.parse("set a tob")).isEqualTo(new Assignment("a", "b"));
    assertThat(Statement.parse("set atob")).isEqualTo(new Words("set", "atob"));
    assertThat(Statement.parse("set")).isEqualTo(new Words("set", ""));
    assertThat(Statement.parse("set atotob 'x'")).isEqualTo(new Unknown());
    assertThat(Statement.parse("set ato'x'")).isEqualTo(new Assignment("a", "x"));
  }

  @Test
  void limitsCountBytesAsWritten() {
    assertThat(Statement.parse("a".repeat(15))).isInstanceOf(Words.class);
    assertThat(Statement.parse("a".repeat(16))).isEqualTo(new BadArguments());
    assertThat(Statement.parse("pause " + "a".repeat(63))).isInstanceOf(Words.class);
    assertThat(Statement.parse("pause " + "a".repeat(64))).isEqualTo(new BadArguments());
    assertThat(Statement.parse("pause \"" + "a".repeat(61) + "\"")).isInstanceOf(Words.class);
    assertThat(Statement.parse("pause \"" + "a".repeat(62) + "\"")).isEqualTo(new BadArguments());
    assertThat(Statement.parse("pause \"" + "ü".repeat(30) + "\"")).isInstanceOf(Words.class);
    assertThat(Statement.parse("pause \"" + "ü".repeat(31) + "\"")).isEqualTo(new BadArguments());
    assertThat(Statement.parse("set " + "k".repeat(63) + " = v")).isInstanceOf(Assignment.class);
    assertThat(Statement.parse("set " + "k".repeat(64) + " = v")).isEqualTo(new BadArguments());
    assertThat(Statement.parse("set k = " + "v".repeat(255))).isInstanceOf(Assignment.class);
    assertThat(Statement.parse("set k = " + "v".repeat(256))).isEqualTo(new BadArguments());
    assertThat(Statement.parse("set k = '" + "v".repeat(253) + "'")).isInstanceOf(Assignment.class);
    assertThat(Statement.parse("set k = '" + "v".repeat(254) + "'")).isEqualTo(new BadArguments());
    assertThat(Statement.parse("set \"\" = v")).isEqualTo(new BadArguments());
  }

  @Test
  void endlessInputIsUnknownAtOnce() {
    assertThat(Statement.parse(" ".repeat(5000) + "reload")).isEqualTo(new Unknown());
    assertThat(Statement.parse("set " + "to".repeat(2000))).isEqualTo(new BadArguments());
    assertThat(Statement.parse("set " + "to".repeat(2000) + " -")).isEqualTo(new Unknown());
  }

  @Test
  void twoCommandsTakeAllThatFollows() {
    assertThat(Statement.parse(" show  ledger 0x1f ;\n"))
        .isEqualTo(new Statement.Phrase("show", "ledger", "0x1f"));
    assertThat(Statement.parse("SHOW LEDGER"))
        .isEqualTo(new Statement.Phrase("SHOW", "LEDGER", ""));
    assertThat(Statement.parse("EXPLAIN ROUTE SELECT 'a;b' ; "))
        .isEqualTo(new Statement.Phrase("EXPLAIN", "ROUTE", "SELECT 'a;b'"));
    assertThat(Statement.parse("EXPLAIN ROUTES SELECT 1")).isEqualTo(new Unknown());
  }
}
