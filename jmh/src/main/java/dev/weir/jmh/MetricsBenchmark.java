package dev.weir.jmh;

import dev.weir.core.metrics.PoolMetrics;
import dev.weir.core.metrics.TimeHistogram;
import dev.weir.core.metrics.TrafficCounters;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.SingleWriterRecorder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What counting and timing costs per query; HdrHistogram's recorder is what {@link TimeHistogram} stands in for. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MetricsBenchmark {
  private final TrafficCounters counters = new TrafficCounters();
  private final TimeHistogram histogram = new TimeHistogram();
  private final SingleWriterRecorder recorder = new SingleWriterRecorder(3_600_000_000L, 2);
  private final PoolMetrics.Worker worker = new PoolMetrics(1).forWorker(0);
  private long value;

  @Benchmark
  public void addOneCounter() {
    counters.addQueries(1);
  }

  @Benchmark
  public void recordOneTime() {
    histogram.record(next());
  }

  @Benchmark
  public void recordOneTimeWithHdrHistogram() {
    recorder.recordValue(next());
  }

  /** All that one autocommit query adds to its pool. */
  @Benchmark
  public void wholeQuery() {
    long micros = next();
    worker.traffic().addReceived(64);
    worker.traffic().addQueries(1);
    worker.traffic().addTransactions(1);
    worker.assigned(0);
    worker.traffic().addSent(512);
    worker.queryTook(micros);
    worker.transactionTook(micros);
  }

  private long next() {
    value = (value * 25214903917L + 11) & 0xffffff;
    return value;
  }
}
