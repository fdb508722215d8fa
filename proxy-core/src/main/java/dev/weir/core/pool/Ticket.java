package dev.weir.core.pool;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Worker;
import org.jspecify.annotations.Nullable;

/**
 * A place in a pool's queue. Each session owns one and uses it again and again, so that waiting allocates nothing. Its
 * fields are guarded by the pool's lock.
 */
public final class Ticket {
  enum Place {
    NOWHERE, QUEUED, MOVING
  }

  private final Waiter waiter;
  Place place = Place.NOWHERE;
  long sinceNanos;
  @Nullable Ticket before;
  @Nullable Ticket behind;

  public Ticket(Waiter waiter) {
    this.waiter = waiter;
  }

  Waiter waiter() {
    return waiter;
  }

  Worker worker() {
    return waiter.worker();
  }

  /** Who waits for a connection. */
  public interface Waiter {
    /** The worker on which the connection is wanted; does not change while waiting. */
    Worker worker();

    /** The connection is his. On {@link #worker()}. */
    void onGranted(PooledConnection connection);

    /** He was in the queue and will get none. On {@link #worker()}; he may have left meanwhile. */
    void onRefused(Refusal why);
  }
}
