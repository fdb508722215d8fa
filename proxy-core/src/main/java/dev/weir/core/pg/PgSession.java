package dev.weir.core.pg;

import dev.weir.core.config.PoolMode;
import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.TrafficCounters;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.Ticket;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.ErrorResponse;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.NoticeResponse;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
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

  /** Bytes kept for a client that waits; then its socket is not read. */
  private static final int MAX_HELD = 64 * 1024;

  // Reasons for not reading the client's socket.
  private static final int PAUSED_HELD = 1;
  private static final int PAUSED_SERVER = 2;
  private static final int PAUSED_SUSPEND = 4;

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
  private final Instant connectTime = Instant.now();
  private final long createdNanos = System.nanoTime();
  private final Ticket ticket = new Ticket(this);
  private final ParameterValues parameters = new ParameterValues();
  private final StatementRewriter statements = new StatementRewriter(this);
  private State state = State.LOGIN;
  private @Nullable ClientLogin login;
  private @Nullable LocalConsole console;
  private @Nullable PgPool pool;
  private @Nullable PgServer server;
  private @Nullable Database countedDatabase;
  private @Nullable PgUser countedUser;
  private Identity identity = Identity.NOBODY;
  private CancelKey cancelKey = CancelKey.NONE;

  private @Nullable ByteBuf held;
  private int owed;
  private boolean discarding;
  private int paused;
  // The cursor of the scan: where it stands, and where the run not yet passed on begins.
  private int at;
  private int run;

  // Times in nanoseconds; 0 when the thing is not happening.
  private long lastPacketNanos = createdNanos;
  private long queryStartNanos;
  private long transactionStartNanos;
  private long waitStartNanos;
  /** When the request came that is waiting for a server, or has just got one: its time counts from there. */
  private long askedNanos;
  private boolean notified;
  /** Stays after the query is over; 0 before the first one. */
  private long lastQueryNanos;

  /** Who the client is, fixed at login. */
  record Identity(String user, String database, Replication replication) {
    static final Identity NOBODY = new Identity("(nouser)", "(nodb)", Replication.NONE);
  }

  /** Kind of replication connection. */
  enum Replication {
    NONE, LOGICAL, PHYSICAL;

    String word() {
      return switch (this) {
        case NONE -> "none";
        case LOGICAL -> "logical";
        case PHYSICAL -> "physical";
      };
    }
  }

  PgSession(PgRuntime runtime, Link link) {
    this.runtime = runtime;
    this.link = link;
    this.id = runtime.nextId();
    this.login = new ClientLogin(runtime, this);
  }

  // --- becoming ---

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
    state = State.IDLE;
    runtime.loggedIn(its);
    lastPacketNanos = System.nanoTime();
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

  // --- requests ---

  @Override
  public void onBytes(ByteBuf bytes) {
    switch (state) {
      case LOGIN -> login().onBytes(bytes);
      case IDLE, ATTACHED -> consume(bytes);
      case WAITING, SYNCING -> hold(bytes);
      case LOCAL -> console().onBytes(bytes);
      case CLOSED -> bytes.release();
    }
  }

  private void consume(ByteBuf bytes) {
    long now = System.nanoTime();
    lastPacketNanos = now;
    pool().metrics(worker()).traffic().addReceived(bytes.readableBytes());
    ByteBuf all = bytes;
    if (held != null) {
      all = Bytes.join(held, bytes);
      held = null;
    }
    scanAndRelease(all, now);
  }

  private void scanAndRelease(ByteBuf all, long now) {
    try {
      scan(all, now);
    } catch (MalformedMessageException e) {
      refuse(Refusal.no(1047, String.valueOf(e.getMessage())));
    } finally {
      all.release();
    }
    PgServer s = server;
    if (s != null && state == State.ATTACHED && s.congested()) {
      pause(PAUSED_SERVER);
    }
  }

  private void hold(ByteBuf bytes) {
    lastPacketNanos = System.nanoTime();
    pool().metrics(worker()).traffic().addReceived(bytes.readableBytes());
    held = held == null ? bytes : Bytes.join(held, bytes);
    if (held.readableBytes() > MAX_HELD) {
      pause(PAUSED_HELD);
    }
  }

  /** The hot loop: finds messages, accounts for their answers, passes runs of them on. */
  private void scan(ByteBuf in, long now) {
    int end = in.writerIndex();
    at = in.readerIndex();
    run = at;
    while (at < end && state != State.CLOSED) {
      if (owed > 0) {
        int here = Math.min(owed, end - at);
        at += here;
        owed -= here;
        if (discarding) {
          run = at;
        }
        continue;
      }
      discarding = false;
      if (end - at < Framing.HEADER) {
        break;
      }
      int length = Framing.messageLength(in, at, runtime.hot().maxPacketSize());
      byte tag = in.getByte(at);
      if (state == State.IDLE) {
        if (needsNoServer(in, tag, length)) {
          continue;
        }
        if (state != State.IDLE || !acquire(now)) {
          break;
        }
      }
      PgServer to = server;
      if (to == null || !request(to, in, tag, length)) {
        break;
      }
      if (queryStartNanos == 0 && !to.ready()) {
        begin(now);
      }
    }
    PgServer to = server;
    if (state == State.ATTACHED && to != null) {
      forwardRun(to, in);
      if (owed == 0 && to.ready() && queryStartNanos == 0) {
        maybeRelease(to, now); // was put off for the rest of a message
      }
    }
    if (at < end && state != State.CLOSED) {
      // Untouched bytes keep their buffer, so that a long message grows in it.
      held = at == in.readerIndex() ? in.retain() : in.retainedSlice(at, end - at);
    }
  }

  /** Passes on what was scanned since the last run. */
  private void forwardRun(PgServer to, ByteBuf in) {
    if (run < at) {
      to.send(run == in.readerIndex() && at == in.writerIndex()
          ? in.retain()
          : in.retainedSlice(run, at - run));
      run = at;
    }
  }

  /** Deals with messages of an idle client that need no server, moving the cursor. False when one is needed. */
  private boolean needsNoServer(ByteBuf in, byte tag, int length) {
    switch (tag) {
      case 'X' -> {
        close(null, "client close request");
        return true;
      }
      case 'd', 'c', 'f', 'H' -> {
        discard(length);
        return true;
      }
      case 'C' -> {
        return rewrites()
            && in.writerIndex() - at >= length
            && applied(statements.close(null, in, at, length), length) == Step.DONE;
      }
      default -> {
        return false;
      }
    }
  }

  private void discard(int length) {
    owed = length;
    discarding = true;
  }

  private enum Step {
    DONE, PASS, STOP
  }

  /** Accounts for one message to the server, moving the cursor over what is dealt with. False stops the scan. */
  private boolean request(PgServer to, ByteBuf in, byte tag, int length) {
    byte kind;
    switch (tag) {
      case 'Q' -> {
        if (runtime.hot().disablePqexec()) {
          refuse(Refusal.PQEXEC_DISALLOWED);
          return false;
        }
        kind = ReplyQueue.QUERY;
      }
      case 'F' -> kind = ReplyQueue.FUNCTION;
      case 'E' -> kind = ReplyQueue.EXECUTE;
      case 'S' -> kind = to.copyIn() ? ReplyQueue.NONE : ReplyQueue.SYNC; // during COPY the server ignores it
      case 'P', 'B', 'D', 'C' -> {
        kind = tag;
        if (rewrites()) {
          switch (rewritten(to, in, tag, length)) {
            case DONE -> {
              return true;
            }
            case STOP -> {
              return false;
            }
            case PASS -> {
            }
          }
        }
      }
      case 'H' -> kind = ReplyQueue.NONE;
      case 'd', 'c', 'f' -> {
        if (to.ready()) { // the server has ended the COPY already, or there was none: it would ignore this
          forwardRun(to, in);
          discard(length);
          return true;
        }
        if (tag != 'd') {
          to.markCopyEnd();
        }
        kind = ReplyQueue.NONE;
      }
      case 'X' -> {
        forwardRun(to, in);
        close(null, "client close request");
        return false;
      }
      default -> {
        refuse(Refusal.UNKNOWN_PACKET);
        return false;
      }
    }
    if (kind != ReplyQueue.NONE) {
      to.expect(kind, ReplyQueue.FORWARD, null);
    }
    owed = length;
    return true;
  }

  /** Whether names of statements are ours to manage: sessions that keep their server manage their own. */
  private boolean rewrites() {
    return runtime.hot().maxPreparedStatements() > 0 && !keepsServer();
  }

  private boolean keepsServer() {
    return identity.replication() != Replication.NONE || pool().mode() == PoolMode.SESSION;
  }

  private Step rewritten(PgServer to, ByteBuf in, byte tag, int length) {
    forwardRun(to, in); // what the rewriter sends comes after it
    int limit = runtime.hot().maxPreparedStatements();
    TrafficCounters traffic = pool().metrics(worker()).traffic();
    StatementRewriter.Outcome outcome = switch (tag) {
      case 'P' -> statements.parse(to, in, at, length, limit);
      case 'B' -> statements.bind(to, in, at, length, limit);
      case 'D' -> statements.describe(to, in, at, length, limit);
      default -> statements.close(to, in, at, length);
    };
    boolean taken = outcome == StatementRewriter.Outcome.PASS
        || outcome == StatementRewriter.Outcome.REWRITTEN;
    if (taken && tag == 'P') {
      traffic.addClientParses(1);
    } else if (taken && tag == 'B') {
      traffic.addBinds(1);
    }
    return applied(outcome, length);
  }

  private Step applied(StatementRewriter.Outcome outcome, int length) {
    switch (outcome) {
      case PASS -> {
        return Step.PASS;
      }
      case REWRITTEN -> {
        at += statements.consumed();
        owed = length - statements.consumed();
        run = at;
        return Step.DONE;
      }
      case INCOMPLETE -> {
        return Step.STOP;
      }
      case REFUSED -> {
        LOG.warn("{}{}", this, statements.complaint());
        refuse(statements.refusal());
        return Step.STOP;
      }
    }
    throw new AssertionError(outcome);
  }

  /** A query, and perhaps a transaction, begins. */
  private void begin(long now) {
    long start = askedNanos != 0 ? askedNanos : now;
    askedNanos = 0;
    queryStartNanos = start;
    lastQueryNanos = now;
    TrafficCounters traffic = pool().metrics(worker()).traffic();
    traffic.addQueries(1);
    if (transactionStartNanos == 0) {
      transactionStartNanos = start;
      traffic.addTransactions(1);
    }
  }

  // --- getting a server ---

  /** True when a server is attached at once; else the session waits or is closed. */
  private boolean acquire(long now) {
    PgPool from = pool();
    waitStartNanos = now;
    askedNanos = now;
    notified = false;
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
    pool().metrics(worker()).assigned((now - waitStartNanos) / 1000);
    waitStartNanos = 0;
    server = granted;
    granted.attach(this);
    if (ParameterValues.differ(parameters, granted.parameters())) {
      state = State.SYNCING;
      begin(now); // query_timeout watches over the settings too
      granted.sync(ParameterValues.difference(runtime.tracked(), parameters, granted.parameters()));
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
    if (complaint != null) {
      LOG.warn("{}varcache_apply failed: {}", from, complaint);
      from.close("var change failed", Refusal.INVALID_SERVER_PARAMETER);
      return;
    }
    if (LOG.isDebugEnabled()) {
      logCanonical(from.parameters());
    }
    parameters.adopt(from.parameters());
    state = State.ATTACHED;
    drain();
  }

  private void logCanonical(ParameterValues canonical) {
    for (int i = 0; i < runtime.tracked().count(); i++) {
      String mine = parameters.get(i);
      String its = canonical.get(i);
      if (mine != null && its != null && !mine.equals(its)) {
        LOG.debug("{}varcache_set_canonical: setting {} to its canonical version {} -> {}", this,
            runtime.tracked().name(i), mine, its);
      }
    }
  }

  /** What was held while there was no server. */
  private void drain() {
    ByteBuf all = held;
    held = null;
    unpause(PAUSED_HELD);
    if (all != null) {
      scanAndRelease(all, System.nanoTime());
    }
  }

  // --- replies ---

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
  }

  void serverWritable() {
    unpause(PAUSED_SERVER);
  }

  @Override
  public void parameterChanged(int index, String value) {
    if (index >= 0) {
      parameters.set(index, value);
    }
  }

  @Override
  public void answerFake(byte kind) {
    link.write(
        link.buffer(Framing.HEADER).writeByte(kind == ReplyQueue.PARSE ? '1' : '3').writeInt(4));
  }

  @Override
  public void undone(Object note) {
    statements.undone(note);
  }

  @Override
  public void statementsDiscarded() {
    statements.clear();
  }

  @Override
  public void readyForQuery(byte status, boolean ready) {
    PgServer from = server;
    if (!ready || from == null || state != State.ATTACHED) {
      return;
    }
    long now = from.lastReadyNanos();
    if (queryStartNanos != 0) {
      pool().metrics(worker()).queryTook((now - queryStartNanos) / 1000);
      queryStartNanos = 0;
    }
    if (status == PgServer.IDLE && transactionStartNanos != 0) {
      pool().metrics(worker()).transactionTook((now - transactionStartNanos) / 1000);
      transactionStartNanos = 0;
    }
    maybeRelease(from, now);
  }

  /** The release decision: nothing due, no transaction, no message cut in the middle, and a mode that shares. */
  private void maybeRelease(PgServer from, long now) {
    if (from.tx() != PgServer.IDLE) {
      if (pool().mode() == PoolMode.STATEMENT && identity.replication() == Replication.NONE) {
        from.close("transaction blocks not allowed in statement pooling mode",
            Refusal.NO_TRANSACTION_BLOCKS);
      }
      return;
    }
    if (owed > 0 && !discarding) {
      return;
    }
    if (!keepsServer()) {
      server = null;
      askedNanos = 0;
      state = State.IDLE;
      unpause(PAUSED_SERVER); // what it has not taken yet does not concern us any more
      from.release(false, now);
    } else if (from.closeNeeded()
        && (runtime.hot().fastClose() || identity.replication() != Replication.NONE)) {
      from.close("close_needed", Refusal.CONFIG_CHANGED);
    }
  }

  /** The configuration says that the server is out of date: an idle session may lose it at once. */
  void serverOutdated() {
    PgServer from = server;
    if (from == null || state != State.ATTACHED) {
      return;
    }
    if (identity.replication() != Replication.NONE) {
      from.close("close_needed", Refusal.CONFIG_CHANGED); // it may stream for ever
    } else if (from.ready() && queryStartNanos == 0) {
      maybeRelease(from, System.nanoTime());
    }
  }

  @Override
  public void serverLost(Refusal why) {
    server = null;
    if (state != State.CLOSED) {
      close(why, why.message());
    }
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
          (System.nanoTime() - createdNanos) / 1_000_000_000L);
    }
    if (why != null) {
      tellRefusal(why);
    }
    leaveServer(was);
    if (login != null) {
      login.abandon();
      login = null;
    }
    if (console != null) {
      console.closed();
    }
    if (held != null) {
      held.release();
      held = null;
    }
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
      ByteBuf out = link.buffer(64 + why.message().length());
      ErrorResponse.of("FATAL", why.sqlState(), why.message()).encode(out);
      link.write(out);
    }
  }

  private void leaveServer(State was) {
    PgServer left = server;
    server = null;
    if (left == null) {
      return;
    }
    if (was == State.SYNCING) {
      left.orphan();
    } else if (owed > 0 && !discarding) {
      left.abandon("client disconnect before everything was sent to the server");
    } else if (identity.replication() != Replication.NONE) {
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
    ByteBuf waiting = held;
    if (waiting == null || !QueuedRequest.isWhole(waiting)) {
      return;
    }
    pool().pool().abandon(ticket);
    held = null;
    waiting.release();
    waitStartNanos = 0;
    askedNanos = 0;
    state = State.IDLE;
    unpause(PAUSED_HELD);
    ByteBuf out = link.buffer(128);
    ErrorResponse.of("ERROR", "57014", "canceling statement due to user request").encode(out);
    out.writeByte('Z').writeInt(5).writeByte('I');
    link.write(out);
  }

  // --- flow ---

  private void pause(int why) {
    if (paused == 0) {
      link.pauseReads();
    }
    paused |= why;
  }

  private void unpause(int why) {
    if (paused == 0) {
      return;
    }
    paused &= ~why;
    if (paused == 0 && state != State.CLOSED) {
      link.resumeReads();
    }
  }

  /** SUSPEND and its end. */
  void suspend(boolean on) {
    if (on) {
      pause(PAUSED_SUSPEND);
    } else {
      unpause(PAUSED_SUSPEND);
    }
  }

  /** While a login step runs elsewhere. */
  void pauseForLogin(boolean on) {
    if (on) {
      pause(PAUSED_HELD);
    } else {
      unpause(PAUSED_HELD);
    }
  }

  // --- timers ---

  /** Every 333 ms on the worker. */
  void tick(long now) {
    switch (state) {
      case LOGIN -> login().tick(now);
      case IDLE -> {
        long limit = runtime.timeouts().clientIdleNanos(identity.user());
        if (limit > 0 && now - lastPacketNanos > limit) {
          refuse(Refusal.CLIENT_IDLE_TIMEOUT);
        }
      }
      case WAITING -> tickWaiting(now);
      case ATTACHED, SYNCING -> tickAttached(now);
      case LOCAL, CLOSED -> {
      }
    }
  }

  private void tickWaiting(long now) {
    PgTimeouts t = runtime.timeouts();
    long waited = now - waitStartNanos;
    long limit = t.queryWaitNanos(identity.user(), pool().database().entry());
    if (limit > 0 && waited > limit) {
      refuse(Refusal.QUERY_WAIT_TIMEOUT);
    } else if (t.queryNanos() > 0 && waited > t.queryNanos()) {
      refuse(Refusal.QUERY_TIMEOUT_QUEUED);
    } else if (!notified && t.queryWaitNotifyNanos() > 0 && waited > t.queryWaitNotifyNanos()) {
      notified = true;
      ByteBuf out = link.buffer(160);
      NoticeResponse.of("NOTICE", "00000",
          "No server connection available in postgres backend, client being queued").encode(out);
      link.write(out);
    }
  }

  private void tickAttached(long now) {
    PgServer s = server;
    if (s == null || identity.replication() != Replication.NONE) {
      return;
    }
    PgTimeouts t = runtime.timeouts();
    String serverUser = pool().userName();
    long query = t.queryNanos(serverUser);
    long idle = t.idleTransactionNanos(serverUser);
    long transaction = t.transactionNanos(serverUser);
    if (query > 0 && queryStartNanos != 0 && now - queryStartNanos > query) {
      s.close("query timeout", Refusal.QUERY_TIMEOUT);
    } else if (idle > 0 && s.ready() && s.tx() != PgServer.IDLE
        && now - s.lastReadyNanos() > idle) {
      s.close("idle transaction timeout", Refusal.IDLE_TRANSACTION_TIMEOUT);
    } else if (transaction > 0 && transactionStartNanos != 0
        && now - transactionStartNanos > transaction) {
      s.close("transaction timeout", Refusal.TRANSACTION_TIMEOUT);
    }
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

  Instant connectTime() {
    return connectTime;
  }

  long createdNanos() {
    return createdNanos;
  }

  @Nullable
  Instant requestTime() {
    return lastQueryNanos == 0
        ? null
        : Instant.now().minusNanos(System.nanoTime() - lastQueryNanos);
  }

  /** When the present query began, its wait for a server included; 0 when there is none. */
  long busySinceNanos() {
    return askedNanos != 0 ? askedNanos : queryStartNanos;
  }

  /** A statement for the console has come. */
  void consoleAsked() {
    lastQueryNanos = System.nanoTime();
  }

  int preparedStatements() {
    return statements.size();
  }

  int heldBytes() {
    return held == null ? 0 : held.readableBytes();
  }

  int owedBytes() {
    return owed;
  }

  private PgPool pool() {
    PgPool p = pool;
    if (p == null) {
      throw new IllegalStateException("not logged in");
    }
    return p;
  }

  private ClientLogin login() {
    ClientLogin l = login;
    if (l == null) {
      throw new IllegalStateException("login is over");
    }
    return l;
  }

  private LocalConsole console() {
    LocalConsole c = console;
    if (c == null) {
      throw new IllegalStateException("not a console");
    }
    return c;
  }

  /** Prefix of log lines. */
  @Override
  public String toString() {
    Link.Credentials peer = link.peerCredentials();
    Link.Endpoint from = link.remote();
    String where = peer != null
        ? "unix(" + peer.pid() + "):" + runtime.listenPort()
        : from.toString();
    return "C-0x" + Long.toHexString(id) + ": " + identity.database() + "/" + identity.user() + "@"
        + where + " ";
  }
}
