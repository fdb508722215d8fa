package dev.weir.core.sql;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class DigestTest {
  private static final DigestOptions SMALL = new DigestOptions(65_000, 2048, 1, 1, true, false,
      false, false);

  static Stream<Arguments> vectors() throws IOException {
    try (InputStream in = Objects
        .requireNonNull(DigestTest.class.getResourceAsStream("digest-vectors.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()
          .map(line -> line.split("\t", -1)).map(row -> Arguments.of(row[0], row[1], row[2]));
    }
  }

  private static Digest digest(String sql, DigestOptions options) {
    return Digest.of(sql.getBytes(StandardCharsets.UTF_8), options);
  }

  private static String text(String sql) {
    return digest(sql, DigestOptions.DEFAULTS).text();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void isProxySqls(String sql, String text, String hash) {
    Digest digest = digest(sql, DigestOptions.DEFAULTS);
    assertThat(digest.text()).isEqualTo(text);
    assertThat(digest.hex()).isEqualTo(hash);
    assertThat(Digest.parseHex(hash)).isEqualTo(digest.hash());
  }

  @ParameterizedTest
  @ValueSource(strings = {"select/* c */1", "/* c */ select 1 ", "# c \n   select 1.1",
    "-- c \n select 1.1",
    "   --   c\nselect 1.1", "# c\n select 1.1 #end\n   ", "-- c\n select 1.1-- end   \n",
    "select 1.1e+9", "select 1.1E-9", "select 0x100", "select ''''", "select '\\''",
    "select '\\\\'",
    "select \"\\\"\"", "select  + 1", "select -\"1\"", "select 1;;; ", "select\t1", "\n select 1"})
  void blanksCommentsAndSpellingsOfAValueLeaveNoTrace(String sql) {
    assertThat(text(sql)).isEqualTo("select ?");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"select 1 +1|select ?+?",
    "select 1 * 1 , 100 % 3|select ?*?,?%?",
    "select CONCAT(  -'89'   +  '10' )|select CONCAT(?+?)", "SELECT 5 -3|SELECT ?-?",
    "SELECT NOW() - 1|SELECT NOW() -?", "SELECT 1 - -1|SELECT ?- ?", "SELECT a = -5|SELECT a = ?",
    "SELECT (-1,-2)|SELECT (?,?)",
    "insert into t( c1 )  values ( 'v' )|insert into t(c1) values (?)",
    "select * from 1_value|select * from 1_value", "select 12a|select ?", "select 1.|select ?.",
    "(1,2,3,4,5,6  and k=1|(?,?,?,...,? and k=?", "(1,2,3,4,5, 6 + 9)|(?,?,?,...,?+?)",
    "(1,2,3,4, 6 + 9)|(?,?,?,?,?+?)", "f(1,2,3,4,5,)|f(?,?,?,...,)",
    "f(x'1',x'2',x'3',x'4',x'5')|f(x?,x?,x?,x?,x?)",
    "(1+2,3,4,5,6,7)|(?+?,?,?,?,...)", "select 'open|select", "select /* open|select",
    "select a#c|select a", "select 1 is not null|select ? is not null"})
  void keepsTheOriginalsHabits(String sql, String text) {
    assertThat(text(sql)).isEqualTo(text);
  }

  @Test
  void manyEqualRowsBecomeAFew() {
    String rows = "VALUES (1,2,3),(4,5,6),(7,NULL,9) ON DUPLICATE KEY UPDATE a=VALUES(a)";
    assertThat(digest(rows, SMALL).text())
        .isEqualTo("VALUES (?,...),... ON DUPLICATE KEY UPDATE a=VALUES(a)");
    assertThat(digest("VALUES (1,2,3),(4,5,6),(a,b)", SMALL).text())
        .isEqualTo("VALUES (?,...),...(a,b)");
    assertThat(digest("VALUES (1,2,3),(4,5,6),(7,8)", SMALL).text())
        .isEqualTo("VALUES (?,...),...(?,?)");
    assertThat(digest("VALUES (1,2,3),(4,5)", SMALL).text()).isEqualTo("VALUES (?,...),(?,?)");
  }

  @Test
  void aBulkInsertBeyondTheLengthIsReadToItsEnd() {
    StringBuilder sql = new StringBuilder("INSERT INTO t VALUES ");
    for (int i = 0; i < 20_000; i++) {
      sql.append("(").append(i).append(", 'abc', 3,4, 5),");
    }
    sql.setLength(sql.length() - 1);
    sql.append(" ON DUPLICATE KEY UPDATE a=1");
    assertThat(text(sql.toString())).isEqualTo("INSERT INTO t VALUES " + "(?,?,?,...),".repeat(10)
        + "... ON DUPLICATE KEY UPDATE a=?");
  }

  @Test
  void theTextEndsAtItsGreatestLengthAndTheHashCoversTheStoredPart() {
    DigestOptions options = new DigestOptions(40, 16, 3, 10, false, false, false, false);
    String column = "a_long_column_name,";
    Digest digest = digest("SELECT " + column.repeat(1000) + "x FROM t", options);
    assertThat(digest.text()).isEqualTo("SELECT " + column + column.substring(0, 14));
    assertThat(digest.storedText()).isEqualTo("SELECT a_long_co");
    assertThat(digest.hash())
        .isEqualTo(
            SpookyHash.hash64("SELECT a_long_co".getBytes(StandardCharsets.UTF_8), 0, 16, 0));
  }

  @Test
  void optionsChangeTheText() {
    DigestOptions d = DigestOptions.DEFAULTS;
    String sql = "INSERT /* Who */ INTO Db.Table1_25 (col_121,C2121) VALUES ('v', NULL, 3)";
    assertThat(digest(sql, new DigestOptions(65_000, 2048, 3, 10, true, true, false, false)).text())
        .isEqualTo("INSERT INTO Db.Table?_? (col_?,C?) VALUES (?,?,?)");
    assertThat(
        digest(sql, new DigestOptions(65_000, 2048, 3, 10, false, false, true, false)).text())
        .isEqualTo("insert into db.table1_25 (col_121,c2121) values (?,null,?)");
    assertThat(
        digest(sql, new DigestOptions(65_000, 2048, 3, 10, false, false, false, true)).text())
        .isEqualTo("INSERT /* Who */ INTO Db.Table1_25 (col_121,C2121) VALUES (?,NULL,?)");
    assertThat(digest("SELECT f(1,2,3,4,5,6)",
        new DigestOptions(65_000, 2048, 0, 0, false, false, false, false)).text())
        .isEqualTo("SELECT f(?,?,?,?,?,?)");
    assertThat(d.groupingLimit()).isEqualTo(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DigestOptions(15, 2048, 3, 10, false, false, false, false))
        .withMessage("query_digests_max_query_length must be from 16 to 1048576, not 15");
  }

  @Test
  void bytesOfAnyCharacterSetPass() {
    byte[] latin = "SELECT 'ä' FROM tä WHERE ä=1".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(
        new String(Digest.of(latin, DigestOptions.DEFAULTS).bytes(), StandardCharsets.ISO_8859_1))
        .isEqualTo("SELECT ? FROM tä WHERE ä=?");
  }

  @Test
  void theFirstBlockCommentIsFoundOnTheWay() {
    byte[] sql = "SELECT /* hostgroup=5 */ 1 /* two */".getBytes(StandardCharsets.US_ASCII);
    Digester digester = new Digester(DigestOptions.DEFAULTS);
    digester.digest(sql, 0, sql.length);
    assertThat(new String(sql, digester.firstCommentFrom(),
        digester.firstCommentTo() - digester.firstCommentFrom(), StandardCharsets.US_ASCII))
        .isEqualTo(" hostgroup=5 ");
    digester.digest(sql, 0, 7);
    assertThat(digester.firstCommentFrom()).isEqualTo(-1);
  }
}
