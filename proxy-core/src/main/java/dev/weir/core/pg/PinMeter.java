package dev.weir.core.pg;

import dev.weir.core.metrics.PinCounters;
import java.util.concurrent.TimeUnit;

/** Counts for one session what begins and ends to keep its server. Confined to the session's worker. */
final class PinMeter {
  private final PinCounters counters;
  private final long[] sinceNanos = new long[SessionRows.reasons()];
  private int counted;

  PinMeter(PinCounters counters) {
    this.counters = counters;
  }

  /** From now on these reasons keep the server; 0 is none. */
  void become(int pins) {
    int changed = counted ^ pins;
    for (int i = 0; changed != 0 && i < sinceNanos.length; i++) {
      int flag = SessionRows.flag(i);
      if ((changed & flag) == 0) {
        continue;
      }
      if ((pins & flag) != 0) {
        counters.begins(i);
        sinceNanos[i] = System.nanoTime();
      } else {
        counters.ends(i, TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - sinceNanos[i]));
      }
    }
    counted = pins;
  }
}
