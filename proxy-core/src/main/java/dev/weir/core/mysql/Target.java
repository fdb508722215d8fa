package dev.weir.core.mysql;

import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerStatus;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.pool.Budget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One server in one hostgroup: what the operator wrote of it, whether it may be used, its pools and its counters. One
 * object for as long as the server stays in the hostgroup, whatever is changed about it. Thread-safe.
 */
final class Target {
  /** Pools of one server are kept apart by who logs in for whom and by what the connection can do. */
  record Key(MysqlAccount account, long capabilities) {}

  private final MysqlRuntime runtime;
  private final Budget budget;
  private final ServerCounters counters = new ServerCounters();
  private final Map<Key, MysqlPool> pools = new ConcurrentHashMap<>();
  private volatile ServerRow row;
  private volatile ServerStatus status;
  private volatile @Nullable MysqlGroup group;
  private volatile boolean gone;

  Target(MysqlRuntime runtime, ServerRow row, ServerStatus status) {
    this.runtime = runtime;
    this.row = row;
    this.status = status;
    this.budget = new Budget(limit(row));
  }

  /** 0 connections at most means none, but {@link Budget} knows 0 as unlimited. */
  private static int limit(ServerRow row) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, row.maxConnections()));
  }

  ServerRow row() {
    return row;
  }

  void row(ServerRow changed) {
    row = changed;
    budget.max(limit(changed));
  }

  ServerStatus status() {
    return status;
  }

  void status(ServerStatus changed) {
    status = changed;
  }

  ServerAddress address() {
    return new ServerAddress(row.hostname(), row.port());
  }

  int hostgroup() {
    return row.hostgroupId();
  }

  ServerCounters counters() {
    return counters;
  }

  Budget budget() {
    return budget;
  }

  /** Whether a new statement may go there. */
  boolean usable() {
    return status == ServerStatus.ONLINE && row.weight() > 0 && row.maxConnections() > 0;
  }

  /** Whether a statement would find a connection there, or room for one, without waiting. */
  boolean hasRoom() {
    return budget.used() < budget.max() || idle() > 0;
  }

  MysqlPool pool(MysqlAccount account, long capabilities) {
    Key key = new Key(account, capabilities);
    MysqlPool known = pools.get(key);
    return known != null
        ? known
        : pools.computeIfAbsent(key, _ -> MysqlPool.of(runtime, this, account, capabilities));
  }

  /** The pool is empty and nobody will ask for it again. */
  void forget(MysqlPool pool) {
    pools.remove(new Key(pool.account(), pool.capabilities()), pool);
  }

  /** The hostgroup as operators see it. */
  MysqlGroup group() {
    MysqlGroup known = group;
    if (known == null) {
      known = runtime.groups().hostgroup(row.hostgroupId());
      group = known;
    }
    return known;
  }

  /** The server has left the hostgroup: its pools only empty themselves. */
  boolean gone() {
    return gone;
  }

  void leaves() {
    gone = true;
    status = ServerStatus.OFFLINE_HARD;
  }

  Iterable<MysqlPool> pools() {
    return pools.values();
  }

  int used() {
    int sum = 0;
    for (MysqlPool pool : pools.values()) {
      sum += pool.active();
    }
    return sum;
  }

  int idle() {
    int sum = 0;
    for (MysqlPool pool : pools.values()) {
      sum += pool.idle();
    }
    return sum;
  }

  /**
   * The server may not be used any more: who waits goes elsewhere, idle connections are closed, and those in use when
   * they are released.
   */
  void drain(String reason) {
    for (MysqlPool pool : pools.values()) {
      pool.drain(reason);
    }
  }

  /** As {@link #drain}, and connections in use are closed at once. */
  void cut(String reason) {
    for (MysqlPool pool : pools.values()) {
      pool.cut(reason);
    }
  }

  @Override
  public String toString() {
    ServerRow r = row;
    return r.hostname() + ":" + r.port() + " (hostgroup " + r.hostgroupId() + ")";
  }
}
