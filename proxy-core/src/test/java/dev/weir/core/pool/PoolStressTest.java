package dev.weir.core.pool;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Transport;
import dev.weir.core.net.Worker;
import dev.weir.core.net.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Sessions on several event loops share few connections; everything real but the wire. */
class PoolStressTest {
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean stop = new AtomicBoolean();
  private volatile int turns = 300;

  private void fault(String what) {
    faults.add(what);
    stop.set(true);
  }

  /** A session: asks, uses, gives back, sometimes loses patience, sometimes kills what it got. */
  private final class Session implements Ticket.Waiter {
    final Ticket ticket = new Ticket(this);
    final Worker worker;
    final Pool pool;
    final Random random;
    final CountDownLatch done;
    final boolean restless;
    boolean waiting;
    int served;

    Session(Worker worker, Pool pool, Random random, CountDownLatch done, boolean restless) {
      this.worker = worker;
      this.pool = pool;
      this.random = random;
      this.done = done;
      this.restless = restless;
    }

    void ask() {
      if (served >= turns || stop.get()) {
        done.countDown();
        return;
      }
      waiting = true;
      PooledConnection now = pool.checkout(ticket, System.nanoTime());
      if (now != null) {
        use((FakeConnection) now);
      } else if (restless && random.nextInt(4) == 0) {
        worker.execute(this::loseHeart);
      }
    }

    private void loseHeart() {
      if (waiting) {
        waiting = false;
        pool.abandon(ticket);
        if (random.nextBoolean()) {
          ask();
        } else {
          worker.execute(this::ask);
        }
      }
    }

    @Override
    public Worker worker() {
      return worker;
    }

    @Override
    public void onGranted(PooledConnection connection) {
      if (!worker.inWorker()) {
        fault("granted on a foreign thread");
      }
      if (!waiting) {
        fault("granted to somebody who does not wait");
        return;
      }
      use((FakeConnection) connection);
    }

    private void use(FakeConnection connection) {
      waiting = false;
      served++;
      if (!connection.worker().equals(worker)) {
        fault("connection lives on another worker");
      }
      if (connection.state() != ServerState.ACTIVE) {
        fault("granted in state " + connection.state());
      }
      if (!connection.holder.compareAndSet(null, this)) {
        fault("two sessions have one connection");
      }
      if (random.nextInt(4) == 0) {
        worker.execute(() -> giveBack(connection));
      } else {
        giveBack(connection);
      }
    }

    private void giveBack(FakeConnection connection) {
      connection.holder.set(null);
      if (restless && random.nextInt(50) == 0) {
        pool.remove(connection);
      } else {
        pool.put(connection, System.nanoTime());
      }
      worker.execute(this::ask);
    }

    @Override
    public void onRefused(Refusal why) {
      fault("refused");
    }
  }

  private static final class Opener implements PoolDirectory.Opener, Pool.Demand {
    final PoolDirectory directory = new PoolDirectory();
    final Workers workers;
    @Nullable Pool pool;

    Opener(Workers workers) {
      this.workers = workers;
    }

    Pool pool() {
      Pool p = pool;
      if (p == null) {
        throw new IllegalStateException();
      }
      return p;
    }

    @Override
    public void onDemand(Pool which) {
      directory.consider(which, this, PoolDirectory.Reason.DEMAND, System.nanoTime());
    }

    @Override
    public boolean greeted() {
      return true;
    }

    @Override
    public long sinceFailureNanos(long now) {
      return -1;
    }

    @Override
    public boolean wanted() {
      return true;
    }

    @Override
    public void open(PoolDirectory.Reason why) {
      Worker hungry = pool().hungriest();
      Worker home = hungry == null ? workers.next() : hungry;
      FakeConnection connection = new FakeConnection(pool(), home, ServerState.LOGIN,
          System.nanoTime(), true);
      pool().add(connection);
      home.execute(() -> pool().put(connection, System.nanoTime()));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 8, 40, false", "1, 8, 40, true", "3, 4, 40, true", "7, 8, 30, true",
    "2, 1, 20, true"})
  void everybodyIsServedAndNobodyTwice(int size, int workerCount, int sessions, boolean restless)
      throws InterruptedException {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Workers workers = Workers.start(workerCount, Transport.NIO);
    try {
      Opener opener = new Opener(workers);
      Pool pool = new Pool("db/user", workerCount,
          new PoolLimits(size, 0, 0, 0, -1, Long.MAX_VALUE, 0, 0, false, 1), opener);
      opener.pool = pool;
      CountDownLatch done = new CountDownLatch(sessions);
      List<Session> all = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        Session session = new Session(workers.get(i % workerCount), pool, new Random(seed + i),
            done, restless);
        all.add(session);
        session.worker.execute(session::ask);
      }
      boolean finished = watch(pool, opener, done, size);

      assertThat(faults).as("seed %d", seed).isEmpty();
      assertThat(finished).as("deadlock, seed %d: %s", seed, pool.census(System.nanoTime()))
          .isTrue();
      assertThat(all).allMatch(s -> s.served == turns);
      Pool.Census census = settled(pool);
      assertThat(census.waiting()).isZero();
      assertThat(census.active()).isZero();
      assertThat(census.total()).isBetween(0, size).isEqualTo(pool.total());
    } finally {
      workers.close();
    }
  }

  /** Connections that nobody wanted any more may still be on their way. */
  private static Pool.Census settled(Pool pool) throws InterruptedException {
    Pool.Census census = pool.census(System.nanoTime());
    for (int i = 0; i < 1000 && census.active() > 0; i++) {
      Thread.sleep(10);
      census = pool.census(System.nanoTime());
    }
    return census;
  }

  /** Looks at the invariants from outside while the sessions run. */
  private static boolean watch(Pool pool, Opener opener, CountDownLatch done, int size)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    int sinceServed = 0;
    while (System.nanoTime() < deadline) {
      if (done.await(1, TimeUnit.MILLISECONDS)) {
        return true;
      }
      Pool.Census census = pool.census(System.nanoTime());
      assertThat(census.idle() > 0 && census.waiting() > 0)
          .as("idle and waiting together: %s", census).isFalse();
      assertThat(census.total()).isLessThanOrEqualTo(size);
      if (++sinceServed % 300 == 0) {
        opener.directory.keepHouse(pool, opener, System.nanoTime());
      }
    }
    return false;
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "2, 4"})
  void nobodyStarves(int size, int workerCount) throws InterruptedException {
    turns = Integer.MAX_VALUE;
    Workers workers = Workers.start(workerCount, Transport.NIO);
    try {
      Opener opener = new Opener(workers);
      Pool pool = new Pool("db/user", workerCount,
          new PoolLimits(size, 0, 0, 0, -1, Long.MAX_VALUE, 0, 0, false, 1), opener);
      opener.pool = pool;
      int sessions = workerCount * 4;
      CountDownLatch done = new CountDownLatch(sessions);
      List<Session> all = new ArrayList<>();
      for (int i = 0; i < sessions; i++) {
        Session session = new Session(workers.get(i % workerCount), pool, new Random(i), done,
            false);
        all.add(session);
        session.worker.execute(session::ask);
      }
      // A worker serves its own for a millisecond before the next one's turn comes: a round takes some milliseconds.
      assertThat(done.await(2, TimeUnit.SECONDS)).isFalse();
      stop.set(true);
      assertThat(done.await(60, TimeUnit.SECONDS)).as("nobody is left in the queue").isTrue();

      assertThat(all).allMatch(s -> s.served >= 10);
    } finally {
      workers.close();
    }
  }
}
