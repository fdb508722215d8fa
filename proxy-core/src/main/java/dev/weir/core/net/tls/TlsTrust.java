package dev.weir.core.net.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Trust for the JDK's blocking sockets (LDAP, HTTP). */
public final class TlsTrust {
  private TlsTrust() {}

  /**
   * Makes sockets that believe what leads to a certificate of {@code caFile} (PEM), or to the JVM's own when that is
   * empty. Whoever uses them checks the host's name.
   */
  public static SSLSocketFactory sockets(String caFile) throws TlsConfigException {
    try {
      KeyStore store = caFile.isEmpty() ? null : PeerTrust.store(caFile);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new TlsConfigException("failed to load CA file \"" + caFile + "\": " + e.getMessage(),
          e);
    }
  }
}
