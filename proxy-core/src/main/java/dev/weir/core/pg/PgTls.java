package dev.weir.core.pg;

import dev.weir.core.auth.CertificateNames;
import dev.weir.core.config.Config;
import dev.weir.core.config.HbaRule;
import dev.weir.core.config.IdentMaps;
import dev.weir.core.config.Setting;
import dev.weir.core.config.SslMode;
import dev.weir.core.config.TlsSettings;
import dev.weir.core.config.WeirSettings;
import dev.weir.core.net.Link;
import dev.weir.core.net.tls.ClientTls;
import dev.weir.core.net.tls.ServerTls;
import dev.weir.core.net.tls.TlsConfigException;
import dev.weir.core.net.tls.TlsInfo;
import dev.weir.core.net.tls.TlsMode;
import dev.weir.core.net.tls.TlsOptions;
import dev.weir.core.net.tls.TlsProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS towards clients and towards servers, as the configuration in force has it. Thread-safe: a reload swaps whole
 * contexts, connections keep the one they began with.
 */
public final class PgTls {
  private static final Logger LOG = LoggerFactory.getLogger(PgTls.class);

  private final Executor handshakes;
  private volatile Clients clients = new Clients(null);
  private volatile Servers servers = new Servers(null, null);

  /** A configuration whose TLS part cannot work; the old one stays. */
  public static final class TlsRefused extends Exception {
    private static final long serialVersionUID = 1L;

    TlsRefused(String message) {
      super(message, null, false, false);
    }
  }

  /** @param handshakes runs the computations of handshakes; must bring its own threads */
  public PgTls(Executor handshakes) {
    this.handshakes = handshakes;
  }

  /**
   * Reads the files and builds both contexts anew. Blocks.
   *
   * @return whether the settings towards servers differ from those before
   */
  public boolean apply(Config config) throws TlsRefused {
    String problem = config.tlsProblem();
    if (problem != null) {
      throw new TlsRefused(problem);
    }
    TlsOptions towardsClients = clientOptions(config);
    TlsOptions towardsServers = serverOptions(config);
    try {
      Clients freshClients = new Clients(
          towardsClients == null ? null : ClientTls.of(towardsClients, handshakes));
      Servers freshServers = new Servers(
          towardsServers == null ? null : ServerTls.of(towardsServers, handshakes), towardsServers);
      freshClients.notes();
      freshServers.notes();
      boolean changed = !Objects.equals(servers.options, towardsServers);
      clients = freshClients;
      servers = freshServers;
      return changed;
    } catch (TlsConfigException e) {
      throw new TlsRefused(String.valueOf(e.getMessage()));
    }
  }

  /** What the settings say of TLS towards clients, of whichever protocol; null for none. */
  public static @Nullable TlsOptions clientOptions(Config config) {
    SslMode mode = config.get(TlsSettings.CLIENT_TLS_SSLMODE);
    if (mode == SslMode.DISABLE) {
      return null;
    }
    return TlsOptions.of(TlsMode.valueOf(mode.name()))
        .identity(config.get(TlsSettings.CLIENT_TLS_KEY_FILE),
            config.get(TlsSettings.CLIENT_TLS_CERT_FILE))
        .ca(config.get(TlsSettings.CLIENT_TLS_CA_FILE))
        .versions(text(config, TlsSettings.CLIENT_TLS_PROTOCOLS))
        .suites(config.get(TlsSettings.CLIENT_TLS_CIPHERS),
            text(config, TlsSettings.CLIENT_TLS13_CIPHERS))
        .keyExchange(config.get(TlsSettings.CLIENT_TLS_ECDHCURVE),
            config.get(TlsSettings.CLIENT_TLS_DHEPARAMS))
        .by(provider(config));
  }

  private static @Nullable TlsOptions serverOptions(Config config) {
    SslMode mode = config.get(TlsSettings.SERVER_TLS_SSLMODE);
    if (mode == SslMode.DISABLE) {
      return null;
    }
    return TlsOptions.of(TlsMode.valueOf(mode.name()))
        .identity(config.get(TlsSettings.SERVER_TLS_KEY_FILE),
            config.get(TlsSettings.SERVER_TLS_CERT_FILE))
        .ca(config.get(TlsSettings.SERVER_TLS_CA_FILE))
        .versions(text(config, TlsSettings.SERVER_TLS_PROTOCOLS))
        .suites(config.get(TlsSettings.SERVER_TLS_CIPHERS),
            text(config, TlsSettings.SERVER_TLS13_CIPHERS))
        .by(provider(config));
  }

  private static String text(Config config, Setting<?> setting) {
    String shown = config.shown(setting);
    return shown == null ? "" : shown;
  }

  private static TlsProvider provider(Config config) {
    return TlsProvider.valueOf(config.get(WeirSettings.TLS_PROVIDER).name());
  }

  Clients clients() {
    return clients;
  }

  Servers servers() {
    return servers;
  }

  /** What logs and SHOW print of a link's TLS; empty in plain text. */
  static String text(Link link) {
    SSLSession session = link.tlsSession();
    return session == null ? "" : TlsInfo.text(session);
  }

  private static void log(Iterable<String> notes) {
    notes.forEach(LOG::warn);
  }

  /** Towards clients. Immutable. */
  static final class Clients {
    private final @Nullable ClientTls tls;

    private Clients(@Nullable ClientTls tls) {
      this.tls = tls;
    }

    private void notes() {
      if (tls != null) {
        log(tls.notes());
      }
    }

    boolean offered() {
      return tls != null;
    }

    boolean required() {
      return tls != null && tls.mode().required();
    }

    /**
     * Begins the handshake; nothing may be written before it is done.
     *
     * @param early bytes of the handshake already read; ownership is taken
     * @param done null, or why there is no TLS
     */
    void start(Link link, @Nullable ByteBuf early, Consumer<@Nullable String> done) {
      ClientTls with = tls;
      if (with == null) {
        throw new IllegalStateException("TLS is not offered");
      }
      link.startTls(with.newHandler(PooledByteBufAllocator.DEFAULT), early,
          failure -> done.accept(failure == null ? null : TlsInfo.failure(failure)));
    }

    /** Why the client's certificate does not prove that it is this user; null when it does. */
    @Nullable
    String certificateProblem(Link link, String user, @Nullable HbaRule rule, IdentMaps ident) {
      SSLSession session = link.tlsSession();
      X509Certificate certificate = session == null
          ? null
          : TlsInfo.peerCertificate(session).orElse(null);
      if (certificate == null) {
        return "TLS client certificate required";
      }
      String map = rule == null ? null : rule.map();
      if (map == null) {
        return CertificateNames.matches(certificate, user) ? null : "TLS certificate name mismatch";
      }
      boolean mapped = CertificateNames.of(certificate).stream()
          .anyMatch(name -> ident.allows(map, name, user));
      return mapped ? null : "ident map: " + map + " does not have a match";
    }
  }

  /** Towards servers. Immutable. */
  static final class Servers {
    private final @Nullable ServerTls tls;
    private final @Nullable TlsOptions options;

    private Servers(@Nullable ServerTls tls, @Nullable TlsOptions options) {
      this.tls = tls;
      this.options = options;
    }

    private void notes() {
      if (tls != null) {
        log(tls.notes());
      }
    }

    boolean offered() {
      return tls != null;
    }

    boolean required() {
      return tls != null && tls.mode().required();
    }

    /** Begins the handshake with the individual host; as {@link Clients#start}. */
    void start(Link link, String host, int port, Consumer<@Nullable String> done) {
      ServerTls with = tls;
      if (with == null) {
        throw new IllegalStateException("TLS is off");
      }
      link.startTls(with.newHandler(PooledByteBufAllocator.DEFAULT, host, port), null,
          failure -> done.accept(failure == null ? null : TlsInfo.failure(failure)));
    }
  }
}
