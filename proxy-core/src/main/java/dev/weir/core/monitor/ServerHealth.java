package dev.weir.core.monitor;

import dev.weir.core.backend.ServerAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What pools and sessions notice of servers, before the next check does. Callable from any thread, event loops too: a
 * call costs a map look-up and a compare-and-set, and nothing that follows from it happens on the caller's thread.
 */
public final class ServerHealth {
  private static final long HURRY_EVERY_MICROS = 200_000;
  private static final int COUNT_BITS = 20;
  private static final long COUNT_MASK = (1L << COUNT_BITS) - 1;

  /** Told off the caller's thread what its signals amount to. */
  interface Consequences {
    void onTooManyConnectErrors(ServerAddress address, int errors, String lastError);

    void onDoubt(ServerAddress address);
  }

  private final Map<ServerAddress, AtomicLong> errorsOfSecond = new ConcurrentHashMap<>();
  private final Map<ServerAddress, AtomicLong> lastHurry = new ConcurrentHashMap<>();
  private final Consequences consequences;
  private final LongSupplier nowMicros;
  private volatile int threshold;

  ServerHealth(Consequences consequences, LongSupplier nowMicros, int threshold) {
    this.consequences = consequences;
    this.nowMicros = nowMicros;
    this.threshold = threshold;
  }

  /**
   * A pool could not open a connection.
   *
   * @param errorCode the server's, 0 when it did not come so far
   */
  public void onConnectFailure(ServerAddress address, int errorCode, String message) {
    if (!ConnectErrorDecision.counts(errorCode)) {
      return;
    }
    long now = nowMicros.getAsLong();
    long second = now / 1_000_000;
    AtomicLong counter = errorsOfSecond.computeIfAbsent(address, _ -> new AtomicLong());
    long packed = counter.updateAndGet(old -> old >> COUNT_BITS == second
        ? (old & COUNT_MASK) == COUNT_MASK ? old : old + 1
        : (second << COUNT_BITS) + 1);
    int errors = (int) (packed & COUNT_MASK);
    if (errors == threshold) {
      Thread.ofVirtual().name("shun-" + address)
          .start(() -> consequences.onTooManyConnectErrors(address, errors, message));
    } else {
      hurry(address, now);
    }
  }

  /** A server in use answered with an error, or broke off (code 0). */
  public void onServerError(ServerAddress address, int errorCode) {
    if (saysItChanged(errorCode)) {
      hurry(address, nowMicros.getAsLong());
    }
  }

  /** No quorum, shutdown, read-only, killed, gone: worth a look before the next check is due. */
  private static boolean saysItChanged(int errorCode) {
    return switch (errorCode) {
      case 0, 1047, 1053, 1077, 1079, 1290, 1792, 1836, 1927, 2006, 2013, 3168 -> true;
      default -> false;
    };
  }

  private void hurry(ServerAddress address, long now) {
    AtomicLong last = lastHurry.computeIfAbsent(address, _ -> new AtomicLong());
    long before = last.get();
    if (now - before >= HURRY_EVERY_MICROS && last.compareAndSet(before, now)) {
      consequences.onDoubt(address);
    }
  }

  void threshold(int errors) {
    threshold = errors;
  }

  void keepOnly(Collection<ServerAddress> addresses) {
    errorsOfSecond.keySet().retainAll(addresses);
    lastHurry.keySet().retainAll(addresses);
  }
}
