package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.pg.ReplyNote.OwnQuery;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import dev.weir.pg.message.BackendKeyData;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.WireText;
import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a PostgreSQL server, from the end of its login on; {@link ServerLogin} comes before. Relays the server's
 * messages to its tenant, keeps the account of replies due, and knows when the server is free. Confined to its worker,
 * except where a method says otherwise.
 *
 * <p>{@link ReplyRelay} finds its messages and passes them on, {@link ReplyLedger} knows what is due.
 */
final class PgServer extends PooledConnection implements LinkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PgServer.class);

  static final byte IDLE = 'I';
  private final PgPool owner;
  private final long id;
  private final Instant connectTime;
  private final ReplyLedger ledger = new ReplyLedger(this);
  private final ReplyRelay relay = new ReplyRelay(this, ledger);
  private final StatementPreparer preparer = new StatementPreparer(this);
  private volatile Worker worker;
  private ParameterValues parameters = new ParameterValues();
  private @Nullable Link link;
  private @Nullable ServerLogin login;
  private @Nullable Tenant tenant;
  private @Nullable BackendKeyData cancelKey;
  private String address = "";
  private String tlsHost = "";
  private @Nullable SocketAddress socketAddress;
  private int port;
  private boolean closed;
  private boolean moving;
  private @Nullable String retireAfterMove;
  private @Nullable ReadGate reads;
  private int cancelsInFlight;
  private long ownQuerySinceNanos;

  PgServer(PgPool owner, Worker worker, long nowNanos) {
    this(owner, worker, ServerState.LOGIN, nowNanos);
  }

  PgServer(PgPool owner, Worker worker, ServerState state, long nowNanos) {
    super(owner.pool(), state, nowNanos);
    this.owner = owner;
    this.worker = worker;
    this.id = owner.runtime().nextId();
    this.connectTime = Instant.now();
  }

  // --- birth ---

  /** Starts to connect; the pool already counts this connection. */
  void open() {
    login = new ServerLogin(this, owner);
    login.start();
  }

  /** The socket is there. */
  void connected(Link to, SocketAddress target, String configuredHost, String host, int toPort) {
    link = to;
    reads = new ReadGate(to);
    tlsHost = configuredHost;
    socketAddress = target;
    address = host;
    port = toPort;
    if (!owner.runtime().hot().logConnections()) {
      return;
    }
    if (to.remote().unix()) {
      LOG.info("{}new connection to server", this);
    } else {
      LOG.info("{}new connection to server (from {})", this, to.local());
    }
  }

  /**
   * Login is over; the link is ours from here on.
   *
   * @param behind what came in one piece with the end of the login; valid only during the call
   */
  void loggedIn(ParameterValues reported, @Nullable BackendKeyData key, ByteBuf behind) {
    login = null;
    parameters = reported;
    PgPool.Welcome welcome = owner.welcome();
    if (welcome != null) {
      reported.shareEqual(welcome.tracked());
    }
    cancelKey = key;
    link().handler(this);
    if (behind.isReadable()) {
      onBytes(behind.retainedSlice()); // before anybody can be served: it is nobody's answer
    }
    if (closed) {
      return;
    }
    suspend(owner.runtime().suspended());
    String connectQuery = owner.database().entry().connectQuery();
    if (connectQuery != null) {
      runOwn(OwnQuery.CONNECT, connectQuery);
    } else {
      hand();
    }
  }

  /** Gives the server to the pool, or to the login it was opened for. */
  private void hand() {
    Dedication own = owner.takeDedicated(this);
    if (own != null) {
      pool().mark(this, ServerState.ACTIVE);
      own.dedicatedReady(this);
    } else {
      pool().put(this, System.nanoTime());
    }
  }

  // --- serving ---

  /** The server is this tenant's until {@link #release}. */
  void attach(Tenant to) {
    tenant = to;
    ledger.fresh();
  }

  /** Writes requests; ownership passes. What they ask for must have been announced by {@link #expect} before. */
  void send(ByteBuf bytes) {
    link().write(bytes);
  }

  /** A buffer to encode requests into. */
  ByteBuf buffer(int capacity) {
    return link().buffer(capacity);
  }

  /** A request of this kind is about to be sent, or answered by us in its turn: the server is not free before. */
  void expect(byte kind, byte action, @Nullable ReplyNote note) {
    ledger.expect(kind, action, note);
  }

  /**
   * A COPY has failed that had a Sync amid its data. Whether PostgreSQL answers that Sync hangs on which of the two it met
   * first, which nobody but the server can know: the client could not be told how many answers to wait for.
   */
  void ambiguousSync() {
    forwardRun();
    close("COPY failed after a Sync amid its data", Refusal.SYNC_AMID_COPY);
  }

  /** Makes the server answer what was sent, though no Sync may have been; {@link Tenant#caughtUp} follows. */
  void hurry() {
    ledger.catchUp();
    send(link().buffer(5).writeByte('H').writeInt(4));
  }

  boolean congested() {
    return !link().writable();
  }

  ReplyLedger ledger() {
    return ledger;
  }

  ServerStatements statements() {
    return ledger.statements();
  }

  StatementPreparer preparer() {
    return preparer;
  }

  ParameterValues parameters() {
    return parameters;
  }

  byte tx() {
    return ledger.tx();
  }

  /** Nothing is due and the last word was ReadyForQuery. */
  boolean ready() {
    return ledger.ready();
  }

  /** When it last became ready, in nanoseconds. */
  long lastReadyNanos() {
    return ledger.lastReadyNanos();
  }

  /**
   * Brings the server to what the tenant's session is; {@link Tenant#synced} follows. The tenant must not send before: if
   * a setting is refused, its statement must not run under the wrong one.
   *
   * @param reported statements that set what servers report, the client's encoding among them
   */
  void bringTo(SettingSet wanted, String reported) {
    ServerMirror mirror = ledger.mirror();
    String script = mirror.bringTo(wanted);
    Map<String, String> prepares = mirror.prepares();
    if (!reported.isEmpty() && !ascii(script)) {
      sync(reported, ReplyNote.Sync.REPORTED); // from there on the script's bytes mean what they meant to the client
      sync(script, ReplyNote.Sync.NOTE);
    } else if (prepares.isEmpty() || !(reported.isEmpty() && script.isEmpty())) {
      sync(reported + script, ReplyNote.Sync.NOTE);
    } else {
      mirror.brought(true);
    }
    int left = prepares.size();
    for (Map.Entry<String, String> e : prepares.entrySet()) {
      left--;
      expect(ReplyQueue.QUERY, ReplyQueue.SWALLOW, new ReplyNote.Replayed(e.getKey(), left == 0));
      sendQuery(e.getValue());
    }
  }

  private static boolean ascii(String script) {
    return script.chars().allMatch(c -> c < 0x80);
  }

  /** Sends a query of ours for the tenant; {@link Tenant#synced} follows. */
  void sync(String sql, ReplyNote.Sync what) {
    LOG.debug("{}varcache_apply: {}", this, sql);
    ledger.forgetComplaint();
    expect(ReplyQueue.QUERY, ReplyQueue.SWALLOW, what);
    sendQuery(sql);
  }

  void sendQuery(String sql) {
    byte[] text = WireText.encode(sql); // parameters may hold bytes that are not UTF-8
    ByteBuf out = link().buffer(text.length + 6);
    out.writeByte('Q').writeInt(text.length + 5).writeBytes(text).writeByte(0);
    send(out);
  }

  /** The tenant left while its parameters were being set; the answer is awaited without it, but not for ever. */
  void orphan() {
    tenant = null;
    ownQuerySinceNanos = System.nanoTime();
    pool().mark(this, ServerState.TESTED);
  }

  /** The tenant left in the middle of a message: not even a Terminate may be sent, it would complete the message. */
  void abandon(String reason) {
    tenant = null;
    ledger.spoiled();
    close(reason);
  }

  // --- release: the one place where a server goes back ---

  /** The tenant is done: nothing open, nothing due. It has already forgotten the server; {@code now} in nanoseconds. */
  void release(boolean afterSession, long now) {
    tenant = null;
    resume();
    if (closed) {
      return;
    }
    if (!ledger.ready() || ledger.tx() != IDLE || !ledger.nothingDue()) {
      close("client disconnect while server was not ready");
    } else if (ledger.mirror().spoiled()) {
      close("session state that cannot be undone");
    } else if (pool().lifetimeOver(this, now)) {
      close("server lifetime over");
    } else if (closeNeeded()) {
      close("close_needed");
    } else if (cancelsInFlight > 0) {
      pool().mark(this, ServerState.BEING_CANCELED);
    } else {
      clean(afterSession, now);
    }
  }

  private void clean(boolean afterSession, long now) {
    String reset = ledger.mirror().cleaning(owner.runtime().hot().resetQuery(afterSession));
    if (reset != null) {
      pool().mark(this, ServerState.TESTED);
      runOwn(OwnQuery.RESET, reset);
    } else {
      pool().put(this, now);
    }
  }

  private void runOwn(OwnQuery which, String sql) {
    ownQuerySinceNanos = System.nanoTime();
    expect(ReplyQueue.QUERY, ReplyQueue.SWALLOW, which);
    sendQuery(sql);
  }

  @Override
  protected void check() {
    worker.run(() -> {
      if (!closed) {
        runOwn(OwnQuery.CHECK, owner.runtime().hot().checkQuery());
      }
    });
  }

  private void ownQueryDone(OwnQuery which) {
    if (ledger.tx() != IDLE) {
      close(which == OwnQuery.RESET ? "reset query failed" : "test query failed");
    } else if (closeNeeded()) {
      close("close_needed");
    } else if (pool().held()) {
      close("pause mode");
    } else {
      hand();
    }
  }

  // --- cancel requests ---

  @Nullable
  BackendKeyData cancelKey() {
    return cancelKey;
  }

  /** A cancel request for the present tenant is about to be sent: nobody else may get this server before it is through. */
  void cancelBegins() {
    cancelsInFlight++;
  }

  void cancelEnds() {
    cancelsInFlight--;
    if (cancelsInFlight == 0 && state() == ServerState.BEING_CANCELED && !closed) {
      release(owner.sessionPooling(), System.nanoTime());
    }
  }

  // --- relay ---

  @Override
  public void onBytes(ByteBuf bytes) {
    owner.metrics(worker).traffic().addSent(bytes.readableBytes());
    try {
      relay.take(bytes);
    } catch (MalformedMessageException e) {
      LOG.warn("{}{}", this, e.getMessage());
      close("bad pkt header");
    }
    Tenant now = tenant;
    if (now != null && !closed && now.congested()) {
      reads().close(ReadGate.OTHER_SIDE);
    }
  }

  /** What the tenant has to see before anything that we put between the server's messages. */
  void forwardRun() {
    relay.forwardRun();
  }

  /** Gives the answers whose turn has come and that the server was not asked for. */
  void answerFakes() {
    ledger.answerFakes();
  }

  /** A message came that nobody asked for. */
  void gotDirty() {
    close(switch (state()) {
      case IDLE -> "SV_IDLE server got dirty";
      case USED -> "SV_USED server got dirty";
      case LOGIN, ACTIVE, TESTED, BEING_CANCELED, ACTIVE_CANCEL, CLOSED -> "idle server got dirty";
    });
  }

  void strayError(@Nullable String text) {
    LOG.warn("{}server sent an error while idle: {}", this, text);
    gotDirty();
  }

  /** ReadyForQuery after a query of our own. */
  void ownAnswer(ReplyNote note, @Nullable String complaint) {
    if (note instanceof ReplyNote.OwnQuery which) {
      ownQueryDone(which);
    } else if (tenant != null) {
      tenant.synced(complaint);
    } else if (ledger.nothingDue()) {
      release(owner.sessionPooling(), lastReadyNanos()); // the client left during the round trip
    }
  }

  // --- flow ---

  @Override
  public void onWritable() {
    if (tenant instanceof PgSession session) {
      session.serverWritable();
    }
  }

  /** The tenant can take more. */
  void resume() {
    if (!closed) {
      reads().open(ReadGate.OTHER_SIDE);
    }
  }

  /** SUSPEND and its end; a login is not disturbed. */
  void suspend(boolean on) {
    if (!closed && login == null) {
      reads().set(ReadGate.SUSPENDED, on);
    }
  }

  // --- moving ---

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  protected void moveTo(Worker target, Runnable arrived) {
    worker.run(() -> {
      if (closed) { // died before anybody could move it: the pool sees that on arrival
        target.execute(arrived);
        return;
      }
      moving = true;
      link().moveTo(target, () -> {
        worker = target;
        moving = false;
        if (retireAfterMove != null && !closed) {
          close(retireAfterMove);
        }
        arrived.run();
      });
    });
  }

  // --- death ---

  @Override
  public void onClosed(@Nullable Throwable cause) {
    if (closed) {
      return;
    }
    Tenant left = tenant;
    closeQuietly("server conn crashed?");
    if (left != null) {
      left.serverLost(Refusal.SERVER_CRASHED);
    }
  }

  @Override
  protected void retire(String reason) {
    worker.run(() -> close(reason));
  }

  /** Closes; a tenant is told why. On the worker. */
  void close(String reason) {
    close(reason, Refusal.SERVER_CRASHED);
  }

  /** Closes; a tenant is told the refusal. */
  void close(String reason, Refusal why) {
    if (moving) {
      retireAfterMove = reason;
      return;
    }
    if (closed) {
      return;
    }
    Tenant left = tenant;
    closeQuietly(reason);
    if (left != null) {
      left.serverLost(why);
    }
  }

  /** Closes without telling a tenant: for the login, whose failure {@link PgPool} has been told. */
  void closeQuietly(String reason) {
    if (closed) {
      return;
    }
    closed = true;
    tenant = null;
    ledger.clear();
    relay.release();
    if (login != null) {
      login.abandon();
      login = null;
    }
    if (owner.runtime().hot().logDisconnections() && !owner.runtime().ending()) {
      LOG.info("{}closing because: {} (age={}s)", this, reason, ageSeconds());
    }
    if (link != null) {
      sayGoodbye(link);
    }
    owner.serverGone(this);
    pool().remove(this);
  }

  private void sayGoodbye(Link to) {
    if (to.open() && ledger.ready() && to.unsentBytes() == 0) {
      to.write(to.buffer(5).writeByte('X').writeInt(4));
      to.close();
    } else {
      to.abort();
    }
  }

  /**
   * Timers; every 333 ms on the worker. What we ask ourselves is over before anybody may be served, so it is bounded as
   * the rest of the way to a usable server is.
   */
  void tick(long now) {
    long limit = owner.runtime().hot().serverConnectTimeoutNanos();
    if (limit <= 0 || closed) {
      return;
    }
    if (login != null) {
      if (now - createdNanos() > limit) {
        login.fail("connect timeout", null);
      }
    } else if (tenant == null && now - ownQuerySinceNanos > limit) {
      switch (ledger.noteOfNext()) {
        case OwnQuery.CONNECT -> close("connect timeout");
        case OwnQuery.CHECK -> close("test query timeout");
        case OwnQuery.RESET -> close("reset query timeout");
        case ReplyNote.Sync _,ReplyNote.Replayed _ -> close("var change timeout");
        case null, default -> {
          // nothing of ours is due
        }
      }
    }
  }

  boolean closed() {
    return closed;
  }

  // --- view ---

  long id() {
    return id;
  }

  PgPool owner() {
    return owner;
  }

  @Nullable
  Tenant tenant() {
    return tenant;
  }

  @Nullable
  Link linkOrNull() {
    return link;
  }

  Instant connectTime() {
    return connectTime;
  }

  int heldBytes() {
    return relay.heldBytes();
  }

  int owedBytes() {
    return relay.owedBytes();
  }

  /** @see ReplyRelay#answerCut; true after the end too, if it came in the middle of an answer. */
  boolean answerCut() {
    return relay.answerCut();
  }

  /** Where it is connected to; cancel requests go to the very same address. */
  @Nullable
  SocketAddress socketAddress() {
    return socketAddress;
  }

  /** The host as configured, which certificates are checked against. */
  String tlsHost() {
    return tlsHost;
  }

  String address() {
    return address;
  }

  int port() {
    return port;
  }

  long ageSeconds() {
    return (System.nanoTime() - createdNanos()) / 1_000_000_000L;
  }

  private ReadGate reads() {
    return Objects.requireNonNull(reads, "not connected");
  }

  private Link link() {
    Link l = link;
    if (l == null) {
      throw new IllegalStateException("not connected");
    }
    return l;
  }

  /** Prefix of log lines. */
  @Override
  public String toString() {
    String host = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    return "S-0x" + Long.toHexString(id) + ": " + owner.database().name() + "/" + owner.userName()
        + "@"
        + (host.isEmpty() ? "(nohost)" : host) + ":" + port + " ";
  }
}
