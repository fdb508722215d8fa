package dev.weir.core.metrics;

import dev.weir.core.control.PoolKey;
import java.util.List;

/** Where the metrics page gets the times of all pools from. Called on the control thread. */
public interface PoolHistograms {
  /** A snapshot, in the order of SHOW POOLS. */
  List<PoolTimes> poolTimes();

  /** One pool's times. */
  record PoolTimes(PoolKey pool, PoolMetrics.Times times) {}
}
