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

  /** One that lives on this worker: the one used last, or with {@code roundRobin} the one that has rested longest. */
  @Nullable
  PooledConnection take(int worker, boolean roundRobin) {
    ArrayDeque<PooledConnection> mine = byWorker.get(worker);
    return roundRobin ? mine.pollFirst() : mine.pollLast();
  }

  /** One from the worker that has most. */
  @Nullable
  PooledConnection takeAnywhere(boolean roundRobin) {
    int richest = -1;
    int most = 0;
    for (int i = 0; i < byWorker.size(); i++) {
      int size = byWorker.get(i).size();
      if (size > most) {
        most = size;
        richest = i;
      }
    }
    return richest < 0 ? null : take(richest, roundRobin);
  }
}
