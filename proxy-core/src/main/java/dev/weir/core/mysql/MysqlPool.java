package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.Pool;
import dev.weir.core.pool.PoolDirectory;
import dev.weir.core.pool.PoolLimits;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import dev.weir.mysql.packet.Collation;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Connections of one user to one server of a hostgroup: what MySQL adds to {@link Pool}. Thread-safe. */
final class MysqlPool implements PoolDirectory.Opener, Pool.Demand {
  /** Idle connections that are pinged at the same time; the others have their turn a moment later. */
  private static final int PINGS_AT_ONCE = 16;

  private final MysqlRuntime runtime;
  private final Target target;
  private volatile MysqlUser user;
  private final long capabilities;
  private final @Nullable Collation own;
  private final Pool pool;
  private final AtomicBoolean retryDue = new AtomicBoolean();
  private volatile long failedNanos;
  private volatile boolean failed;

  MysqlPool(MysqlRuntime runtime, Target target, MysqlUser user, long capabilities) {
    this(runtime, target, user, capabilities, null);
  }

  /**
   * @param own null for the pool of all; for a pool of one session alone what its client has logged in with
   */
  MysqlPool(MysqlRuntime runtime, Target target, MysqlUser user, long capabilities,
      @Nullable Collation own) {
    this.own = own;
    this.runtime = runtime;
    this.target = target;
    this.user = user;
    this.capabilities = capabilities;
    this.pool = new Pool(target + "/" + user.name(), runtime.workers().count(), limits(runtime),
        this, target.budget());
  }

  static PoolLimits limits(MysqlRuntime runtime) {
    MysqlSettings s = runtime.settings();
    long age = s.connectionMaxAgeMillis();
    return new PoolLimits(0, 0, 0, 0,
        TimeUnit.MILLISECONDS.toNanos(s.pingIntervalServerMillis()),
        age == 0 ? Long.MAX_VALUE / 2 : TimeUnit.MILLISECONDS.toNanos(age),
        0, // what free_connections_pct keeps is kept for ever, and pinged
        TimeUnit.MILLISECONDS.toNanos(s.connectRetriesDelayMillis()), false,
        MysqlSettings.PARALLEL_LOGINS);
  }

  void refresh() {
    pool.limits(limits(runtime));
  }

  Target target() {
    return target;
  }

  MysqlUser user() {
    return user;
  }

  /** Who logs in: another object of the same name when the operator has removed the user and made it anew. */
  void user(MysqlUser asked) {
    if (asked != user && runtime.knows(asked)) {
      user = asked;
    }
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

  Pool pool() {
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
    return false;
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
    target.complaints().failed(target, user.name(), why, now);
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
    if (!runtime.knows(user)) {
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
    for (PooledConnection connection : pool.connections()) {
      if (connection instanceof MysqlServer server) {
        server.worker().execute(() -> server.cut(reason));
      }
    }
  }
}
