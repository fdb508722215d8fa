package dev.weir.core.mysql;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.DatabaseView;
import dev.weir.core.control.LedgerView;
import dev.weir.core.control.ListCounts;
import dev.weir.core.control.PinView;
import dev.weir.core.control.PoolKey;
import dev.weir.core.control.PoolView;
import dev.weir.core.control.Protocol;
import dev.weir.core.control.RouteView;
import dev.weir.core.control.Traffic;
import dev.weir.core.control.UserView;
import dev.weir.core.metrics.PinCounters;
import dev.weir.core.net.Link;
import dev.weir.core.net.Worker;
import dev.weir.core.net.tls.TlsInfo;
import dev.weir.core.pool.Pool;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import dev.weir.core.session.SideView;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The MySQL side's pools as PgBouncer's tables show them: a database for each declared one, and {@code hostgroup_n} for
 * each hostgroup of ProxySQL's tables. Confined to the control thread; asks the workers and waits for them.
 */
public final class MysqlPoolsView implements SideView {
  /** A worker that does not answer for this long is stuck: better an error than a stuck console. */
  private static final long PATIENCE_SECONDS = 10;

  private final MysqlRuntime runtime;
  private final Predicate<String> taken;

  /** @param taken names of databases that the other protocol has: ours are shown by another name then */
  public MysqlPoolsView(MysqlRuntime runtime, Predicate<String> taken) {
    this.runtime = runtime;
    this.taken = taken;
  }

  // --- connections ---

  /** Runs the step on every worker and returns when all have. */
  private void onEveryWorker(Consumer<Worker> step) {
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (Worker worker : runtime.workers()) {
      done.add(CompletableFuture.runAsync(() -> step.accept(worker), worker));
    }
    try {
      CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(PATIENCE_SECONDS,
          TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a worker did not answer", e);
    }
  }

  private List<ConnectionView> sessions(Predicate<MysqlSession> which) {
    List<ConnectionView> rows = new ArrayList<>();
    onEveryWorker(worker -> {
      List<ConnectionView> part = runtime.sessions().stream()
          .filter(session -> session.worker().equals(worker) && which.test(session))
          .map(this::view).toList();
      synchronized (rows) {
        rows.addAll(part);
      }
    });
    return rows;
  }

  @Override
  public List<ConnectionView> clients() {
    return sessions(MysqlPoolsView::isClient);
  }

  /** Shows something of every session that has logged in, on its worker. */
  private <T> List<T> ofSessions(BiConsumer<MysqlSession, List<T>> what) {
    List<T> rows = new ArrayList<>();
    onEveryWorker(worker -> {
      List<T> part = new ArrayList<>();
      for (MysqlSession session : runtime.sessions()) {
        if (session.worker().equals(worker) && isClient(session)) {
          what.accept(session, part);
        }
      }
      synchronized (rows) {
        rows.addAll(part);
      }
    });
    return rows;
  }

  @Override
  public List<PinView> pins() {
    return ofSessions((session, rows) -> {
      MysqlGroup group = session.home().groupOrNull();
      SessionRows.pins(session, group == null ? "" : shown(group), rows);
    });
  }

  @Override
  public List<LedgerView> ledgers() {
    return ofSessions(SessionRows::ledger);
  }

  @Override
  public @Nullable List<LedgerView> ledger(long clientId) {
    MysqlSession session = runtime.session(clientId);
    if (session == null) {
      return null;
    }
    List<LedgerView> rows = new ArrayList<>();
    AtomicBoolean there = new AtomicBoolean();
    onEveryWorker(worker -> {
      if (session.worker().equals(worker) && isClient(session)) {
        there.set(true);
        SessionRows.ledger(session, rows);
      }
    });
    return there.get() ? rows : null;
  }

  @Override
  public @Nullable List<RouteView> explain(String sql, long clientId) {
    MysqlSession session = clientId == 0 ? null : runtime.session(clientId);
    if (session == null && clientId != 0) {
      return null;
    }
    Worker first = runtime.workers().iterator().next();
    Worker asked = session == null ? first : session.worker();
    List<RouteView> rows = new ArrayList<>();
    onEveryWorker(worker -> {
      if (worker.equals(asked) && (session == null || isClient(session))) {
        rows.addAll(RouteRows.of(runtime, runtime.local(worker), session, sql));
      }
    });
    return rows.isEmpty() ? null : rows;
  }

  private static boolean isClient(MysqlSession session) {
    return session.state() != MysqlSession.State.LOGIN
        && session.state() != MysqlSession.State.CLOSED;
  }

  @Override
  public List<ConnectionView> servers() {
    List<ConnectionView> rows = new ArrayList<>();
    List<MysqlServer> all = new ArrayList<>();
    for (MysqlGroup group : runtime.groups().groups()) {
      for (MysqlPool pool : group.members()) {
        for (PooledConnection connection : pool.pool().connections()) {
          all.add((MysqlServer) connection);
        }
      }
    }
    onEveryWorker(worker -> {
      List<ConnectionView> part = all.stream()
          .filter(server -> server.worker().equals(worker) && !server.closed())
          .map(this::view).toList();
      synchronized (rows) {
        rows.addAll(part);
      }
    });
    return rows;
  }

  @Override
  public List<ConnectionView> sockets() {
    List<ConnectionView> all = new ArrayList<>(sessions(_ -> true));
    all.addAll(servers());
    return all;
  }

  private ConnectionView view(MysqlSession s) {
    MysqlServer server = s.server();
    MysqlUser user = s.userOrNull();
    MysqlGroup group = s.home().groupOrNull();
    boolean busy = switch (s.state()) {
      case WAITING, SYNCING, RUNNING, ENDING, FORWARDING -> true;
      case LOGIN, IDLE, CLOSED -> false;
    };
    String state = switch (s.state()) {
      case LOGIN -> "cl_login";
      case WAITING -> "cl_waiting";
      case IDLE, SYNCING, RUNNING, ENDING, FORWARDING -> "cl_active";
      case CLOSED -> "cl_justfree";
    };
    boolean unlinked = s.state() == MysqlSession.State.IDLE && server == null;
    Link link = s.link();
    long now = System.nanoTime();
    return new ConnectionView('C', user == null ? "(nouser)" : user.name(),
        group == null ? "(nodb)" : shown(group), "none", state,
        unlinked ? "idle" : state.substring(3), link.remote().host(), link.remote().port(),
        link.local().host(), link.local().port(), s.times().connectTime(),
        s.times().requestTime(now),
        busy ? TimeUnit.NANOSECONDS.toMicros(now - s.current().sinceNanos()) : 0, false, s.id(),
        server == null ? 0 : server.id(), pid(link), tls(link), "", s.statements().size(),
        s.id(), new ConnectionView.Buffers(s.intake().heldBytes(), 0, link.unsentBytes()),
        parameters(s.variables()), 0, link.fd());
  }

  private ConnectionView view(MysqlServer s) {
    Link link = s.linkOrNull();
    MysqlSession session = s.tenantOrNull();
    ServerState state = s.state();
    MysqlPool pool = s.owner();
    boolean busy = session != null && s.serves();
    long now = System.nanoTime();
    return new ConnectionView('S', pool.account().shownUser(), shown(pool.account().group()),
        "none", state.socketName(), state.serverName(), pool.target().row().hostname(),
        pool.target().row().port(), link == null ? "" : link.local().host(),
        link == null ? 0 : link.local().port(), s.connectTime(),
        session == null ? null : session.times().requestTime(now),
        busy && session != null
            ? TimeUnit.NANOSECONDS.toMicros(now - session.current().sinceNanos())
            : 0,
        s.closeNeeded(), s.id(), session == null ? 0 : session.id(), (int) s.threadId(),
        link == null ? "" : tls(link), "", s.statements().size(), s.id(),
        new ConnectionView.Buffers(0, 0, link == null ? 0 : link.unsentBytes()),
        parameters(s.variables()), 0, s.fd());
  }

  private static int pid(Link link) {
    Link.Credentials peer = link.peerCredentials();
    return peer == null ? 0 : peer.pid();
  }

  private static String tls(Link link) {
    SSLSession session = link.tlsSession();
    return session == null ? "" : TlsInfo.text(session);
  }

  private static ConnectionView.Parameters parameters(SessionVariables of) {
    return new ConnectionView.Parameters(of.get("character_set_client"), null, null,
        of.get("time_zone"));
  }

  // --- pools, databases, users ---

  private String shown(MysqlGroup group) {
    return MysqlGroups.shown(group, taken);
  }

  /** Something has used it, or could be used by it. */
  private static boolean isShown(MysqlAccount account) {
    return account.clients().get() > 0 || !account.pools().isEmpty();
  }

  @Override
  public List<PoolView> pools() {
    long now = System.nanoTime();
    List<PoolView> rows = new ArrayList<>();
    for (MysqlGroup group : runtime.groups().groups()) {
      for (MysqlAccount account : group.accounts()) {
        if (!isShown(account)) {
          continue;
        }
        Pool.Census c = account.census(now);
        rows.add(new PoolView(Protocol.MYSQL, shown(group), account.shownUser(),
            Math.max(0, account.clients().get() - c.waiting()), c.waiting(), 0, 0, c.active(), 0,
            c.beingCanceled(), c.idle(), c.used(), c.tested(), c.login(),
            c.oldestWaitNanos() / 1000, account.mode().spelling(), balance(group.entry()),
            account.servers().max()));
      }
    }
    return rows;
  }

  private static @Nullable String balance(@Nullable DatabaseEntry entry) {
    return entry != null && entry.hosts().size() > 1
        ? entry.loadBalanceHosts().spelling()
        : null;
  }

  @Override
  public List<DatabaseView> databases() {
    List<DatabaseView> rows = new ArrayList<>();
    for (MysqlGroup group : runtime.groups().groups()) {
      DatabaseEntry e = group.entry();
      Config config = group.config();
      if (e == null || config == null) {
        rows.add(hostgroup(group));
      } else if (!group.auto() || !group.unused() || group.paused()) {
        rows.add(new DatabaseView(Protocol.MYSQL, shown(group), e.host(), e.port(),
            e.serverDatabase(), e.user(), config.poolSize(e, e.user()), config.minPoolSize(e), 0,
            (int) config.serverLifetime(e).toSeconds(),
            e.poolMode() == null ? null : e.poolMode().spelling(), balance(e),
            config.maxDbConnections(e), group.servers().used(), config.maxDbClientConnections(e),
            group.clients().get(), group.paused(), group.disabled()));
      }
    }
    return rows;
  }

  /** Hosts are those of its servers now; its clients name schemas, of which it may have many. */
  private DatabaseView hostgroup(MysqlGroup group) {
    List<Target> targets = runtime.hostgroups().stream()
        .flatMap(hostgroup -> hostgroup.targets().stream())
        .filter(target -> target.group().equals(group)).toList();
    String hosts = targets.stream().map(target -> target.row().hostname()).distinct()
        .collect(Collectors.joining(","));
    int most = (int) Math.min(Integer.MAX_VALUE,
        targets.stream().mapToLong(target -> target.row().maxConnections()).sum());
    return new DatabaseView(Protocol.MYSQL, shown(group), hosts.isEmpty() ? null : hosts,
        targets.isEmpty() ? 0 : targets.getFirst().row().port(), group.name(), null, most, 0, 0,
        (int) TimeUnit.MILLISECONDS.toSeconds(runtime.settings().connectionMaxAgeMillis()), null,
        null, most, group.servers().used(), 0, group.clients().get(), group.paused(),
        group.disabled());
  }

  @Override
  public List<UserView> users() {
    Map<String, Integer> servers = new TreeMap<>();
    for (MysqlGroup group : runtime.groups().groups()) {
      for (MysqlAccount account : group.accounts()) {
        servers.merge(account.user().name(), account.servers().used(), Integer::sum);
      }
    }
    Map<String, UserView> byName = new TreeMap<>();
    Config config = runtime.groups().config();
    for (MysqlUser user : runtime.users()) {
      byName.put(user.name(), new UserView(user.name(), null, null, null, 0,
          servers.getOrDefault(user.name(), 0), limit(user), user.clients().get()));
    }
    for (MysqlUser user : runtime.groups().users()) {
      UserView own = new UserView(user.name(), null, null, null,
          config == null ? 0 : config.maxUserConnections(user.name()),
          byName.containsKey(user.name()) ? 0 : servers.getOrDefault(user.name(), 0),
          config == null ? 0 : config.maxUserClientConnections(user.name()),
          user.clients().get());
      byName.merge(user.name(), own, (a, b) -> b.plus(a));
    }
    return List.copyOf(byName.values());
  }

  private static int limit(MysqlUser user) {
    return (int) Math.min(Integer.MAX_VALUE, user.row().maxConnections());
  }

  @Override
  public ListCounts lists() {
    int pools = 0;
    int servers = 0;
    List<MysqlGroup> groups = runtime.groups().groups();
    for (MysqlGroup group : groups) {
      servers += group.servers().used();
      pools += (int) group.accounts().stream().filter(MysqlPoolsView::isShown).count();
    }
    return new ListCounts(groups.size(), users().size(), 0, pools, 0, 0,
        runtime.sessions().size(), runtime.strangers(), 0, servers, 0, 0, 0, 0);
  }

  // --- statistics ---

  @Override
  public SequencedMap<PoolKey, Traffic> totals() {
    SequencedMap<PoolKey, Traffic> totals = new LinkedHashMap<>();
    for (MysqlGroup group : runtime.groups().groups()) {
      for (MysqlAccount account : group.accounts()) {
        totals.put(key(account), account.metrics().traffic());
      }
    }
    return totals;
  }

  private PoolKey key(MysqlAccount account) {
    return new PoolKey(Protocol.MYSQL, shown(account.group()), account.shownUser());
  }

  @Override
  public List<PoolTimes> poolTimes() {
    List<PoolTimes> rows = new ArrayList<>();
    for (MysqlGroup group : runtime.groups().groups()) {
      for (MysqlAccount account : group.accounts()) {
        if (isShown(account)) {
          rows.add(new PoolTimes(key(account), account.metrics().snapshot()));
        }
      }
    }
    return rows;
  }

  @Override
  public List<PinTimes> pinTimes() {
    Pins.Reason[] reasons = Pins.Reason.values();
    return PinCounters.sum(Protocol.MYSQL,
        runtime.locals().stream().map(MysqlWorkerState::pins).toList(),
        number -> reasons[number].text());
  }
}
