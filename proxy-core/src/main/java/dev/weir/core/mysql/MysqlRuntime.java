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
import dev.weir.core.net.tls.ServerTls;
import dev.weir.core.pool.PoolDirectory;
import dev.weir.core.route.RuleSet;
import dev.weir.mysql.packet.Collation;
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
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What all MySQL sessions share: the configuration in force, hostgroups, users, rules, and who is there. Read by all
 * workers, changed on the control thread.
 */
public final class MysqlRuntime {
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
  private final SessionVariables initial;
  private final Map<Integer, SessionVariables> byCollation = new ConcurrentHashMap<>();
  private final Map<Integer, MysqlSession> sessions = new ConcurrentHashMap<>();
  private final Map<String, MysqlUser> users = new ConcurrentHashMap<>();
  private final List<MysqlWorkerState> locals = new ArrayList<>();
  private final AtomicInteger clients = new AtomicInteger();
  private final AtomicInteger strangers = new AtomicInteger();
  private final long startedNanos = System.nanoTime();
  private final MysqlGroups groups = new MysqlGroups(this);
  private volatile Map<Integer, Hostgroup> hostgroups = Map.of();
  private volatile MysqlConfig config;
  private volatile MysqlSettings settings;
  private volatile RuleSet rules = RuleSet.EMPTY;
  private volatile @Nullable ClientTls clientTls;
  private volatile @Nullable ServerTls serverTls;
  private volatile @Nullable KeyPair keys;
  private volatile @Nullable MysqlWatch watch;

  public MysqlRuntime(Parts parts, MysqlConfig config) {
    this.parts = parts;
    this.config = config;
    this.settings = MysqlSettings.of(config.variables());
    this.initial = variablesOf(Collation.UTF8MB4_GENERAL_CI);
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

  void closed(MysqlSession session, boolean duringLogin) {
    sessions.remove(session.id(), session);
    local(session.worker()).remove(session);
    MysqlUser user = session.userOrNull();
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

  Collection<MysqlUser> users() {
    return users.values();
  }

  // --- configuration ---

  /** Takes a configuration into force; what did not change goes on undisturbed. On the control thread. */
  public void apply(MysqlConfig changed) {
    config = changed;
    settings = MysqlSettings.of(changed.variables());
    applyUsers(changed.users());
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

  RuleSet rules() {
    return rules;
  }

  /** What TLS to clients and to servers is done with from now on; null is none. */
  public void tls(@Nullable ClientTls toClients, @Nullable ServerTls toServers) {
    clientTls = toClients;
    serverTls = toServers;
  }

  private void applyUsers(List<UserRow> rows) {
    Set<String> named = new HashSet<>();
    for (UserRow row : rows) {
      if (!row.active() || !row.frontend()) {
        continue;
      }
      named.add(row.username());
      MysqlUser known = users.get(row.username());
      if (known == null) {
        users.put(row.username(), new MysqlUser(row));
      } else {
        known.row(row);
      }
    }
    users.keySet().retainAll(named); // sessions that are there go on
  }

  private record Where(int hostgroup, ServerAddress address) {}

  /** The servers as they are now. One call at a time. */
  void servers(Topology topology) {
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
        target = new Target(this, MysqlWatch.row(server), server.status());
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
    Map<Integer, Hostgroup> made = new HashMap<>();
    now.forEach((id, targets) -> made.put(id, new Hostgroup(id, List.copyOf(targets))));
    hostgroups = Map.copyOf(made);
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
    if (by == null) {
      return null;
    }
    for (Server server : by.lastResort(hostgroup)) {
      for (Target target : hostgroup(hostgroup).targets()) {
        if (target.address().equals(server.address())) {
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

  /** Average of the last pings; 0 when there were none. */
  long latencyMicros(ServerAddress address) {
    MysqlWatch by = watch;
    return by == null ? 0 : by.monitor().latencyMicros(address).orElse(0);
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
    groups.keepHouse(now);
  }

  /** Ends all sessions and closes all connections to servers. */
  public void closeAll() {
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
  SessionVariables variablesOf(int collation) {
    return byCollation.computeIfAbsent(collation, id -> {
      Collation known = Collation.of(id);
      Collation used = known != null ? known : Collation.of(Collation.UTF8MB4_GENERAL_CI);
      if (used == null) {
        return SessionVariables.NONE;
      }
      return SessionVariables.NONE
          .with("character_set_client", used.charset())
          .with("character_set_connection", used.charset())
          .with("character_set_results", used.charset())
          .with("collation_connection", used.name());
    });
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

  MysqlCounters counters() {
    return counters;
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

  @Nullable
  ServerTls serverTls() {
    return serverTls;
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
