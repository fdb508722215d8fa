package dev.weir.core.metrics;

import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.PoolKey;
import dev.weir.core.control.Protocol;
import dev.weir.core.control.Traffic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The averages of SHOW STATS: from the refresh before last until now, so over one to two stats_periods. Until the second
 * refresh the window begins at the start. A pool that goes away takes its past with it. Confined to the control thread.
 */
public final class RollingAverages {
  private static final long MICROS_PER_SECOND = 1_000_000;

  /** A database's name means one thing in each protocol. */
  private record Database(Protocol protocol, String name) {}

  private Map<PoolKey, Traffic> older = Map.of();
  private Map<PoolKey, Traffic> newer = Map.of();
  private long olderNanos;
  private long newerNanos;

  /** @param nowNanos {@link System#nanoTime} at the start */
  public RollingAverages(long nowNanos) {
    olderNanos = nowNanos;
    newerNanos = nowNanos;
  }

  /** To be called once per stats_period with the totals of all pools. */
  public void refresh(Map<PoolKey, Traffic> totals, long nowNanos) {
    older = newer;
    olderNanos = newerNanos;
    newer = Map.copyOf(totals);
    newerNanos = nowNanos;
  }

  /** Sums and averages of each database, in the order in which its first pool appears in {@code totals}. */
  public List<DatabaseTraffic> byDatabase(Map<PoolKey, Traffic> totals, long nowNanos) {
    Map<Database, Traffic> now = new LinkedHashMap<>();
    Map<Database, Traffic> before = new LinkedHashMap<>();
    totals.forEach((pool, traffic) -> {
      Database database = new Database(pool.protocol(), pool.database());
      now.merge(database, traffic, Traffic::plus);
      before.merge(database, older.getOrDefault(pool, Traffic.NONE), Traffic::plus);
    });
    List<DatabaseTraffic> all = new ArrayList<>();
    now.forEach((database, traffic) -> all.add(row(database, traffic,
        before.getOrDefault(database, Traffic.NONE), nowNanos)));
    return all;
  }

  /** Sum and averages over all pools; the name in it is empty. */
  public DatabaseTraffic overall(Map<PoolKey, Traffic> totals, long nowNanos) {
    Traffic now = Traffic.NONE;
    Traffic before = Traffic.NONE;
    for (Map.Entry<PoolKey, Traffic> pool : totals.entrySet()) {
      now = now.plus(pool.getValue());
      before = before.plus(older.getOrDefault(pool.getKey(), Traffic.NONE));
    }
    return row(new Database(Protocol.POSTGRESQL, ""), now, before, nowNanos);
  }

  private DatabaseTraffic row(Database database, Traffic now, Traffic before, long nowNanos) {
    return new DatabaseTraffic(database.protocol, database.name, now,
        average(now.minus(before), micros(nowNanos)));
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
