package dev.weir.core.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections that nobody uses, a list per worker. Guarded by the pool's lock. */
final class IdleServers {
  private final List<ArrayDeque<PooledConnection>> byWorker = new ArrayList<>();

  IdleServers(int workers) {
    for (int i = 0; i < workers; i++) {
      byWorker.add(new ArrayDeque<>());
    }
  }

  void add(PooledConnection connection) {
    byWorker.get(connection.worker().index()).addLast(connection);
  }

  void remove(PooledConnection connection) {
    byWorker.forEach(list -> list.remove(connection));
  }

  /** The one of this worker that was used last. */
  @Nullable
  PooledConnection takeWarmest(int worker) {
    return byWorker.get(worker).pollLast();
  }

  /** Of all workers' the one that has rested longest; each list has its own in front. */
  @Nullable
  PooledConnection takeLongestRested() {
    ArrayDeque<PooledConnection> from = null;
    PooledConnection longest = null;
    for (ArrayDeque<PooledConnection> list : byWorker) {
      PooledConnection first = list.peekFirst();
      if (first != null
          && (longest == null || first.idleSinceNanos - longest.idleSinceNanos < 0)) {
        longest = first;
        from = list;
      }
    }
    return from == null ? null : from.pollFirst();
  }

  /** The warmest of the worker that has most. */
  @Nullable
  PooledConnection takeAnywhere() {
    int richest = -1;
    int most = 0;
    for (int i = 0; i < byWorker.size(); i++) {
      int size = byWorker.get(i).size();
      if (size > most) {
        most = size;
        richest = i;
      }
    }
    return richest < 0 ? null : takeWarmest(richest);
  }
}
