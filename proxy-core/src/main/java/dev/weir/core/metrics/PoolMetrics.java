package dev.weir.core.metrics;

import dev.weir.core.control.Traffic;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one pool has counted and timed, worker by worker. Each worker writes its own part without locks; any thread may
 * ask for the sums.
 */
public final class PoolMetrics {
  private final List<Worker> workers;

  public PoolMetrics(int workers) {
    this.workers = Stream.generate(Worker::new).limit(workers).toList();
  }

  /**
   * The part that the given worker, and nobody else, writes.
   *
   * @throws IndexOutOfBoundsException when there is no such worker
   */
  public Worker forWorker(int worker) {
    return workers.get(worker);
  }

  /** Sum over the workers. */
  public Traffic traffic() {
    Traffic sum = Traffic.NONE;
    for (Worker worker : workers) {
      sum = sum.plus(worker.traffic.traffic());
    }
    return sum;
  }

  /** Histograms summed over the workers. */
  public Times snapshot() {
    Times sum = Times.NONE;
    for (Worker worker : workers) {
      sum = sum.plus(worker.times());
    }
    return sum;
  }

  /** One worker's part: written by that worker's thread only. */
  public static final class Worker {
    private final TrafficCounters traffic = new TrafficCounters();
    private final TimeHistogram waits = new TimeHistogram();
    private final TimeHistogram queries = new TimeHistogram();
    private final TimeHistogram transactions = new TimeHistogram();

    private Worker() {}

    public TrafficCounters traffic() {
      return traffic;
    }

    /** A server was linked to a client that had waited so long; 0 when one was free at once. */
    public void assigned(long waitMicros) {
      traffic.addServerAssignments(1);
      traffic.addWaitMicros(waitMicros);
      waits.record(waitMicros);
    }

    /** A query is over, counted here or at its start: this adds the time alone. */
    public void queryTook(long micros) {
      traffic.addQueryMicros(micros);
      queries.record(micros);
    }

    /** A transaction is over; adds the time alone. */
    public void transactionTook(long micros) {
      traffic.addTransactionMicros(micros);
      transactions.record(micros);
    }

    private Times times() {
      return new Times(waits.snapshot(), queries.snapshot(), transactions.snapshot());
    }
  }

  /** Times of one pool. Immutable. */
  public record Times(
      TimeHistogram.Snapshot waits,
      TimeHistogram.Snapshot queries,
      TimeHistogram.Snapshot transactions) {
    public static final Times NONE = new Times(TimeHistogram.Snapshot.EMPTY,
        TimeHistogram.Snapshot.EMPTY, TimeHistogram.Snapshot.EMPTY);

    public Times plus(Times o) {
      return new Times(waits.plus(o.waits), queries.plus(o.queries),
          transactions.plus(o.transactions));
    }
  }
}
