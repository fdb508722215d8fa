package dev.weir.core.sql;

import dev.weir.core.sql.SqlMode.Dialect;
import dev.weir.core.sql.SqlMode.WideBytes;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class LexerTest {
  private static String tokens(SqlMode mode, byte[] sql) {
    Lexer lexer = new Lexer(mode);
    lexer.open(sql, 0, sql.length);
    List<String> all = new ArrayList<>();
    while (lexer.next() != Token.END) {
      String value = lexer.value();
      all.add(switch (lexer.last()) {
        case STRING -> "'" + value + "'";
        case QUOTED_NAME -> "`" + value + "`";
        case USER_VARIABLE -> "@" + value;
        case SYSTEM_VARIABLE -> "@@" + value;
        case NUMBER -> "#" + value;
        case PARAMETER -> "!" + value;
        case BROKEN -> "BROKEN";
        default -> value;
      });
    }
    return String.join(" ", all);
  }

  private static String tokens(SqlMode mode, String sql) {
    return tokens(mode, sql.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
    "SELECT a.b,`c``d`|SELECT a . b , `c`d`",
    "x = 'it''s' \"two\"|x = 'it's' 'two'", "'a\\'b' 'c\\\\'|'a'b' 'c\\'",
    "SELECT@a, @'b c', @`d`, @@e, @@session.f, @@`g`|SELECT @a , @b c , @d , @@e , @@session . f , @@g",
    "'u'@'%' x|'u' @ '%' x", "@a := 1;|@a := #1 ;",
    "1 1.5 .5 1e5 1e-5 0xff 0b1 1a a1|#1 #1.5 #.5 #1e5 #1e-5 #0xff #0b1 1a a1",
    "t.1a|t . 1a", "a -- b\\n c|a c", "a --b|a - - b", "a#b\\nc|a c", "a/* b */c|a c",
    "a /*/ b */ c|a c",
    "/*!40101 SET x */y|SET x y", "/*M!100100 SET x */y|SET x y", "/*! a /* b */ c */d|a c d",
    "a*/b|a * / b", "/* open|BROKEN", "a 'open|a BROKEN", "`open|BROKEN",
    "x'41' N'b' _utf8'c'|'41' 'b' _utf8 'c'",
    "e'a\\'b|e BROKEN", "a ? b|a !? b", "$a|$a", "größe ü|größe ü", "a:b|a : b"})
  void mysql(String sql, String tokens) {
    assertThat(tokens(SqlMode.MYSQL, sql.replace("\\n", "\n"))).isEqualTo(tokens);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"\"a\"\"b\" 'c\\' d|`a\"b` 'c\\' d",
    "E'a\\'b' c|'a'b' c",
    "/* a /* b */ c */ d|d", "/* a /* b */ c|BROKEN", "$$it's$$ x|'it's' x",
    "$a$ $$ $b$ $a$ x|' $$ $b$ ' x",
    "$1 + $22|!$1 + !$22", "$a$ open $a|BROKEN", "a--b\\n c|a c", "a # b|a # b",
    "U&'x' U&\"y\"|'x' `y`",
    "a::int|a : : int", "a$b|a$b", "a ? b|a ? b", "@a|@ a", "`a`|` a `"})
  void postgresql(String sql, String tokens) {
    assertThat(tokens(SqlMode.POSTGRESQL, sql.replace("\\n", "\n"))).isEqualTo(tokens);
  }

  @Test
  void settingsOfTheSessionDecideWhereAStringEnds() {
    assertThat(tokens(new SqlMode(Dialect.MYSQL, true, true, WideBytes.NONE), "\"a\" 'b'"))
        .isEqualTo("`a` 'b'");
    assertThat(tokens(new SqlMode(Dialect.MYSQL, false, false, WideBytes.NONE), "'a\\' b"))
        .isEqualTo("'a\\' b");
    assertThat(tokens(new SqlMode(Dialect.POSTGRESQL, true, true, WideBytes.NONE), "'a\\'b' c"))
        .isEqualTo("'a'b' c");
  }

  @Test
  void aBackslashInsideACharacterEscapesNothing() {
    byte[] sql = "SELECT '誠' , x".getBytes(Charset.forName("GBK"));
    byte[] trick = {'\'', (byte) 0xbf, '\\', '\'', ' ', 'x'};
    SqlMode gbk = new SqlMode(Dialect.MYSQL, false, true, WideBytes.GBK);
    assertThat(tokens(gbk, sql)).endsWith(", x");
    assertThat(tokens(gbk, trick)).endsWith(" x");
    assertThat(tokens(SqlMode.MYSQL, trick)).isEqualTo("BROKEN");
  }
}
