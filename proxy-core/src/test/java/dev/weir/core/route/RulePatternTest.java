package dev.weir.core.route;

import dev.weir.core.route.RouteOptions.Engine;
import dev.weir.core.route.RulePattern.Result;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RulePatternTest {
  private static RulePattern compile(String pattern) throws InvalidRuleException {
    return RulePattern.compile(7, "match_pattern", pattern, "CASELESS",
        Engine.RE2_ELSE_BACKTRACKING);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Quoted by docs/query-rules.md. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"^(?!SELECT)|negative look-ahead ((?!)",
    "a(?=b)|look-ahead ((?=)",
    "(?<=a)b|look-behind ((?<=)", "(?<!a)b|negative look-behind ((?<!)",
    "(a)\\1|a back-reference (\\1)",
    "a++b|a possessive quantifier (++)", "(?>a)b|an atomic group ((?>)", "a\\Z|the escape \\Z",
    "\\h|the escape \\h"})
  void whatRe2DoesNotHaveIsNamedOrRunWithALimit(String pattern, String construct)
      throws InvalidRuleException {
    assertThatExceptionOfType(InvalidRuleException.class)
        .isThrownBy(() -> RulePattern.compile(7, "match_pattern", pattern, "CASELESS", Engine.RE2))
        .withMessage("query rule 7: match_pattern uses " + construct
            + ", which RE2 does not have; query_processor_regex=1 permits it");
    assertThat(compile(pattern).isBacktracking()).isTrue();
  }

  @Test
  void lookAroundWorks() throws InvalidRuleException {
    RulePattern notSelect = compile("^(?!select)");
    assertThat(notSelect.find(bytes("SELECT 1"))).isEqualTo(Result.NO_MATCH);
    assertThat(notSelect.find(bytes("UPDATE t"))).isEqualTo(Result.MATCH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?=x)(a+)+$", "(?!y)(a|a)*$", "(a*)*\\1b", "(?=a)(.*)*x"})
  void aPatternThatExplodesIsStopped(String pattern) throws InvalidRuleException {
    byte[] text = bytes("x" + "a".repeat(20_000) + "!");
    assertThat(compile(pattern).find(text)).isIn(Result.GIVEN_UP, Result.NO_MATCH);
    assertThat(compile(pattern).replace(text, "b")).isNotEmpty();
    byte[] longText = bytes("a".repeat(100_000));
    assertThat(compile(pattern).find(longText)).isEqualTo(Result.GIVEN_UP);
  }

  @Test
  void re2DoesNotExplode() throws InvalidRuleException {
    RulePattern pattern = compile("(a+)+$");
    assertThat(pattern.isBacktracking()).isFalse();
    assertThat(pattern.find(bytes("a".repeat(50_000) + "!"))).isEqualTo(Result.NO_MATCH);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '~', ignoreLeadingAndTrailingWhitespace = false, value = {
    "^SELECT~select 1~true", "^SELECT~ select 1~false",
    "^SELECT ~SELECT~false", "FOR UPDATE~select for update~true",
    "^SELECT.*FOR UPDATE~SELECT 1 FOR UPDATE~true",
    "^SELECT.*FOR UPDATE~SELECT 1 FOR UPDAT~false", "ab*c~ac~true", "ab+c~abbc~true",
    "ab+c~ac~false", "ab?c~abc~true",
    "a\\.b~a.b~true", "a\\.b~axb~false", "^a$~a~true", "^a$~ab~false", "^~x~true", "a~b~false",
    "x a~xa~false",
    "\\bfor\\b~waits for it~true", "\\bfor\\b~before~false", "colou?r=1~color=1~true",
    "^(SELECT|SHOW) x~show x~true", "^(SELECT|SHOW) x~show y~false", "(a(b|c)?)?d~xd~true",
    "[^]x]y~ay~true", "[^]x]y~]y~false",
    "[[:digit:]]+ rows~12 rows~true", "a[(]b~a(b~true", "(?i:X)y~xy~true", "(\\(a)b~x(ab~true",
    "a(bc)+~abcbc~true", "(a|b){2}c~abc~true", "x(a\\)|b)z~xbz~true"})
  void lookingFirstForLettersChangesNoAnswer(String pattern, String text, boolean matches)
      throws InvalidRuleException {
    assertThat(compile(pattern).find(bytes(text)) == Result.MATCH).isEqualTo(matches);
  }

  @Test
  void aDollarAlsoStandsBeforeALastNewline() throws InvalidRuleException {
    assertThat(compile("^select 1$").find(bytes("SELECT 1\n"))).isEqualTo(Result.MATCH);
    assertThat(compile("^select 1$").find(bytes("SELECT 1\n\n"))).isEqualTo(Result.NO_MATCH);
    assertThat(compile("1$").replace(bytes("SELECT 1\n"), "2")).isEqualTo(bytes("SELECT 2\n"));
  }

  @Test
  void bytesThatAreNoUtf8Match() throws InvalidRuleException {
    byte[] latin = "SELECT 'ä' FROM t".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(compile("'.' from").find(latin)).isEqualTo(Result.MATCH);
    assertThat(compile("'..' from").find(bytes("SELECT 'ä' FROM t"))).isEqualTo(Result.MATCH);
    assertThat(compile("'ä'").find(bytes("SELECT 'ä' FROM t"))).isEqualTo(Result.MATCH);
  }

  @Test
  void lookingFirstForLettersAgreesWithTheEngineOnRandomPatterns() throws InvalidRuleException {
    String[] pieces = {"a", "b", "ab", ".", "\\.", "*", "+", "?", "(a|b)", "(", ")", "|", "[ab]",
      "[^a]",
      "\\s", " ", "$", "(?:b)", "{2}", "\\(", "\\b", "B"};
    String[] letters = {"a", "b", "A", ".", " ", "(", "ab", "\n"};
    Random random = new Random(3);
    int compared = 0;
    for (int i = 0; i < 20_000; i++) {
      String pattern = (random.nextBoolean() ? "^" : "") + some(random, pieces, 6);
      com.google.re2j.Pattern plain;
      try {
        plain = com.google.re2j.Pattern.compile(pattern, com.google.re2j.Pattern.CASE_INSENSITIVE);
      } catch (com.google.re2j.PatternSyntaxException e) {
        continue;
      }
      RulePattern ours = compile(pattern);
      for (int k = 0; k < 5; k++) {
        String text = some(random, letters, 8);
        boolean expected = plain.matcher(text).find()
            || (pattern.contains("$") && text.endsWith("\n")
                && plain.matcher(text.substring(0, text.length() - 1)).find());
        assertThat(ours.find(bytes(text)) == Result.MATCH).as("%s in %s", pattern, text)
            .isEqualTo(expected);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(20_000);
  }

  private static String some(Random random, String[] pieces, int most) {
    StringBuilder out = new StringBuilder();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      out.append(pieces[random.nextInt(pieces.length)]);
    }
    return out.toString();
  }
}
