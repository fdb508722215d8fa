package dev.weir.core.net.tls;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Judges the peer's certificate chain: against a set of CAs or not at all, and for servers against the host meant. Both
 * providers ask it, on a handshake thread. Immutable. Its refusals begin with {@code certificate verify failed}.
 */
final class PeerTrust extends X509ExtendedTrustManager {
  private final @Nullable X509TrustManager chains;
  private final boolean checksHost;

  private PeerTrust(@Nullable X509TrustManager chains, boolean checksHost) {
    this.chains = chains;
    this.checksHost = checksHost;
  }

  /** Believes every certificate. */
  static PeerTrust inAnyone() {
    return new PeerTrust(null, false);
  }

  /** Believes chains that lead to a certificate of {@code caFile}, or to the JVM's own when that is empty. */
  static PeerTrust in(String caFile, boolean checksHost) throws TlsConfigException {
    return in(caFile, TrustFiles.NONE, checksHost);
  }

  /**
   * The same, and chains that lead to one of {@code more}. Where it names revocation lists, every certificate of a chain
   * needs one of its issuer, as with OpenSSL's {@code -crl_check_all}.
   */
  static PeerTrust in(String caFile, TrustFiles more, boolean checksHost)
      throws TlsConfigException {
    try {
      KeyStore store = caFile.isEmpty() && more.caPath().isEmpty() ? null : store(caFile, more);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      if (more.checksRevocation()) {
        factory.init(revoking(store, more));
      } else {
        factory.init(store);
      }
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager x509) {
          return new PeerTrust(x509, checksHost);
        }
      }
      throw new TlsConfigException(
          "failed to load CA file \"" + caFile + "\": no X.509 trust manager");
    } catch (GeneralSecurityException e) {
      throw new TlsConfigException("failed to load CA file \"" + caFile + "\": " + e.getMessage(),
          e);
    }
  }

  private static CertPathTrustManagerParameters revoking(@Nullable KeyStore store,
      TrustFiles more) throws TlsConfigException, GeneralSecurityException {
    if (store == null) {
      throw new TlsConfigException("revocation lists need a CA file or directory");
    }
    PKIXBuilderParameters parameters = new PKIXBuilderParameters(store, new X509CertSelector());
    parameters.addCertStore(CertStore.getInstance("Collection",
        new CollectionCertStoreParameters(more.revocations())));
    PKIXRevocationChecker checker = (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX")
        .getRevocationChecker();
    checker.setOptions(EnumSet.of(PKIXRevocationChecker.Option.PREFER_CRLS,
        PKIXRevocationChecker.Option.NO_FALLBACK)); // nobody is asked over the network
    parameters.addCertPathChecker(checker);
    return new CertPathTrustManagerParameters(parameters);
  }

  private static KeyStore store(String caFile, TrustFiles more)
      throws TlsConfigException, GeneralSecurityException {
    KeyStore store = caFile.isEmpty() ? empty() : store(caFile);
    int number = 0;
    for (X509Certificate ca : more.authorities()) {
      store.setCertificateEntry("path" + number++, ca);
    }
    return store;
  }

  static KeyStore store(String caFile) throws TlsConfigException, GeneralSecurityException {
    KeyStore store = empty();
    int number = 0;
    for (X509Certificate ca : PemFile.read("CA file", caFile).certificates("CA file")) {
      store.setCertificateEntry("ca" + number++, ca);
    }
    return store;
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new IllegalStateException(e); // there is nothing to read
    }
    return store;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType,
      @Nullable SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType,
      @Nullable SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
    if (checksHost) {
      String host = engine == null ? null : engine.getPeerHost();
      if (host == null || !HostNames.match(chain[0], host)) {
        throw new CertificateException(
            "certificate verify failed: name `" + host + "' not present in server certificate");
      }
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    if (chains != null) {
      try {
        chains.checkClientTrusted(chain, authType);
      } catch (CertificateException e) {
        throw verifyFailed(e);
      }
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    if (chains != null) {
      try {
        chains.checkServerTrusted(chain, authType);
      } catch (CertificateException e) {
        throw verifyFailed(e);
      }
    }
  }

  /** Blocking sockets are never used, and could not tell us the host. */
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("certificate verify failed: not for sockets");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("certificate verify failed: not for sockets");
  }

  /** The CAs whose names are sent with a request for a client certificate. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chains == null ? new X509Certificate[0] : chains.getAcceptedIssuers();
  }

  private static CertificateException verifyFailed(CertificateException e) {
    Throwable root = e;
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      root = cause;
    }
    return new CertificateException("certificate verify failed: " + root.getMessage(), e);
  }
}
