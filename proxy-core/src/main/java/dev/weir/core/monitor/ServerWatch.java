package dev.weir.core.monitor;

import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Watches one server: for each kind of check a loop on a virtual thread of its own, so that one that hangs delays no
 * other. Ends by interrupt. The state is in the results; here are only the threads.
 */
final class ServerWatch implements AutoCloseable {
  /** Does one check, or nothing when nobody wants it now. */
  interface Checks {
    void check(ServerAddress address, ProbeKind kind, ServerProbes probes);
  }

  private final Server server;
  private final ServerProbes probes;
  private final Checks checks;
  private final Function<ProbeKind, Duration> interval;
  private final Map<ProbeKind, Semaphore> bells = new EnumMap<>(ProbeKind.class);
  private final Map<ProbeKind, Thread> threads = new EnumMap<>(ProbeKind.class);

  private ServerWatch(Server server, ServerProbes probes, Checks checks,
      Function<ProbeKind, Duration> interval) {
    this.server = server;
    this.probes = probes;
    this.checks = checks;
    this.interval = interval;
  }

  static ServerWatch start(Server server, ServerProbes probes, Checks checks,
      Function<ProbeKind, Duration> interval) {
    ServerWatch watch = new ServerWatch(server, probes, checks, interval);
    for (ProbeKind kind : ProbeKind.values()) {
      Semaphore bell = new Semaphore(0);
      watch.bells.put(kind, bell);
      watch.threads.put(kind, Thread.ofVirtual()
          .name("watch-" + server.address() + "-" + kind).start(() -> watch.loop(kind, bell)));
    }
    return watch;
  }

  /** Whether it still asks in the right way: another kind of connection needs another watch. */
  boolean fits(Server now) {
    return now.attributes().useSsl() == server.attributes().useSsl();
  }

  /** Checks as soon as possible instead of when it is due. */
  void hurry() {
    for (Map.Entry<ProbeKind, Semaphore> bell : bells.entrySet()) {
      if (bell.getKey() != ProbeKind.CONNECT && bell.getValue().availablePermits() == 0) {
        bell.getValue().release();
      }
    }
  }

  private void loop(ProbeKind kind, Semaphore bell) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        long started = System.nanoTime();
        checks.check(server.address(), kind, probes);
        long left = interval.apply(kind).toNanos() - (System.nanoTime() - started);
        if (bell.tryAcquire(Math.max(left, 1_000_000), TimeUnit.NANOSECONDS)) {
          bell.drainPermits();
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.values().forEach(Thread::interrupt);
    probes.close();
  }
}
