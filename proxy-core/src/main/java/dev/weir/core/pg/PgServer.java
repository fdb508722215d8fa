package dev.weir.core.pg;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.pool.ServerState;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.BackendKeyData;
import dev.weir.pg.message.CommandComplete;
import dev.weir.pg.message.ErrorResponse;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.ParameterStatus;
import dev.weir.pg.message.WireText;
import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to a PostgreSQL server, from the end of its login on; {@link ServerLogin} comes before. Relays the server's
 * messages to its tenant, keeps the account of replies due, and knows when the server is free. Confined to its worker,
 * except where a method says otherwise.
 *
 * <p>Messages are found by their headers and passed on in runs; only those that carry state are looked into. A long
 * message streams through: what is still owed of it is counted, not held.
 */
final class PgServer extends PooledConnection implements LinkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PgServer.class);

  /** A message that must be read whole may be this long; a server that sends more is not believed. */
  private static final int MAX_WHOLE = 1 << 20;
  /** Buffers this small are copied rather than kept for a piece of them. */
  private static final int HEADER = Framing.HEADER;

  static final byte IDLE = 'I';

  /** Queries of our own, sent while nobody has the server. */
  private enum OwnQuery {
    RESET, CHECK, CONNECT
  }

  /** Note of the injected SETs. */
  private enum SyncNote {
    NOTE
  }

  /** Note of a Parse that a client sent under a name of its own; {@code known} is null when the server is not asked. */
  record ClientParse(PreparedStatement statement, String name,
      ServerStatements.@Nullable Known known) {}

  /** Note of a client's Close, which the server does not see: what it closed, and under which name. */
  record Closed(PreparedStatement statement, String name) {}

  /** Note of a Close of ours. */
  private record Dropped(ServerStatements.Known known) {}

  private final PgPool owner;
  private final long id;
  private final Instant connectTime;
  private final ReplyQueue replies = new ReplyQueue();
  private final ServerStatements statements = new ServerStatements();
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

  // What the server said last.
  private byte tx = IDLE;
  private boolean ready = true;
  private long lastReadyNanos;
  private boolean copyIn;
  private boolean readsPaused;
  private int cancelsInFlight;
  private long ownQuerySinceNanos;
  private @Nullable String syncComplaint;

  // The cursor over the bytes being relayed.
  private @Nullable ByteBuf rest;
  private int owed;
  private byte current;
  private boolean swallowing;
  private @Nullable ByteBuf in;
  private int at;
  private int run;

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

  /** Login is over; the link is ours from here on. */
  void loggedIn(ParameterValues reported, @Nullable BackendKeyData key) {
    login = null;
    parameters = reported;
    PgPool.Welcome welcome = owner.welcome();
    if (welcome != null) {
      reported.shareEqual(welcome.tracked());
    }
    cancelKey = key;
    link().handler(this);
    String connectQuery = owner.database().entry().connectQuery();
    if (connectQuery != null) {
      runOwn(OwnQuery.CONNECT, connectQuery);
    } else {
      hand();
    }
  }

  /** Gives the server to the pool, or to the login it was opened for. */
  private void hand() {
    ClientLogin own = owner.takeDedicated(this);
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
    ready = true;
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
  void expect(byte kind, byte action, @Nullable Object note) {
    replies.push(kind, action, note);
    ready = false;
  }

  /** The client ends its copy data; the server answers nothing to that by itself. */
  void markCopyEnd() {
    replies.push(ReplyQueue.COPY_END, ReplyQueue.FORWARD, null);
  }

  boolean congested() {
    return !link().writable();
  }

  ServerStatements statements() {
    return statements;
  }

  ParameterValues parameters() {
    return parameters;
  }

  /**
   * What is sent now arrives inside of a COPY FROM STDIN, where the server ignores Sync. Not so once the end of the data
   * has been sent, though the server may not have read that far.
   */
  boolean copyIn() {
    return copyIn && !replies.copyEnds();
  }

  byte tx() {
    return tx;
  }

  /** Nothing is due and the last word was ReadyForQuery. */
  boolean ready() {
    return ready;
  }

  /** When it last became ready, in nanoseconds. */
  long lastReadyNanos() {
    return lastReadyNanos;
  }

  /**
   * Brings the server to the tenant's parameters; {@link Tenant#synced} follows. The tenant must not send before: if a
   * setting is refused, its statement must not run under the wrong one.
   */
  void sync(String sql) {
    LOG.debug("{}varcache_apply: {}", this, sql);
    syncComplaint = null;
    expect(ReplyQueue.QUERY, ReplyQueue.SWALLOW, SyncNote.NOTE);
    sendQuery(sql);
  }

  private void sendQuery(String sql) {
    byte[] text = WireText.encode(sql); // parameters may hold bytes that are not UTF-8
    ByteBuf out = link().buffer(text.length + 6);
    out.writeByte('Q').writeInt(text.length + 5).writeBytes(text).writeByte(0);
    send(out);
  }

  /** Injects what is needed so that the server knows the statement; room is made by closing the oldest. */
  void prepare(PreparedStatement statement, int limit) {
    ServerStatements.Known known = announce(statement, limit);
    expect(ReplyQueue.PARSE, ReplyQueue.SWALLOW, known);
    send(parse(statement));
  }

  /** Prepares again what the server already knows: its error tells the client that the name is taken. */
  void repeatParse(PreparedStatement statement) {
    expect(ReplyQueue.PARSE, ReplyQueue.FORWARD, null);
    send(parse(statement));
  }

  /** A client's Parse under its own name, sent under ours. */
  void parseFor(PreparedStatement statement, String name, int limit) {
    ServerStatements.Known known = announce(statement, limit);
    expect(ReplyQueue.PARSE, ReplyQueue.FORWARD, new ClientParse(statement, name, known));
    send(parse(statement));
  }

  /** A Parse is about to be sent. */
  private ServerStatements.Known announce(PreparedStatement statement, int limit) {
    boolean mayBeThere = statements.mayBeThere(statement);
    if (!statements.uses(statement)) {
      makeRoom(limit);
    }
    ServerStatements.Known known = statements.asks(statement);
    if (mayBeThere) {
      sendClose(known);
    }
    owner.metrics(worker).traffic().addServerParses(1);
    return known;
  }

  private ByteBuf parse(PreparedStatement statement) {
    byte[] name = statement.serverName();
    byte[] definition = statement.definition();
    ByteBuf out = link().buffer(name.length + definition.length + 6);
    out.writeByte('P').writeInt(4 + name.length + 1 + definition.length);
    out.writeBytes(name).writeByte(0).writeBytes(definition);
    return out;
  }

  private void makeRoom(int limit) {
    ServerStatements.Known oldest = statements.evict(limit);
    while (oldest != null) {
      sendClose(oldest);
      oldest = statements.evict(limit);
    }
  }

  private void sendClose(ServerStatements.Known known) {
    statements.closes();
    expect(ReplyQueue.CLOSE, ReplyQueue.SWALLOW, new Dropped(known));
    byte[] name = known.statement().serverName();
    ByteBuf out = link().buffer(name.length + 7);
    out.writeByte('C').writeInt(4 + 1 + name.length + 1).writeByte('S').writeBytes(name)
        .writeByte(0);
    send(out);
  }

  /** The tenant left while its parameters were being set; the answer is awaited without it. */
  void orphan() {
    tenant = null;
  }

  /** The tenant left in the middle of a message: not even a Terminate may be sent, it would complete the message. */
  void abandon(String reason) {
    tenant = null;
    ready = false;
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
    if (!ready || tx != IDLE || !replies.isEmpty()) {
      close("client disconnect while server was not ready");
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
    String reset = owner.runtime().hot().resetQuery(afterSession);
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
    if (tx != IDLE) {
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
    ByteBuf all = bytes;
    if (rest != null) {
      all = Bytes.join(rest, bytes);
      rest = null;
    }
    in = all;
    try {
      relay(all);
    } catch (MalformedMessageException e) {
      LOG.warn("{}{}", this, e.getMessage());
      close("bad pkt header");
    } finally {
      in = null;
      all.release();
    }
    Tenant now = tenant;
    if (now != null && !closed && now.congested() && !readsPaused) {
      readsPaused = true;
      link().pauseReads();
    }
  }

  private void relay(ByteBuf bytes) {
    at = bytes.readerIndex();
    run = at;
    int end = bytes.writerIndex();
    while (!closed) {
      if (owed > 0) {
        int here = Math.min(owed, end - at);
        at += here;
        owed -= here;
        if (swallowing) {
          run = at;
        }
        if (owed > 0) {
          break;
        }
        completed();
        continue;
      }
      if (end - at < HEADER) {
        break;
      }
      int length = Framing.messageLength(bytes, at, Integer.MAX_VALUE);
      byte tag = bytes.getByte(at);
      if (tenant == null && replies.isEmpty() && tag != 'A' && tag != 'E') {
        close(dirtyReason()); // nobody asked: whatever comes next would be taken for an answer to somebody
        return;
      }
      boolean swallow = mustSwallow(tag);
      if (mustBeWhole(tag, swallow) && end - at < length) {
        if (length > MAX_WHOLE) {
          throw new MalformedMessageException(
              "message '" + (char) tag + "' of " + length + " bytes");
        }
        break;
      }
      if (swallow && !swallowing) {
        forwardRun();
      }
      swallowing = swallow;
      current = tag;
      owed = length;
      begun(bytes, tag, length);
    }
    if (closed) {
      return;
    }
    forwardRun();
    if (at < end) {
      rest = at == bytes.readerIndex() ? bytes.retain() : bytes.retainedSlice(at, end - at);
    }
  }

  private boolean mustSwallow(byte tag) {
    if (tenant == null) {
      return true;
    }
    if (replies.headAction() != ReplyQueue.SWALLOW) {
      return false;
    }
    // An injected Parse or Close may fail: that error is the client's to see.
    return tag != 'E' || replies.headKind() == ReplyQueue.QUERY;
  }

  private static boolean mustBeWhole(byte tag, boolean swallow) {
    return switch (tag) {
      case 'Z', 'C', 'S' -> true;
      case 'E', 'N' -> swallow;
      default -> false;
    };
  }

  /** Sends the finished run to the tenant. */
  private void forwardRun() {
    ByteBuf bytes = in;
    if (bytes != null && run < at && !swallowing && tenant != null) {
      tenant.receive(run == bytes.readerIndex() && at == bytes.writerIndex()
          ? bytes.retain()
          : bytes.retainedSlice(run, at - run));
    }
    run = at;
  }

  /** A message starts at {@code at}; those that must be whole are. */
  private void begun(ByteBuf bytes, byte tag, int length) {
    switch (tag) {
      case 'S' -> parameterStatus(bytes, length);
      case 'C' -> commandComplete(bytes, length);
      case 'E' -> {
        copyIn = false;
        if (tenant == null && replies.isEmpty()) {
          strayMessage(bytes, length);
        } else if (swallowing) {
          syncComplaint = String.valueOf(ErrorResponse.decode(body(bytes, length)).message());
        }
      }
      case 'Z' -> {
        if (length != 6) {
          throw new MalformedMessageException("ReadyForQuery of " + length + " bytes");
        }
        tx = bytes.getByte(at + HEADER);
      }
      case 'G', 'W' -> {
        copyIn = true;
        replies.dropSyncsInsideCopy();
      }
      case 'R', 'K', 'v' ->
        throw new MalformedMessageException("login message '" + (char) tag + "' after login");
      default -> {
        // carries no state of ours
      }
    }
  }

  private ByteBuf body(ByteBuf bytes, int length) {
    return bytes.slice(at + HEADER, length - HEADER);
  }

  private void strayMessage(ByteBuf bytes, int length) {
    String text = ErrorResponse.decode(body(bytes, length)).message();
    LOG.warn("{}server sent an error while idle: {}", this, text);
    close(dirtyReason());
  }

  private String dirtyReason() {
    return switch (state()) {
      case IDLE -> "SV_IDLE server got dirty";
      case USED -> "SV_USED server got dirty";
      case LOGIN, ACTIVE, TESTED, BEING_CANCELED, ACTIVE_CANCEL, CLOSED -> "idle server got dirty";
    };
  }

  private void parameterStatus(ByteBuf bytes, int length) {
    ParameterStatus status = ParameterStatus.decode(body(bytes, length));
    int index = owner.runtime().tracked().track(status.name());
    if (index >= 0) {
      parameters.set(index, status.value());
    }
    Tenant who = tenant;
    if (who != null && !swallowing) {
      who.parameterChanged(index, status.value());
    }
  }

  private void commandComplete(ByteBuf bytes, int length) {
    if (copyIn) {
      copyIn = false;
      replies.dropCopyEnd();
    }
    // The shortest and the longest tag of interest, with header and zero.
    if (length < "DISCARD ALL".length() + 6 || length > "DEALLOCATE ALL".length() + 6) {
      return;
    }
    byte first = bytes.getByte(at + HEADER);
    byte second = bytes.getByte(at + HEADER + 1);
    if (first != 'D' || (second != 'I' && second != 'E')) {
      return;
    }
    String tag = CommandComplete.decode(body(bytes, length)).tag();
    if (tag.equals("DISCARD ALL") || tag.equals("DEALLOCATE ALL")) {
      statements.clear();
      if (tenant != null && !swallowing) {
        tenant.statementsDiscarded();
      }
    }
  }

  /** A message has ended at {@code at}. */
  private void completed() {
    switch (current) {
      case '1' -> answered(ReplyQueue.PARSE);
      case '2' -> answered(ReplyQueue.BIND);
      case '3' -> answered(ReplyQueue.CLOSE);
      case 'T', 'n' -> answered(ReplyQueue.DESCRIBE);
      case 'C', 'I', 's' -> answered(ReplyQueue.EXECUTE);
      case 'Z' -> readyForQuery();
      default -> {
        // answers nothing by itself
      }
    }
  }

  private void answered(byte kind) {
    if (replies.headKind() == kind) {
      Object note = replies.headNote();
      replies.drop();
      if (note != null) {
        carriedOut(note);
      }
      answerFakes();
    }
  }

  /** The server has done what this note stands for. */
  private void carriedOut(Object note) {
    switch (note) {
      case ClientParse(_, _, ServerStatements.Known known) when known != null ->
        statements.parsed(known);
      case ServerStatements.Known known -> statements.parsed(known);
      case Dropped(ServerStatements.Known known) -> statements.closed(known);
      default -> {
        // changes nothing of what the server knows
      }
    }
  }

  /** Gives the answers whose turn has come and that the server was not asked for. */
  void answerFakes() {
    while (!replies.isEmpty() && replies.headAction() == ReplyQueue.FAKE) {
      forwardRun();
      byte kind = replies.headKind();
      replies.drop();
      if (tenant != null) {
        tenant.answerFake(kind);
      }
    }
  }

  private void readyForQuery() {
    Object note = null;
    boolean ours = false;
    byte head = replies.headKind();
    if (head == ReplyQueue.SYNC || head == ReplyQueue.QUERY || head == ReplyQueue.FUNCTION) {
      ours = replies.headAction() == ReplyQueue.SWALLOW;
      note = replies.headNote();
      replies.drop();
    } else {
      dropFailed();
    }
    copyIn = false;
    answerFakes();
    ready = replies.isEmpty();
    lastReadyNanos = System.nanoTime();
    if (ours) {
      ownAnswer(note);
    } else if (tenant != null) {
      forwardRun();
      tenant.readyForQuery(tx, ready);
    }
  }

  /** After an error the server skipped everything up to the Sync: so do we, undoing what was noted, last things first. */
  private void dropFailed() {
    List<Object> undone = new ArrayList<>();
    boolean synced = false;
    while (!synced && !replies.isEmpty()) {
      synced = replies.headKind() == ReplyQueue.SYNC;
      Object note = replies.headNote();
      replies.drop();
      if (note != null) {
        undone.add(note);
      }
    }
    undone.reversed().forEach(this::undo);
  }

  private void undo(Object note) {
    switch (note) {
      case ClientParse(_, _, ServerStatements.Known known) when known != null ->
        statements.notParsed(known);
      case ServerStatements.Known known -> statements.notParsed(known);
      case Dropped(ServerStatements.Known known) -> statements.notClosed(known);
      default -> {
        // nothing of the server's was changed
      }
    }
    if (tenant != null) {
      tenant.undone(note);
    }
  }

  private void ownAnswer(@Nullable Object note) {
    if (note instanceof SyncNote) {
      if (tenant != null) {
        tenant.synced(syncComplaint);
      } else {
        release(owner.sessionPooling(), lastReadyNanos); // the client left during the round trip
      }
    } else if (note instanceof OwnQuery which) {
      ownQueryDone(which);
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
    if (readsPaused && !closed) {
      readsPaused = false;
      link().resumeReads();
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
    replies.clear();
    if (rest != null) {
      rest.release();
      rest = null;
    }
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
    if (to.open() && ready && to.unsentBytes() == 0) {
      to.write(to.buffer(5).writeByte('X').writeInt(4));
      to.close();
    } else {
      to.abort();
    }
  }

  /** Timers; every 333 ms on the worker. */
  void tick(long now) {
    long limit = owner.runtime().hot().serverConnectTimeoutNanos();
    if (login != null && limit > 0 && now - createdNanos() > limit) {
      login.fail("connect timeout", null);
    } else if (login == null && !closed && limit > 0 && now - ownQuerySinceNanos > limit
        && replies.headNote() instanceof OwnQuery own && own != OwnQuery.RESET) {
      close(own == OwnQuery.CHECK ? "test query timeout" : "connect timeout");
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
    return rest == null ? 0 : rest.readableBytes();
  }

  int owedBytes() {
    return owed;
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
