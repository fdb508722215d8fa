package dev.weir.core.net.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/** Builds Netty's contexts from a plan, and engines from contexts. */
final class TlsContexts {
  /** The one protocol name of ALPN that PostgreSQL registered; needed for direct TLS. */
  static final String ALPN = "postgresql";

  private TlsContexts() {}

  static SslContext server(TlsPlan plan, Identity identity, PeerTrust trust, ClientAuth auth)
      throws TlsConfigException {
    SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain())
        .clientAuth(auth)
        .applicationProtocolConfig(new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
            ALPN));
    return build(builder, plan, trust);
  }

  static SslContext client(TlsPlan plan, @Nullable Identity identity, PeerTrust trust)
      throws TlsConfigException {
    SslContextBuilder builder = SslContextBuilder.forClient()
        .endpointIdentificationAlgorithm(null); // PeerTrust checks the host, the same way for both providers
    if (identity != null) {
      builder.keyManager(new ClientIdentity(identity));
    }
    return build(builder, plan, trust);
  }

  private static SslContext build(SslContextBuilder builder, TlsPlan plan, PeerTrust trust)
      throws TlsConfigException {
    builder.trustManager(trust)
        .protocols(plan.versions())
        .ciphers(plan.suites(), IdentityCipherSuiteFilter.INSTANCE)
        .sslProvider(
            plan.provider() == TlsProvider.OPENSSL ? SslProvider.OPENSSL : SslProvider.JDK);
    if (plan.provider() == TlsProvider.OPENSSL) {
      builder.option(OpenSslContextOption.USE_TASKS, true);
      if (!plan.groups().isEmpty()) {
        builder.option(OpenSslContextOption.GROUPS, plan.groups().toArray(String[]::new));
      }
    }
    try {
      return builder.build();
    } catch (SSLException | IllegalArgumentException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new TlsConfigException(
          "failed to set up TLS: " + e.getMessage() + ": " + reason.getMessage(), e);
    }
  }

  /**
   * A new engine. It comes out of a handler that is thrown away, because only there Netty's OpenSSL engine is made to
   * take several records per call.
   */
  static SSLEngine engine(SslContext context, TlsPlan plan, ByteBufAllocator alloc,
      @Nullable String host, int port,
      Executor tasks) {
    SSLEngine engine = host == null
        ? context.newHandler(alloc, tasks).engine()
        : context.newHandler(alloc, host, port, tasks).engine();
    if (plan.provider() == TlsProvider.JDK) {
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setUseCipherSuitesOrder(true);
      if (!plan.groups().isEmpty()) {
        parameters.setNamedGroups(plan.groups().toArray(String[]::new));
      }
      engine.setSSLParameters(parameters);
    }
    return engine;
  }
}
