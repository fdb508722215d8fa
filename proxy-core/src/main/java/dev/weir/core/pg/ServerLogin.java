package dev.weir.core.pg;

import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.error.Refusal;
import dev.weir.core.net.Bytes;
import dev.weir.core.net.Link;
import dev.weir.core.net.LinkHandler;
import dev.weir.core.net.Sockets;
import dev.weir.pg.auth.Md5Password;
import dev.weir.pg.auth.ScramClient;
import dev.weir.pg.auth.ScramFailure;
import dev.weir.pg.auth.ScramKeys;
import dev.weir.pg.auth.ScramServer;
import dev.weir.pg.auth.StoredSecret;
import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.Authentication;
import dev.weir.pg.message.BackendKeyData;
import dev.weir.pg.message.ErrorResponse;
import dev.weir.pg.message.FrontendMessage;
import dev.weir.pg.message.MalformedMessageException;
import dev.weir.pg.message.ParameterStatus;
import dev.weir.pg.message.PasswordMessage;
import dev.weir.pg.message.ReadyForQuery;
import dev.weir.pg.message.SaslInitialResponse;
import dev.weir.pg.message.SaslResponse;
import dev.weir.pg.message.SslRequest;
import dev.weir.pg.message.StartupMessage;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects to a server and logs in (protocol chapter "Start-up"). Confined to the server connection's worker. The server
 * is not trusted: messages are bounded, and an authentication it has not asked for or not finished is refused.
 */
final class ServerLogin implements LinkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ServerLogin.class);
  private static final int MAX_MESSAGE = 1 << 20;
  private static final int MAX_PARAMETERS = 200;

  private enum Phase {
    CONNECTING, TLS_ANSWER, TLS_HANDSHAKE, MESSAGES, OVER
  }

  private final PgServer server;
  private final PgPool pool;
  private final PgRuntime runtime;
  private final List<Map.Entry<String, String>> fixed = new ArrayList<>();
  private final ParameterValues reported = new ParameterValues();
  private Phase phase = Phase.CONNECTING;
  private String host = "";
  private int port;
  private @Nullable Link link;
  private @Nullable ByteBuf received;
  private @Nullable ScramClient scram;
  private @Nullable BackendKeyData key;
  private boolean authenticated;
  private int parameters;

  ServerLogin(PgServer server, PgPool pool) {
    this.server = server;
    this.pool = pool;
    this.runtime = pool.runtime();
  }

  // --- connecting ---

  void start() {
    PgPool.Target target = pool.nextTarget();
    port = target.port();
    String where = target.host();
    if (where == null) {
      where = pool.defaultSocketDir();
    }
    host = where;
    if (where.startsWith("/") || where.startsWith("@")) {
      connect(Sockets.unixAddress(where + "/.s.PGSQL." + port), true);
      return;
    }
    runtime.resolver().next(where)
        .whenComplete((address, failure) -> server.worker().execute(() -> {
          if (phase == Phase.OVER) {
            return;
          }
          if (address == null) {
            LOG.warn("{}DNS lookup failed: {}: {}", server, host,
                failure == null ? "no address" : failure.getMessage());
            fail("server DNS lookup failed", null);
          } else {
            connect(new InetSocketAddress(address, port), false);
          }
        }));
  }

  private void connect(SocketAddress to, boolean unix) {
    long timeout = runtime.hot().serverConnectTimeoutNanos() / 1_000_000;
    int millis = (int) Math.max(0, Math.min(Integer.MAX_VALUE, timeout));
    runtime.sockets().connect(server.worker(), to, millis, (opened, failure) -> {
      if (phase == Phase.OVER) {
        if (opened != null) {
          opened.abort();
        }
        return;
      }
      if (opened == null) {
        LOG.warn("{}connect to {} failed: {}", server, host,
            failure == null ? "unknown" : failure.getMessage());
        fail(failure instanceof SocketTimeoutException ? "connect timeout" : "connect failed",
            null);
      } else {
        connected(opened, to, unix);
      }
    });
  }

  private void connected(Link opened, SocketAddress to, boolean unix) {
    link = opened;
    opened.handler(this);
    String shown = to instanceof InetSocketAddress inet && inet.getAddress() != null
        ? Link.Endpoint.hostOf(inet.getAddress())
        : unix ? "unix" : host;
    server.connected(opened, to, host, shown, port);
    opened.resumeReads();
    if (!unix && runtime.serverTls().offered()) {
      phase = Phase.TLS_ANSWER;
      send(new SslRequest());
    } else {
      startup();
    }
  }

  private void startup() {
    phase = Phase.MESSAGES;
    DatabaseEntry entry = pool.database().entry();
    SequencedMap<String, String> keys = new LinkedHashMap<>();
    keys.put("database", entry.serverDatabase());
    putIfSet(keys, "client_encoding", entry.clientEncoding());
    putIfSet(keys, "datestyle", entry.datestyle());
    putIfSet(keys, "timezone", entry.timezone());
    putIfSet(keys, "application_name", entry.applicationName());
    Dedication dedicated = pool.dedicatedTo(server);
    if (dedicated != null) {
      dedicated.startupParameters().forEach(keys::put);
    }
    keys.put("user", pool.userName());
    send(new StartupMessage(3, 0, keys));
  }

  private static void putIfSet(Map<String, String> keys, String key, @Nullable String value) {
    if (value != null) {
      keys.put(key, value);
    }
  }

  private void send(FrontendMessage message) {
    Link to = link();
    ByteBuf out = to.buffer(256);
    message.encode(out);
    to.write(out);
  }

  // --- answers ---

  @Override
  public void onBytes(ByteBuf bytes) {
    ByteBuf all = bytes;
    if (received != null) {
      all = Bytes.join(received, bytes);
      received = null;
    }
    try {
      if (phase == Phase.TLS_ANSWER) {
        tlsAnswer(all);
      } else {
        messages(all);
      }
    } catch (MalformedMessageException e) {
      LOG.warn("{}{}", server, e.getMessage());
      fail("bad pkt header", null);
    } finally {
      all.release();
    }
  }

  private void tlsAnswer(ByteBuf in) {
    byte answer = in.readByte();
    if (in.isReadable()) {
      // Bytes before the handshake could have been put there by somebody else (CVE-2021-3935).
      LOG.warn("{}received unencrypted data after SSL response", server);
      fail("bad sslreq answer", null);
      return;
    }
    switch (answer) {
      case 'S' -> {
        phase = Phase.TLS_HANDSHAKE;
        runtime.serverTls().start(link(), host, port, failure -> {
          if (phase != Phase.TLS_HANDSHAKE) {
            return;
          }
          if (failure != null) {
            LOG.warn("{}TLS handshake failed: {}", server, failure);
            fail("TLS startup failed", null);
          } else {
            if (runtime.hot().logConnections()) {
              LOG.info("{}SSL established: {}", server, runtime.tlsText(link()));
            }
            startup();
          }
        });
      }
      case 'N' -> {
        if (runtime.serverTls().required()) {
          fail("server refused SSL", null);
        } else {
          startup();
        }
      }
      default -> fail("bad sslreq answer", null);
    }
  }

  private void messages(ByteBuf in) {
    while (phase == Phase.MESSAGES && in.readableBytes() >= Framing.HEADER) {
      int length = Framing.messageLength(in, in.readerIndex(), MAX_MESSAGE);
      if (in.readableBytes() < length) {
        break;
      }
      byte tag = in.getByte(in.readerIndex());
      ByteBuf body = in.slice(in.readerIndex() + Framing.HEADER, length - Framing.HEADER);
      in.skipBytes(length);
      message(tag, body, in);
    }
    if (phase == Phase.MESSAGES && in.isReadable()) {
      received = in.retainedSlice();
    }
  }

  private void message(byte tag, ByteBuf body, ByteBuf rest) {
    switch (tag) {
      case 'R' -> authentication(Authentication.decode(body));
      case 'S' -> parameter(ParameterStatus.decode(body));
      case 'K' -> {
        requireAuthenticated("BackendKeyData");
        key = BackendKeyData.decode(body);
      }
      case 'N' -> {
        // a notice at login has no reader
      }
      case 'E' -> refused(ErrorResponse.decode(body));
      case 'Z' -> {
        requireAuthenticated("ReadyForQuery");
        ReadyForQuery.decode(body);
        done(rest);
      }
      default -> fail("unknown pkt", null);
    }
  }

  private void requireAuthenticated(String message) {
    if (!authenticated) {
      throw new MalformedMessageException(message + " before the end of authentication");
    }
  }

  private void parameter(ParameterStatus status) {
    requireAuthenticated("ParameterStatus");
    if (++parameters > MAX_PARAMETERS) {
      throw new MalformedMessageException("more than " + MAX_PARAMETERS + " parameters at login");
    }
    int index = runtime.tracked().track(status.name());
    if (index >= 0) {
      reported.set(index, status.value());
    } else {
      fixed.removeIf(e -> e.getKey().equals(status.name()));
      fixed.add(Map.entry(status.name(), status.value()));
    }
  }

  private void authentication(Authentication step) {
    if (authenticated) {
      throw new MalformedMessageException("authentication after its end");
    }
    switch (step) {
      case Authentication.Ok _ -> {
        if (scram != null && !scram.isVerified()) {
          throw new MalformedMessageException(
              "server ended SCRAM without proving that it knows the password");
        }
        authenticated = true;
      }
      case Authentication.CleartextPassword _ -> {
        if (pool.secret() instanceof StoredSecret.Plain(String password) && !password.isEmpty()) {
          send(new PasswordMessage(password));
        } else {
          wrongPasswordType();
        }
      }
      case Authentication.Md5Password(byte[] salt) -> {
        switch (pool.secret()) {
          case StoredSecret.Plain(String password) when !password.isEmpty() ->
            send(new PasswordMessage(
                Md5Password.response(Md5Password.hash(pool.userName(), password), salt)));
          case StoredSecret.Md5(String hash) ->
            send(new PasswordMessage(Md5Password.response(hash, salt)));
          case null, default -> wrongPasswordType();
        }
      }
      case Authentication.Sasl(List<String> mechanisms) -> beginScram(mechanisms);
      case Authentication.SaslContinue(byte[] data) -> continueScram(data);
      case Authentication.SaslFinal(byte[] data) -> {
        if (scram == null || scram.serverFinal(data) instanceof ScramFailure) {
          throw new MalformedMessageException("server failed to prove that it knows the password");
        }
      }
      case Authentication.Unsupported(int code) -> {
        LOG.warn("{}unsupported authentication method {}", server, code);
        fail("unknown auth request", null);
      }
    }
  }

  private void beginScram(List<String> mechanisms) {
    boolean able = pool.scramKeys() != null
        || (pool.secret() instanceof StoredSecret.Plain(String password) && !password.isEmpty());
    if (scram != null || !mechanisms.contains(ScramServer.MECHANISM) || !able) {
      wrongPasswordType();
      return;
    }
    ScramClient exchange = ScramClient.start(runtime.random());
    scram = exchange;
    send(new SaslInitialResponse(ScramServer.MECHANISM, exchange.clientFirst()));
  }

  private void continueScram(byte[] data) {
    ScramClient exchange = scram;
    if (exchange == null) {
      throw new MalformedMessageException("SASL challenge without an exchange");
    }
    switch (exchange.serverFirst(data)) {
      case ScramFailure(String reason) -> throw new MalformedMessageException(reason);
      case ScramClient.Challenge(byte[] salt, int iterations) -> {
        ScramKeys saved = pool.scramKeys();
        if (pool.secret() instanceof StoredSecret.Plain(String password)) {
          // Key derivation takes milliseconds: not on the worker.
          runtime.scramKeysOf(pool, password, salt, iterations)
              .whenComplete((keys, _) -> server.worker().execute(() -> {
                if (phase != Phase.OVER && keys != null) {
                  send(new SaslResponse(exchange.clientFinal(keys)));
                }
              }));
        } else if (saved != null) {
          send(new SaslResponse(exchange.clientFinal(saved)));
        } else {
          wrongPasswordType();
        }
      }
    }
  }

  private void wrongPasswordType() {
    LOG.warn("{}cannot do the authentication the server asks for: wrong password type", server);
    fail("server login failed: wrong password type", Refusal.WRONG_PASSWORD_TYPE);
  }

  private void refused(ErrorResponse error) {
    String text = error.message() == null ? "(no message)" : error.message();
    String state = error.sqlState() == null || error.sqlState().length() != 5
        ? "08P01"
        : error.sqlState();
    LOG.warn("server login failed: {} {}", error.severity() == null ? "FATAL" : error.severity(),
        text);
    fail("login failed", Refusal.fromServer(state, text));
  }

  private void done(ByteBuf rest) {
    phase = Phase.OVER;
    pool.serverLoggedIn(new PgPool.Welcome(List.copyOf(fixed), reported.copy()));
    server.loggedIn(reported, key, rest);
  }

  // --- the end ---

  /**
   * Ends the login.
   *
   * @param told what the server said, or null when it could not be reached or understood
   */
  void fail(String reason, @Nullable Refusal told) {
    if (phase == Phase.OVER) {
      return;
    }
    phase = Phase.OVER;
    pool.connectFailed(server, told != null ? told : Refusal.no(2003, reason), told != null);
    server.closeQuietly(reason);
  }

  /** The connection is being closed by somebody else. */
  void abandon() {
    phase = Phase.OVER;
    if (received != null) {
      received.release();
      received = null;
    }
  }

  @Override
  public void onWritable() {
    // nothing large is written here
  }

  @Override
  public void onClosed(@Nullable Throwable cause) {
    fail("server conn crashed?", null);
  }

  private Link link() {
    Link l = link;
    if (l == null) {
      throw new IllegalStateException("not connected");
    }
    return l;
  }
}
