package dev.weir.core.pg;

import dev.weir.core.config.PoolMode;
import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.TrafficCounters;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.Ticket;
import dev.weir.pg.message.NotificationResponse;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's session. Confined to its worker.
 *
 * <p>The state is an enum and not sealed records, because it changes twice in every transaction and that must not
 * allocate; {@link #server} is non-null exactly in SYNCING and ATTACHED.
 */
final class PgSession implements LinkHandler, Tenant, Ticket.Waiter {
  private static final Logger LOG = LoggerFactory.getLogger(PgSession.class);

  enum State {
    /** {@link ClientLogin} has the word. */
    LOGIN,
    /** Logged in, needs no server. */
    IDLE,
    /** In the pool's queue; what it sends is held. */
    WAITING,
    /** Has a server that is being brought to its parameters; what it sends is held. */
    SYNCING, ATTACHED,
    /** Talks to the console. */
    LOCAL, CLOSED
  }

  private final PgRuntime runtime;
  private final Link link;
  private final long id;
  private final SessionTimes times = new SessionTimes();
  private final Ticket ticket = new Ticket(this);
  private final ParameterValues parameters = new ParameterValues();
  private final StatementRewriter statements = new StatementRewriter(this);
  private final SessionStates states;
  private final RequestScan requests;
  private final ReadGate reads;
  private State state = State.LOGIN;
  private @Nullable ClientLogin login;
  private @Nullable LocalConsole console;
  private @Nullable PgPool pool;
  private @Nullable PgServer server;
  private @Nullable Database countedDatabase;
  private @Nullable PgUser countedUser;
  private Identity identity = Identity.NOBODY;
  private CancelKey cancelKey = CancelKey.NONE;

  PgSession(PgRuntime runtime, Link link) {
    this.runtime = runtime;
    this.link = link;
    this.reads = new ReadGate(link);
    this.id = runtime.nextId();
    this.states = new SessionStates(this, runtime.tracked());
    this.requests = new RequestScan(runtime, this, statements);
    this.login = new ClientLogin(runtime, this);
  }

  /** The name is known; it does not change any more. */
  void identity(Identity who) {
    identity = who;
  }

  /** From here on the client counts for these, until it is closed; {@link PgRuntime#enter} has counted the user. */
  void countedBy(@Nullable Database database, @Nullable PgUser user) {
    countedDatabase = database;
    countedUser = user;
    if (database != null) {
      database.clients().incrementAndGet();
    }
  }

  /** Login is over: ReadyForQuery has been written. */
  void welcomed(PgPool its) {
    login = null;
    pool = its;
    if (its.tracks() && !identity.replicates()) {
      states.begin(its);
    }
    state = State.IDLE;
    runtime.loggedIn(its);
    times.packet(System.nanoTime());
  }

  /** Login is over and the console answers from here on. */
  void toConsole(LocalConsole with) {
    login = null;
    console = with;
    state = State.LOCAL;
    runtime.loggedIn(null);
  }

  /** A replication connection: the server is the session's own from the start. */
  void welcomedWith(PgPool its, PgServer dedicated) {
    login = null;
    pool = its;
    server = dedicated;
    state = State.ATTACHED;
    runtime.loggedIn(its);
    dedicated.attach(this);
  }

  @Override
  public void onBytes(ByteBuf bytes) {
    switch (state) {
      case LOGIN -> login().onBytes(bytes);
      case IDLE, ATTACHED -> {
        long now = System.nanoTime();
        times.packet(now);
        traffic().addReceived(bytes.readableBytes());
        requests.take(bytes, now);
      }
      case WAITING, SYNCING -> {
        times.packet(System.nanoTime());
        traffic().addReceived(bytes.readableBytes());
        if (requests.hold(bytes)) {
          reads.close(ReadGate.HELD);
        }
      }
      case LOCAL -> console().onBytes(bytes);
      case CLOSED -> bytes.release();
    }
  }

  /** The rewriting of names is ours for clients that share servers: sessions that keep theirs manage their own. */
  boolean rewrites() {
    return runtime.hot().maxPreparedStatements() > 0 && !keepsServer();
  }

  /** Whether its state is carried from server to server. */
  boolean tracks() {
    return states.ledger().on() && !keepsServer();
  }

  SessionStates states() {
    return states;
  }

  private boolean keepsServer() {
    return identity.replicates() || pool().mode() == PoolMode.SESSION;
  }

  TrafficCounters traffic() {
    return pool().metrics(worker()).traffic();
  }

  /** Something was sent that the server answers. */
  void requested(long now) {
    if (!times.queryRuns()) {
      times.begin(now, traffic());
    }
  }

  // --- getting a server ---

  /** True when a server is attached at once; else the session waits or is closed. */
  boolean acquire(long now) {
    PgPool from = pool();
    times.asked(now);
    state = State.WAITING;
    PooledConnection granted = from.pool().checkout(ticket, now);
    if (granted != null) {
      return take((PgServer) granted, now);
    }
    Refusal failing = from.failFast(now);
    if (failing != null) {
      from.pool().abandon(ticket);
      refuse(failing);
    } else if (runtime.shuttingDownServers()) {
      from.pool().abandon(ticket);
      refuse(Refusal.SERVER_SHUTTING_DOWN);
    }
    return false;
  }

  @Override
  public void onGranted(PooledConnection connection) {
    PgServer granted = (PgServer) connection;
    if (state != State.WAITING) {
      granted.pool().put(granted, System.nanoTime());
      return;
    }
    if (take(granted, System.nanoTime())) {
      drain();
    }
  }

  @Override
  public void onRefused(Refusal why) {
    if (state == State.WAITING) {
      refuse(why);
    }
  }

  /** The server is ours; true when it can be used at once. */
  private boolean take(PgServer granted, long now) {
    pool().metrics(worker()).assigned(times.served(now) / 1000);
    server = granted;
    granted.attach(this);
    SettingSet wanted = states.ledger().settings();
    ServerMirror mirror = granted.ledger().mirror();
    boolean reported = ParameterValues.differ(parameters, granted.parameters());
    boolean sequences = pool().usesSequences() && mirror.remembersSequences() && tracks();
    if (sequences) {
      mirror.forgetsSequences();
    }
    if (reported || sequences || mirror.differs(wanted)) {
      state = State.SYNCING;
      times.begin(now, traffic()); // query_timeout watches over the settings too
      granted.bringTo(wanted, (sequences ? "DISCARD SEQUENCES;" : "") + (reported
          ? ParameterValues.difference(runtime.tracked(), parameters, granted.parameters())
          : ""));
      return false;
    }
    state = State.ATTACHED;
    return true;
  }

  @Override
  public void synced(@Nullable String complaint) {
    PgServer from = server;
    if (state != State.SYNCING || from == null) {
      return;
    }
    SessionLedger ledger = states.ledger();
    SessionListens listens = ledger.listens();
    if (listens != null && listens.moving()) {
      listens.synced(from, complaint);
      return;
    }
    if (ledger.asking()) {
      ledger.answered(from, complaint);
      moved(from);
      return;
    }
    if (complaint != null) {
      LOG.warn("{}varcache_apply failed: {}", from, complaint);
      from.close("var change failed", ledger.settings().isEmpty()
          ? Refusal.INVALID_SERVER_PARAMETER
          : Refusal.settingRefused(complaint));
      return;
    }
    if (LOG.isDebugEnabled()) {
      parameters.differences(runtime.tracked(), from.parameters()).forEach(what -> LOG
          .debug("{}varcache_set_canonical: setting {}", this, what));
    }
    parameters.adopt(from.parameters());
    state = State.ATTACHED;
    drain();
  }

  /** The client has deallocated, by SQL, a statement that the protocol prepared. */
  void deallocated(String name) {
    statements.deallocated(name);
  }

  /** What the session has become is known, unless that needs more answers. */
  void moved(PgServer from) {
    if (!states.ledger().asking() && state == State.SYNCING) {
      state = State.ATTACHED;
      maybeRelease(from, from.lastReadyNanos());
      drain();
    }
  }

  @Override
  public boolean hides(NotificationResponse notification) {
    SessionListens listens = states.ledger().listens();
    return listens != null && listens.hides(notification);
  }

  /** Whether a notification may be told to the client now. */
  boolean betweenTransactions() {
    PgServer has = server;
    return switch (state) {
      case IDLE, WAITING -> true;
      case ATTACHED -> has != null && has.ready() && has.tx() == PgServer.IDLE;
      case LOGIN, SYNCING, LOCAL, CLOSED -> false;
    };
  }

  private void tellNotifications() {
    SessionListens listens = states.ledger().listens();
    if (listens != null) {
      listens.flush();
    }
  }

  NotificationHub hub() {
    return pool().hub();
  }

  @Override
  public void audited(ByteBuf row) {
    PgServer from = server;
    if (from != null) {
      states.ledger().row(row, from);
    }
  }

  /** What was held while there was no server. */
  private void drain() {
    if (state == State.SYNCING) {
      return; // something else has to be brought about first
    }
    reads.open(ReadGate.HELD);
    if (requests.catchingUp()) {
      requests.caughtUp(System.nanoTime());
    } else {
      requests.drain(System.nanoTime());
    }
  }

  @Override
  public void receive(ByteBuf bytes) {
    link.write(bytes);
  }

  @Override
  public boolean congested() {
    return !link.writable();
  }

  @Override
  public void onWritable() {
    if (server != null) {
      server.resume();
    }
    tellNotifications();
  }

  void serverWritable() {
    reads.open(ReadGate.OTHER_SIDE);
  }

  @Override
  public void parameterChanged(int index, String value) {
    if (index >= 0) {
      parameters.set(index, value);
    }
  }

  @Override
  public void answerFake(byte kind) {
    OwnAnswers.complete(link, kind);
  }

  @Override
  public void undone(ReplyNote note) {
    statements.undone(note);
  }

  @Override
  public void statementsDiscarded() {
    statements.clear();
  }

  @Override
  public void readyForQuery(byte status, boolean ready) {
    PgServer from = server;
    if (status != PgServer.IDLE) {
      states.ledger().inTransaction();
    }
    if (!ready || from == null || state != State.ATTACHED) {
      return;
    }
    long now = from.lastReadyNanos();
    times.ready(now, status == PgServer.IDLE, pool().metrics(worker()));
    maybeRelease(from, now);
    caughtUp();
  }

  @Override
  public void caughtUp() {
    if (requests.catchingUp()) {
      drain();
    }
  }

  /** The release decision: nothing due, no transaction, no message cut in the middle, and a mode that shares. */
  void maybeRelease(PgServer from, long now) {
    if (from.tx() != PgServer.IDLE) {
      if (pool().mode() == PoolMode.STATEMENT && !identity.replicates()) {
        from.close("transaction blocks not allowed in statement pooling mode",
            Refusal.NO_TRANSACTION_BLOCKS);
      }
      return;
    }
    if (requests.midMessage()) {
      return;
    }
    SessionLedger.Verdict verdict = keepsServer()
        ? SessionLedger.Verdict.KEPT
        : states.ledger().atEnd(from);
    if (verdict == SessionLedger.Verdict.ASKING) {
      state = State.SYNCING;
    } else if (verdict == SessionLedger.Verdict.FREE) {
      server = null;
      times.unasked();
      state = State.IDLE;
      reads.open(ReadGate.OTHER_SIDE); // what it has not taken yet does not concern us any more
      from.release(false, now);
      tellNotifications();
    } else if (from.closeNeeded()
        && (runtime.hot().fastClose() || identity.replicates())) {
      from.close("close_needed", Refusal.CONFIG_CHANGED);
    } else if (tracks() && (ParameterValues.differ(parameters, from.parameters())
        || from.ledger().mirror().differs(states.ledger().settings()))) {
      state = State.SYNCING; // what was reset is what it was at login again: the server does not know that value
      from.bringTo(states.ledger().settings(),
          ParameterValues.difference(runtime.tracked(), parameters, from.parameters()));
    } else {
      tellNotifications();
    }
  }

  /** The configuration says that the server is out of date: an idle session may lose it at once. */
  void serverOutdated() {
    PgServer from = server;
    if (from == null || state != State.ATTACHED) {
      return;
    }
    if (identity.replicates()) {
      from.close("close_needed", Refusal.CONFIG_CHANGED); // it may stream for ever
    } else if (from.ready() && !times.queryRuns()) {
      maybeRelease(from, System.nanoTime());
    }
  }

  @Override
  public void serverLost(Refusal why) {
    if (state != State.CLOSED) {
      boolean tell = mayTell();
      server = null;
      close(tell ? why : null, why.message());
    }
  }

  /** In the middle of a message from the server an error of ours would be read as the rest of it: as data. */
  private boolean mayTell() {
    PgServer from = server;
    return from == null || !from.answerCut();
  }

  // --- the end ---

  @Override
  public void onClosed(@Nullable Throwable cause) {
    // Who connects and leaves without a word is a monitor's probe, or a psql that asks for a password.
    boolean silent = login != null && login.receivedNothing();
    close(null, silent ? "" : "client unexpected eof");
  }

  /** Tells the client why, and closes. */
  void refuse(Refusal why) {
    close(why, why.message());
  }

  /** Closes; a refusal is sent first; an empty reason is not logged. Harmless when repeated. */
  void close(@Nullable Refusal why, String reason) {
    if (state == State.CLOSED) {
      return;
    }
    State was = state;
    state = State.CLOSED;
    if (was == State.WAITING) {
      pool().pool().abandon(ticket);
    }
    if (runtime.hot().logDisconnections() && !runtime.ending() && !reason.isEmpty()) {
      LOG.info("{}closing because: {} (age={}s)", this, reason,
          times.ageSeconds());
    }
    if (why != null && mayTell()) {
      tellRefusal(why);
    }
    leaveServer(was);
    SessionListens listens = states.ledger().listens();
    if (listens != null) {
      listens.close();
    }
    if (login != null) {
      login.abandon();
      login = null;
    }
    if (console != null) {
      console.closed();
    }
    requests.release();
    runtime.closed(this, pool, was == State.LOGIN);
    if (countedDatabase != null) {
      countedDatabase.clients().decrementAndGet();
    }
    if (countedUser != null) {
      runtime.leave(countedUser);
    }
    link.close();
  }

  private void tellRefusal(Refusal why) {
    if (runtime.hot().logPoolerErrors()) {
      LOG.warn("{}pooler error: {}", this, why.message());
    }
    if (link.open()) {
      OwnAnswers.refusal(link, why);
    }
  }

  private void leaveServer(State was) {
    PgServer left = server;
    server = null;
    if (left == null) {
      return;
    }
    if (was == State.SYNCING && !left.ready()) {
      left.orphan();
    } else if (requests.midMessage()) {
      left.abandon("client disconnect before everything was sent to the server");
    } else if (identity.replicates()) {
      left.abandon("replication client was closed");
    } else {
      left.release(pool().mode() == PoolMode.SESSION, System.nanoTime());
    }
  }

  /** A cancel request for this session. */
  void cancelRequested(PgSession requester) {
    PgServer running = server;
    if (state == State.LOCAL && console != null) {
      console.cancel();
      requester.worker().execute(() -> requester.close(null, "cancel request for console client"));
    } else if (state == State.ATTACHED && running != null && !running.ready()) {
      pool().cancels().request(requester, this, running);
    } else if (state == State.WAITING && runtime.cancelsQueued()) {
      cancelQueued();
      requester.worker().execute(() -> requester.close(null, "canceled a queued query"));
    } else {
      LOG.info("{}cancel request for idle client", this);
      requester.worker().execute(() -> requester.close(null, "cancel request for idle client"));
    }
  }

  /** Answers a query that still waits for a server as PostgreSQL answers a canceled one. */
  private void cancelQueued() {
    if (!requests.holdsOneRequest()) {
      return;
    }
    pool().pool().abandon(ticket);
    requests.release();
    times.unasked();
    state = State.IDLE;
    reads.open(ReadGate.HELD);
    OwnAnswers.canceled(link);
  }

  /** SUSPEND and its end. Nothing is read; what was read is sent on. */
  void suspend(boolean on) {
    reads.set(ReadGate.SUSPENDED, on);
  }

  /** Every 333 ms on the worker. */
  void tick(long now) {
    SessionTimers.tick(this, now);
  }

  // --- view ---

  PgRuntime runtime() {
    return runtime;
  }

  Link link() {
    return link;
  }

  @Override
  public Worker worker() {
    return link.worker();
  }

  long id() {
    return id;
  }

  State state() {
    return state;
  }

  Identity identity() {
    return identity;
  }

  ParameterValues parameters() {
    return parameters;
  }

  CancelKey cancelKey() {
    return cancelKey;
  }

  void cancelKey(CancelKey key) {
    cancelKey = key;
  }

  @Nullable
  PgServer server() {
    return server;
  }

  @Nullable
  PgPool poolOrNull() {
    return pool;
  }

  @Nullable
  LocalConsole consoleOrNull() {
    return console;
  }

  @Nullable
  ClientLogin loginOrNull() {
    return login;
  }

  SessionTimes times() {
    return times;
  }

  ReadGate reads() {
    return reads;
  }

  RequestScan requests() {
    return requests;
  }

  int preparedStatements() {
    return statements.size();
  }

  private PgPool pool() {
    return Objects.requireNonNull(pool, "not logged in");
  }

  private ClientLogin login() {
    return Objects.requireNonNull(login, "login is over");
  }

  private LocalConsole console() {
    return Objects.requireNonNull(console, "not a console");
  }

  /** Prefix of log lines. */
  @Override
  public String toString() {
    return SessionTimers.nameOf(this);
  }
}
