package dev.weir.core.net.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads lists of TLS 1.3 suites. */
final class Tls13Suites {
  /** What both providers have, in the order we prefer. */
  static final List<String> ALL = List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256",
      "TLS_CHACHA20_POLY1305_SHA256");

  /** Known to OpenSSL, absent from both providers. */
  private static final Set<String> NOT_HERE = Set.of("TLS_AES_128_CCM_SHA256",
      "TLS_AES_128_CCM_8_SHA256");

  private static final String FAILED = "failed to set the TLSv1.3 cipher suites";

  private Tls13Suites() {}

  /**
   * The suites named by a colon-separated list, in its order; an empty one means all.
   *
   * @throws TlsConfigException when a name is unknown or none of the suites can be had
   */
  static List<String> parse(String list) throws TlsConfigException {
    if (list.isBlank()) {
      return ALL;
    }
    List<String> chosen = new ArrayList<>();
    for (String raw : list.split("[:, ;]+", -1)) {
      String name = raw.strip();
      if (ALL.contains(name)) {
        if (!chosen.contains(name)) {
          chosen.add(name);
        }
      } else if (!name.isEmpty() && !NOT_HERE.contains(name)) {
        throw new TlsConfigException(FAILED + ": unknown suite \"" + name + "\"");
      }
    }
    if (chosen.isEmpty()) {
      throw new TlsConfigException(FAILED + ": no provider has any of \"" + list + "\"");
    }
    return List.copyOf(chosen);
  }
}
