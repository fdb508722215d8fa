package dev.weir.core.net.tls;

import io.netty.util.NetUtil;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * The host names a certificate is made out for (RFC 6125): DNS and IP subject alternative names, and only when there is
 * neither, the common name. A wildcard stands for exactly the first label.
 */
public final class HostNames {
  private static final int SAN_DNS = 2;
  private static final int SAN_IP = 7;

  private HostNames() {}

  /** Whether {@code certificate} is made out for {@code host}, a name or an IP address in text. */
  public static boolean match(X509Certificate certificate, String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    boolean hasNames = false;
    for (List<?> name : alternatives(certificate)) {
      Object value = name.get(1);
      switch ((Integer) name.get(0)) {
        case SAN_DNS -> {
          hasNames = true;
          if (address == null && value instanceof String dns && covers(dns, host)) {
            return true;
          }
        }
        case SAN_IP -> {
          hasNames = true;
          if (address != null && value instanceof String ip
              && Arrays.equals(address, NetUtil.createByteArrayFromIpAddressString(ip))) {
            return true;
          }
        }
        default -> {
        } // mail addresses and the like name no host
      }
    }
    return !hasNames && commonName(certificate, host, address != null);
  }

  private static boolean commonName(X509Certificate certificate, String host, boolean isAddress) {
    List<String> names = commonNames(certificate);
    if (names.isEmpty()) {
      return false;
    }
    String name = names.getLast(); // the most specific one
    return isAddress ? name.equals(host) : covers(name, host);
  }

  private static boolean covers(String pattern, String host) {
    String wanted = withoutDot(host.toLowerCase(Locale.ROOT));
    String offered = withoutDot(pattern.toLowerCase(Locale.ROOT));
    if (offered.isEmpty() || offered.indexOf('\0') >= 0) {
      return false;
    }
    if (!offered.startsWith("*.")) {
      return offered.equals(wanted);
    }
    String rest = offered.substring(1);
    int firstDot = wanted.indexOf('.');
    return rest.indexOf('.', 1) > 0 // never a wildcard directly under a top level domain
        && rest.indexOf('*') < 0
        && firstDot > 0
        && wanted.substring(firstDot).equals(rest);
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }

  /** DNS names among the subject alternative names, as they stand there. */
  public static List<String> dnsNames(X509Certificate certificate) {
    return alternatives(certificate).stream()
        .filter(name -> Integer.valueOf(SAN_DNS).equals(name.get(0)))
        .map(name -> String.valueOf(name.get(1))).toList();
  }

  /** Common names of the subject, the most specific one last. */
  public static List<String> commonNames(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        Attribute commonName = rdn.toAttributes().get("CN"); // finds it in a multi-valued RDN too
        if (commonName != null && commonName.get() instanceof String text) {
          names.add(text);
        }
      }
    } catch (NamingException e) {
      return List.of(); // a subject nobody can read names nobody
    }
    return names;
  }

  private static Collection<List<?>> alternatives(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }
}
