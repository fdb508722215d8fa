package dev.weir.core.metrics;

import dev.weir.core.control.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PoolMetricsTest {
  private static final int WORKERS = 8;
  private static final int ROUNDS = 200_000;

  @Test
  void everyCounterIsItsOwn() {
    TrafficCounters counters = new TrafficCounters();
    counters.addServerAssignments(1);
    counters.addTransactions(2);
    counters.addQueries(3);
    counters.addReceived(4);
    counters.addSent(5);
    counters.addTransactionMicros(6);
    counters.addQueryMicros(7);
    counters.addWaitMicros(8);
    counters.addClientParses(9);
    counters.addServerParses(10);
    counters.addBinds(11);
    counters.addClientLogins(12);
    counters.addClientLogins(100);
    assertThat(counters.traffic()).isEqualTo(new Traffic(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 112));
  }

  @Test
  void nothingIsLostWhileManyWorkersWriteAndSomeoneReads() throws InterruptedException {
    PoolMetrics pool = new PoolMetrics(WORKERS);
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      PoolMetrics.Worker own = pool.forWorker(i);
      writers.add(Thread.ofPlatform().start(() -> {
        awaitQuietly(go);
        for (int n = 0; n < ROUNDS; n++) {
          own.traffic().addQueries(1);
          own.traffic().addReceived(10);
          own.assigned(n & 1023);
          own.queryTook(3);
          own.transactionTook(4);
        }
      }));
    }
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean wentBack = new AtomicBoolean();
    Thread reader = Thread.ofPlatform().start(() -> {
      long last = 0;
      long lastCount = 0;
      while (!done.get()) {
        long now = pool.traffic().queries();
        long count = pool.snapshot().queries().count();
        if (now < last || count < lastCount) {
          wentBack.set(true);
        }
        last = now;
        lastCount = count;
      }
    });
    go.countDown();
    for (Thread writer : writers) {
      writer.join();
    }
    done.set(true);
    reader.join();

    long all = (long) WORKERS * ROUNDS;
    Traffic traffic = pool.traffic();
    assertThat(wentBack).isFalse();
    assertThat(traffic.queries()).isEqualTo(all);
    assertThat(traffic.received()).isEqualTo(10 * all);
    assertThat(traffic.serverAssignments()).isEqualTo(all);
    assertThat(traffic.queryMicros()).isEqualTo(3 * all);
    assertThat(traffic.transactionMicros()).isEqualTo(4 * all);
    PoolMetrics.Times times = pool.snapshot();
    assertThat(times.waits().count()).isEqualTo(all);
    assertThat(times.waits().sumMicros()).isEqualTo(traffic.waitMicros());
    assertThat(times.queries().count()).isEqualTo(all);
    assertThat(times.transactions().sumMicros()).isEqualTo(4 * all);
  }

  @Test
  void thereIsNoWorkerBeyondTheLast() {
    PoolMetrics pool = new PoolMetrics(2);
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> pool.forWorker(2));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
