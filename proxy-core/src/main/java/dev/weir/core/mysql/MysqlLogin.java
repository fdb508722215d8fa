package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.ProxyHeader;
import dev.weir.core.net.tls.ClientTls;
import dev.weir.core.net.tls.TlsInfo;
import dev.weir.mysql.auth.CachingSha2Password;
import dev.weir.mysql.auth.ClearPassword;
import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.auth.PasswordCipher;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.AuthMoreData;
import dev.weir.mysql.packet.AuthSwitchRequest;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.ComChangeUser;
import dev.weir.mysql.packet.HandshakeResponse41;
import dev.weir.mysql.packet.HandshakeV10;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.Packet;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.SslRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's login (MySQL's manual, "Connection Phase"), and again at COM_CHANGE_USER. Strangers are dealt with here:
 * small packets, in order, within {@code mysql-connect_timeout_client}. Whether a user exists does not show before the
 * password was asked for. Confined to the session's worker.
 */
final class MysqlLogin {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlLogin.class);
  private static final int MAX_PACKET = 16 * 1024;
  private static final int CHALLENGE = 20;
  /** The number of an answer to a client's first packet. */
  private static final int FIRST_ANSWER = 2;

  /** Who logs in: a traffic session or one of the admin port. Called on its worker. */
  interface Client {
    /** The number it is greeted with. */
    int id();

    /** The server's status that it is told. */
    default int greetingStatus() {
      return ServerStatus.AUTOCOMMIT;
    }

    /**
     * Null when there is nobody of that name.
     *
     * @param database that the client wants to be in; empty for none
     */
    @Nullable
    MysqlUser named(String user, String database);

    /** Whether this is the admin port. */
    default boolean admin() {
      return false;
    }

    /** When it connected, as {@link System#nanoTime}. */
    long createdNanos();

    /** Counts it for the user; null, or why it cannot stay. */
    @Nullable
    Refusal enter(MysqlUser user, String database);

    /** It is in; its OK goes out next. */
    void loggedIn(MysqlUser user, long agreed, SessionVariables initial, String database);

    /** What it sent behind its login without waiting; takes ownership. */
    void onBytes(ByteBuf bytes);

    void close(String reason);

    /** Whether servers answer it, so that what they can do counts. */
    default boolean servesServers() {
      return true;
    }
  }

  private enum Step {
    RESPONSE, TLS, SWITCHED, SHA2_FULL, SHA2_KEY_SENT, COMPUTING, DONE
  }

  private final MysqlRuntime runtime;
  private final Client session;
  private final Link link;
  private final LoginPackets packets = new LoginPackets(MAX_PACKET);
  private final long startedNanos = System.nanoTime();
  private Step step = Step.RESPONSE;
  private byte[] challenge = {};
  private long offered;
  private long capabilities;
  private int zstdLevel;
  private boolean again;
  private int collation;
  private String userName = "";
  private String database = "";
  private String plugin = NativePassword.PLUGIN;
  private boolean withPassword;
  private boolean encrypted;
  private boolean greeted;
  private @Nullable MysqlUser user;
  private @Nullable ProxyGate gate;

  MysqlLogin(MysqlRuntime runtime, Client session, Link link) {
    this.runtime = runtime;
    this.session = session;
    this.link = link;
  }

  // --- the greeting ---

  void greet() {
    if (greeted) {
      return;
    }
    greeted = true;
    if (!session.admin()) {
      if (runtime.side().settings().balancers().contains(link.remote().host())) {
        gate = new ProxyGate(link); // greets without waiting: a client without a header says nothing before
      } else if (keptOut(0)) {
        return;
      }
    }
    challenge = newChallenge();
    MysqlSettings s = runtime.settings();
    offered = ClientCapabilities.offered(runtime, session.servesServers());
    long tls = s.haveSsl() && runtime.clientTls() != null ? Capabilities.SSL : 0;
    write(0, new HandshakeV10(s.serverVersion(), session.id(), offered | tls,
        greetingCollation(s), session.greetingStatus(), ByteString.of(challenge),
        s.defaultAuthPlugin()));
  }

  /** Refuses a client from a host of too many failed logins. */
  private boolean keptOut(int sequence) {
    Link.Endpoint from = link.remote();
    boolean out = runtime.side().hosts().keepsOut(from);
    if (out) {
      runtime.counters().hostsKeptOut.increment();
      refuse(MysqlRefusals.hostBlocked(from.host()), sequence);
    }
    return out;
  }

  /** There is one byte for it. */
  private static int greetingCollation(MysqlSettings s) {
    int id = s.defaultCollation().id();
    return id <= Collation.MAX_IN_LOGIN ? id : Collation.UTF8MB4_GENERAL_CI;
  }

  /** Bytes of a challenge are neither zero nor {@code $}: clients read it as a text. */
  private byte[] newChallenge() {
    byte[] made = new byte[CHALLENGE];
    runtime.random().nextBytes(made);
    for (int i = 0; i < made.length; i++) {
      made[i] = (byte) ((made[i] & 0x7f) % 93 + 33);
      if (made[i] == '$') {
        made[i] = '#';
      }
    }
    return made;
  }

  // --- packets ---

  /** Takes ownership. */
  void onBytes(ByteBuf bytes) {
    greet(); // unless the client was faster than our turn
    if (step == Step.DONE) {
      bytes.release();
      return;
    }
    ProxyGate at = gate;
    ByteBuf past = at == null ? bytes : throughGate(at, bytes);
    if (past != null) {
      work(past);
    }
  }

  /** Null when the header is not there as a whole, or the client was refused. */
  private @Nullable ByteBuf throughGate(ProxyGate at, ByteBuf bytes) {
    try {
      ByteBuf past = at.pass(bytes);
      if (past != null) {
        gate = null;
        if (keptOut(FIRST_ANSWER)) {
          past.release();
          return null;
        }
      }
      return past;
    } catch (ProxyHeader.MalformedProxyHeaderException e) {
      LOG.warn("{}: {}", session, e.getMessage());
      refuse(MysqlRefusals.BAD_HANDSHAKE, FIRST_ANSWER);
      return null;
    }
  }

  private void work(ByteBuf bytes) {
    packets.add(bytes);
    try {
      while (step != Step.COMPUTING && step != Step.TLS && step != Step.DONE) {
        ByteBuf body = packets.next();
        if (body == null) {
          return;
        }
        try {
          packet(body);
        } finally {
          body.release();
        }
      }
    } catch (MalformedPacketException e) {
      LOG.info("{}: {}", session, e.getMessage());
      refuse(MysqlRefusals.BAD_HANDSHAKE);
    }
  }

  private void packet(ByteBuf body) {
    switch (step) {
      case RESPONSE -> response(body);
      case SWITCHED -> verify(bytes(body));
      case SHA2_FULL -> sha2Full(bytes(body));
      case SHA2_KEY_SENT -> sha2Decrypt(bytes(body));
      case TLS, COMPUTING, DONE -> throw new MalformedPacketException("packet out of turn");
    }
  }

  private static byte[] bytes(ByteBuf body) {
    byte[] all = new byte[body.readableBytes()];
    body.readBytes(all);
    return all;
  }

  private void response(ByteBuf body) {
    if (!encrypted && SslRequest.is(body)) {
      startTls(SslRequest.decode(body));
      return;
    }
    HandshakeResponse41 response = HandshakeResponse41.decode(body);
    capabilities = CompressionStage.oneOf(response.capabilities() & offered);
    zstdLevel = response.zstdLevel();
    collation = response.collation();
    String named = response.plugin();
    identify(response.user(), response.database(), named == null ? NativePassword.PLUGIN : named,
        response.authResponse().toArray());
  }

  private void startTls(SslRequest request) {
    ClientTls tls = runtime.clientTls();
    if (tls == null || !runtime.settings().haveSsl()) {
      throw new MalformedPacketException("TLS was not offered");
    }
    if (request.collation() >= 0 && packets.hasRest() && !startsTls()) {
      throw new MalformedPacketException("bytes in the clear behind the request for TLS");
    }
    step = Step.TLS;
    link.startTls(tls.newHandler(PooledByteBufAllocator.DEFAULT), packets.rest(), failure -> {
      if (failure != null) {
        LOG.info("{}: TLS: {}", session, TlsInfo.failure(failure));
        session.close("TLS handshake failed");
        return;
      }
      encrypted = true;
      step = Step.RESPONSE;
    });
  }

  /** Whether what came in the same segment is a TLS record: the client did not wait, and need not. */
  private boolean startsTls() {
    ByteBuf rest = packets.rest();
    if (rest == null) {
      return true;
    }
    boolean record = rest.getByte(rest.readerIndex()) == 0x16;
    packets.add(rest);
    return record;
  }

  /** COM_CHANGE_USER: the same over again on a session that is logged in; takes ownership. */
  void changeUser(ByteBuf body, long agreed) {
    try {
      ComChangeUser change = ComChangeUser.decode(body, agreed);
      again = true;
      greeted = true;
      capabilities = agreed;
      encrypted = link.tlsSession() != null;
      collation = change.collation();
      challenge = newChallenge(); // the greeting's has been used
      userName = change.user();
      String db = change.database();
      database = db == null ? "" : db;
      user = session.named(userName, database);
      packets.add(link.buffer(4).writeMediumLE(0).writeByte(0));
      ByteBuf counted = packets.next();
      if (counted != null) {
        counted.release();
      }
      switchTo(wantedPlugin(NativePassword.PLUGIN));
    } catch (MalformedPacketException e) {
      LOG.info("{}: {}", session, e.getMessage());
      refuse(MysqlRefusals.MALFORMED);
    } finally {
      body.release();
    }
  }

  // --- who is it ---

  private void identify(String name, @Nullable String db, String clientPlugin, byte[] answer) {
    userName = name;
    database = db == null ? "" : db;
    user = session.named(name, database);
    String wanted = wantedPlugin(clientPlugin);
    plugin = clientPlugin;
    boolean usable = wanted.equals(clientPlugin)
        && clientPlugin.equals(runtime.settings().defaultAuthPlugin());
    if (usable || (wanted.equals(clientPlugin) && clientPlugin.equals(ClearPassword.PLUGIN))) {
      verify(answer);
    } else {
      switchTo(wanted); // its answer was made for another plugin's challenge
    }
  }

  /** The plugin to log this user in by. */
  private String wantedPlugin(String clientPlugin) {
    MysqlUser u = user;
    if (u != null && u.hasNativeHash()) {
      return NativePassword.PLUGIN;
    }
    if (u != null && u.hasSha2Hash()) {
      return CachingSha2Password.PLUGIN;
    }
    boolean known = clientPlugin.equals(NativePassword.PLUGIN)
        || clientPlugin.equals(CachingSha2Password.PLUGIN)
        || (clientPlugin.equals(ClearPassword.PLUGIN) && encrypted);
    return known ? clientPlugin : runtime.settings().defaultAuthPlugin();
  }

  private void switchTo(String to) {
    plugin = to;
    step = Step.SWITCHED;
    write(packets.nextSequence(), new AuthSwitchRequest(to, ByteString.of(challenge)));
  }

  private void verify(byte[] answer) {
    withPassword = answer.length > 0;
    MysqlUser u = user;
    if (u == null) {
      denied();
      return;
    }
    switch (plugin) {
      case NativePassword.PLUGIN -> verifyNative(u, answer);
      case CachingSha2Password.PLUGIN -> verifySha2(u, answer);
      case ClearPassword.PLUGIN -> {
        byte[] password = encrypted ? ClearPassword.password(answer) : null;
        compute(() -> password != null && matches(u, password));
      }
      default -> denied();
    }
  }

  private void verifyNative(MysqlUser u, byte[] answer) {
    String hash = u.hasNativeHash() ? u.secret() : NativePassword.hash(utf8(u.secret()));
    if (hash.isEmpty()) {
      outcome(answer.length == 0);
      return;
    }
    byte[] key = NativePassword.keyOf(hash, challenge, answer);
    if (key != null) {
      u.learntStage1(key);
    }
    outcome(key != null);
  }

  private void verifySha2(MysqlUser u, byte[] answer) {
    String clear = u.clearPassword();
    if (clear != null && clear.isEmpty()) {
      outcome(answer.length == 0 || (answer.length == 1 && answer[0] == 0));
    } else if (clear != null
        && CachingSha2Password.verify(CachingSha2Password.cached(utf8(clear)), challenge, answer)) {
      write(packets.nextSequence(), more(CachingSha2Password.FAST_SUCCEEDED));
      accept(Packets.next(packets.nextSequence()));
    } else if (clear != null || answer.length == 0) {
      denied();
    } else {
      step = Step.SHA2_FULL;
      write(packets.nextSequence(), more(CachingSha2Password.FULL_NEEDED));
    }
  }

  private static AuthMoreData more(byte what) {
    return new AuthMoreData(ByteString.of(new byte[]{what}));
  }

  private void sha2Full(byte[] sent) {
    if (encrypted) {
      checkStored(ClearPassword.password(sent));
    } else if (sent.length == 1 && sent[0] == CachingSha2Password.PUBLIC_KEY_WANTED) {
      step = Step.COMPUTING;
      int sequence = packets.nextSequence();
      offload(() -> {
        KeyPair keys = runtime.rsaKeys();
        link.worker().execute(() -> {
          if (step == Step.COMPUTING) {
            step = Step.SHA2_KEY_SENT;
            write(sequence,
                new AuthMoreData(ByteString.of(PasswordCipher.pem(keys.getPublic()))));
          }
        });
      });
    } else {
      denied();
    }
  }

  private void sha2Decrypt(byte[] sent) {
    checkStored(PasswordCipher.decrypt(sent, challenge, runtime.rsaKeys().getPrivate()));
  }

  private void checkStored(byte @Nullable [] password) {
    MysqlUser u = user;
    if (u == null || password == null) {
      denied();
    } else {
      compute(() -> matches(u, password));
    }
  }

  /** Whether it is the user's; thousands of rounds for a stored crypt. Any thread. */
  private static boolean matches(MysqlUser u, byte[] password) {
    String secret = u.secret();
    boolean right;
    if (u.hasNativeHash()) {
      right = secret.equalsIgnoreCase(NativePassword.hash(password));
    } else if (u.hasSha2Hash()) {
      right = CachingSha2Password
          .verifyStored(secret.getBytes(StandardCharsets.ISO_8859_1), password);
    } else {
      right = MessageDigest.isEqual(utf8(secret), password);
    }
    if (right) {
      u.learnt(new String(password, StandardCharsets.UTF_8));
    }
    return right;
  }

  private void compute(BooleanSupplier check) {
    step = Step.COMPUTING;
    offload(() -> {
      boolean right = check.getAsBoolean();
      link.worker().execute(() -> {
        if (step == Step.COMPUTING) {
          outcome(right);
        }
      });
    });
  }

  private void offload(Runnable work) {
    try {
      runtime.computing().execute(work);
    } catch (RejectedExecutionException _) {
      refuse(MysqlRefusals.TOO_MANY_CONNECTIONS); // more logins than the machine can check
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // --- the outcome ---

  private void outcome(boolean right) {
    if (right) {
      accept(packets.nextSequence());
    } else {
      denied();
    }
  }

  private void accept(int sequence) {
    MysqlUser u = user;
    if (u == null || !u.row().active()) {
      denied();
      return;
    }
    if (u.row().useSsl() && !encrypted) {
      refuse(MysqlRefusals.sslRequired(userName, link.remote().host()));
      return;
    }
    Collation charset = Charsets.ofLogin(runtime, session, collation);
    if (charset == null) {
      refuse(Charsets.unknown(collation));
      return;
    }
    Refusal full = session.enter(u, database);
    if (full != null) {
      refuse(full);
      return;
    }
    step = Step.DONE;
    String schema = database;
    if (schema.isEmpty() && u.row().defaultSchema() != null) {
      schema = u.row().defaultSchema();
    }
    session.loggedIn(u, capabilities, runtime.variablesOf(charset), schema);
    if (!session.admin()) {
      runtime.side().hosts().succeeded(link.remote());
    }
    AuditTrail.connected(runtime, session, link, userName, schema, again);
    write(sequence, Ok.of(session.greetingStatus()));
    ByteBuf early = packets.rest(); // the client did not wait for the OK
    if (!again && CompressionStage.isAgreed(capabilities)) {
      link.pass(CompressionStage.toClient(runtime, session, link, capabilities, zstdLevel), early);
    } else if (early != null) {
      session.onBytes(early);
    }
  }

  private void denied() {
    runtime.counters().wrongPasswords.increment();
    refuse(MysqlRefusals.accessDenied(userName, link.remote().host(), withPassword));
  }

  private void refuse(Refusal why) {
    refuse(why, packets.nextSequence());
  }

  private void refuse(Refusal why, int sequence) {
    if (step != Step.DONE) {
      step = Step.DONE;
      LOG.info("{}: login refused: {}", session, why.message());
      if (!session.admin() && MysqlRefusals.speaksAgainstHost(why)) {
        runtime.side().hosts().failed(link.remote(), System.currentTimeMillis());
      }
      AuditTrail.refused(runtime, session, link, userName, database, why.message());
      if (link.open()) {
        LocalAnswers.error(link, sequence, capabilities, why);
      }
      session.close(why.message());
    }
  }

  /** Looks at the time. */
  void tick(long now) {
    long limit = runtime.settings().connectTimeoutClientMillis();
    if (TimeUnit.NANOSECONDS.toMillis(now - startedNanos) > limit) {
      refuse(MysqlRefusals.LOGIN_TIMEOUT);
    }
  }

  void abandon() {
    step = Step.DONE;
    packets.release();
    if (gate != null) {
      gate.release();
      gate = null;
    }
  }

  private void write(int sequence, Packet packet) {
    packets.sent(sequence);
    ByteBuf out = link.buffer(128);
    Packets.write(out, sequence, packet, capabilities);
    link.write(out);
  }
}
