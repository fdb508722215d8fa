package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.LogSettings;
import dev.weir.core.config.PeerEntry;
import dev.weir.core.config.PoolMode;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.Setting;
import dev.weir.core.config.SettingsCatalogue;
import dev.weir.core.config.UserEntry;
import dev.weir.core.control.ConnectionView;
import dev.weir.core.control.DatabaseView;
import dev.weir.core.control.DnsView;
import dev.weir.core.control.LedgerView;
import dev.weir.core.control.ListCounts;
import dev.weir.core.control.ListenerView;
import dev.weir.core.control.PeerView;
import dev.weir.core.control.PinView;
import dev.weir.core.control.PoolKey;
import dev.weir.core.control.PoolView;
import dev.weir.core.control.ProcessView;
import dev.weir.core.control.Protocol;
import dev.weir.core.control.RouteView;
import dev.weir.core.control.SettingView;
import dev.weir.core.control.SlabView;
import dev.weir.core.control.Traffic;
import dev.weir.core.control.UserView;
import dev.weir.core.metrics.PinCounters;
import dev.weir.core.net.Link;
import dev.weir.core.net.Worker;
import dev.weir.core.pg.PgSession.State;
import dev.weir.core.pool.Pool;
import dev.weir.core.pool.ServerState;
import dev.weir.core.session.SideView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the PostgreSQL side looks like. Confined to the control thread; asks the workers and waits for them. */
public final class PgView implements SideView, ProcessView {
  /** A worker that does not answer for this long is stuck: better an incomplete table than a stuck console. */
  private static final long PATIENCE_SECONDS = 10;

  private final PgRuntime runtime;
  private final Supplier<List<ListenerView>> listeners;
  private final Supplier<List<DnsView>> dns;
  private final long startedEpochSeconds = System.currentTimeMillis() / 1000;

  public PgView(PgRuntime runtime, Supplier<List<ListenerView>> listeners,
      Supplier<List<DnsView>> dns) {
    this.runtime = runtime;
    this.listeners = listeners;
    this.dns = dns;
  }

  /** Runs the step on every worker over its own sessions, and returns when all have. Not from a worker. */
  static void onEveryWorker(PgRuntime runtime, BiConsumer<Worker, Set<PgSession>> step) {
    List<CompletableFuture<Void>> done = new ArrayList<>();
    for (Worker worker : runtime.workers()) {
      Set<PgSession> own = runtime.sessionsByWorker().get(worker.index());
      done.add(CompletableFuture.runAsync(() -> step.accept(worker, own), worker));
    }
    try {
      CompletableFuture.allOf(done.toArray(CompletableFuture[]::new)).get(PATIENCE_SECONDS,
          TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("a worker did not answer", e);
    }
  }

  // --- connections ---

  private static final Comparator<ConnectionView> ORDER = Comparator
      .comparing(ConnectionView::database).thenComparing(ConnectionView::user)
      .thenComparing(ConnectionView::state).thenComparingLong(ConnectionView::id);

  private List<ConnectionView> sessions(Predicate<PgSession> which) {
    List<ConnectionView> rows = new ArrayList<>();
    onEveryWorker(runtime, (worker, own) -> {
      List<ConnectionView> part = own.stream().filter(which).map(this::view).toList();
      synchronized (rows) {
        rows.addAll(part);
      }
    });
    rows.sort(ORDER);
    return rows;
  }

  @Override
  public List<ConnectionView> clients() {
    return sessions(s -> s.state() != State.LOGIN || waits(s));
  }

  private static boolean waits(PgSession session) {
    ClientLogin login = session.loginOrNull();
    return login != null && (login.waiting() || login.canceling());
  }

  private <T> List<T> ofSessions(Predicate<PgSession> which, BiConsumer<PgSession, List<T>> what) {
    List<T> rows = new ArrayList<>();
    onEveryWorker(runtime, (worker, own) -> {
      List<T> part = new ArrayList<>();
      own.stream().filter(s -> s.state() != State.LOGIN && s.state() != State.CLOSED)
          .filter(which).forEach(session -> what.accept(session, part));
      synchronized (rows) {
        rows.addAll(part);
      }
    });
    return rows;
  }

  @Override
  public List<PinView> pins() {
    return ofSessions(_ -> true, SessionRows::pins);
  }

  @Override
  public List<LedgerView> ledgers() {
    return ofSessions(_ -> true, SessionRows::ledger);
  }

  @Override
  public @Nullable List<LedgerView> ledger(long clientId) {
    List<List<LedgerView>> found = ofSessions(session -> session.id() == clientId,
        (session, into) -> {
          List<LedgerView> rows = new ArrayList<>();
          SessionRows.ledger(session, rows);
          into.add(rows);
        });
    return found.isEmpty() ? null : found.getFirst();
  }

  @Override
  public @Nullable List<RouteView> explain(String sql, long clientId) {
    if (clientId == 0) {
      return RouteRows.of(null, sql);
    }
    List<List<RouteView>> found = ofSessions(session -> session.id() == clientId,
        (session, into) -> into.add(RouteRows.of(session, sql)));
    return found.isEmpty() ? null : found.getFirst();
  }

  @Override
  public List<ConnectionView> servers() {
    List<ConnectionView> rows = new ArrayList<>();
    for (PgPool pool : runtime.pools()) {
      for (PgServer server : pool.servers()) {
        CompletableFuture<@Nullable ConnectionView> row = new CompletableFuture<>();
        server.worker().execute(() -> row.complete(server.closed() ? null : view(server)));
        try {
          ConnectionView seen = row.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
          if (seen != null) {
            rows.add(seen);
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
          throw new IllegalStateException("a worker did not answer", e);
        }
      }
    }
    rows.sort(ORDER);
    return rows;
  }

  @Override
  public List<ConnectionView> sockets() {
    List<ConnectionView> all = new ArrayList<>(sessions(_ -> true));
    all.addAll(servers());
    return all;
  }

  private ConnectionView view(PgSession s) {
    Link link = s.link();
    PgServer server = s.server();
    String state = switch (s.state()) {
      case LOGIN -> {
        ClientLogin login = s.loginOrNull();
        yield login != null && login.canceling()
            ? "cl_waiting_cancel_req"
            : login != null && login.waiting() ? "cl_waiting" : "cl_login";
      }
      case WAITING -> "cl_waiting";
      case IDLE, SYNCING, ATTACHED, LOCAL -> "cl_active";
      case CLOSED -> "cl_justfree";
    };
    boolean unlinked = s.state() == State.IDLE || s.state() == State.LOCAL;
    String linked = unlinked ? "idle" : state.substring(3);
    long busy = s.times().busySinceNanos();
    Link.Credentials peer = link.peerCredentials();
    return new ConnectionView('C', s.identity().user(), s.identity().database(),
        s.identity().replication().word(),
        state, linked, link.remote().host(),
        link.remote().unix() ? runtime.listenPort() : link.remote().port(),
        link.local().host(), link.local().unix() ? runtime.listenPort() : link.local().port(),
        s.times().connectTime(),
        s.times().requestTime(), busy == 0 ? 0 : (System.nanoTime() - busy) / 1000, false, s.id(),
        server == null ? 0 : server.id(), peer == null ? 0 : peer.pid(), runtime.tlsText(link),
        text(s.parameters(), "application_name"), s.preparedStatements(), s.id(),
        new ConnectionView.Buffers(s.requests().heldBytes(), s.requests().owedBytes(),
            link.unsentBytes()),
        parameters(s.parameters()),
        s.cancelKey().number(), link.fd());
  }

  private ConnectionView view(PgServer s) {
    Link link = s.linkOrNull();
    PgSession session = s.tenant() instanceof PgSession p ? p : null;
    ServerState state = s.state();
    Instant request = session == null ? null : session.times().requestTime();
    long busy = session == null ? 0 : session.times().busySinceNanos();
    return new ConnectionView('S', s.owner().userName(), s.owner().database().name(),
        session == null ? "none" : session.identity().replication().word(), state.socketName(),
        state.serverName(),
        s.address(), s.port(), link == null ? "" : link.local().host(),
        link == null || link.local().unix() ? 0 : link.local().port(), s.connectTime(), request,
        busy == 0 ? 0 : (System.nanoTime() - busy) / 1000, s.closeNeeded(), s.id(),
        session == null ? 0 : session.id(), s.cancelKey() == null ? 0 : s.cancelKey().processId(),
        link == null ? "" : runtime.tlsText(link), text(s.parameters(), "application_name"),
        s.statements().size(),
        s.id(),
        new ConnectionView.Buffers(s.heldBytes(), s.owedBytes(),
            link == null ? 0 : link.unsentBytes()),
        parameters(s.parameters()), 0, link == null ? -1 : link.fd());
  }

  private String text(ParameterValues values, String name) {
    String value = values.get(runtime.tracked().find(name));
    return value == null ? "" : value;
  }

  private ConnectionView.Parameters parameters(ParameterValues values) {
    return new ConnectionView.Parameters(
        values.get(runtime.tracked().find("client_encoding")),
        values.get(runtime.tracked().find("standard_conforming_strings")),
        values.get(runtime.tracked().find("DateStyle")),
        values.get(runtime.tracked().find("TimeZone")));
  }

  // --- pools, databases, users ---

  @Override
  public List<PoolView> pools() {
    long now = System.nanoTime();
    List<PoolView> rows = new ArrayList<>();
    for (PgPool pool : runtime.pools()) {
      Pool.Census c = pool.pool().census(now);
      int waiting = c.waiting() + pool.awaitingLogins();
      DatabaseEntry entry = pool.database().entry();
      rows.add(new PoolView(Protocol.POSTGRESQL, pool.database().name(), pool.userName(),
          Math.max(0, pool.clients().get() - c.waiting()),
          waiting, pool.cancels().active(), pool.cancels().waiting(), c.active(), c.cancels(),
          c.beingCanceled(),
          c.idle(), c.used(), c.tested(), c.login(), c.oldestWaitNanos() / 1000,
          pool.mode().spelling(),
          balance(entry), pool.pool().limits().size()));
    }
    int consoles = sessions(s -> s.state() == State.LOCAL).size();
    rows.add(new PoolView(Protocol.POSTGRESQL, PgRuntime.CONSOLE, PgRuntime.CONSOLE, consoles, 0, 0,
        0, 0, 0, 0, 0, 0,
        0, 0, 0,
        PoolMode.STATEMENT.spelling(), null, 2));
    rows.sort(Comparator.comparing(PoolView::database).thenComparing(PoolView::user));
    return rows;
  }

  private static @Nullable String balance(DatabaseEntry entry) {
    return entry.hosts().size() > 1 ? entry.loadBalanceHosts().spelling() : null;
  }

  @Override
  public List<DatabaseView> databases() {
    Config config = runtime.config();
    List<DatabaseView> rows = new ArrayList<>();
    for (Database d : runtime.databases().values()) {
      if (d.auto() && d.unused() && !d.paused()) {
        continue;
      }
      DatabaseEntry e = d.entry();
      rows.add(new DatabaseView(Protocol.POSTGRESQL, d.name(), e.host(), e.port(),
          e.serverDatabase(), e.user(),
          config.poolSize(e, e.user()), config.minPoolSize(e), config.reservePoolSize(e, e.user()),
          (int) config.serverLifetime(e).toSeconds(),
          e.poolMode() == null ? null : e.poolMode().spelling(), balance(e),
          config.maxDbConnections(e), d.servers().used(), config.maxDbClientConnections(e),
          d.clients().get(),
          d.paused(), d.disabled()));
    }
    rows.add(new DatabaseView(Protocol.POSTGRESQL, PgRuntime.CONSOLE, null, runtime.listenPort(),
        PgRuntime.CONSOLE,
        PgRuntime.CONSOLE, 2,
        0, 0, (int) config.get(PoolSettings.SERVER_LIFETIME).toSeconds(),
        PoolMode.STATEMENT.spelling(), null, 0, 0, 0, 0, false, false));
    rows.sort(Comparator.comparing(DatabaseView::name));
    return rows;
  }

  @Override
  public List<UserView> users() {
    Config config = runtime.config();
    Set<String> names = new TreeSet<>(config.knownUsers());
    Map<String, PgUser> live = new LinkedHashMap<>();
    runtime.users().forEach(u -> {
      names.add(u.name());
      live.put(u.name(), u);
    });
    List<UserView> rows = new ArrayList<>();
    for (String name : names) {
      UserEntry e = config.users().get(name);
      PgUser user = live.get(name);
      PoolMode mode = e == null ? null : e.poolMode();
      rows.add(new UserView(name, e == null ? null : e.poolSize(),
          e == null ? null : e.reservePoolSize(),
          mode == null ? null : mode.spelling(), config.maxUserConnections(name),
          user == null ? 0 : user.servers().used(), config.maxUserClientConnections(name),
          user == null ? 0 : user.clients().get()));
    }
    return rows;
  }

  @Override
  public List<PeerView> peers() {
    List<PeerView> rows = new ArrayList<>();
    for (PeerEntry e : runtime.config().peers().values()) {
      Peers.Peer p = runtime.peers().peer(e.id());
      rows.add(new PeerView(e.id(), e.host(), e.port(), runtime.config().peerPoolSize(e),
          p.activeCount(),
          p.waitingCount(), p.activeCount(), p.connectingCount()));
    }
    rows.sort(Comparator.comparingInt(PeerView::id));
    return rows;
  }

  @Override
  public ListCounts lists() {
    List<PgPool> pools = runtime.pools();
    int servers = pools.stream().mapToInt(p -> p.pool().total()).sum();
    int logins = runtime.loginCount();
    return new ListCounts(runtime.databases().size() + 1, users().size(),
        runtime.config().peers().size(),
        pools.size() + 1, runtime.config().peers().size(), 0, runtime.clientCount(), logins, 0,
        servers,
        dns.get().size(), 0, 0, 0);
  }

  // --- statistics ---

  @Override
  public SequencedMap<PoolKey, Traffic> totals() {
    SequencedMap<PoolKey, Traffic> totals = new TreeMap<>(
        Comparator.comparing(PoolKey::database).thenComparing(PoolKey::user));
    for (PgPool pool : runtime.pools()) {
      totals.put(key(pool), pool.metrics().traffic());
    }
    totals.put(new PoolKey(Protocol.POSTGRESQL, PgRuntime.CONSOLE, PgRuntime.CONSOLE),
        runtime.consoleMetrics().traffic());
    return totals;
  }

  private static PoolKey key(PgPool pool) {
    return new PoolKey(Protocol.POSTGRESQL, pool.database().name(), pool.userName());
  }

  /** Length of the averaging window, in seconds. */
  public int statsPeriodSeconds() {
    return Math.max(1, runtime.config().get(LogSettings.STATS_PERIOD));
  }

  /** Whether the periodic line of statistics is wanted in the log. */
  public boolean logsStatistics() {
    return runtime.config().get(LogSettings.LOG_STATS);
  }

  @Override
  public List<PoolTimes> poolTimes() {
    return runtime.pools().stream().map(p -> new PoolTimes(key(p), p.metrics().snapshot()))
        .toList();
  }

  // --- the rest ---

  @Override
  public List<DnsView> dnsHosts() {
    return dns.get();
  }

  @Override
  public List<ListenerView> listeners() {
    return listeners.get();
  }

  @Override
  public List<SlabView> memory() {
    int sessions = runtime.clientCount();
    int servers = runtime.pools().stream().mapToInt(p -> p.pool().total()).sum();
    List<SlabView> rows = new ArrayList<>();
    rows.add(slab("user_cache", runtime.users().size()));
    rows.add(slab("credentials_cache", 0));
    rows.add(slab("db_cache", runtime.databases().size() + 1));
    rows.add(slab("peer_cache", runtime.config().peers().size()));
    rows.add(slab("peer_pool_cache", runtime.config().peers().size()));
    rows.add(slab("pool_cache", runtime.pools().size()));
    rows.add(slab("outstanding_request_cache", 0));
    rows.add(slab("server_cache", servers));
    rows.add(slab("client_cache", sessions));
    rows.add(slab("iobuf_cache", 0));
    rows.add(slab("var_list_cache", sessions + servers));
    rows.add(slab("server_prepared_statement_cache", 0));
    return rows;
  }

  /** The JVM has no slabs: sizes are unknown and shown as 0. */
  private static SlabView slab(String name, int used) {
    return new SlabView(name, 0, used, 0, 0);
  }

  @Override
  public List<SettingView> settings() {
    Config config = runtime.config();
    List<SettingView> rows = new ArrayList<>();
    for (Setting<?> setting : SettingsCatalogue.standard().all()) {
      rows.add(new SettingView(setting.name(), config.shown(setting), setting.defaultText(),
          setting.reloadable()));
    }
    return rows;
  }

  @Override
  public boolean paused() {
    return runtime.paused();
  }

  @Override
  public boolean suspended() {
    return runtime.suspended();
  }

  @Override
  public boolean shuttingDown() {
    return runtime.shuttingDown();
  }

  @Override
  public long startedEpochSeconds() {
    return startedEpochSeconds;
  }

  /** Whether new clients are welcome. */
  public boolean ready() {
    return !runtime.paused() && !runtime.suspended() && !runtime.shuttingDown()
        && runtime.config().get(ProcessSettings.MAX_CLIENT_CONN) > 0;
  }

  @Override
  public List<PinTimes> pinTimes() {
    return PinCounters.sum(Protocol.POSTGRESQL, runtime.pins(), SessionRows::reason);
  }
}
