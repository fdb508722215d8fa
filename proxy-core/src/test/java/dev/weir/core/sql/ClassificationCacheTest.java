package dev.weir.core.sql;

import dev.weir.core.sql.SqlMode.Dialect;
import dev.weir.core.sql.SqlMode.WideBytes;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClassificationCacheTest {
  private final ClassificationCache cache = new ClassificationCache(100_000,
      DigestOptions.DEFAULTS, new Random(7));

  private Statement get(String sql) {
    byte[] bytes = ("xx" + sql + "yy").getBytes(StandardCharsets.UTF_8);
    return cache.get(SqlMode.MYSQL, bytes, 2, bytes.length - 2);
  }

  @Test
  void theSameTextIsTheSameStatement() {
    Statement first = get("/* hostgroup=5 */ SELECT 1");
    assertThat(get("/* hostgroup=5 */ SELECT 1")).isSameAs(first);
    assertThat(get("/* hostgroup=5 */ SELECT 2")).isNotSameAs(first);
    assertThat(first.annotations().hostgroup()).isEqualTo(5);
    assertThat(first.digest()).hasToString("0x1C46AE529DD5A40E SELECT ?");
    assertThat(first.text()).isEqualTo("/* hostgroup=5 */ SELECT 1");
    assertThat(cache.hits()).isEqualTo(1);
    assertThat(cache.misses()).isEqualTo(2);
  }

  @Test
  void howTextIsReadIsPartOfTheKey() {
    byte[] sql = "SELECT \"a\"".getBytes(StandardCharsets.UTF_8);
    Statement one = cache.get(SqlMode.MYSQL, sql, 0, sql.length);
    Statement two = cache.get(new SqlMode(Dialect.MYSQL, true, true, WideBytes.NONE), sql, 0,
        sql.length);
    assertThat(two).isNotSameAs(one);
    assertThat(cache.get(SqlMode.MYSQL, sql, 0, sql.length)).isSameAs(one);
  }

  @Test
  void theLeastRecentlyUsedMakeRoom() {
    Statement kept = get("SELECT kept");
    Statement lost = get("SELECT lost");
    for (int i = 0; i < 5000; i++) {
      get("SELECT column_" + i);
      assertThat(get("SELECT kept")).isSameAs(kept);
      assertThat(cache.bytes()).isBetween(0L, 100_000L);
    }
    assertThat(cache.size()).isBetween(100, 250);
    assertThat(get("SELECT lost")).isNotSameAs(lost);
  }

  @Test
  void aLargeTextIsNotKept() {
    String sql = "SELECT '" + "x".repeat(50_000) + "'";
    assertThat(get(sql)).isNotSameAs(get(sql));
    assertThat(cache.size()).isZero();
    assertThat(get(sql).classification().isPlainRead()).isTrue();
  }

  @Test
  void withoutRoomItStillReads() {
    ClassificationCache none = new ClassificationCache(0, null, new Random(7));
    byte[] sql = "SELECT 1".getBytes(StandardCharsets.UTF_8);
    Statement statement = none.get(SqlMode.MYSQL, sql, 0, sql.length);
    assertThat(statement.digest()).isNull();
    assertThat(statement.classification().command()).isEqualTo(Command.SELECT);
    assertThat(none.size()).isZero();
  }
}
