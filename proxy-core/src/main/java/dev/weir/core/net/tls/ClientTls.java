package dev.weir.core.net.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * TLS towards clients: we are its server. Immutable, any thread. A reload builds a new one and swaps the reference;
 * connections keep the one they began with.
 */
public final class ClientTls {
  private final TlsMode mode;
  private final TlsPlan plan;
  private final SslContext context;
  private final Executor handshakes;

  private ClientTls(TlsMode mode, TlsPlan plan, SslContext context, Executor handshakes) {
    this.mode = mode;
    this.plan = plan;
    this.context = context;
    this.handshakes = handshakes;
  }

  /**
   * Reads the files and builds the context. Blocks; not for event loops.
   *
   * @param options of a mode other than {@link TlsMode#DISABLE}
   * @param handshakes runs the handshakes' computations; must bring its own threads
   * @throws TlsConfigException with one line that says what is wrong; nothing else changed, so an older context stays good
   */
  public static ClientTls of(TlsOptions options, Executor handshakes) throws TlsConfigException {
    TlsMode mode = options.mode();
    if (!mode.offered()) {
      throw new TlsConfigException("client_tls_sslmode is disable");
    }
    if (options.keyFile().isEmpty() || options.certFile().isEmpty()) {
      throw new TlsConfigException(
          "client_tls_sslmode=" + mode + " needs client_tls_key_file and client_tls_cert_file");
    }
    if (mode.verifiesCertificate() && options.caFile().isEmpty()) {
      throw new TlsConfigException("client_tls_sslmode=" + mode + " needs client_tls_ca_file");
    }
    TlsPlan plan = TlsPlan.of(options);
    Identity identity = Identity.read(options.keyFile(), options.certFile());
    ClientAuth auth = mode.verifiesCertificate() ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL;
    PeerTrust trust = PeerTrust.inAnyone();
    if (options.caFile().isEmpty()) {
      auth = ClientAuth.NONE; // what nobody can check is not asked for
    } else {
      trust = PeerTrust.in(options.caFile(), false);
    }
    return new ClientTls(mode, plan, TlsContexts.server(plan, identity, trust, auth), handshakes);
  }

  /**
   * The handler that makes a client's channel speak TLS, to be added before any byte of the handshake is read;
   * {@link TlsInfo#failure} puts its failures into words.
   */
  public TlsHandshake newHandler(ByteBufAllocator alloc) {
    return new TlsHandshake(TlsContexts.engine(context, plan, alloc, null, -1, handshakes),
        handshakes);
  }

  public TlsMode mode() {
    return mode;
  }

  /** The provider chosen. */
  public TlsProvider provider() {
    return plan.provider();
  }

  /** Lines an operator should see once, for example why the JDK's TLS was chosen. */
  public List<String> notes() {
    return plan.notes();
  }
}
