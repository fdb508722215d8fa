package dev.weir.core.sql.pg;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A look over a text may miss that it is harmless, and never the contrary. */
class PlainScanTest {
  private static final String[] PIECES = {"select", "SELECT ", "insert into t values", "set ", "x",
    "set_config", "set_config(", "pg_temp", "\"pg_temp_3\"", "temp", " temporary ", "execute",
    "currval('a')", "nextval(", "pg_advisory_lock(1)", "pg_try_advisory_lock", "setseed", "'", "''",
    "'a''b'", "\\", "\\'", "E'", "e'\\''", "U&'", "u&\"", "\"", "\"\"", "$$", "$a$", "$1", "$",
    "--",
    "\n", "/*", "*/", "/* /* */", ";", "; ", "(", ")", ",", "begin", "create ", "drop", "1e5",
    "0x1",
    "1", ".", "é", "\u00ff", " ", "\t", "explain", "with", "merge", "copy", "listen a", "prepare",
    "n'", "b'", "do", "lastval()", "query_to_xml(", "values"};

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static boolean plain(String text, int mode) {
    return PlainScan.plain(bytes(text), 0, text.length(), mode);
  }

  @Test
  void whatIsPlainDoesNothing() {
    long base = Long.getLong("weir.seed", System.nanoTime());
    EffectReader[] readers = new EffectReader[8];
    for (int mode = 0; mode < readers.length; mode++) {
      readers[mode] = new EffectReader((mode & EffectCache.BACKSLASHES) != 0,
          (mode & EffectCache.HALF_BACKSLASH) != 0, (mode & EffectCache.SEQUENCES) != 0);
    }
    int plain = 0;
    for (int i = 0; i < 300_000; i++) {
      Random random = new Random(base + i);
      StringBuilder text = new StringBuilder(random.nextInt(4) == 0 ? "" : "select ");
      for (int n = random.nextInt(7); n > 0; n--) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
        if (random.nextBoolean()) {
          text.append(' ');
        }
      }
      String sql = text.toString();
      int mode = random.nextInt(8);
      if ((mode & EffectCache.HALF_BACKSLASH) != 0 && sql.indexOf('\\') >= 0) {
        continue; // of those the reader does not read comments either
      }
      if (plain(sql, mode)) {
        plain++;
        assertThat(readers[mode].read(bytes(sql)).none()).as("seed %d, mode %d: %s", base + i, mode,
            sql).isTrue();
      }
    }
    assertThat(plain).isGreaterThan(10_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT abalance FROM pgbench_accounts WHERE aid = 4711;", "",
    "UPDATE \"Accounts\" SET a = a + -1.5e3 WHERE id = 'it''s'", ";;select 1", "( select 1 )",
    "-- said\n select /* here */ $1::int", "INSERT INTO t (a, b) VALUES ($1, $2) RETURNING id",
    "with x as (select 1) select count(*) from x", "select 'set_config'", "SHOW server_version",
    "CREATE TABLE t (a int)"})
  void everydayStatementsArePlain(String sql) {
    assertThat(plain(sql, 0)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"set x = 1", "BEGIN", "select set_config('a', 'b', false)",
    "select SET_CONFIG ('a', 'b', false)", "select \"set_config\"('a','b',false)",
    "create temp table t (a int)", "select pg_advisory_lock(1)", "select $$a$$", "select E'a'",
    "select 'open", "select \"open", "select /* open", "select U&'a'", "select 1; discard all",
    "create function pg_temp.f() returns int language sql as 'select 1'", "execute p"})
  void theRestIsLookedAtClosely(String sql) {
    assertThat(plain(sql, 0)).isFalse();
  }

  @Test
  void whatMayAdvanceASequenceCountsOnlyWhereSomebodyAsks() {
    assertThat(plain("insert into t values (1)", 0)).isTrue();
    assertThat(plain("insert into t values (1)", EffectCache.SEQUENCES)).isFalse();
    assertThat(plain("select nextval('s')", EffectCache.SEQUENCES)).isFalse();
    assertThat(plain("select 1", EffectCache.SEQUENCES)).isTrue();
  }

  @Test
  void aBackslashInAStringIsLeftToTheReaderWhereItMayEscape() {
    assertThat(plain("select 'a\\'", 0)).isTrue();
    assertThat(plain("select 'a\\'", EffectCache.BACKSLASHES)).isFalse();
    assertThat(plain("select 'a\\'", EffectCache.HALF_BACKSLASH)).isFalse();
  }
}
