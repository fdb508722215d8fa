package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.Worker;
import dev.weir.core.net.tls.ServerTls;
import dev.weir.core.net.tls.TlsInfo;
import dev.weir.mysql.auth.CachingSha2Password;
import dev.weir.mysql.auth.ClearPassword;
import dev.weir.mysql.auth.Ed25519Password;
import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.auth.PasswordCipher;
import dev.weir.mysql.codec.Packets;
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
      | Capabilities.CAN_HANDLE_EXPIRED_PASSWORDS;

  /** What a connection of one session alone takes over from its client. */
  static final long FORWARDED = SHARED | Capabilities.SESSION_TRACK | Capabilities.INTERACTIVE
      | Capabilities.NO_SCHEMA;

  private static final long ALWAYS = Capabilities.MYSQL | Capabilities.LONG_FLAG
      | Capabilities.PROTOCOL_41 | Capabilities.TRANSACTIONS | Capabilities.SECURE_CONNECTION
      | Capabilities.PLUGIN_AUTH | Capabilities.PLUGIN_AUTH_LENENC | Capabilities.CONNECT_ATTRS
      | Capabilities.SESSION_TRACK;
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
    CONNECTING, GREETING, TLS, AUTHENTICATING, DONE
  }

  private final Owner owner;
  private final MysqlPool pool;
  private final LoginPackets packets = new LoginPackets(MAX_PACKET);
  private final long startedNanos = System.nanoTime();
  private Step step = Step.CONNECTING;
  private @Nullable Link link;
  private @Nullable HandshakeV10 greeting;
  private byte[] challenge = {};
  private String plugin = NativePassword.PLUGIN;
  private boolean keyAsked;
  private int steps;

  MysqlServerLogin(Owner owner, MysqlPool pool) {
    this.owner = owner;
    this.pool = pool;
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
    return new Refusal("HY000", 2003,
        "Can't connect to MySQL server on '" + pool.target().row().hostname() + "' (" + why + ")");
  }

  // --- what the server says ---

  @Override
  public void onBytes(ByteBuf bytes) {
    packets.add(bytes);
    try {
      while (step != Step.DONE) {
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
          default -> throw new MalformedPacketException("0x" + Integer.toHexString(first)
              + " in a login");
        }
      }
      case CONNECTING, TLS, DONE -> throw new MalformedPacketException("packet out of turn");
    }
  }

  private void greeted(HandshakeV10 from) throws GeneralSecurityException {
    if ((from.capabilities() & NEEDED) != NEEDED) {
      throw new MalformedPacketException("server " + from.serverVersion() + " is too old");
    }
    greeting = from;
    challenge = from.challenge().toArray();
    plugin = from.plugin().isEmpty() ? NativePassword.PLUGIN : from.plugin();
    ServerTls tls = pool.target().row().useSsl() ? pool.runtime().serverTls() : null;
    if (tls == null) {
      if (pool.target().row().useSsl()) {
        fail(unreachable("use_ssl=1 and TLS is not available"));
        return;
      }
      respond();
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
        pool.target().row().hostname(), pool.target().row().port()), null, failure -> {
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
        pool.user().name(), ByteString.of(answer), null, by, attributes, 0);
  }

  private long agreed() {
    HandshakeV10 from = greeting;
    long offered = from == null ? 0 : from.capabilities();
    long tls = link().tlsSession() != null || step == Step.TLS ? Capabilities.SSL : 0;
    long always = pool.isOwn() ? ALWAYS & ~Capabilities.SESSION_TRACK : ALWAYS;
    return (always & (offered | Capabilities.MYSQL)) | (pool.capabilities() & offered) | tls;
  }

  /** What our plugin answers to the challenge. */
  private byte[] answer() throws GeneralSecurityException {
    MysqlUser user = pool.user();
    String clear = user.serverPassword();
    byte[] password = clear == null ? null : clear.getBytes(StandardCharsets.UTF_8);
    switch (plugin) {
      case NativePassword.PLUGIN -> {
        byte[] stage1 = user.serverStage1();
        if (password != null) {
          return NativePassword.response(password, challenge);
        }
        if (stage1 != null) {
          return NativePassword.responseOfKey(stage1, challenge);
        }
      }
      case CachingSha2Password.PLUGIN -> {
        if (password != null) {
          return CachingSha2Password.response(password, challenge);
        }
      }
      case Ed25519Password.PLUGIN -> {
        if (password != null) {
          return Ed25519Password.response(password, challenge);
        }
      }
      case ClearPassword.PLUGIN -> {
        if (password != null && link().tlsSession() != null) {
          return ClearPassword.response(password);
        }
        throw new GeneralSecurityException("the server wants the password in the clear, and there "
            + "is no TLS (use_ssl)");
      }
      default -> throw new GeneralSecurityException(
          "the server wants the plugin " + plugin + ", which is not known here");
    }
    throw new GeneralSecurityException("the password of user " + user.name()
        + " is known as a hash only, which cannot answer " + plugin);
  }

  private void switchTo(AuthSwitchRequest to) throws GeneralSecurityException {
    plugin = to.plugin();
    challenge = to.data().toArray();
    write(new AuthResponse(ByteString.of(answer())));
  }

  private void more(byte[] data) throws GeneralSecurityException {
    if (!plugin.equals(CachingSha2Password.PLUGIN)) {
      throw new MalformedPacketException("more data of plugin " + plugin);
    }
    String clear = pool.user().serverPassword();
    byte[] password = clear == null ? new byte[0] : clear.getBytes(StandardCharsets.UTF_8);
    if (keyAsked) {
      PublicKey key = PasswordCipher.publicKey(data);
      keyAsked = false;
      write(new AuthResponse(ByteString.of(PasswordCipher.encrypt(password, challenge, key))));
    } else if (data.length == 1 && data[0] == CachingSha2Password.FULL_NEEDED) {
      if (link().tlsSession() != null) {
        write(new AuthResponse(ByteString.of(ClearPassword.response(password))));
      } else {
        keyAsked = true;
        write(new AuthResponse(
            ByteString.of(new byte[]{CachingSha2Password.PUBLIC_KEY_WANTED})));
      }
    } else if (data.length != 1 || data[0] != CachingSha2Password.FAST_SUCCEEDED) {
      throw new MalformedPacketException("caching_sha2_password: unknown step");
    }
  }

  private void write(Packet packet) {
    ByteBuf out = link().buffer(256);
    Packets.write(out, packets.nextSequence(), packet, agreed());
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
