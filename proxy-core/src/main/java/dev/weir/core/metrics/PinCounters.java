package dev.weir.core.metrics;

import dev.weir.core.control.Protocol;
import dev.weir.core.metrics.PoolHistograms.PinTimes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** How often and how long the sessions of a worker had to keep a server, by reason. Written by its worker, read by any. */
public final class PinCounters {
  private final AtomicLongArray begun;
  private final List<TimeHistogram> times;

  /** @param reasons how many there are; they go by number */
  public PinCounters(int reasons) {
    begun = new AtomicLongArray(reasons);
    times = IntStream.range(0, reasons).mapToObj(_ -> new TimeHistogram()).toList();
  }

  public void begins(int reason) {
    begun.lazySet(reason, begun.getPlain(reason) + 1);
  }

  /** One that has begun is over. */
  public void ends(int reason, long micros) {
    times.get(reason).record(micros);
  }

  /** The sum of all workers, of reasons that have come up. Any thread. */
  public static List<PinTimes> sum(Protocol protocol, List<PinCounters> workers,
      IntFunction<String> names) {
    List<PinTimes> rows = new ArrayList<>();
    int reasons = workers.isEmpty() ? 0 : workers.getFirst().times.size();
    for (int i = 0; i < reasons; i++) {
      TimeHistogram.Snapshot over = TimeHistogram.Snapshot.EMPTY;
      long begun = 0;
      for (PinCounters worker : workers) { // first what is over, so that never more ends than begins
        over = over.plus(worker.times.get(i).snapshot());
        begun += worker.begun.get(i);
      }
      if (begun > 0) {
        rows.add(new PinTimes(protocol, names.apply(i), begun, over));
      }
    }
    return rows;
  }
}
