package dev.weir.core.auth;

import dev.weir.core.net.tls.HostNames;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** The user names a client certificate stands for. */
public final class CertificateNames {
  private CertificateNames() {}

  /** The most specific common name, if there is one, and the DNS alternative names. */
  public static List<String> of(X509Certificate certificate) {
    List<String> names = new ArrayList<>(HostNames.dnsNames(certificate));
    var commonNames = HostNames.commonNames(certificate);
    if (!commonNames.isEmpty()) {
      names.addFirst(commonNames.getLast());
    }
    return names;
  }

  /**
   * Whether {@code user} is the common name (the most specific one) or a DNS alternative name of {@code certificate}:
   * letter by letter, for user names know neither wildcards nor folded case.
   */
  public static boolean matches(X509Certificate certificate, String user) {
    return !user.isEmpty() && of(certificate).contains(user);
  }
}
