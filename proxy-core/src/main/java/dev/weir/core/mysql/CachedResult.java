package dev.weir.core.mysql;

import java.util.concurrent.atomic.AtomicBoolean;

/** A result as the client got it, packet by packet from number 1. Immutable but for who renews it; any thread. */
final class CachedResult {
  /** What it takes of the heap besides its bytes, with its place in the cache. */
  private static final int OBJECTS = 200;

  private final byte[] packets;
  private final long rows;
  private final long storedNanos;
  private final long lifeNanos;
  private final AtomicBoolean renewing = new AtomicBoolean();

  /** @param packets not to be written to any more */
  CachedResult(byte[] packets, long rows, long storedNanos, long lifeNanos) {
    this.packets = packets;
    this.rows = rows;
    this.storedNanos = storedNanos;
    this.lifeNanos = lifeNanos;
  }

  /** Shared, not to be written to. */
  byte[] packets() {
    return packets;
  }

  long rows() {
    return rows;
  }

  long lifeNanos() {
    return lifeNanos;
  }

  long ageNanos(long now) {
    return now - storedNanos;
  }

  /** Whether the caller is to renew it: true for one at a time. */
  boolean renew() {
    return renewing.compareAndSet(false, true);
  }

  /** It was not renewed: somebody else is to try. */
  void notRenewed() {
    renewing.set(false);
  }

  int weight() {
    return OBJECTS + packets.length;
  }
}
