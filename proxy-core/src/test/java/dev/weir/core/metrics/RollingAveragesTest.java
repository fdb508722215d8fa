package dev.weir.core.metrics;

import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.PoolKey;
import dev.weir.core.control.Protocol;
import dev.weir.core.control.Traffic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class RollingAveragesTest {
  private static final long SECOND = 1_000_000_000L;

  private final RollingAverages averages = new RollingAverages(0);

  @Test
  void theWindowBeginsAtTheRefreshBeforeLast() {
    averages.refresh(Map.of(pool("a", "u"), queries(600)), 60 * SECOND);
    averages.refresh(Map.of(pool("a", "u"), queries(1800)), 120 * SECOND);
    averages.refresh(Map.of(pool("a", "u"), queries(2400)), 180 * SECOND);

    // since second 120: 2430 - 1800 in 70 seconds
    assertThat(average(Map.of(pool("a", "u"), queries(2430)), 190 * SECOND).queries()).isEqualTo(9);
  }

  @Test
  void beforeTheSecondRefreshTheWindowBeginsAtTheStart() {
    assertThat(average(Map.of(pool("a", "u"), queries(100)), 10 * SECOND).queries()).isEqualTo(10);
    averages.refresh(Map.of(pool("a", "u"), queries(600)), 60 * SECOND);
    assertThat(average(Map.of(pool("a", "u"), queries(900)), 90 * SECOND).queries()).isEqualTo(10);
  }

  @Test
  void timesArePerTransactionQueryAndAssignment() {
    Traffic now = new Traffic(4, 10, 20, 3_000_000, 6_000_000, 1005, 2000, 401, 30, 40, 50, 60);
    assertThat(average(Map.of(pool("a", "u"), now), 10 * SECOND))
        .isEqualTo(new Traffic(0, 1, 2, 300_000, 600_000, 100, 100, 100, 3, 4, 5, 6));
  }

  @Test
  void withoutTrafficOrTimeAllIsZero() {
    assertThat(average(Map.of(pool("a", "u"), Traffic.NONE), 10 * SECOND)).isEqualTo(Traffic.NONE);
    assertThat(average(Map.of(pool("a", "u"), queries(5)), 0).queries()).isZero();
  }

  @Test
  void poolsOfADatabaseAddUpAndKeepTheirOrder() {
    Map<PoolKey, Traffic> totals = new LinkedHashMap<>();
    totals.put(pool("b", "u"), queries(10));
    totals.put(pool("a", "u"), queries(20));
    totals.put(pool("a", "v"), queries(30));
    List<DatabaseTraffic> rows = averages.byDatabase(totals, 10 * SECOND);
    assertThat(rows).extracting(DatabaseTraffic::database).containsExactly("b", "a");
    assertThat(rows).extracting(row -> row.total().queries()).containsExactly(10L, 50L);
    assertThat(rows).extracting(row -> row.average().queries()).containsExactly(1L, 5L);
    assertThat(averages.overall(totals, 10 * SECOND).total().queries()).isEqualTo(60);
    assertThat(averages.overall(totals, 10 * SECOND).average().queries()).isEqualTo(6);
  }

  @Test
  void aNameIsTwoDatabasesInTwoProtocols() {
    Map<PoolKey, Traffic> totals = new LinkedHashMap<>();
    totals.put(pool("a", "u"), queries(10));
    totals.put(new PoolKey(Protocol.MYSQL, "a", "u"), queries(20));
    assertThat(averages.byDatabase(totals, 10 * SECOND))
        .extracting(DatabaseTraffic::protocol, row -> row.total().queries())
        .containsExactly(tuple(Protocol.POSTGRESQL, 10L), tuple(Protocol.MYSQL, 20L));
  }

  @Test
  void aPoolThatIsGoneTakesItsPastAlong() {
    averages.refresh(Map.of(pool("a", "u"), queries(1000), pool("a", "v"), queries(5)),
        10 * SECOND);
    averages.refresh(Map.of(pool("a", "v"), queries(5)), 20 * SECOND);
    assertThat(average(Map.of(pool("a", "v"), queries(105)), 20 * SECOND).queries()).isEqualTo(10);
  }

  @Test
  void bytesOfAFastProxyDoNotOverflow() {
    Traffic now = new Traffic(0, 0, 0, Long.MAX_VALUE / 4, 0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(average(Map.of(pool("a", "u"), now), 100 * SECOND).received()).isPositive();
  }

  private Traffic average(Map<PoolKey, Traffic> totals, long nowNanos) {
    return averages.byDatabase(totals, nowNanos).getFirst()
        .average();
  }

  private static PoolKey pool(String database, String user) {
    return new PoolKey(Protocol.POSTGRESQL, database, user);
  }

  private static Traffic queries(long n) {
    return new Traffic(0, 0, n, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
