package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.WeirSettings;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.core.net.Worker;
import dev.weir.core.pg.Identity.Replication;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.Authentication;
import dev.weir.pg.message.BackendMessage;
import dev.weir.pg.message.CancelRequest;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.NoticeResponse;
import dev.weir.pg.message.ParameterStatus;
import dev.weir.pg.message.ReadyForQuery;
import dev.weir.pg.message.StartupCodes;
import dev.weir.pg.message.StartupMessage;
import dev.weir.pg.message.TxStatus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's way from its first byte to its first ReadyForQuery (protocol chapter "Start-up"). Confined to the client's
 * worker. Everything here is done for strangers: what they may send is small, counted and timed.
 *
 * <p>One StartupMessage a connection; the identity it gives does not change afterwards (CVE-2026-107350).
 */
final class ClientLogin implements Dedication {
  private static final Logger LOG = LoggerFactory.getLogger(ClientLogin.class);
  private static final int DIRECT_TLS = 0x16;
  private static final String ALPN = "postgresql";
  private static final int SHOWN_HEADER = 16;

  private enum Phase {
    /** Encryption requests, cancel or the StartupMessage. */
    FIRST, TLS_HANDSHAKE,
    /** The client must answer the authentication. */
    ANSWER,
    /** Somebody else must answer: a lookup, a key derivation, a directory. */
    ELSEWHERE,
    /** Logged in but for the greeting, which no server has given yet. */
    WELCOME,
    /** A cancel request that is being carried out. */
    CANCEL, OVER
  }

  private final PgRuntime runtime;
  private final PgSession session;
  private final StartupParameters parameters;
  private Phase phase = Phase.FIRST;
  private @Nullable ByteBuf received;
  private boolean tls;
  private boolean tlsAsked;
  private boolean gssAsked;
  private @Nullable ClientAuth auth;
  private @Nullable Database database;
  private @Nullable PgPool pool;
  private @Nullable PgUser loginUser;
  private long welcomeSinceNanos;

  ClientLogin(PgRuntime runtime, PgSession session) {
    this.runtime = runtime;
    this.session = session;
    this.parameters = new StartupParameters(runtime, session, this);
  }

  // --- bytes ---

  void onBytes(ByteBuf bytes) {
    received = received == null ? bytes : Bytes.join(received, bytes);
    if (received.readableBytes() > runtime.config().get(WeirSettings.LOGIN_PACKET_LIMIT)) {
      badHeader(received);
      return;
    }
    work();
  }

  /** Takes packets for as long as it is the client's turn. */
  private void work() {
    try {
      boolean more = true;
      while (more && received != null && received.isReadable()) {
        more = switch (phase) {
          case FIRST -> first(received);
          case ANSWER -> answer(received);
          case TLS_HANDSHAKE, ELSEWHERE, WELCOME, CANCEL, OVER -> false;
        };
      }
    } catch (MalformedMessageException e) {
      session.refuse(Refusal.no(1047, String.valueOf(e.getMessage())));
    }
    if (received != null && !received.isReadable()) {
      received.release();
      received = null;
    }
  }

  private void badHeader(ByteBuf in) {
    int shown = Math.min(SHOWN_HEADER / 2, in.readableBytes());
    session.refuse(Refusal.badPacketHeader(ByteBufUtil.hexDump(in, in.readerIndex(), shown)));
  }

  /** A packet without a tag. False when no more can be done now. */
  private boolean first(ByteBuf in) {
    int start = in.readerIndex();
    byte lead = in.getByte(start);
    if (lead == DIRECT_TLS && !tls && !tlsAsked && runtime.clientTls().offered() && !unix()) {
      ByteBuf early = in.readRetainedSlice(in.readableBytes());
      tlsAsked = true;
      handshake(early);
      return false;
    }
    if (lead == 'p') {
      session.refuse(Refusal.EARLY_PASSWORD);
      return false;
    }
    if (in.readableBytes() < 4) {
      return false;
    }
    int length = in.getInt(start);
    if (length < 8 || length > runtime.config().get(WeirSettings.LOGIN_PACKET_LIMIT)) {
      badHeader(in);
      return false;
    }
    if (in.readableBytes() < length) {
      return false;
    }
    ByteBuf body = in.slice(start + 4, length - 4);
    in.skipBytes(length);
    int code = body.getInt(body.readerIndex());
    switch (code) {
      case StartupCodes.SSL_REQUEST -> {
        return sslRequest(in, length);
      }
      case StartupCodes.GSSENC_REQUEST -> {
        return gssRequest(in, length);
      }
      case StartupCodes.CANCEL_REQUEST -> {
        cancel(CancelRequest.decode(body));
        return false;
      }
      default -> {
        return startup(body, code);
      }
    }
  }

  private boolean unix() {
    return session.link().remote().unix();
  }

  private boolean sslRequest(ByteBuf rest, int length) {
    if (length != 8 || tls || tlsAsked) {
      session.refuse(Refusal.BAD_PACKET);
      return false;
    }
    tlsAsked = true;
    if (rest.isReadable()) {
      session.refuse(Refusal.DATA_AFTER_SSL);
      return false;
    }
    boolean yes = runtime.clientTls().offered() && !unix();
    session.link().write(session.link().buffer(1).writeByte(yes ? 'S' : 'N'));
    if (yes) {
      handshake(null);
      return false;
    }
    return true;
  }

  private boolean gssRequest(ByteBuf rest, int length) {
    if (length != 8 || tls || gssAsked) {
      session.refuse(Refusal.BAD_PACKET);
      return false;
    }
    gssAsked = true;
    if (rest.isReadable()) {
      session.refuse(Refusal.DATA_AFTER_GSS);
      return false;
    }
    session.link().write(session.link().buffer(1).writeByte('N'));
    return true;
  }

  private void handshake(@Nullable ByteBuf early) {
    phase = Phase.TLS_HANDSHAKE;
    runtime.clientTls().start(session.link(), early, failure -> {
      if (phase != Phase.TLS_HANDSHAKE) {
        return;
      }
      if (failure != null) {
        session.close(null, "TLS handshake failed: " + failure);
      } else if (early != null && !ALPN.equals(session.link().tlsApplicationProtocol())) {
        // As PostgreSQL: a direct handshake must say what it is for, or it could be another protocol's (ALPACA).
        session.close(null,
            "received direct SSL connection request without ALPN protocol negotiation extension");
      } else {
        tls = true;
        phase = Phase.FIRST;
        work();
      }
    });
  }

  private void cancel(CancelRequest request) {
    phase = Phase.CANCEL;
    runtime.cancel(session, CancelKey.of(request.processId(), request.secret()));
  }

  // --- the StartupMessage ---

  private boolean startup(ByteBuf body, int code) {
    int major = code >>> 16;
    if (major == 2) {
      session.refuse(Refusal.OLD_V2);
      return false;
    }
    if (major != 3) {
      badHeader(body);
      return false;
    }
    if (runtime.clientTls().required() && !tls && !unix()) {
      session.refuse(Refusal.SSL_REQUIRED);
      return false;
    }
    StartupMessage message = StartupMessage.decode(body);
    phase = Phase.ELSEWHERE;
    Identity who = parameters.read(message);
    if (who != null) {
      identify(who, message);
    }
    return true;
  }

  // --- database, limits, authentication ---

  private void identify(Identity who, StartupMessage message) {
    session.identity(who);
    Config config = runtime.config();
    boolean console = who.database().equals(PgRuntime.CONSOLE);
    if (!console && runtime.clientCount() > config.get(ProcessSettings.MAX_CLIENT_CONN)) {
      session.refuse(Refusal.MAX_CLIENT_CONN);
      return;
    }
    if (config.get(PoolSettings.APPLICATION_NAME_ADD_HOST)) {
      addHost(message.parameter("application_name"));
    }
    Database found = console ? null : runtime.findDatabase(who.database());
    if (found != null && found.removed()) {
      found = null;
    }
    database = found;
    ClientAuth exchange = new ClientAuth(runtime, session, this, found, console, tls);
    auth = exchange;
    exchange.start();
  }

  /** Counts the client for the limits of its database and user; false when it was refused. */
  boolean admit(@Nullable PgUser user) {
    Config config = runtime.config();
    Identity who = session.identity();
    loginUser = user;
    session.countedBy(database, user);
    boolean exempt = config.isAdmin(who.user());
    Database db = database;
    if (db != null && !exempt) {
      int limit = config.maxDbClientConnections(db.entry());
      if (limit > 0 && db.clients().get() > limit) {
        session.refuse(Refusal.MAX_DB_CLIENTS);
        return false;
      }
    }
    if (user != null && !exempt) {
      int limit = config.maxUserClientConnections(user.name());
      if (limit > 0 && user.clients().get() > limit) {
        session.refuse(Refusal.MAX_USER_CLIENTS);
        return false;
      }
    }
    if (runtime.hot().logConnections()) {
      LOG.info("{}login attempt: db={} user={} tls={} replication={}", session, who.database(),
          who.user(),
          tls ? runtime.tlsText(session.link()) : "no", who.replication().word());
    }
    return true;
  }

  private void addHost(@Nullable String given) {
    Link.Endpoint from = session.link().remote();
    Link.Credentials peer = session.link().peerCredentials();
    String where = peer != null
        ? "unix(" + peer.pid() + "@" + runtime.hostName() + "):" + runtime.listenPort()
        : from.toString();
    session.parameters().set(runtime.tracked().track("application_name"),
        (given == null || given.isEmpty() ? "app" : given) + " - " + where);
  }

  private boolean answer(ByteBuf in) {
    int start = in.readerIndex();
    byte tag = in.getByte(start);
    if (tag != 'p') {
      if (tag == 0) {
        session.refuse(Refusal.SECOND_STARTUP);
      } else if (tag == 'X') {
        session.close(null, "client close request");
      } else {
        session.refuse(Refusal.BAD_PACKET);
      }
      return false;
    }
    if (in.readableBytes() < Framing.HEADER) {
      return false;
    }
    int length = Framing.messageLength(in, start,
        runtime.config().get(WeirSettings.LOGIN_PACKET_LIMIT));
    if (in.readableBytes() < length) {
      return false;
    }
    ByteBuf body = in.slice(start + Framing.HEADER, length - Framing.HEADER);
    in.skipBytes(length);
    phase = Phase.ELSEWHERE;
    ClientAuth exchange = auth;
    if (exchange != null) {
      exchange.answer(body);
    }
    return true;
  }

  /** It is the client's turn to answer. */
  void awaitAnswer() {
    phase = Phase.ANSWER;
  }

  /** A step that ran elsewhere has ended and may have changed whose turn it is: packets that wait can be taken. */
  void goOn() {
    work();
  }

  // --- success ---

  /** The client has shown that it is its user, who is known from now on. */
  void proven() {
    if (loginUser != null) {
      loginUser.prove();
    }
  }

  /** The client is who it says it is. */
  void authenticated(ClientAuth by) {
    Identity who = session.identity();
    if (by.console()) {
      toConsole(by);
      return;
    }
    Database db = database;
    if (db == null) {
      if (runtime.hot().logConnections()) {
        LOG.info("{}login failed: db={} user={}", session, who.database(), who.user());
      }
      session.refuse(Refusal.noSuchDatabase(who.database()));
    } else if (db.disabled()) {
      session.refuse(Refusal.databaseDisabled(db.name()));
    } else if (runtime.shuttingDown()) {
      session.refuse(Refusal.POOLER_SHUTTING_DOWN);
    } else {
      String forced = db.entry().user();
      PgPool chosen = runtime.pool(db, forced == null ? who.user() : forced);
      pool = chosen;
      if (forced == null) {
        by.credentialsFor(chosen);
      }
      if (who.replication() != Replication.NONE) {
        phase = Phase.WELCOME;
        welcomeSinceNanos = System.nanoTime();
        chosen.openDedicated(this);
      } else if (chosen.welcome() != null) {
        welcomeKnown();
      } else {
        awaitWelcome(chosen);
      }
    }
  }

  private void awaitWelcome(PgPool chosen) {
    Refusal failing = chosen.failFast(System.nanoTime());
    if (failing != null) {
      session.refuse(failing);
      return;
    }
    phase = Phase.WELCOME;
    welcomeSinceNanos = System.nanoTime();
    chosen.awaitWelcome(this);
  }

  private void toConsole(ClientAuth by) {
    LocalConsole console = runtime.openConsole(session, by.access());
    runtime.consoleMetrics(worker()).addClientLogins(1);
    phase = Phase.OVER;
    write(new Authentication.Ok());
    console.greeting().forEach(e -> write(new ParameterStatus(e.getKey(), e.getValue())));
    finishGreeting();
    session.toConsole(console);
    handOverRest();
  }

  /** A server has told its parameters: the client can be greeted. */
  void welcomeKnown() {
    PgPool its = pool;
    if (phase == Phase.OVER || its == null) {
      return;
    }
    PgPool.Welcome welcome = its.welcome();
    if (welcome == null) {
      awaitWelcome(its);
      return;
    }
    session.parameters().fillFrom(welcome.tracked());
    greet(welcome);
    session.welcomed(its);
    handOverRest();
  }

  void welcomeRefused(Refusal why) {
    if (phase != Phase.OVER) {
      session.refuse(why);
    }
  }

  /** The server of a replication client is ready. */
  @Override
  public void dedicatedReady(PgServer server) {
    PgPool its = pool;
    if (phase != Phase.WELCOME || its == null) {
      server.close("replication client disconnected");
      return;
    }
    PgPool.Welcome welcome = its.welcome();
    session.parameters().fillFrom(server.parameters());
    greet(welcome == null ? new PgPool.Welcome(List.of(), server.parameters()) : welcome);
    session.welcomedWith(its, server);
    handOverRest();
  }

  @Override
  public void dedicatedFailed() {
    if (phase == Phase.WELCOME) {
      session.refuse(Refusal.LOGIN_FAILED);
    }
  }

  /** What a replication connection says to the server in place of the pool's own parameters. */
  @Override
  public SequencedMap<String, String> startupParameters() {
    return parameters.forReplication();
  }

  private void greet(PgPool.Welcome welcome) {
    phase = Phase.OVER;
    write(new Authentication.Ok());
    welcome.fixed().forEach(e -> write(new ParameterStatus(e.getKey(), e.getValue())));
    for (int i = 0; i < runtime.tracked().count(); i++) {
      String value = session.parameters().get(i);
      if (value != null && welcome.tracked().get(i) != null) {
        write(new ParameterStatus(runtime.tracked().name(i), value));
      }
    }
    PgPool its = pool;
    if (its != null) {
      its.metrics(worker()).traffic().addClientLogins(1);
    }
    finishGreeting();
  }

  private void finishGreeting() {
    write(runtime.register(session, parameters.longKey()).toMessage());
    String notice = runtime.loginNotice();
    if (!notice.isEmpty()) {
      write(NoticeResponse.of("NOTICE", "00000", notice));
    }
    write(new ReadyForQuery(TxStatus.IDLE));
    if (auth != null) {
      auth.end();
    }
  }

  private void handOverRest() {
    ByteBuf rest = received;
    received = null;
    if (rest != null) {
      if (rest.isReadable()) {
        session.onBytes(rest);
      } else {
        rest.release();
      }
    }
  }

  void write(BackendMessage message) {
    ByteBuf out = session.link().buffer(128);
    message.encode(out);
    session.link().write(out);
  }

  // --- time and end ---

  void tick(long now) {
    long age = now - session.times().createdNanos();
    long limit = runtime.timeouts().loginNanos();
    if (phase == Phase.CANCEL) {
      return; // timed where it waits
    }
    if (limit > 0 && age > limit) {
      session.refuse(phase == Phase.WELCOME
          ? Refusal.CLIENT_LOGIN_TIMEOUT_DOWN
          : Refusal.CLIENT_LOGIN_TIMEOUT);
      return;
    }
    Database db = database;
    if (phase == Phase.WELCOME && db != null) {
      long wait = runtime.timeouts().queryWaitNanos(session.identity().user(), db.entry());
      long query = runtime.timeouts().queryNanos();
      if (query > 0 && now - welcomeSinceNanos > query) {
        session.refuse(Refusal.QUERY_TIMEOUT_QUEUED);
      } else if (wait > 0 && now - welcomeSinceNanos > wait) {
        session.refuse(Refusal.QUERY_WAIT_TIMEOUT);
      } else if (session.identity().replication() != Replication.NONE && pool != null) {
        pool.retryDedicated(this);
      }
    }
  }

  /** The session is being closed. */
  void abandon() {
    phase = Phase.OVER;
    if (received != null) {
      received.release();
      received = null;
    }
    if (pool != null) {
      pool.leaveWelcome(this);
    }
    if (auth != null) {
      auth.abandon();
    }
  }

  /** Whether no byte of the client's waits to be dealt with: it left when it was its turn. */
  boolean receivedNothing() {
    return received == null && (phase == Phase.FIRST || phase == Phase.ANSWER);
  }

  /** Waits for a greeting or a lookup, and so counts as waiting. */
  boolean waiting() {
    return phase == Phase.WELCOME;
  }

  boolean canceling() {
    return phase == Phase.CANCEL;
  }

  @Override
  public Worker worker() {
    return session.worker();
  }

  @Nullable
  PgUser loginUser() {
    return loginUser;
  }

  @Nullable
  PgPool pool() {
    return pool;
  }
}
