package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.Worker;
import dev.weir.core.net.tls.ServerTls;
import dev.weir.core.net.tls.TlsInfo;
import dev.weir.mysql.auth.CachingSha2Password;
import dev.weir.mysql.auth.ClearPassword;
import dev.weir.mysql.auth.Dialog;
import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.auth.ParsecPassword;
import dev.weir.mysql.auth.PasswordCipher;
import dev.weir.mysql.auth.Sha256Password;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ZstdLibrary;
import dev.weir.mysql.packet.AuthMoreData;
import dev.weir.mysql.packet.AuthResponse;
import dev.weir.mysql.packet.AuthSwitchRequest;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Eof;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.HandshakeResponse41;
import dev.weir.mysql.packet.HandshakeV10;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a server and logs in (MySQL's manual, "Connection Phase"). The server is not trusted: packets are small,
 * come in order, and end the connection else. Confined to the worker it starts on.
 */
final class MysqlServerLogin implements LinkHandler {
  /** What connections take over from the clients they are for, so that only alike clients share them. */
  static final long SHARED = Capabilities.FOUND_ROWS | Capabilities.IGNORE_SPACE
      | Capabilities.MULTI_STATEMENTS | Capabilities.MULTI_RESULTS | Capabilities.PS_MULTI_RESULTS
      | Capabilities.DEPRECATE_EOF | Capabilities.LOCAL_FILES | Capabilities.ODBC
      | Capabilities.CAN_HANDLE_EXPIRED_PASSWORDS | Capabilities.MARIADB_PROGRESS
      | ClientCapabilities.FORMS;

  /** What a connection of one session alone takes over from its client. */
  static final long FORWARDED = SHARED | Capabilities.SESSION_TRACK | Capabilities.INTERACTIVE
      | Capabilities.NO_SCHEMA;

  private static final long ALWAYS = Capabilities.MYSQL | Capabilities.LONG_FLAG
      | Capabilities.PROTOCOL_41 | Capabilities.TRANSACTIONS | Capabilities.SECURE_CONNECTION
      | Capabilities.PLUGIN_AUTH | Capabilities.PLUGIN_AUTH_LENENC | Capabilities.CONNECT_ATTRS
      | Capabilities.SESSION_TRACK | Capabilities.MARIADB_BULK_OPERATIONS
      | Capabilities.MARIADB_BULK_UNIT_RESULTS;
  private static final long NEEDED = Capabilities.PROTOCOL_41 | Capabilities.SECURE_CONNECTION
      | Capabilities.PLUGIN_AUTH;
  private static final int MAX_PACKET = 64 * 1024;
  private static final int MAX_STEPS = 16;
  private static final long MAX_ALLOWED = 1L << 30;

  /** Whose connection it is. Called on the worker. */
  interface Owner {
    Worker worker();

    void connected(Link to);

    void loggedIn(long agreed, long thread, String serverVersion);

    /** The socket is closed already. */
    void failed(Refusal why);
  }

  private enum Step {
    CONNECTING, GREETING, TLS, AUTHENTICATING, COMPUTING, DONE
  }

  private final Owner owner;
  private final MysqlPool pool;
  private final boolean compresses;
  private final LoginPackets packets = new LoginPackets(MAX_PACKET);
  private final long startedNanos = System.nanoTime();
  private Step step = Step.CONNECTING;
  private @Nullable Link link;
  private @Nullable HandshakeV10 greeting;
  private byte[] challenge = {};
  private String plugin = NativePassword.PLUGIN;
  private boolean keyAsked;
  private boolean derivationAsked;
  private int steps;

  /** @param compresses whether packets are to be compressed after it, if the server can do that */
  MysqlServerLogin(Owner owner, MysqlPool pool, boolean compresses) {
    this.owner = owner;
    this.pool = pool;
    this.compresses = compresses;
  }

  void start() {
    MysqlRuntime runtime = pool.runtime();
    String host = pool.target().row().hostname();
    int port = pool.target().row().port();
    if (host.startsWith("/")) {
      connect(Sockets.unixAddress(host));
      return;
    }
    runtime.resolver().next(host).whenComplete((address, failure) -> owner.worker().execute(() -> {
      if (step != Step.CONNECTING) {
        return;
      }
      if (failure != null) {
        fail(unreachable("cannot resolve " + host));
      } else {
        connect(new InetSocketAddress(address, port));
      }
    }));
  }

  private void connect(SocketAddress to) {
    pool.runtime().sockets().connect(owner.worker(), to,
        (int) pool.runtime().settings().connectTimeoutServerMillis(), (made, failure) -> {
          if (made == null) {
            fail(unreachable(String.valueOf(failure == null ? "" : failure.getMessage())));
          } else if (step != Step.CONNECTING) {
            made.abort();
          } else {
            link = made;
            step = Step.GREETING;
            owner.connected(made);
            made.handler(this);
            made.resumeReads();
          }
        });
  }

  private Refusal unreachable(String why) {
    ServerRow row = pool.target().row();
    return new Refusal("HY000", 2003, "Can't connect to MySQL server on '" + row.hostname()
        + (row.port() == 0 ? "" : ":" + row.port()) + "' (" + why + ")");
  }

  // --- what the server says ---

  @Override
  public void onBytes(ByteBuf bytes) {
    packets.add(bytes);
    work();
  }

  private void work() {
    try {
      while (step != Step.DONE && step != Step.COMPUTING) {
        ByteBuf body = packets.next();
        if (body == null) {
          return;
        }
        try {
          if (++steps > MAX_STEPS) {
            throw new MalformedPacketException("login does not end");
          }
          packet(body);
        } finally {
          body.release();
        }
      }
    } catch (MalformedPacketException | GeneralSecurityException e) {
      fail(new Refusal("HY000", 2027, "Malformed packet from server: " + e.getMessage()));
    }
  }

  private void packet(ByteBuf body) throws GeneralSecurityException {
    if (!body.isReadable()) {
      throw new MalformedPacketException("empty packet in a login");
    }
    int first = body.getUnsignedByte(body.readerIndex());
    if (first == Err.HEADER) {
      Err err = Err.decode(body);
      String state = err.sqlState();
      fail(new Refusal(state == null ? "HY000" : state, err.code(), err.message()));
      return;
    }
    switch (step) {
      case GREETING -> greeted(HandshakeV10.decode(body));
      case AUTHENTICATING -> {
        switch (first) {
          case Ok.HEADER -> done();
          case Eof.HEADER -> switchTo(AuthSwitchRequest.decode(body));
          case AuthMoreData.HEADER -> more(AuthMoreData.decode(body).data().toArray());
          default -> question(first, AuthResponse.decode(body).data().toArray());
        }
      }
      case CONNECTING, TLS, COMPUTING, DONE ->
        throw new MalformedPacketException("packet out of turn");
    }
  }

  private void greeted(HandshakeV10 from) throws GeneralSecurityException {
    if ((from.capabilities() & NEEDED) != NEEDED) {
      throw new MalformedPacketException("server " + from.serverVersion() + " is too old");
    }
    greeting = from;
    pool.target().greeted(from.capabilities());
    challenge = from.challenge().toArray();
    plugin = from.plugin().isEmpty() ? NativePassword.PLUGIN : from.plugin();
    ServerRow row = pool.target().row();
    if (!row.useSsl()) {
      respond();
      return;
    }
    BackendTls.Material material = pool.runtime().backendTls().of(row.hostname(), row.port(),
        pool.user().name());
    ServerTls tls = material.tls();
    if (tls == null) {
      fail(unreachable("use_ssl=1, and " + material.problem()));
      return;
    }
    if (!Capabilities.has(from.capabilities(), Capabilities.SSL)) {
      fail(unreachable("use_ssl=1 and the server offers no TLS"));
      return;
    }
    if (packets.hasRest()) {
      throw new MalformedPacketException("bytes in the clear behind the greeting");
    }
    step = Step.TLS;
    write(response(NativePassword.PLUGIN, new byte[0]).sslRequest());
    link().startTls(tls.newHandler(PooledByteBufAllocator.DEFAULT,
        row.hostname(), row.port()), null, failure -> {
          if (failure != null) {
            fail(unreachable("TLS: " + TlsInfo.failure(failure)));
            return;
          }
          try {
            respond();
          } catch (GeneralSecurityException e) {
            fail(unreachable(String.valueOf(e.getMessage())));
          }
        });
  }

  private void respond() throws GeneralSecurityException {
    step = Step.AUTHENTICATING;
    write(response(plugin, answer()));
  }

  private HandshakeResponse41 response(String by, byte[] answer) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("program_name", "weir");
    attributes.put("_server_host", pool.target().row().hostname());
    return new HandshakeResponse41(agreed(), MAX_ALLOWED, pool.collation(),
        pool.user().name(), ByteString.of(answer), null, by, attributes,
        ZstdLibrary.DEFAULT_LEVEL);
  }

  private long agreed() {
    HandshakeV10 from = greeting;
    long offered = from == null ? 0 : from.capabilities();
    long tls = link().tlsSession() != null || step == Step.TLS ? Capabilities.SSL : 0;
    long compression = CompressionStage.oneOf(CompressionStage.offered(compresses) & offered);
    long always = pool.isOwn() ? ALWAYS & ~Capabilities.SESSION_TRACK : ALWAYS;
    return (always & offered) | (pool.capabilities() & offered) | compression | tls;
  }

  /** What our plugin answers to the challenge. */
  private byte[] answer() throws GeneralSecurityException {
    byte[] answer = ServerPasswords.answer(plugin, pool.user(), challenge,
        link().tlsSession() != null);
    keyAsked = plugin.equals(Sha256Password.PLUGIN) && answer.length == 1
        && answer[0] == Sha256Password.PUBLIC_KEY_WANTED;
    return answer;
  }

  private void switchTo(AuthSwitchRequest to) throws GeneralSecurityException {
    plugin = to.plugin();
    challenge = ServerPasswords.challenge(plugin, to.data().toArray());
    derivationAsked = ServerPasswords.waitsForMore(plugin);
    if (ServerPasswords.takesLong(plugin)) {
      boolean encrypted = link().tlsSession() != null;
      answerLater(() -> ServerPasswords.answer(plugin, pool.user(), challenge, encrypted));
    } else {
      write(new AuthResponse(ByteString.of(answer())));
    }
  }

  private void more(byte[] data) throws GeneralSecurityException {
    if (derivationAsked) {
      parsec(data);
      return;
    }
    if (keyAsked) {
      PublicKey key = PasswordCipher.publicKey(data);
      keyAsked = false;
      answerLater(() -> PasswordCipher.encrypt(password(), challenge, key));
      return;
    }
    if (!plugin.equals(CachingSha2Password.PLUGIN)) {
      throw new MalformedPacketException("more data of plugin " + plugin);
    }
    if (data.length == 1 && data[0] == CachingSha2Password.FULL_NEEDED) {
      if (link().tlsSession() != null) {
        write(new AuthResponse(ByteString.of(ClearPassword.response(password()))));
      } else {
        keyAsked = true;
        write(new AuthResponse(
            ByteString.of(new byte[]{CachingSha2Password.PUBLIC_KEY_WANTED})));
      }
    } else if (data.length != 1 || data[0] != CachingSha2Password.FAST_SUCCEEDED) {
      throw new MalformedPacketException("caching_sha2_password: unknown step");
    }
  }

  /** What a plugin says without a header of its own. */
  private void question(int first, byte[] data) throws GeneralSecurityException {
    if (derivationAsked && first == ParsecPassword.PBKDF2) {
      parsec(data);
    } else if (plugin.equals(Dialog.PLUGIN) && Dialog.isQuestion(first)
        && link().tlsSession() != null) {
      write(new AuthResponse(ByteString.of(Dialog.response(data, password()))));
    } else {
      throw new MalformedPacketException("0x" + Integer.toHexString(first) + " in a login");
    }
  }

  private void parsec(byte[] derivation) {
    derivationAsked = false;
    byte[] own = new byte[ParsecPassword.CHALLENGE];
    pool.runtime().random().nextBytes(own);
    answerLater(() -> ParsecPassword.response(password(), challenge, derivation, own));
  }

  private byte[] password() {
    String clear = pool.user().clearPassword();
    return clear == null ? new byte[0] : clear.getBytes(StandardCharsets.UTF_8);
  }

  /** An answer that takes milliseconds. */
  private interface Slow {
    byte[] answer() throws GeneralSecurityException;
  }

  /** Computes it elsewhere; what the server says meanwhile waits. */
  private void answerLater(Slow slow) {
    step = Step.COMPUTING;
    try {
      pool.runtime().computing().execute(() -> {
        byte[] made = null;
        String why = "";
        try {
          made = slow.answer();
        } catch (GeneralSecurityException | RuntimeException e) {
          why = String.valueOf(e.getMessage());
        }
        byte[] answer = made;
        String failure = why;
        owner.worker().execute(() -> computed(answer, failure));
      });
    } catch (RejectedExecutionException _) {
      fail(unreachable("more logins than this machine can compute"));
    }
  }

  private void computed(byte @Nullable [] answer, String failure) {
    if (step != Step.COMPUTING) {
      return; // given up meanwhile
    }
    if (answer == null) {
      fail(unreachable(failure));
      return;
    }
    step = Step.AUTHENTICATING;
    write(new AuthResponse(ByteString.of(answer)));
    work();
  }

  private void write(Packet packet) {
    ByteBuf out = link().buffer(256);
    Packets.write(out, packets.takeSequence(), packet, agreed());
    link().write(out);
  }

  private void done() {
    HandshakeV10 from = greeting;
    if (packets.hasRest() || from == null) {
      throw new MalformedPacketException("more than an OK at the end of the login");
    }
    step = Step.DONE;
    packets.release();
    owner.loggedIn(agreed() & ~Capabilities.SSL, from.threadId() & 0xffff_ffffL,
        from.serverVersion());
  }

  // --- the end ---

  @Override
  public void onWritable() {
    // a login writes little
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    fail(unreachable("connection closed during login"));
  }

  /** Looks at the time. */
  void tick(long now) {
    long limit = pool.runtime().settings().connectTimeoutServerMillis();
    if (TimeUnit.NANOSECONDS.toMillis(now - startedNanos) > limit) {
      fail(unreachable("timeout after " + limit + " ms"));
    }
  }

  private void fail(Refusal why) {
    if (step != Step.DONE) {
      step = Step.DONE;
      packets.release();
      if (link != null) {
        link.abort();
      }
      owner.failed(why);
    }
  }

  /** Nobody wants it any more. */
  void abandon() {
    step = Step.DONE;
    packets.release();
  }

  private Link link() {
    Link l = link;
    if (l == null) {
      throw new IllegalStateException("not connected");
    }
    return l;
  }
}
