package dev.weir.core.mysql;

import dev.weir.core.config.PoolMode;
import dev.weir.core.metrics.PoolMetrics;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.Budget;
import dev.weir.core.pool.Pool;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One server user in one {@link MysqlGroup}: a row of SHOW POOLS. Its connections lie in a {@link MysqlPool} for each
 * server and kind of client; their number, their counters and the clients they are for are counted here. Thread-safe.
 */
final class MysqlAccount {
  private final MysqlGroup group;
  private final Budget servers;
  private final PoolMetrics metrics;
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger pinned = new AtomicInteger();
  private final Set<MysqlPool> pools = ConcurrentHashMap.newKeySet();
  private volatile MysqlUser user;
  private volatile PoolMode mode;

  MysqlAccount(MysqlGroup group, MysqlUser user, int workers) {
    this.group = group;
    this.user = user;
    this.servers = new Budget(group.poolSize(user));
    this.mode = group.mode(user);
    this.metrics = new PoolMetrics(workers);
  }

  /** Takes over what the configuration says now. */
  void refresh() {
    mode = group.mode(user);
    servers.max(group.poolSize(user));
    pools.forEach(MysqlPool::refresh);
  }

  MysqlGroup group() {
    return group;
  }

  /** Who logs in to servers. */
  MysqlUser user() {
    return user;
  }

  /** The name is somebody else's now, or the same one's who was gone for a while. */
  void user(MysqlUser again) {
    user = again;
  }

  /** The name in SHOW POOLS; never that of another account of the group. */
  String shownUser() {
    MysqlUser u = user;
    return u.ofAuthFile() && !group.isDeclared() ? u.name() + " (auth_file)" : u.name();
  }

  PoolMode mode() {
    return mode;
  }

  /** Connections of all pools together. */
  Budget servers() {
    return servers;
  }

  /** Clients that are logged in and at home here. */
  AtomicInteger clients() {
    return clients;
  }

  /** Sessions that keep a server of it between transactions; {@link Pins} count. */
  AtomicInteger pinned() {
    return pinned;
  }

  PoolMetrics metrics() {
    return metrics;
  }

  PoolMetrics.Worker metrics(Worker worker) {
    return metrics.forWorker(worker.index());
  }

  Set<MysqlPool> pools() {
    return pools;
  }

  void add(MysqlPool pool) {
    pools.add(pool);
  }

  /** Every 333 ms on the control thread. */
  void keepHouse(long now) {
    for (MysqlPool pool : List.copyOf(pools)) {
      pool.keepHouse(now);
      boolean over = pool.target().gone() || group.removed();
      if (over && pool.pool().total() == 0 && !pool.pool().isWaiting()) {
        pool.forget();
      }
    }
  }

  /** What all pools consist of together. */
  Pool.Census census(long now) {
    Pool.Census sum = new Pool.Census(0, 0, 0, 0, 0, 0, 0, 0, 0);
    for (MysqlPool pool : pools) {
      sum = sum.plus(pool.pool().census(now));
    }
    return sum;
  }
}
