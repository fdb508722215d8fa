package dev.weir.core.metrics;

import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.Traffic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RollingAveragesTest {
  private static final long SECOND = 1_000_000_000L;

  private final RollingAverages<String> averages = new RollingAverages<>(0);

  @Test
  void theWindowBeginsAtTheRefreshBeforeLast() {
    averages.refresh(Map.of("a/u", queries(600)), 60 * SECOND);
    averages.refresh(Map.of("a/u", queries(1800)), 120 * SECOND);
    averages.refresh(Map.of("a/u", queries(2400)), 180 * SECOND);

    // since second 120: 2430 - 1800 in 70 seconds
    assertThat(average(Map.of("a/u", queries(2430)), 190 * SECOND).queries()).isEqualTo(9);
  }

  @Test
  void beforeTheSecondRefreshTheWindowBeginsAtTheStart() {
    assertThat(average(Map.of("a/u", queries(100)), 10 * SECOND).queries()).isEqualTo(10);
    averages.refresh(Map.of("a/u", queries(600)), 60 * SECOND);
    assertThat(average(Map.of("a/u", queries(900)), 90 * SECOND).queries()).isEqualTo(10);
  }

  @Test
  void timesArePerTransactionQueryAndAssignment() {
    Traffic now = new Traffic(4, 10, 20, 3_000_000, 6_000_000, 1005, 2000, 401, 30, 40, 50, 60);
    assertThat(average(Map.of("a/u", now), 10 * SECOND))
        .isEqualTo(new Traffic(0, 1, 2, 300_000, 600_000, 100, 100, 100, 3, 4, 5, 6));
  }

  @Test
  void withoutTrafficOrTimeAllIsZero() {
    assertThat(average(Map.of("a/u", Traffic.NONE), 10 * SECOND)).isEqualTo(Traffic.NONE);
    assertThat(average(Map.of("a/u", queries(5)), 0).queries()).isZero();
  }

  @Test
  void poolsOfADatabaseAddUpAndKeepTheirOrder() {
    Map<String, Traffic> totals = new LinkedHashMap<>();
    totals.put("b/u", queries(10));
    totals.put("a/u", queries(20));
    totals.put("a/v", queries(30));
    List<DatabaseTraffic> rows = averages.byDatabase(totals, RollingAveragesTest::database,
        10 * SECOND);
    assertThat(rows).extracting(DatabaseTraffic::database).containsExactly("b", "a");
    assertThat(rows).extracting(row -> row.total().queries()).containsExactly(10L, 50L);
    assertThat(rows).extracting(row -> row.average().queries()).containsExactly(1L, 5L);
    assertThat(averages.overall(totals, 10 * SECOND).total().queries()).isEqualTo(60);
    assertThat(averages.overall(totals, 10 * SECOND).average().queries()).isEqualTo(6);
  }

  @Test
  void aPoolThatIsGoneTakesItsPastAlong() {
    averages.refresh(Map.of("a/u", queries(1000), "a/v", queries(5)), 10 * SECOND);
    averages.refresh(Map.of("a/v", queries(5)), 20 * SECOND);
    assertThat(average(Map.of("a/v", queries(105)), 20 * SECOND).queries()).isEqualTo(10);
  }

  @Test
  void bytesOfAFastProxyDoNotOverflow() {
    Traffic now = new Traffic(0, 0, 0, Long.MAX_VALUE / 4, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(average(Map.of("a/u", now), 100 * SECOND).received()).isPositive();
  }

  private Traffic average(Map<String, Traffic> totals, long nowNanos) {
    return averages.byDatabase(totals, RollingAveragesTest::database, nowNanos).getFirst()
        .average();
  }

  private static String database(String pool) {
    return pool.substring(0, pool.indexOf('/'));
  }

  private static Traffic queries(long n) {
    return new Traffic(0, 0, n, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
