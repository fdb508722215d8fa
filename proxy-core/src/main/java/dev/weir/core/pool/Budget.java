package dev.weir.core.pool;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Server connections of all pools that share a limit: of one database, or of one user. Counting is done under {@link
 * PoolDirectory}'s lock for opening and without for closing; reading may be late.
 */
public final class Budget {
  private final Set<Pool> pools = ConcurrentHashMap.newKeySet();
  private volatile int max;
  private volatile boolean contended;

  /** @param max 0 is unlimited */
  public Budget(int max) {
    this.max = max;
  }

  public void max(int changed) {
    max = changed;
  }

  public int max() {
    return max;
  }

  void join(Pool pool) {
    pools.add(pool);
  }

  void leave(Pool pool) {
    pools.remove(pool);
  }

  Set<Pool> pools() {
    return pools;
  }

  /** Open connections, those in login included. */
  public int used() {
    int sum = 0;
    for (Pool pool : pools) {
      sum += pool.total();
    }
    return sum;
  }

  /** Whether a pool was refused a connection because of this limit, and nothing has become free since. */
  boolean contended() {
    return contended;
  }

  void refused() {
    contended = true;
  }

  /** Something has become free in one of the pools: those that wait may try again. */
  void wake(Pool by) {
    contended = false;
    for (Pool pool : pools) {
      if (!pool.equals(by)) {
        pool.askAgain();
      }
    }
  }

  boolean spent() {
    return max > 0 && used() >= max;
  }
}
