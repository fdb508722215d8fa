package dev.weir.core.auth;

import dev.weir.core.net.tls.HostNames;
import java.security.cert.X509Certificate;

/** The user names a client certificate stands for. */
public final class CertificateNames {
  private CertificateNames() {}

  /**
   * Whether {@code user} is the common name (the most specific one) or a DNS alternative name of {@code certificate}:
   * letter by letter, for user names know neither wildcards nor folded case.
   */
  public static boolean matches(X509Certificate certificate, String user) {
    var commonNames = HostNames.commonNames(certificate);
    return !user.isEmpty()
        && ((!commonNames.isEmpty() && commonNames.getLast().equals(user))
            || HostNames.dnsNames(certificate).contains(user));
  }
}
