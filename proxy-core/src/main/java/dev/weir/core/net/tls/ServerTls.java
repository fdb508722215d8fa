package dev.weir.core.net.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.concurrent.Executor;

/** TLS towards database servers: we are its client. Immutable, any thread. */
public final class ServerTls {
  private final TlsMode mode;
  private final TlsPlan plan;
  private final SslContext context;
  private final Executor handshakes;

  private ServerTls(TlsMode mode, TlsPlan plan, SslContext context, Executor handshakes) {
    this.mode = mode;
    this.plan = plan;
    this.context = context;
    this.handshakes = handshakes;
  }

  /**
   * Reads the files and builds the context. Blocks; not for event loops. Below verify-ca a server's certificate is not
   * checked; from there on, without a CA file, against the JVM's own CAs.
   *
   * @param options of a mode other than {@link TlsMode#DISABLE}
   * @param handshakes runs the handshakes' computations; must bring its own threads
   * @throws TlsConfigException with one line that says what is wrong; nothing else changed, so an older context stays good
   */
  public static ServerTls of(TlsOptions options, Executor handshakes) throws TlsConfigException {
    TlsMode mode = options.mode();
    if (!mode.offered()) {
      throw new TlsConfigException("server_tls_sslmode is disable");
    }
    if (options.keyFile().isEmpty() != options.certFile().isEmpty()) {
      throw new TlsConfigException("server_tls_key_file and server_tls_cert_file need each other");
    }
    TlsPlan plan = TlsPlan.of(options);
    Identity identity = options.keyFile().isEmpty()
        ? null
        : Identity.read(options.keyFile(), options.certFile());
    PeerTrust trust = PeerTrust.inAnyone();
    if (mode.verifiesCertificate()) {
      trust = PeerTrust.in(options.caFile(), options.more(), mode.verifiesHost());
    } else if (options.namesAuthorities()) {
      PeerTrust.in(options.caFile(), options.more(), false); // not used, but a wrong file is said now
    }
    return new ServerTls(mode, plan, TlsContexts.client(plan, identity, trust), handshakes);
  }

  /**
   * The handler that makes a server's channel speak TLS, which begins the
   * handshake when it is added to an active channel, or when the channel becomes active.
   *
   * @param host the individual host connected to, as it was configured: sent as SNI when it is a name, and the name that
   *        verify-full looks for in the certificate
   */
  public TlsHandshake newHandler(ByteBufAllocator alloc, String host, int port) {
    return new TlsHandshake(TlsContexts.engine(context, plan, alloc, host, port, handshakes),
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
