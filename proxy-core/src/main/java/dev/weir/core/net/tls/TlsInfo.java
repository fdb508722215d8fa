package dev.weir.core.net.tls;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.OpenSslSession;
import io.netty.handler.ssl.SslHandler;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What there is to know about a connection's TLS. To be used once the handshake is done. */
public final class TlsInfo {
  private TlsInfo() {}

  /** The session of a channel; empty while its handshake lasts, and for channels without TLS. */
  public static Optional<SSLSession> session(ChannelPipeline pipeline) {
    return Optional.ofNullable(pipeline.get(SslHandler.class))
        .map(handler -> handler.engine().getSession());
  }

  /**
   * {@code TLSv1.3/TLS_AES_256_GCM_SHA384[/ECDH=X25519]}, as logs and SHOW print it: the version, OpenSSL's name of the
   * suite, and the group of the key exchange where the provider tells it (BoringSSL does, the JDK does not).
   */
  public static String text(SSLSession session) {
    String suite = session.getCipherSuite();
    String name = CipherSuite.ofJavaName(suite).map(CipherSuite::openSslName).orElse(suite);
    String text = session.getProtocol() + "/" + name;
    String group = session instanceof OpenSslSession openSsl ? openSsl.getNamedGroup() : null;
    return group == null || group.isEmpty() ? text : text + "/ECDH=" + openSslName(group);
  }

  private static String openSslName(String group) {
    return switch (group.toLowerCase(Locale.ROOT)) {
      case "p-256", "secp256r1" -> "prime256v1";
      case "p-384" -> "secp384r1";
      case "p-521" -> "secp521r1";
      default -> group;
    };
  }

  /** The certificate the peer proved to own; empty when it showed none. */
  public static Optional<X509Certificate> peerCertificate(SSLSession session) {
    try {
      return session.getPeerCertificates()[0] instanceof X509Certificate leaf
          ? Optional.of(leaf)
          : Optional.empty();
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  /**
   * One line about a failed handshake: what our own check of the peer's certificate said
   * ({@code certificate verify failed: …}), else the text of the innermost cause.
   */
  public static String failure(Throwable failure) {
    Throwable innermost = failure;
    for (Throwable at = failure; at != null; at = at.getCause()) {
      String message = at.getMessage();
      if (at instanceof CertificateException && message != null
          && message.startsWith("certificate verify failed")) {
        return message;
      }
      innermost = at;
    }
    String message = innermost.getMessage();
    return message == null ? innermost.getClass().getSimpleName() : message;
  }
}
