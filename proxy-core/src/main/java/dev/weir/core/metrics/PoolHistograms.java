package dev.weir.core.metrics;

import dev.weir.core.control.PoolKey;
import dev.weir.core.control.Protocol;
import java.util.List;

/** Where the metrics page gets the times of all pools from. Called on the control thread. */
public interface PoolHistograms {
  /** A snapshot, in the order of SHOW POOLS. */
  List<PoolTimes> poolTimes();

  /** Of every reason for which sessions have kept a server so far, summed over all sessions. */
  default List<PinTimes> pinTimes() {
    return List.of();
  }

  /** One pool's times. */
  record PoolTimes(PoolKey pool, PoolMetrics.Times times) {}

  /**
   * One reason to keep a server.
   *
   * @param begun how often it has come up
   * @param times how long it lasted, of those that are over
   */
  record PinTimes(Protocol protocol, String reason, long begun, TimeHistogram.Snapshot times) {
    /** Sessions that have it now. */
    public long active() {
      return begun - times.count();
    }
  }
}
