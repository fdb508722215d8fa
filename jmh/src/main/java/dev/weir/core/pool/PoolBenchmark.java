package dev.weir.core.pool;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Transport;
import dev.weir.core.net.Worker;
import dev.weir.core.net.Workers;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a checkout and its release cost when nobody contends for the pool's lock. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PoolBenchmark {
  private static final int SERVERS = 20;

  private Workers workers;
  private Pool pool;
  private Ticket ticket;
  private long now;

  @Setup(Level.Trial)
  public void fill() {
    workers = Workers.start(1, Transport.NIO);
    pool = new Pool("bench", 1, new PoolLimits(SERVERS, 0, 0, 0, -1, 0, 0, 0, false, 1), _ -> {});
    Worker worker = workers.get(0);
    ticket = new Ticket(new Nobody(worker));
    for (int i = 0; i < SERVERS; i++) {
      Connection connection = new Connection(pool, worker);
      pool.add(connection);
      pool.put(connection, 0);
    }
  }

  @TearDown(Level.Trial)
  public void stop() {
    workers.close();
  }

  @Benchmark
  public @Nullable PooledConnection checkoutAndRelease() {
    PooledConnection connection = pool.checkout(ticket, ++now);
    if (connection != null) {
      pool.put(connection, ++now);
    }
    return connection;
  }

  private record Nobody(Worker worker) implements Ticket.Waiter {
    @Override
    public void onGranted(PooledConnection connection) {
      throw new IllegalStateException("nobody waits here");
    }

    @Override
    public void onRefused(Refusal why) {
      throw new IllegalStateException("nobody waits here");
    }
  }

  private static final class Connection extends PooledConnection {
    private final Worker worker;

    Connection(Pool pool, Worker worker) {
      super(pool, ServerState.LOGIN, 0);
      this.worker = worker;
    }

    @Override
    public Worker worker() {
      return worker;
    }

    @Override
    protected void moveTo(Worker target, Runnable arrived) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void retire(String reason) {
      // nothing to close
    }

    @Override
    protected void check() {
      throw new UnsupportedOperationException();
    }
  }
}
