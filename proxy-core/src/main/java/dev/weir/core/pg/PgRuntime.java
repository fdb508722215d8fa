package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.LogSettings;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.WeirSettings;
import dev.weir.core.control.Access;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.PinCounters;
import dev.weir.core.metrics.PoolMetrics;
import dev.weir.core.metrics.TrafficCounters;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Resolver;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.Worker;
import dev.weir.core.net.Workers;
import dev.weir.core.pool.PoolDirectory;
import dev.weir.pg.auth.ScramClient;
import dev.weir.pg.auth.ScramKeys;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all PostgreSQL sessions share: the configuration in force, databases, users, pools and the register of cancel keys.
 * Thread-safe; each worker's set of sessions belongs to that worker.
 */
public final class PgRuntime {
  /** The console's database, and the user that a process of the same account may be there without a password. */
  static final String CONSOLE = "pgbouncer";
  private static final Logger LOG = LoggerFactory.getLogger(PgRuntime.class);

  /** Parts that outlive a configuration. */
  public record Parts(
      Workers workers,
      Sockets sockets,
      Resolver resolver,
      Executor computing,
      Executor blocking,
      ExternalAuth externalAuth,
      PgTls tls,
      LocalEndpoint console,
      IntFunction<@Nullable String> accountNames,
      int ownUid) {}

  private final Parts parts;
  private final PoolDirectory directory = new PoolDirectory();
  private final PreparedStatement.Directory statements = new PreparedStatement.Directory();
  private final SecureRandom random = new SecureRandom();
  private final byte[] mockKey = new byte[32];
  private final TrackedParameters tracked;
  private final PoolMetrics consoleMetrics;
  private final AtomicLong lastId = new AtomicLong();
  private final AtomicInteger clientCount = new AtomicInteger();
  private final AtomicInteger loginCount = new AtomicInteger();
  private final Map<CancelKey, PgSession> byKey = new ConcurrentHashMap<>();
  private final Map<String, Database> databases = new ConcurrentSkipListMap<>();
  private final Map<String, PgUser> users = new ConcurrentSkipListMap<>();
  private final Map<SaltedPassword, ScramKeys> derived = new ConcurrentHashMap<>();
  private final List<Set<PgSession>> sessions = new ArrayList<>();
  private final List<EffectTexts> texts = new ArrayList<>();
  private final List<PinCounters> pins = new ArrayList<>();
  private final Peers peers;
  private final String hostName;
  private volatile Config config;
  private volatile Hot hot;
  private volatile PgTimeouts timeouts;
  private volatile @Nullable String predecessor;
  private volatile boolean paused;
  private volatile boolean suspended;
  private volatile boolean ending;
  private volatile Shutdown shutdown = Shutdown.NONE;

  /** Whether the process is going down. */
  enum Shutdown {
    NONE, WAIT_FOR_SERVERS, WAIT_FOR_CLIENTS
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by content below
  private record SaltedPassword(String pool, String password, byte[] salt, int iterations) {
    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof SaltedPassword s && s.iterations == iterations && s.pool.equals(pool)
          && s.password.equals(password) && Arrays.equals(s.salt, salt);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(salt) * 31 + pool.hashCode();
    }

    @Override
    public String toString() {
      return "SaltedPassword[...]";
    }
  }

  public PgRuntime(Parts parts, Config config) {
    this.parts = parts;
    this.config = config;
    this.hot = Hot.of(config);
    this.timeouts = PgTimeouts.of(config);
    this.consoleMetrics = new PoolMetrics(parts.workers().count());
    this.tracked = new TrackedParameters(config.get(PoolSettings.TRACK_EXTRA_PARAMETERS));
    this.peers = new Peers(this);
    this.hostName = localHostName();
    random.nextBytes(mockKey);
    for (Worker worker : parts.workers()) {
      Set<PgSession> own = new HashSet<>();
      sessions.add(own);
      texts.add(new EffectTexts(random.nextLong()));
      pins.add(new PinCounters(SessionRows.reasons()));
      worker.execute(() -> worker.every(333, () -> tick(own)));
    }
    config.databases().values()
        .forEach(entry -> databases.put(entry.name(), newDatabase(entry, false)));
  }

  private static String localHostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private void tick(Set<PgSession> own) {
    if (suspended) {
      return; // frozen sockets cannot prove that they are alive
    }
    long now = System.nanoTime();
    for (PgSession session : List.copyOf(own)) {
      session.tick(now);
    }
  }

  // --- clients come and go ---

  /** A client has connected. On its worker. */
  public LinkHandler accept(Link link) {
    PgSession session = new PgSession(this, link);
    sessions.get(link.worker().index()).add(session);
    clientCount.incrementAndGet();
    // Who can reach the Unix socket may be the operator who wants to see what is going on.
    if (loginCount.incrementAndGet() > config.get(WeirSettings.MAX_UNAUTHENTICATED_CONN)
        && !link.remote().unix()) {
      link.worker().execute(() -> session.refuse(Refusal.MAX_UNAUTHENTICATED));
    }
    return session;
  }

  /** Login is over. */
  void loggedIn(@Nullable PgPool pool) {
    loginCount.decrementAndGet();
    if (pool != null) {
      pool.clients().incrementAndGet();
    }
  }

  /** A session has ended. On its worker. */
  void closed(PgSession session, @Nullable PgPool pool, boolean duringLogin) {
    sessions.get(session.worker().index()).remove(session);
    byKey.remove(session.cancelKey(), session);
    session.states().ledger().over();
    clientCount.decrementAndGet();
    if (duringLogin) {
      loginCount.decrementAndGet();
    } else if (pool != null) {
      pool.clients().decrementAndGet();
    }
  }

  /** Addresses that a host name no longer stands for: servers there are replaced when they are free. Any thread. */
  public void addressesLost(String host, Set<InetAddress> lost) {
    Set<String> gone = new HashSet<>();
    lost.forEach(address -> gone.add(Link.Endpoint.hostOf(address)));
    for (PgPool pool : pools()) {
      if (pool.database().entry().hosts().contains(host)) {
        pool.tagDirty(gone);
      }
    }
  }

  /** The process ends: clients and servers are closed without a word in the log for each. Waits a moment for it. */
  public void end() {
    ending = true;
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (Worker worker : parts.workers()) {
      Set<PgSession> own = sessions.get(worker.index());
      done.add(CompletableFuture
          .runAsync(() -> List.copyOf(own).forEach(s -> s.close(null, "shutdown")), worker));
    }
    for (PgPool pool : pools()) {
      pool.pool().hold(true);
      for (PgServer server : pool.servers()) {
        done.add(CompletableFuture.runAsync(() -> server.close("shutdown"), server.worker()));
      }
    }
    try {
      CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("not every connection could be closed in time");
    }
  }

  /** The process ends: what closes now needs no log line. */
  boolean ending() {
    return ending;
  }

  /** Gives the session its cancel key. */
  CancelKey register(PgSession session, boolean longSecret) {
    CancelKey key = CancelKey.random(random, config.get(ProcessSettings.PEER_ID), longSecret);
    while (byKey.putIfAbsent(key, session) != null) {
      key = CancelKey.random(random, config.get(ProcessSettings.PEER_ID), longSecret);
    }
    session.cancelKey(key);
    return key;
  }

  /** A draining process's Unix socket: cancel requests for clients we do not know may be for its. */
  public void predecessor(@Nullable String unixSocket) {
    predecessor = unixSocket;
  }

  /** A cancel request has come in; the requester is closed when it is dealt with. On the requester's worker. */
  void cancel(PgSession requester, CancelKey key) {
    int own = config.get(ProcessSettings.PEER_ID);
    if (own > 0 && key.peerId() != own) {
      peers.forward(requester, key);
      return;
    }
    PgSession target = byKey.get(own > 0 ? key.stored() : key);
    String before = predecessor;
    if (target == null && before != null) {
      peers.forwardTo(before, requester, key);
    } else if (target == null) {
      LOG.warn("{}failed cancel request", requester);
      requester.close(null, "failed cancel request");
    } else {
      target.worker().run(() -> target.cancelRequested(requester));
    }
  }

  LocalConsole openConsole(PgSession session, Access access) {
    return new LocalConsole(session, parts.console()
        .open(new LocalEndpoint.LocalClient(session.identity().user(), access, session.id(),
            LocalEndpoint.Wire.PG)));
  }

  // --- databases, users, pools ---

  /** The database of this name, made from the {@code *} entry if need be; null when there is none. */
  @Nullable
  Database findDatabase(String name) {
    Database known = databases.get(name);
    DatabaseEntry template = config.template();
    if (known != null || template == null || name.equals(CONSOLE)
        || config.mysqlDatabases().containsKey(name)) { // a name is one database's
      return known;
    }
    synchronized (databases) {
      Database meanwhile = databases.get(name);
      if (meanwhile != null) {
        return meanwhile;
      }
      LOG.info("registered new auto-database: {}", name);
      Database made = newDatabase(template.instantiate(name), true);
      databases.put(name, made);
      return made;
    }
  }

  /** Whether operators see a database of this name here. Any thread. */
  public boolean hasDatabase(String name) {
    return databases.containsKey(name) || name.equals(CONSOLE);
  }

  Database newDatabase(DatabaseEntry entry, boolean auto) {
    return new Database(entry, auto, config.maxDbConnections(entry));
  }

  /** The pool of a database and a server user. */
  PgPool pool(Database database, String user) {
    PgPool found = database.pools().computeIfAbsent(user, name -> {
      PgUser serverUser = user(name);
      serverUser.prove();
      PgPool pool = new PgPool(this, database, serverUser);
      pool.pool().hold(paused || database.paused());
      return pool;
    });
    found.touched();
    return found;
  }

  PgUser user(String name) {
    return users.computeIfAbsent(name, n -> new PgUser(n, config.maxUserConnections(n)));
  }

  /** The user of this name, with one client more. */
  PgUser enter(String name) {
    return Objects.requireNonNull(users.compute(name, (n, known) -> {
      PgUser user = known == null ? new PgUser(n, config.maxUserConnections(n)) : known;
      user.clients().incrementAndGet();
      return user;
    }));
  }

  /** A client less; a name that strangers made up and nobody could log in with is forgotten. */
  void leave(PgUser user) {
    users.computeIfPresent(user.name(), (_, known) -> {
      boolean last = known.clients().decrementAndGet() == 0;
      return last && !known.proven() ? null : known;
    });
  }

  Map<String, Database> databases() {
    return databases;
  }

  Collection<PgUser> users() {
    return users.values();
  }

  /** All pools, by database and user. */
  List<PgPool> pools() {
    List<PgPool> all = new ArrayList<>();
    for (Database database : databases.values()) {
      all.addAll(new ConcurrentSkipListMap<>(database.pools()).values());
    }
    return all;
  }

  List<Set<PgSession>> sessionsByWorker() {
    return sessions;
  }

  Peers peers() {
    return peers;
  }

  /** What consoles do counts as the work of a pool too. */
  PoolMetrics consoleMetrics() {
    return consoleMetrics;
  }

  TrafficCounters consoleMetrics(Worker worker) {
    return consoleMetrics.forWorker(worker.index()).traffic();
  }

  // --- configuration ---

  Config config() {
    return config;
  }

  /** Takes a configuration into force; databases and pools are brought after it by {@link PgControl}. */
  void config(Config changed) {
    config = changed;
    hot = Hot.of(changed);
    timeouts = PgTimeouts.of(changed);
  }

  Hot hot() {
    return hot;
  }

  PgTimeouts timeouts() {
    return timeouts;
  }

  int listenPort() {
    return config.get(ProcessSettings.LISTEN_PORT);
  }

  String loginNotice() {
    return config.get(LogSettings.LOGIN_NOTIFY_MESSAGE);
  }

  // --- switches ---

  boolean paused() {
    return paused;
  }

  void paused(boolean on) {
    paused = on;
  }

  boolean suspended() {
    return suspended;
  }

  void suspended(boolean on) {
    suspended = on;
  }

  Shutdown shutdown() {
    return shutdown;
  }

  void shutdown(Shutdown how) {
    shutdown = how;
  }

  boolean shuttingDown() {
    return shutdown != Shutdown.NONE;
  }

  boolean shuttingDownServers() {
    return shutdown == Shutdown.WAIT_FOR_SERVERS;
  }

  // --- parts ---

  Workers workers() {
    return parts.workers();
  }

  Sockets sockets() {
    return parts.sockets();
  }

  Resolver resolver() {
    return parts.resolver();
  }

  PgTls.Clients clientTls() {
    return parts.tls().clients();
  }

  PgTls.Servers serverTls() {
    return parts.tls().servers();
  }

  PgTls tls() {
    return parts.tls();
  }

  String tlsText(Link link) {
    return PgTls.text(link);
  }

  ExternalAuth externalAuth() {
    return parts.externalAuth();
  }

  PoolDirectory directory() {
    return directory;
  }

  TrackedParameters tracked() {
    return tracked;
  }

  PreparedStatement.Directory statements() {
    return statements;
  }

  PinCounters pins(Worker worker) {
    return pins.get(worker.index());
  }

  /** Of all workers. */
  List<PinCounters> pins() {
    return pins;
  }

  EffectTexts texts(Worker worker) {
    return texts.get(worker.index());
  }

  SecureRandom random() {
    return random;
  }

  byte[] mockKey() {
    return mockKey.clone();
  }

  int ownUid() {
    return parts.ownUid();
  }

  String hostName() {
    return hostName;
  }

  /** Numbers for clients and servers, of both protocols. */
  public long nextId() {
    return lastId.incrementAndGet();
  }

  /** Connections of clients, logged in or not. */
  int clientCount() {
    return clientCount.get();
  }

  int loginCount() {
    return loginCount.get();
  }

  /** Runs a costly step on the computing threads; fails when too many are under way. */
  <T> CompletionStage<T> compute(Supplier<T> step) {
    return run(step, parts.computing());
  }

  /** Runs a step that waits for somebody else, as {@link #compute}. */
  <T> CompletionStage<T> await(Supplier<T> step) {
    return run(step, parts.blocking());
  }

  private static <T> CompletionStage<T> run(Supplier<T> step, Executor on) {
    try {
      return CompletableFuture.supplyAsync(step, on);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** SCRAM keys of a password for a server's salt; derived once for each pool and salt. */
  CompletionStage<ScramKeys> scramKeysOf(PgPool pool, String password, byte[] salt,
      int iterations) {
    SaltedPassword what = new SaltedPassword(pool.toString(), password, salt, iterations);
    ScramKeys known = derived.get(what);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    return compute(() -> {
      ScramKeys keys = ScramKeys.of(ScramClient.saltedPassword(password, salt, iterations));
      if (derived.size() >= 10_000) {
        derived.clear(); // a server that changes its salt for every login must not fill the memory
      }
      derived.put(what, keys);
      return keys;
    });
  }

  boolean cancelsQueued() {
    return config.get(WeirSettings.CANCEL_QUEUED);
  }

  /** Name of a system account, null when there is none. */
  @Nullable
  String accountName(int uid) {
    return parts.accountNames().apply(uid);
  }

  /** Address of a TCP peer, null for Unix sockets. */
  static @Nullable InetAddress addressOf(Link link) {
    if (link.remote().unix()) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(link.remote().host());
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
