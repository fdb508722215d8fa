package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.LoadBalanceHosts;
import dev.weir.core.config.PoolMode;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.SessionState;
import dev.weir.core.config.TimeoutSettings;
import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.PoolMetrics;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.Pool;
import dev.weir.core.pool.PoolDirectory;
import dev.weir.core.pool.PoolGroup;
import dev.weir.core.pool.PoolLimits;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import dev.weir.pg.auth.ScramKeys;
import dev.weir.pg.auth.StoredSecret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of one database entry and one server user: what PostgreSQL adds to {@link Pool}. Thread-safe.
 */
final class PgPool implements PoolDirectory.Opener, Pool.Demand, PoolGroup.Member {
  private static final Logger LOG = LoggerFactory.getLogger(PgPool.class);

  /** What a server said at login, for greeting clients. */
  record Welcome(List<Map.Entry<String, String>> fixed, ParameterValues tracked) {}

  /** Where the next connection goes: host as configured, null for the default Unix socket directory. */
  record Target(@Nullable String host, int port) {}

  private record Failure(Refusal why, long atNanos) {}

  private final PgRuntime runtime;
  private final Database database;
  private final PgUser user;
  private final Pool pool;
  private final PoolMetrics metrics;
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger host = new AtomicInteger();
  private final Set<ClientLogin> awaitingWelcome = ConcurrentHashMap.newKeySet();
  private final Set<Dedication> awaitingDedicated = ConcurrentHashMap.newKeySet();
  private final Map<PgServer, Dedication> dedicated = new ConcurrentHashMap<>();
  private final Cancels cancels = new Cancels(this);
  private final NotificationHub hub;
  private volatile PoolMode mode;
  private volatile boolean tracks;
  private volatile boolean listening;
  private volatile boolean usesSequences;
  private volatile @Nullable Welcome welcome;
  private volatile @Nullable Failure failure;
  private volatile @Nullable ScramKeys scramKeys;
  private volatile long usedNanos = System.nanoTime();

  PgPool(PgRuntime runtime, Database database, PgUser user) {
    this.runtime = runtime;
    this.database = database;
    this.user = user;
    this.metrics = new PoolMetrics(runtime.workers().count());
    this.mode = runtime.config().poolMode(database.entry(), user.name());
    this.tracks = tracksNow();
    this.pool = new Pool(database.name() + "/" + user.name(), runtime.workers().count(),
        limitsNow(), this,
        database.servers(), user.servers());
    this.hub = new NotificationHub(this, runtime.workers().get(
        Math.floorMod(pool.toString().hashCode(), runtime.workers().count())));
  }

  // --- configuration ---

  /** Takes over what the configuration says now. */
  void refresh() {
    mode = runtime.config().poolMode(database.entry(), user.name());
    tracks = tracksNow();
    pool.limits(limitsNow());
  }

  private PoolLimits limitsNow() {
    Config config = runtime.config();
    DatabaseEntry entry = database.entry();
    int size = config.poolSize(entry, user.name());
    return new PoolLimits(
        size > 0 && listening ? size + 1 : size, // the one that listens serves nobody else
        config.minPoolSize(entry),
        config.reservePoolSize(entry, user.name()),
        config.get(PoolSettings.RESERVE_POOL_TIMEOUT).toNanos(),
        config.get(PoolSettings.SERVER_CHECK_QUERY).isEmpty()
            ? -1
            : config.get(PoolSettings.SERVER_CHECK_DELAY).toNanos(),
        config.serverLifetime(entry).toNanos(),
        config.get(PoolSettings.SERVER_IDLE_TIMEOUT).toNanos(),
        config.get(TimeoutSettings.SERVER_LOGIN_RETRY).toNanos(),
        config.get(PoolSettings.SERVER_ROUND_ROBIN),
        1);
  }

  private boolean tracksNow() {
    return runtime.config().sessionState(database.entry(), user.name()) == SessionState.TRACK;
  }

  /** Whether the state of sessions follows them. */
  boolean tracks() {
    return tracks;
  }

  PoolMode mode() {
    return mode;
  }

  /** Whether sessions of the pool ask for the last value of sequences: then who may have advanced one keeps its server. */
  boolean usesSequences() {
    return usesSequences;
  }

  void sequencesUsed() {
    usesSequences = true;
  }

  /** What listens to notifications for all sessions of the pool. */
  NotificationHub hub() {
    return hub;
  }

  /** Whether a server more is needed, which listens. */
  void listening(boolean on) {
    listening = on;
    pool.limits(limitsNow());
  }

  boolean sessionPooling() {
    return mode == PoolMode.SESSION;
  }

  // --- credentials towards the server ---

  /** The secret to log in with; null when there is none. */
  @Nullable
  StoredSecret secret() {
    DatabaseEntry entry = database.entry();
    if (entry.password() != null) {
      return StoredSecret.parse(entry.password());
    }
    String filed = runtime.config().authFile().secretOf(user.name());
    if (filed != null && !filed.isEmpty()) {
      return StoredSecret.parse(filed);
    }
    return user.learnt();
  }

  /** Keys that a client proved to have for the very secret that the server is thought to have. */
  @Nullable
  ScramKeys scramKeys() {
    return scramKeys;
  }

  void keepScramKeys(ScramKeys keys) {
    scramKeys = keys;
  }

  // --- where to ---

  Target nextTarget() {
    DatabaseEntry entry = database.entry();
    List<String> hosts = entry.hosts();
    if (hosts.isEmpty()) {
      return new Target(null, entry.port());
    }
    int turn = entry.loadBalanceHosts() == LoadBalanceHosts.DISABLE
        ? host.get()
        : host.getAndIncrement();
    return new Target(hosts.get(Math.floorMod(turn, hosts.size())), entry.port());
  }

  // --- opening ---

  @Override
  public boolean greeted() {
    return welcome != null;
  }

  @Override
  public long sinceFailureNanos(long now) {
    Failure f = failure;
    return f == null ? -1 : now - f.atNanos();
  }

  @Override
  public boolean wanted() {
    return clients.get() > 0 || database.entry().user() != null;
  }

  @Override
  public void open(PoolDirectory.Reason why) {
    if (why == PoolDirectory.Reason.RESERVE) {
      LOG.warn("{}taking connection from reserve_pool", pool.longestWaiting());
    }
    openServer();
  }

  private PgServer openServer() {
    Worker hungry = pool.hungriest();
    Worker worker = hungry != null ? hungry : runtime.workers().next();
    PgServer server = new PgServer(this, worker, System.nanoTime());
    pool.add(server);
    worker.execute(server::open);
    return server;
  }

  @Override
  public void onDemand(Pool which) {
    demand();
  }

  @Override
  public void demand() {
    if (!database.removed()) {
      runtime.directory().consider(pool, this, PoolDirectory.Reason.DEMAND, System.nanoTime());
    }
  }

  /** Every 333 ms on the control thread. */
  void keepHouse(long now) {
    runtime.directory().keepHouse(pool, this, now);
    if (!awaitingWelcome.isEmpty() && welcome == null) {
      demand();
    }
    for (PgServer server : servers()) {
      if (server.state() == ServerState.LOGIN || server.state() == ServerState.TESTED) {
        server.worker().execute(() -> server.tick(now));
      }
    }
    cancels.keepHouse(now);
    hub.keepHouse();
    if (clients.get() > 0 || pool.total() > 0) {
      usedNanos = now;
    }
  }

  /** Somebody is about to use it. */
  void touched() {
    usedNanos = System.nanoTime();
  }

  long unusedNanos(long now) {
    return now - usedNanos;
  }

  // --- outcome of logins ---

  /** A server has logged in: clients that wait to be greeted can be. */
  void serverLoggedIn(Welcome told) {
    failure = null;
    if (welcome == null) {
      welcome = told;
    }
    for (ClientLogin login : List.copyOf(awaitingWelcome)) {
      if (awaitingWelcome.remove(login)) {
        login.worker().execute(login::welcomeKnown);
      }
    }
  }

  /**
   * A connect or login failed.
   *
   * @param told true when the server itself said why: then those who wait are told
   */
  void connectFailed(PgServer server, Refusal why, boolean told) {
    if (database.entry().loadBalanceHosts() == LoadBalanceHosts.DISABLE) {
      host.incrementAndGet();
    }
    Dedication own = takeDedicated(server);
    if (own != null) {
      own.worker().execute(own::dedicatedFailed);
      return;
    }
    failure = new Failure(why, System.nanoTime());
    boolean starting = why.sqlState().equals("57P03");
    if (told && !starting && !pool.hasUsable()) {
      pool.dismissAll(why);
      refuseWelcome(why);
    }
  }

  /** The refusal for a newcomer while no server can be reached; tries again within the limits. Null: he may wait. */
  @Nullable
  Refusal failFast(long now) {
    Failure f = failure;
    if (f == null || pool.held() || pool.hasUsable()) {
      return null; // paused: everybody waits, whatever happened before
    }
    runtime.directory().consider(pool, this, PoolDirectory.Reason.DEMAND, now);
    return Refusal.loginHasBeenFailing(f.why());
  }

  // --- greeting ---

  @Nullable
  Welcome welcome() {
    return welcome;
  }

  /** New logins wait for a fresh server. */
  void forgetWelcome() {
    welcome = null;
  }

  void awaitWelcome(ClientLogin login) {
    awaitingWelcome.add(login);
    if (welcome != null && awaitingWelcome.remove(login)) { // came between the check and the queue
      login.worker().execute(login::welcomeKnown);
    } else {
      demand();
    }
  }

  /** Nobody will be greeted any more. */
  void refuseWelcome(Refusal why) {
    for (ClientLogin login : List.copyOf(awaitingWelcome)) {
      if (awaitingWelcome.remove(login)) {
        login.worker().execute(() -> login.welcomeRefused(why));
      }
    }
  }

  /** Nobody who is still logging in will get a server any more. */
  void refuseLogins(Refusal why) {
    refuseWelcome(why);
    for (Dedication whom : List.copyOf(awaitingDedicated)) {
      if (whom instanceof ClientLogin login && awaitingDedicated.remove(login)) {
        login.worker().execute(() -> login.welcomeRefused(why));
      }
    }
  }

  /** The login is over or given up. */
  void leaveWelcome(ClientLogin login) {
    awaitingWelcome.remove(login);
    leaveDedicated(login);
  }

  /** It is not wanted any more. */
  void leaveDedicated(Dedication whom) {
    awaitingDedicated.remove(whom);
  }

  /** Logins that wait to be greeted, or for a server of their own. */
  int awaitingLogins() {
    return awaitingWelcome.size() + awaitingDedicated.size();
  }

  // --- servers that belong to one from the start (replication, listening) ---

  /** Opens a server for this login alone; false when the limits do not allow one now. */
  boolean openDedicated(Dedication whom) {
    awaitingDedicated.add(whom);
    List<PgServer> opened = new ArrayList<>(1);
    runtime.directory().consider(pool, new PoolDirectory.Opener() {
      @Override
      public boolean greeted() {
        return true;
      }

      @Override
      public long sinceFailureNanos(long now) {
        return PgPool.this.sinceFailureNanos(now);
      }

      @Override
      public boolean wanted() {
        return true;
      }

      @Override
      public void open(PoolDirectory.Reason why) {
        PgServer server = new PgServer(PgPool.this, whom.worker(), System.nanoTime());
        dedicated.put(server, whom);
        pool.add(server);
        whom.worker().execute(server::open);
        opened.add(server);
      }
    }, PoolDirectory.Reason.DEDICATED, System.nanoTime());
    return !opened.isEmpty();
  }

  /** Tries again when the limits did not allow it at first. */
  void retryDedicated(Dedication whom) {
    if (!dedicated.containsValue(whom)) {
      openDedicated(whom);
    }
  }

  @Nullable
  Dedication dedicatedTo(PgServer server) {
    return dedicated.get(server);
  }

  /** Whom a fresh server was opened for, taken out. */
  @Nullable
  Dedication takeDedicated(PgServer server) {
    Dedication whom = dedicated.remove(server);
    if (whom != null) {
      awaitingDedicated.remove(whom);
    }
    return whom;
  }

  // --- the end of servers ---

  /** A server is closed; the pool itself is told by the server. */
  void serverGone(PgServer server) {
    Dedication own = takeDedicated(server);
    if (own != null) {
      own.worker().execute(own::dedicatedFailed);
    }
    if (cancels.waiting() > 0) {
      cancels.launch();
    }
  }

  /** Server connections, those that carry cancel requests left out. */
  List<PgServer> servers() {
    List<PgServer> servers = new ArrayList<>();
    for (PooledConnection connection : pool.connections()) {
      if (connection instanceof PgServer server) {
        servers.add(server);
      }
    }
    return servers;
  }

  /** Servers at these addresses are out of date: closed now when idle, else when they are released. */
  void tagDirty(Set<String> addresses) {
    for (PgServer server : servers()) {
      server.worker().execute(() -> {
        if (addresses.contains(server.address())) {
          server.markCloseNeeded();
          pool.closeIdle(PooledConnection::closeNeeded, "close_needed");
        }
      });
    }
  }

  @Override
  public void tagDirty() {
    forgetWelcome();
    for (PgServer server : servers()) {
      server.markCloseNeeded();
      server.worker().execute(() -> {
        if (server.state() == ServerState.LOGIN) {
          server.close("connect string changed");
        } else if (server.tenant() instanceof PgSession session) {
          session.serverOutdated();
        } else if (server.tenant() instanceof NotificationHub) {
          server.close("close_needed"); // it opens another one
        }
      });
    }
    pool.closeIdle(PooledConnection::closeNeeded, "close_needed");
  }

  // --- parts ---

  PgRuntime runtime() {
    return runtime;
  }

  Database database() {
    return database;
  }

  PgUser user() {
    return user;
  }

  String userName() {
    return user.name();
  }

  @Override
  public Pool pool() {
    return pool;
  }

  PoolMetrics metrics() {
    return metrics;
  }

  PoolMetrics.Worker metrics(Worker worker) {
    return metrics.forWorker(worker.index());
  }

  /** Logged-in clients. */
  AtomicInteger clients() {
    return clients;
  }

  Cancels cancels() {
    return cancels;
  }

  /** Directory of Unix sockets for entries without a host. */
  String defaultSocketDir() {
    String dir = runtime.config().get(ProcessSettings.UNIX_SOCKET_DIR);
    return dir.isEmpty() ? "/tmp" : dir;
  }

  @Override
  public String toString() {
    return pool.toString();
  }
}
