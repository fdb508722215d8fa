package dev.weir.core.mysql;

import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerStatus;
import dev.weir.core.config.mysql.DeclaredHostgroups;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.pool.Budget;
import dev.weir.core.pool.PoolDirectory;
import dev.weir.core.pool.PooledConnection;
import dev.weir.mysql.packet.Collation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server in one hostgroup: what the operator wrote of it, whether it may be used, its pools and its counters. One
 * object for as long as the server stays in the hostgroup, whatever is changed about it. Thread-safe.
 */
final class Target {
  private static final Logger LOG = LoggerFactory.getLogger(Target.class);

  /**
   * Pools of one server are kept apart by who logs in for whom and by what the connection can do.
   *
   * @param session whose pool it is alone; 0 for that of all
   */
  record Key(MysqlAccount account, long capabilities, int session) {}

  /** Of a server that nobody has logged in to. */
  static final long UNKNOWN = -1;

  private final MysqlRuntime runtime;
  private final Budget budget;
  private final ServerCounters counters = new ServerCounters();
  private final Map<Key, MysqlPool> pools = new ConcurrentHashMap<>();
  private final HostgroupState hostgroup;
  private final ConnectComplaints complaints = new ConnectComplaints();
  private volatile long capabilities = UNKNOWN;
  private volatile ServerRow row;
  private volatile ServerStatus status;
  private volatile boolean tooSlow;
  private volatile @Nullable MysqlGroup group;
  private volatile boolean gone;

  Target(MysqlRuntime runtime, HostgroupState hostgroup, ServerRow row, ServerStatus status) {
    this.runtime = runtime;
    this.hostgroup = hostgroup;
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
    boolean otherWire = row.useSsl() != changed.useSsl();
    row = changed;
    budget.max(limit(changed));
    if (otherWire) {
      renew("use_ssl changed");
    }
  }

  /** What its hostgroup is to do. */
  HostgroupRules rules() {
    return hostgroup.rules();
  }

  HostgroupState state() {
    return hostgroup;
  }

  /** What the server offered at the last login; {@link #UNKNOWN} before the first. */
  long capabilities() {
    return capabilities;
  }

  void greeted(long offered) {
    capabilities = offered;
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

  /** Whether a new statement may be sent there, as far as is known of how long its pings take. */
  boolean eligible() {
    return !tooSlow && usable();
  }

  /** Whether a statement would find a connection there, or room for one, without waiting. */
  boolean hasRoom() {
    return budget.used() < budget.max() || idle() > 0;
  }

  MysqlPool pool(MysqlAccount account, long capabilities) {
    Key key = new Key(account, capabilities, 0);
    MysqlPool known = pools.get(key);
    return known != null
        ? known
        : pools.computeIfAbsent(key,
            _ -> MysqlPool.of(runtime, this, account, capabilities, null));
  }

  /** A pool for one session, whose client's login decides what its connection looks like; ends by {@link MysqlPool#forget}. */
  MysqlPool ownPool(MysqlAccount account, long agreed, Collation collation, int session) {
    long capabilities = agreed & MysqlServerLogin.FORWARDED;
    return pools.computeIfAbsent(new Key(account, capabilities, session),
        _ -> MysqlPool.of(runtime, this, account, capabilities, collation));
  }

  /** @see MysqlPool#forget */
  void forget(MysqlPool pool) {
    pools.values().remove(pool);
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

  /** Whether its pings take longer than its limit. */
  boolean tooSlow() {
    return tooSlow;
  }

  ConnectComplaints complaints() {
    return complaints;
  }

  // --- housekeeping ---

  /** Every 333 ms on the control thread. */
  void keepHouse(long now) {
    judgeLatency();
    if (!DeclaredHostgroups.isReserved(hostgroup())) { // there weir.ini says how many rest, and how long
      closeSurplus(now);
    }
    warm(now);
  }

  private void judgeLatency() {
    long own = row.maxLatencyMs();
    long limit = own > 0 ? own : rules().defaultMaxLatencyMillis();
    long micros = runtime.latencyMicros(address());
    boolean slow = limit > 0 && micros >= limit * 1000;
    if (slow != tooSlow) {
      tooSlow = slow;
      LOG.info("{}: pings take {} us, the limit (max_latency_ms) is {} ms: {}", this, micros, limit,
          slow ? "not chosen any more" : "chosen again");
    }
  }

  /** As many may rest as {@code free_connections_pct} says, rounded up; who has been used least lately goes. */
  private void closeSurplus(long now) {
    List<PooledConnection> idle = new ArrayList<>();
    for (MysqlPool pool : pools.values()) {
      for (PooledConnection connection : pool.pool().connections()) {
        if (connection.isResting()) {
          idle.add(connection);
        }
      }
    }
    Set<PooledConnection> surplus = RestingConnections.surplus(idle, kept(), now);
    if (!surplus.isEmpty()) {
      pools.values().forEach(
          pool -> pool.pool().closeIdle(surplus::contains, "more idle than free_connections_pct"));
    }
  }

  private long kept() {
    return Math.ceilDiv(rules().freeConnectionsPct() * row.maxConnections(), 100);
  }

  /** Opens one more connection if there are fewer than are to be kept warm; each that has logged in asks again. */
  void warm(long now) {
    HostgroupRules rules = rules();
    if (DeclaredHostgroups.isReserved(hostgroup()) || !rules.warming() || !eligible()
        || budget.used() >= kept()
        || hostgroup.throttle().waitNanos(now, rules.connectsPerSecond()) > 0) {
      return;
    }
    MysqlPool busiest = null;
    for (MysqlPool pool : pools.values()) {
      if (!pool.isOwn() && runtime.knows(pool.user())
          && (busiest == null || pool.pool().total() > busiest.pool().total())) {
        busiest = pool;
      }
    }
    if (busiest != null) {
      runtime.directory().consider(busiest.pool(), busiest, PoolDirectory.Reason.MINIMUM, now);
    }
  }

  /** Connections made so far are replaced as they become free. */
  void renew(String reason) {
    for (MysqlPool pool : pools.values()) {
      pool.renew(reason);
    }
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
