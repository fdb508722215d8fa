package dev.weir.core.mysql;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.Pool;
import dev.weir.core.pool.PoolDirectory;
import dev.weir.core.pool.PoolGroup;
import dev.weir.core.pool.PoolLimits;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import dev.weir.mysql.packet.Collation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Connections of one {@link MysqlAccount} to one server of a hostgroup, for clients of one kind: what MySQL adds to {@link
 * Pool}. Thread-safe.
 */
final class MysqlPool implements PoolDirectory.Opener, Pool.Demand, PoolGroup.Member {
  /** Idle connections that are pinged at the same time; the others have their turn a moment later. */
  private static final int PINGS_AT_ONCE = 16;

  private final MysqlRuntime runtime;
  private final Target target;
  private final MysqlAccount account;
  private final long capabilities;
  private final @Nullable Collation own;
  private final Pool pool;
  private final AtomicBoolean retryDue = new AtomicBoolean();
  private volatile long failedNanos;
  private volatile boolean failed;

  private MysqlPool(MysqlRuntime runtime, Target target, MysqlAccount account, long capabilities,
      @Nullable Collation own) {
    this.own = own;
    this.runtime = runtime;
    this.target = target;
    this.account = account;
    this.capabilities = capabilities;
    MysqlGroup group = account.group();
    this.pool = group.isDeclared()
        ? new Pool(group + "/" + account.user().name() + " at " + target,
            runtime.workers().count(), limitsNow(), this, target.budget(), account.servers(),
            group.servers(), runtime.groups().servers(account.user()))
        : new Pool(target + "/" + account.user().name(), runtime.workers().count(), limitsNow(),
            this, target.budget(), account.servers(), group.servers());
  }

  /**
   * Makes a pool that operators see, held if its group is.
   *
   * @param own null for the pool of all; for a pool of one session alone what its client has logged in with
   */
  static MysqlPool of(MysqlRuntime runtime, Target target, MysqlAccount account, long capabilities,
      @Nullable Collation own) {
    MysqlPool made = new MysqlPool(runtime, target, account, capabilities, own);
    account.add(made);
    // behind the line above: a PAUSE that does not find the pool is found here
    if (runtime.groups().held() || account.group().paused()) {
      made.pool.hold(true);
    }
    return made;
  }

  private PoolLimits limitsNow() {
    MysqlSettings s = runtime.settings();
    DatabaseEntry entry = account.group().entry();
    Config config = account.group().config();
    if (entry != null && config != null) {
      return new PoolLimits(0, isOwn() ? 0 : config.minPoolSize(entry), 0, 0,
          config.get(PoolSettings.SERVER_CHECK_DELAY).toNanos(),
          config.serverLifetime(entry).toNanos(),
          config.get(PoolSettings.SERVER_IDLE_TIMEOUT).toNanos(),
          TimeUnit.MILLISECONDS.toNanos(s.connectRetriesDelayMillis()),
          config.get(PoolSettings.SERVER_ROUND_ROBIN), MysqlSettings.PARALLEL_LOGINS);
    }
    long age = s.connectionMaxAgeMillis();
    return new PoolLimits(0, 0, 0, 0,
        TimeUnit.MILLISECONDS.toNanos(s.pingIntervalServerMillis()),
        age == 0 ? Long.MAX_VALUE / 2 : TimeUnit.MILLISECONDS.toNanos(age),
        0, // what free_connections_pct keeps is kept for ever, and pinged
        TimeUnit.MILLISECONDS.toNanos(s.connectRetriesDelayMillis()), false,
        MysqlSettings.PARALLEL_LOGINS);
  }

  void refresh() {
    pool.limits(limitsNow());
  }

  Target target() {
    return target;
  }

  MysqlAccount account() {
    return account;
  }

  /** Who logs in. */
  MysqlUser user() {
    return account.user();
  }

  long capabilities() {
    return capabilities;
  }

  /** Whether its connections are for one session, and look like its client's. */
  boolean isOwn() {
    return own != null;
  }

  /** Of the login. */
  int collation() {
    return own == null ? Collation.UTF8MB4_GENERAL_CI : own.id();
  }

  /** What a connection looks like after its login. */
  SessionVariables initialVariables() {
    return own == null ? runtime.initialVariables() : runtime.variablesOf(own);
  }

  @Override
  public Pool pool() {
    return pool;
  }

  MysqlRuntime runtime() {
    return runtime;
  }

  int active() {
    return pool.census(0).active();
  }

  int idle() {
    Pool.Census census = pool.census(0);
    return census.idle() + census.used();
  }

  // --- opening ---

  @Override
  public boolean greeted() {
    return true;
  }

  @Override
  public long sinceFailureNanos(long now) {
    return failed ? now - failedNanos : -1;
  }

  @Override
  public boolean wanted() {
    return account.clients().get() > 0 && target.usable();
  }

  /** Who waits is served as soon as the hostgroup may open connections again. */
  @Override
  public boolean throttled(long now) {
    HostgroupState hostgroup = target.state();
    long wait = hostgroup.throttle().waitNanos(now, hostgroup.rules().connectsPerSecond());
    if (wait == 0) {
      return false;
    }
    runtime.counters().connectsDelayed.increment();
    if (retryDue.compareAndSet(false, true)) {
      runtime.workers().next().after(TimeUnit.NANOSECONDS.toMillis(wait) + 1, () -> {
        retryDue.set(false);
        for (int i = 0; i < MysqlSettings.PARALLEL_LOGINS && pool.isWaiting(); i++) {
          onDemand(pool);
        }
      });
    }
    return true;
  }

  @Override
  public void open(PoolDirectory.Reason why) {
    target.state().throttle().count(System.nanoTime());
    Worker hungry = pool.hungriest();
    Worker worker = hungry != null ? hungry : runtime.workers().next();
    MysqlServer server = new MysqlServer(this, worker, System.nanoTime());
    pool.add(server);
    worker.execute(server::open);
  }

  @Override
  public void onDemand(Pool which) {
    demand();
  }

  @Override
  public void demand() {
    runtime.directory().consider(pool, this, PoolDirectory.Reason.DEMAND, System.nanoTime());
  }

  void connected() {
    failed = false;
    target.counters().connectsOk.increment();
    target.warm(System.nanoTime());
  }

  /** A connection could not be opened. Who waits here is told: he may try elsewhere. */
  void connectFailed(Refusal why, long now) {
    failed = true;
    failedNanos = now;
    target.counters().connectsFailed.increment();
    target.complaints().failed(target, user().name(), why, now);
    runtime.connectFailed(target.address(), why);
    pool.dismissAll(why);
  }

  /** Every 333 ms on the control thread. */
  void keepHouse(long now) {
    runtime.directory().keepHouse(pool, this, now);
    for (PooledConnection connection : pool.connections()) {
      if (connection instanceof MysqlServer server
          && (server.state() == ServerState.LOGIN || server.state() == ServerState.TESTED)) {
        server.worker().execute(() -> server.tick(now));
      }
    }
    if (!runtime.knows(user())) {
      pool.closeIdle(_ -> true, "user removed");
    }
    pool.testRested(PINGS_AT_ONCE);
  }

  /** @see Target#renew */
  void renew(String reason) {
    pool.connections().forEach(PooledConnection::markCloseNeeded);
    pool.closeIdle(_ -> true, reason);
  }

  /** @see Target#drain */
  void drain(String reason) {
    pool.connections().forEach(PooledConnection::markCloseNeeded);
    pool.closeIdle(_ -> true, reason);
    pool.dismissAll(MysqlRefusals.SERVER_GONE);
  }

  /** @see Target#cut */
  void cut(String reason) {
    drain(reason);
    cutServers(reason);
  }

  /** Closes every connection; sessions that have one are told. */
  void cutServers(String reason) {
    for (PooledConnection connection : pool.connections()) {
      if (connection instanceof MysqlServer server) {
        server.worker().execute(() -> server.cut(reason));
      }
    }
  }

  /** It is empty, or has been {@link #cut}, and nobody will ask for it again. */
  void forget() {
    account.pools().remove(this);
    target.forget(this);
    pool.dissolve();
  }

  /** The server has left the hostgroup: as {@link #tagDirty}, and who waits goes elsewhere. */
  void leave() {
    tagDirty();
    pool.dismissAll(MysqlRefusals.SERVER_GONE);
  }

  @Override
  public void tagDirty() {
    for (PooledConnection connection : pool.connections()) {
      connection.markCloseNeeded();
      if (connection instanceof MysqlServer server) {
        server.worker().execute(() -> {
          if (server.state() == ServerState.LOGIN) {
            server.close("connect string changed");
          }
        });
      }
    }
    pool.closeIdle(PooledConnection::closeNeeded, "close_needed");
  }
}
