package dev.weir.core.metrics;

import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.Traffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The averages of SHOW STATS: from the refresh before last until now, so over one to two stats_periods. Until the second
 * refresh the window begins at the start. Confined to the control thread.
 *
 * @param <K> what identifies a pool while it exists; a pool that goes away takes its past with it
 */
public final class RollingAverages<K> {
  private static final long MICROS_PER_SECOND = 1_000_000;

  private Map<K, Traffic> older = Map.of();
  private Map<K, Traffic> newer = Map.of();
  private long olderNanos;
  private long newerNanos;

  /** @param nowNanos {@link System#nanoTime} at the start */
  public RollingAverages(long nowNanos) {
    olderNanos = nowNanos;
    newerNanos = nowNanos;
  }

  /** To be called once per stats_period with the totals of all pools. */
  public void refresh(Map<K, Traffic> totals, long nowNanos) {
    older = newer;
    olderNanos = newerNanos;
    newer = Map.copyOf(totals);
    newerNanos = nowNanos;
  }

  /** Sums and averages of each database, in the order in which its first pool appears in {@code totals}. */
  public List<DatabaseTraffic> byDatabase(Map<K, Traffic> totals, Function<K, String> databaseOf,
      long nowNanos) {
    Map<String, Traffic> now = new LinkedHashMap<>();
    Map<String, Traffic> before = new LinkedHashMap<>();
    totals.forEach((pool, traffic) -> {
      String database = databaseOf.apply(pool);
      now.merge(database, traffic, Traffic::plus);
      before.merge(database, older.getOrDefault(pool, Traffic.NONE), Traffic::plus);
    });
    List<DatabaseTraffic> all = new ArrayList<>();
    now.forEach((database, traffic) -> {
      Traffic gain = traffic.minus(before.getOrDefault(database, Traffic.NONE));
      all.add(new DatabaseTraffic(database, traffic, average(gain, micros(nowNanos))));
    });
    return all;
  }

  /** Sum and averages over all pools; the name in it is empty. */
  public DatabaseTraffic overall(Map<K, Traffic> totals, long nowNanos) {
    List<DatabaseTraffic> one = byDatabase(totals, pool -> "", nowNanos);
    return one.isEmpty() ? new DatabaseTraffic("", Traffic.NONE, Traffic.NONE) : one.getFirst();
  }

  private long micros(long nowNanos) {
    return (nowNanos - olderNanos) / 1000;
  }

  /**
   * Counts and bytes per second; times per transaction, per query and per server assignment, in microseconds. All are
   * rounded down, as in the original.
   */
  static Traffic average(Traffic gain, long windowMicros) {
    return new Traffic(
        perSecond(gain.serverAssignments(), windowMicros),
        perSecond(gain.transactions(), windowMicros),
        perSecond(gain.queries(), windowMicros),
        perSecond(gain.received(), windowMicros),
        perSecond(gain.sent(), windowMicros),
        each(gain.transactionMicros(), gain.transactions()),
        each(gain.queryMicros(), gain.queries()),
        each(gain.waitMicros(), gain.serverAssignments()),
        perSecond(gain.clientParses(), windowMicros),
        perSecond(gain.serverParses(), windowMicros),
        perSecond(gain.binds(), windowMicros),
        perSecond(gain.clientLogins(), windowMicros));
  }

  private static long perSecond(long gain, long windowMicros) {
    if (windowMicros <= 0) {
      return 0;
    }
    return (long) ((double) gain * MICROS_PER_SECOND / windowMicros); // bytes times a million can pass 2^63
  }

  private static long each(long micros, long count) {
    return count <= 0 ? 0 : micros / count;
  }
}
