package dev.weir.core.monitor;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the monitor's tables show: the results of the last hours, bounded in number too. Any thread; one lock. */
public final class ResultLog {
  private static final int MAX_ROWS_PER_KIND = 20_000;

  private static final class Counts {
    private final LongAdder answered = new LongAdder();
    private final LongAdder others = new LongAdder();
  }

  private final Map<ProbeKind, ArrayDeque<ProbeResult<?>>> rows = new EnumMap<>(ProbeKind.class);
  private final Map<ProbeKind, Counts> counts = new EnumMap<>(ProbeKind.class);

  ResultLog() {
    for (ProbeKind kind : ProbeKind.values()) {
      rows.put(kind, new ArrayDeque<>());
      counts.put(kind, new Counts());
    }
  }

  void add(ProbeResult<?> result, Duration history) {
    Counts count = countsOf(result.kind());
    (result.outcome() instanceof Outcome.Answered<?> ? count.answered : count.others).increment();
    long oldest = result.startedMicros() - history.toNanos() / 1000;
    synchronized (rows) {
      ArrayDeque<ProbeResult<?>> kept = rowsOf(result.kind());
      kept.addLast(result);
      while (kept.size() > MAX_ROWS_PER_KIND || kept.getFirst().startedMicros() < oldest) {
        kept.removeFirst();
      }
    }
  }

  /** In the order in which they ended. */
  public List<ProbeResult<?>> rows(ProbeKind kind) {
    synchronized (rows) {
      return List.copyOf(rowsOf(kind));
    }
  }

  public long answered(ProbeKind kind) {
    return countsOf(kind).answered.sum();
  }

  public long failed(ProbeKind kind) {
    return countsOf(kind).others.sum();
  }

  private Counts countsOf(ProbeKind kind) {
    Counts count = counts.get(kind);
    if (count == null) {
      throw new IllegalStateException(kind.name());
    }
    return count;
  }

  private ArrayDeque<ProbeResult<?>> rowsOf(ProbeKind kind) {
    ArrayDeque<ProbeResult<?>> kept = rows.get(kind);
    if (kept == null) {
      throw new IllegalStateException(kind.name());
    }
    return kept;
  }
}
