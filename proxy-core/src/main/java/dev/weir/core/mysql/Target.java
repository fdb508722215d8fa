package dev.weir.core.mysql;

import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerStatus;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.pool.Budget;
import dev.weir.mysql.packet.Collation;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One server in one hostgroup: what the operator wrote of it, whether it may be used, its pools and its counters. One
 * object for as long as the server stays in the hostgroup, whatever is changed about it. Thread-safe.
 */
final class Target {
  /**
   * Pools of one server are kept apart by who logs in and by what the connection can do.
   *
   * @param session whose pool it is alone; 0 for that of all
   */
  record Key(String user, long capabilities, int session) {}

  private final MysqlRuntime runtime;
  private final Budget budget;
  private final ServerCounters counters = new ServerCounters();
  private final Map<Key, MysqlPool> pools = new ConcurrentHashMap<>();
  private volatile ServerRow row;
  private volatile ServerStatus status;

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

  MysqlPool pool(MysqlUser user, long capabilities) {
    Key key = new Key(user.name(), capabilities, 0);
    MysqlPool known = pools.get(key);
    return known != null
        ? known
        : pools.computeIfAbsent(key, _ -> new MysqlPool(runtime, this, user, capabilities));
  }

  /** A pool for one session, whose client's login decides what its connection looks like; ends by {@link #forget}. */
  MysqlPool ownPool(MysqlUser user, long agreed, Collation collation, int session) {
    long capabilities = agreed & MysqlServerLogin.FORWARDED;
    return pools.computeIfAbsent(new Key(user.name(), capabilities, session),
        _ -> new MysqlPool(runtime, this, user, capabilities, collation));
  }

  void forget(MysqlPool own) {
    pools.values().remove(own);
    own.pool().dissolve();
  }

  @Nullable
  MysqlPool find(Key key) {
    return pools.get(key);
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
