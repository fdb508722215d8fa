package dev.weir.core.mysql;

/**
 * New connections of one hostgroup in the current second, as ProxySQL counts them: the second begins with its first
 * connection. Thread-safe through its own lock, taken only when a connection is to be opened.
 */
final class ConnectThrottle {
  static final long WINDOW_NANOS = 1_000_000_000L;

  private long beganNanos;
  private int opened;

  /** Nanoseconds until one more may be opened; 0 for now. */
  synchronized long waitNanos(long now, int most) {
    long passed = now - beganNanos;
    return opened < most || passed >= WINDOW_NANOS ? 0 : WINDOW_NANOS - passed;
  }

  /** One is opened. */
  synchronized void count(long now) {
    if (opened == 0 || now - beganNanos >= WINDOW_NANOS) {
      beganNanos = now;
      opened = 0;
    }
    opened++;
  }
}
