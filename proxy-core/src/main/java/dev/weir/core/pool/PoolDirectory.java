package dev.weir.core.pool;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a pool may open a connection, within the limits that pools share. Thread-safe through one lock, taken
 * only when a connection is to be opened, and always before a pool's own.
 */
public final class PoolDirectory {
  /** The dialect's side of a pool: what only it knows, and the opening itself. */
  public interface Opener {
    /** False while the pool's clients cannot be greeted because no server has logged in yet. */
    boolean greeted();

    /** Nanoseconds since the last failed connect, or a negative number when the last one succeeded. */
    long sinceFailureNanos(long now);

    /** Whether anybody wants a connection in this pool, other than by waiting in the queue. */
    boolean wanted();

    /** Whether no connection may be opened right now, however much it is wanted. Asked under the directory's lock. */
    default boolean throttled(long now) {
      return false;
    }

    /** Opens a connection, which adds itself to the pool in state LOGIN before this returns. */
    void open(Reason why);
  }

  /** Why a connection is opened. */
  public enum Reason {
    DEMAND, RESERVE, MINIMUM, DEDICATED
  }

  /**
   * Opens a connection for the pool if its limits allow one more, and not more than wait are being opened.
   *
   * @return whether one was opened
   */
  public synchronized boolean consider(Pool pool, Opener opener, Reason why, long now) {
    Pool.Census census = pool.census(now);
    PoolLimits limits = pool.limits();
    boolean enough = census.login() > 0 && census.login() >= census.waiting();
    if (census.login() >= limits.logins() || enough || pool.held()) {
      return false;
    }
    long sinceFailure = opener.sinceFailureNanos(now);
    if (sinceFailure >= 0 && sinceFailure < limits.loginRetryNanos()) {
      return false;
    }
    if (opener.throttled(now)) {
      return false;
    }
    Reason reason = why;
    int open = census.total() - census.cancels();
    if (limits.size() > 0 && open >= limits.size() && opener.greeted()) {
      if (why == Reason.DEDICATED) {
        if (!pool.evictOne()) {
          return false;
        }
      } else if (why == Reason.DEMAND && reserveIsDue(census, limits, open)) {
        reason = Reason.RESERVE;
      } else {
        return false;
      }
    }
    for (Budget budget : pool.budgets()) {
      if (budget.spent() && (why == Reason.MINIMUM || !makeRoom(budget))) {
        if (why != Reason.MINIMUM) {
          budget.refused();
        }
        return false;
      }
    }
    opener.open(reason);
    return true;
  }

  private static boolean reserveIsDue(Pool.Census census, PoolLimits limits, int open) {
    return limits.reserveTimeoutNanos() > 0
        && limits.reserve() > 0
        && census.waiting() > 0
        && census.oldestWaitNanos() >= limits.reserveTimeoutNanos()
        && open < limits.size() + limits.reserve();
  }

  /** Closes the connection that has been idle longest among all that share the budget. */
  private static boolean makeRoom(Budget budget) {
    Pool richest = null;
    PooledConnection idlest = null;
    for (Pool pool : budget.pools()) {
      PooledConnection candidate = pool.mostIdle();
      if (candidate != null
          && (idlest == null || candidate.idleSinceNanos - idlest.idleSinceNanos < 0)) {
        idlest = candidate;
        richest = pool;
      }
    }
    return evict(richest, idlest);
  }

  private static boolean evict(@Nullable Pool pool, @Nullable PooledConnection connection) {
    return pool != null && connection != null && pool.evict(connection);
  }

  /** One round of housekeeping over a pool; called every 333 ms. */
  public void keepHouse(Pool pool, Opener opener, long now) {
    pool.keepHouse(now);
    PoolLimits limits = pool.limits();
    Pool.Census census = pool.census(now);
    if (census.waiting() > 0 && census.idle() == 0 && census.used() == 0) {
      consider(pool, opener, Reason.DEMAND, now);
    } else if (opener.wanted()) {
      int connected = census.total() - census.login() - census.cancels();
      if (connected < limits.minSize() && (limits.size() == 0 || connected < limits.size())) {
        consider(pool, opener, Reason.MINIMUM, now);
      }
    }
  }

  /** Connections open over many pools. */
  public static int total(Collection<Pool> pools) {
    return pools.stream().mapToInt(Pool::total).sum();
  }
}
