package dev.weir.core.metrics;

import java.util.List;

/** Where the metrics page gets the times of all pools from. Called on the control thread. */
public interface PoolHistograms {
  /** A snapshot, in the order of SHOW POOLS. */
  List<PoolTimes> poolTimes();

  /** One pool's times. */
  record PoolTimes(String database, String user, PoolMetrics.Times times) {}
}
