package dev.weir.core.mysql;

import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import dev.weir.core.config.mysql.DeclaredHostgroups;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.UserRow;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Resolver;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.Worker;
import dev.weir.core.net.Workers;
import dev.weir.core.net.tls.ClientTls;
import dev.weir.core.pool.PoolDirectory;
import dev.weir.core.route.RuleSet;
import dev.weir.mysql.codec.ZstdLibrary;
import dev.weir.mysql.packet.Collation;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all MySQL sessions share: the configuration in force, hostgroups, users, rules, and who is there. Read by all
 * workers, changed on the control thread.
 */
public final class MysqlRuntime {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlRuntime.class);
  private static final int TICK_MILLIS = 333;

  /**
   * Parts that outlive a configuration.
   *
   * @param ids numbers of clients and servers, shared with the other protocol: operators name clients by them
   */
  public record Parts(Workers workers, Sockets sockets, Resolver resolver, Executor computing,
      LongSupplier ids) {}

  private final Parts parts;
  private final PoolDirectory directory = new PoolDirectory();
  private final MysqlCounters counters = new MysqlCounters();
  private final ErrorStatistics errors = new ErrorStatistics();
  private final SecureRandom random = new SecureRandom();
  private final QueryCache queryCache;
  private final Sideline side = new Sideline(this);
  private final SessionVariables initial;
  private final Map<Integer, SessionVariables> byCollation = new ConcurrentHashMap<>();
  private final Map<Integer, MysqlSession> sessions = new ConcurrentHashMap<>();
  private final Map<String, MysqlUser> users = new ConcurrentHashMap<>();
  private final List<MysqlWorkerState> locals = new ArrayList<>();
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger strangers = new AtomicInteger();
  private final long startedNanos = System.nanoTime();
  private final Map<Integer, HostgroupState> states = new HashMap<>();
  private final MysqlGroups groups = new MysqlGroups(this);
  private volatile Map<Integer, Hostgroup> hostgroups = Map.of();
  private volatile HostgroupRules.All rulesOfHostgroups;
  private volatile MysqlConfig config;
  private volatile MysqlSettings settings;
  private volatile Firewall firewall;
  private volatile RuleSet rules = RuleSet.EMPTY;
  private volatile @Nullable ClientTls clientTls;
  private volatile BackendTls backendTls = BackendTls.NONE;
  private volatile @Nullable KeyPair keys;
  private volatile @Nullable MysqlWatch watch;
  private final GtidReaders gtids = new GtidReaders(
      () -> config().variables().whole("mysql-binlog_reader_connect_retry_msec"));
  private volatile boolean tracksGtids;
  private volatile boolean draining;
  private volatile @Nullable Runnable whenDrained;

  public MysqlRuntime(Parts parts, MysqlConfig config) {
    this.parts = parts;
    this.config = config;
    this.settings = MysqlSettings.of(config.variables());
    this.tracksGtids = tracksGtids(config);
    this.queryCache = new QueryCache(System::nanoTime, random.nextLong(),
        settings.query().cacheBytes());
    this.firewall = Firewall.of(config, counters);
    this.rulesOfHostgroups = HostgroupRules.of(config);
    if (!ZstdLibrary.isLoaded()) { // here, so that no worker waits for it
      LOG.warn("compression by zstd is not offered: {}", ZstdLibrary.failure());
    }
    Collation afterLogin = Objects.requireNonNull(Collation.of(Collation.UTF8MB4_GENERAL_CI));
    this.initial = variablesOf(afterLogin);
    side.apply(config.variables());
    for (Worker worker : parts.workers()) {
      MysqlWorkerState own = new MysqlWorkerState(this, random.nextLong());
      locals.add(own);
      worker.execute(() -> worker.every(TICK_MILLIS, () -> own.tick(System.nanoTime())));
    }
    applyUsers(config.users());
  }

  // --- clients come and go ---

  /** A client has connected. On its worker. */
  public LinkHandler accept(Link link) {
    int id = nextSessionId();
    MysqlSession session = new MysqlSession(this, link, id);
    sessions.put(id, session);
    local(link.worker()).add(session);
    counters.clientsCreated.increment();
    strangers.incrementAndGet();
    link.worker().execute(session::greet);
    return session;
  }

  /** A session that runs a mirrored statement: logged in, counted for nobody. On its worker. */
  MysqlSession mirror(MirrorLink link, MysqlUser user, MysqlGroup group, long capabilities,
      SessionVariables variables, String schema) {
    int id = nextSessionId();
    MysqlSession session = new MysqlSession(this, link, id);
    sessions.put(id, session);
    local(link.worker()).add(session);
    strangers.incrementAndGet();
    session.home().mirrors(group);
    session.loggedIn(user, capabilities, variables, schema);
    return session;
  }

  private int nextSessionId() {
    int id;
    do {
      id = (int) parts.ids().getAsLong() & 0x7fff_ffff;
    } while (id == 0 || sessions.containsKey(id));
    return id;
  }

  /** Counts a client for its user; null, or why it cannot stay. */
  @Nullable
  Refusal enter(MysqlUser user) {
    if (clients.incrementAndGet() > settings.maxConnections()) {
      clients.decrementAndGet();
      counters.refusedMaxConnections.increment();
      return MysqlRefusals.TOO_MANY_CONNECTIONS;
    }
    if (user.clients().incrementAndGet() > user.row().maxConnections()) {
      user.clients().decrementAndGet();
      clients.decrementAndGet();
      counters.refusedMaxUserConnections.increment();
      return MysqlRefusals.tooManyOfUser(user.name(), user.row().maxConnections());
    }
    return null;
  }

  void loggedIn(MysqlSession session) {
    strangers.decrementAndGet();
  }

  /** The session logs in as somebody else. */
  void leave(MysqlSession session) {
    MysqlUser user = session.userOrNull();
    if (user != null) {
      user.clients().decrementAndGet();
      clients.decrementAndGet();
      strangers.incrementAndGet();
    }
  }

  void closed(MysqlSession session, boolean duringLogin, String reason) {
    sessions.remove(session.id(), session);
    local(session.worker()).remove(session);
    MysqlUser user = session.userOrNull();
    AuditTrail.closed(this, session, session.link(), user == null ? "" : user.name(),
        session.schema(), reason);
    if (session.link() instanceof MirrorLink) {
      return;
    }
    if (reason.equals(MysqlSession.CLIENT_GONE) && !duringLogin && side.settings().logLost()) {
      LOG.warn("{}: closing unhealthy client connection", session);
    }
    if (duringLogin) {
      strangers.decrementAndGet();
      counters.clientsAborted.increment();
    } else if (user != null) {
      user.clients().decrementAndGet();
      clients.decrementAndGet();
    }
  }

  @Nullable
  MysqlSession session(long id) {
    return id > 0 && id <= Integer.MAX_VALUE ? sessions.get((int) id) : null;
  }

  Collection<MysqlSession> sessions() {
    return sessions.values();
  }

  @Nullable
  MysqlUser user(String name) {
    MysqlUser user = users.get(name);
    return user != null && user.row().active() ? user : null;
  }

  /** Whether this is still a user whom the operator lets in. */
  boolean knows(MysqlUser user) {
    return user.ofAuthFile() || users.get(user.name()) == user;
  }

  Collection<MysqlUser> users() {
    return users.values();
  }

  // --- configuration ---

  /** Takes a configuration into force; what did not change goes on undisturbed. On the control thread. */
  public void apply(MysqlConfig changed) {
    config = changed;
    MysqlSettings before = settings;
    MysqlSettings now = MysqlSettings.of(changed.variables());
    settings = now;
    queryCache.maxBytes(now.query().cacheBytes());
    if (now.queryDigests() != before.queryDigests()
        || !now.digestOptions().equals(before.digestOptions())) {
      for (Worker worker : parts.workers()) {
        worker.execute(local(worker)::forgetStatements);
      }
    }
    side.apply(changed.variables());
    tracksGtids = tracksGtids(changed);
    applyUsers(changed.users());
    HostgroupRules.All next = HostgroupRules.of(changed);
    rulesOfHostgroups = next;
    synchronized (states) {
      states.forEach((id, state) -> state.rules(next.of(id)));
      Map<Integer, List<Target>> same = new TreeMap<>();
      hostgroups.forEach((id, hostgroup) -> same.put(id, hostgroup.targets()));
      regroup(same);
    }
    for (Hostgroup hostgroup : hostgroups.values()) {
      for (Target target : hostgroup.targets()) {
        target.pools().forEach(MysqlPool::refresh);
      }
    }
  }

  /** Takes rules into force that were compiled before. */
  public void rules(RuleSet changed) {
    rules = changed;
  }

  /** Who may run what from now on; checked before. */
  void firewall(Firewall changed) {
    firewall = changed;
  }

  Firewall firewall() {
    return firewall;
  }

  RuleSet rules() {
    return rules;
  }

  /** What TLS to clients is done with from now on; null is none. */
  public void tls(@Nullable ClientTls toClients) {
    clientTls = toClients;
  }

  /** What TLS to servers is done with from now on; their connections are replaced as they become free. */
  void tls(BackendTls toServers) {
    backendTls = toServers;
    for (Hostgroup hostgroup : hostgroups.values()) {
      for (Target target : hostgroup.targets()) {
        if (target.row().useSsl()) {
          target.renew("TLS settings changed");
        }
      }
    }
  }

  private void applyUsers(List<UserRow> rows) {
    Set<String> named = new HashSet<>();
    Map<String, UserRow> backends = new HashMap<>();
    for (UserRow row : rows) {
      if (row.active() && row.backend()) {
        backends.put(row.username(), row);
      }
    }
    for (UserRow row : rows) {
      if (!row.active() || !row.frontend()) {
        continue;
      }
      named.add(row.username());
      MysqlUser known = users.get(row.username());
      if (known == null) {
        known = new MysqlUser(row);
      } else {
        known.row(row);
      }
      known.backend(backends.get(row.username()));
      users.put(row.username(), known);
    }
    users.keySet().retainAll(named); // sessions that are there go on
  }

  private record Where(int hostgroup, ServerAddress address) {}

  /** The servers as they are now. Any thread. */
  void servers(Topology topology) {
    synchronized (states) { // rules may change at the same time
      place(topology);
    }
  }

  private void place(Topology topology) {
    Map<Where, Target> before = new HashMap<>();
    for (Hostgroup hostgroup : hostgroups.values()) {
      hostgroup.targets().forEach(t -> before.put(new Where(t.hostgroup(), t.address()), t));
    }
    Map<Integer, List<Target>> now = new TreeMap<>();
    List<Target> drained = new ArrayList<>();
    List<Target> cut = new ArrayList<>();
    for (Server server : topology.servers()) {
      Target target = before.remove(new Where(server.hostgroup(), server.address()));
      if (target == null) {
        target = new Target(this, state(server.hostgroup()), MysqlWatch.row(server),
            server.status());
      } else {
        boolean was = target.usable();
        target.row(MysqlWatch.row(server));
        target.status(server.status());
        if (server.mustBeCut()) {
          cut.add(target);
        } else if (was && !target.usable()) {
          drained.add(target);
        }
      }
      now.computeIfAbsent(server.hostgroup(), _ -> new ArrayList<>()).add(target);
    }
    regroup(now);
    states.keySet().retainAll(now.keySet());
    gtids.watch(topology);
    for (Target gone : before.values()) {
      gone.leaves();
      if (DeclaredHostgroups.isReserved(gone.hostgroup())) {
        gone.pools().forEach(MysqlPool::leave); // as a changed line of [databases] does
      } else {
        gone.cut("server moved or removed");
      }
    }
    drained.forEach(target -> target.drain(target.status().name()));
    cut.forEach(target -> target.cut(target.status().name()));
  }

  private HostgroupState state(int hostgroup) {
    return states.computeIfAbsent(hostgroup,
        id -> new HostgroupState(rulesOfHostgroups.of(id)));
  }

  private void regroup(Map<Integer, List<Target>> targets) {
    Map<Integer, Hostgroup> made = new HashMap<>();
    targets.forEach((id, members) -> {
      Hostgroup group = Hostgroup.of(id, members, state(id).rules());
      Hostgroup before = hostgroups.get(id);
      if (group.closed() && (before == null || !before.closed())) {
        LOG.error("hostgroup {} serves nobody: {} servers are ONLINE, and max_num_online_servers "
            + "is {}", id, group.online(), state(id).rules().maxOnlineServers());
      } else if (before != null && before.closed() && !group.closed()) {
        LOG.info("hostgroup {} serves again", id);
      }
      made.put(id, group);
    });
    hostgroups = Map.copyOf(made);
  }

  private static boolean tracksGtids(MysqlConfig config) {
    return config.variables().text("mysql-default_session_track_gtids").equals("OWN_GTID");
  }

  /** Whether sessions remember what they have written, for {@code gtid_from_hostgroup}. */
  boolean tracksGtids() {
    return tracksGtids;
  }

  GtidReaders gtids() {
    return gtids;
  }

  /** Who says what becomes of servers. */
  void watchedBy(MysqlWatch by) {
    watch = by;
  }

  @Nullable
  MysqlWatch watch() {
    return watch;
  }

  /** A server that is out for its failures, to be tried because there is nobody else; null when it must rest. */
  @Nullable
  Target lastResort(int hostgroup) {
    MysqlWatch by = watch;
    Hostgroup group = hostgroup(hostgroup);
    if (by == null || group.closed()) {
      return null;
    }
    for (Server server : by.lastResort(hostgroup)) {
      for (Target target : group.targets()) {
        if (target.address().equals(server.address()) && !target.tooSlow()) {
          return target;
        }
      }
    }
    return null;
  }

  /** A connection could not be made; the monitor counts. Any thread. */
  void connectFailed(ServerAddress address, Refusal why) {
    MysqlWatch by = watch;
    if (by != null) {
      by.monitor().health().onConnectFailure(address, why.mysqlErrno(), why.message());
    }
  }

  /** A server answered with an error that may tell of its health. Any thread. */
  void serverError(ServerAddress address, int errno) {
    MysqlWatch by = watch;
    if (by != null) {
      by.monitor().health().onServerError(address, errno);
    }
  }

  /** Average of the last pings; 0 when there were none, or are none any more. */
  long latencyMicros(ServerAddress address) {
    MysqlWatch by = watch;
    return by == null || !by.monitor().settings().enabled()
        ? 0
        : by.monitor().latencyMicros(address).orElse(0);
  }

  Hostgroup hostgroup(int id) {
    Hostgroup found = hostgroups.get(id);
    return found == null ? Hostgroup.empty(id) : found;
  }

  Collection<Hostgroup> hostgroups() {
    return new TreeMap<>(hostgroups).values();
  }

  // --- housekeeping ---

  /** Every 333 ms on the control thread. */
  public void keepHouse(long now) {
    queryCache.keepHouse();
    Runnable drained = whenDrained;
    if (drained != null && sessions.isEmpty()) {
      whenDrained = null;
      drained.run();
    }
    groups.keepHouse(now);
    for (Hostgroup hostgroup : hostgroups.values()) {
      for (Target target : hostgroup.targets()) {
        target.keepHouse(now);
      }
    }
  }

  /** Writes the query log and the audit log when the variables say so; relative names are in this folder. */
  public void writeLogsIn(Path datadir) {
    side.writeLogsIn(datadir);
  }

  /** After {@link #closeAll}: writes what is still to be logged. Waits for it, for seconds at most. */
  public void closeLogs() {
    side.closeLogs();
  }

  /**
   * Sessions end as soon as they have no transaction open; then {@code over} runs, on the control thread. Replicas end
   * at once, other {@link FastForward} sessions when their clients go, for nobody knows what they are at.
   */
  void drain(Runnable over) {
    whenDrained = over;
    draining = true;
  }

  /** Whether the process is about to end. */
  boolean draining() {
    return draining;
  }

  /** As {@link #closeAll}, for good. */
  public void close() {
    closeAll();
    gtids.close();
  }

  /** Ends all sessions and closes all connections to servers. */
  public void closeAll() {
    side.mirrors().forget();
    for (MysqlSession session : sessions.values()) {
      session.worker().execute(() -> session.close("shutdown"));
    }
    for (Hostgroup hostgroup : hostgroups.values()) {
      for (Target target : hostgroup.targets()) {
        target.cut("shutdown");
      }
    }
  }

  // --- what sessions ask ---

  /** Variables of a session that has said nothing but the collation of its login. */
  SessionVariables variablesOf(Collation collation) {
    return byCollation.computeIfAbsent(collation.id(),
        _ -> Charsets.with(SessionVariables.NONE, collation));
  }

  /** What a server connection looks like after its login. */
  SessionVariables initialVariables() {
    return initial;
  }

  /** The pair of keys for passwords without TLS; made at the first call, which takes a while. */
  synchronized KeyPair rsaKeys() {
    KeyPair known = keys;
    if (known == null) {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        known = generator.generateKeyPair();
        keys = known;
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e); // every JVM has RSA
      }
    }
    return known;
  }

  /** What COM_STATISTICS answers. */
  String statistics() {
    return "Uptime: " + uptimeSeconds() + "  Threads: "
        + clients.get() + "  Questions: " + counters.questions.sum() + "  Slow queries: "
        + counters.slowQueries.sum();
  }

  MysqlWorkerState local(Worker worker) {
    return locals.get(worker.index());
  }

  List<MysqlWorkerState> locals() {
    return locals;
  }

  MysqlConfig config() {
    return config;
  }

  MysqlSettings settings() {
    return settings;
  }

  Sideline side() {
    return side;
  }

  MysqlCounters counters() {
    return counters;
  }

  QueryCache queryCache() {
    return queryCache;
  }

  ErrorStatistics errors() {
    return errors;
  }

  long uptimeSeconds() {
    return (System.nanoTime() - startedNanos) / 1_000_000_000L;
  }

  int nextConsoleId() {
    return nextSessionId();
  }

  @Nullable
  ClientTls clientTls() {
    return clientTls;
  }

  BackendTls backendTls() {
    return backendTls;
  }

  PoolDirectory directory() {
    return directory;
  }

  Workers workers() {
    return parts.workers();
  }

  Sockets sockets() {
    return parts.sockets();
  }

  Resolver resolver() {
    return parts.resolver();
  }

  Executor computing() {
    return parts.computing();
  }

  SecureRandom random() {
    return random;
  }

  long nextId() {
    return parts.ids().getAsLong();
  }

  MysqlGroups groups() {
    return groups;
  }

  /** Clients that have not logged in yet. */
  int strangers() {
    return strangers.get();
  }

  int clients() {
    return clients.get();
  }
}
