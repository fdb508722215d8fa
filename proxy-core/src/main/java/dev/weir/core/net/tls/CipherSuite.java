package dev.weir.core.net.tls;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The cipher suites for TLS up to 1.2 that one of our providers may know, in OpenSSL's order of preference (the list of
 * {@code openssl ciphers -v ALL}). The constant is the IANA name without {@code TLS_}.
 */
enum CipherSuite {
  ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(
      "ECDHE-ECDSA-AES256-GCM-SHA384"), ECDHE_RSA_WITH_AES_256_GCM_SHA384(
          "ECDHE-RSA-AES256-GCM-SHA384"), DHE_DSS_WITH_AES_256_GCM_SHA384(
              "DHE-DSS-AES256-GCM-SHA384"), DHE_RSA_WITH_AES_256_GCM_SHA384(
                  "DHE-RSA-AES256-GCM-SHA384"), ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(
                      "ECDHE-ECDSA-CHACHA20-POLY1305"), ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(
                          "ECDHE-RSA-CHACHA20-POLY1305"), DHE_RSA_WITH_CHACHA20_POLY1305_SHA256(
                              "DHE-RSA-CHACHA20-POLY1305"), ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(
                                  "ECDHE-ECDSA-AES128-GCM-SHA256"), ECDHE_RSA_WITH_AES_128_GCM_SHA256(
                                      "ECDHE-RSA-AES128-GCM-SHA256"), DHE_DSS_WITH_AES_128_GCM_SHA256(
                                          "DHE-DSS-AES128-GCM-SHA256"), DHE_RSA_WITH_AES_128_GCM_SHA256(
                                              "DHE-RSA-AES128-GCM-SHA256"), ECDHE_ECDSA_WITH_AES_256_CBC_SHA384(
                                                  "ECDHE-ECDSA-AES256-SHA384"), ECDHE_RSA_WITH_AES_256_CBC_SHA384(
                                                      "ECDHE-RSA-AES256-SHA384"), DHE_RSA_WITH_AES_256_CBC_SHA256(
                                                          "DHE-RSA-AES256-SHA256"), DHE_DSS_WITH_AES_256_CBC_SHA256(
                                                              "DHE-DSS-AES256-SHA256"), ECDHE_ECDSA_WITH_AES_128_CBC_SHA256(
                                                                  "ECDHE-ECDSA-AES128-SHA256"), ECDHE_RSA_WITH_AES_128_CBC_SHA256(
                                                                      "ECDHE-RSA-AES128-SHA256"), DHE_RSA_WITH_AES_128_CBC_SHA256(
                                                                          "DHE-RSA-AES128-SHA256"), DHE_DSS_WITH_AES_128_CBC_SHA256(
                                                                              "DHE-DSS-AES128-SHA256"), ECDHE_ECDSA_WITH_AES_256_CBC_SHA(
                                                                                  "ECDHE-ECDSA-AES256-SHA"), ECDHE_RSA_WITH_AES_256_CBC_SHA(
                                                                                      "ECDHE-RSA-AES256-SHA"), DHE_RSA_WITH_AES_256_CBC_SHA(
                                                                                          "DHE-RSA-AES256-SHA"), DHE_DSS_WITH_AES_256_CBC_SHA(
                                                                                              "DHE-DSS-AES256-SHA"), ECDHE_ECDSA_WITH_AES_128_CBC_SHA(
                                                                                                  "ECDHE-ECDSA-AES128-SHA"), ECDHE_RSA_WITH_AES_128_CBC_SHA(
                                                                                                      "ECDHE-RSA-AES128-SHA"), DHE_RSA_WITH_AES_128_CBC_SHA(
                                                                                                          "DHE-RSA-AES128-SHA"), DHE_DSS_WITH_AES_128_CBC_SHA(
                                                                                                              "DHE-DSS-AES128-SHA"), RSA_WITH_AES_256_GCM_SHA384(
                                                                                                                  "AES256-GCM-SHA384"), RSA_WITH_AES_128_GCM_SHA256(
                                                                                                                      "AES128-GCM-SHA256"), RSA_WITH_AES_256_CBC_SHA256(
                                                                                                                          "AES256-SHA256"), RSA_WITH_AES_128_CBC_SHA256(
                                                                                                                              "AES128-SHA256"), RSA_WITH_AES_256_CBC_SHA(
                                                                                                                                  "AES256-SHA"), RSA_WITH_AES_128_CBC_SHA(
                                                                                                                                      "AES128-SHA");

  private final String openSslName;

  CipherSuite(String openSslName) {
    this.openSslName = openSslName;
  }

  String openSslName() {
    return openSslName;
  }

  /** As IANA and {@code javax.net.ssl} spell it. */
  String javaName() {
    return "TLS_" + name();
  }

  static Optional<CipherSuite> ofJavaName(String name) {
    return Arrays.stream(values()).filter(suite -> suite.javaName().equals(name)).findFirst();
  }

  int bits() {
    return name().contains("AES_128") ? 128 : 256;
  }

  boolean usesDhe() {
    return name().startsWith("DHE_");
  }

  boolean usesEcdhe() {
    return name().startsWith("ECDHE_");
  }

  private boolean usesGcm() {
    return name().contains("_GCM_");
  }

  private boolean isTls12() {
    return usesGcm() || name().contains("CHACHA20") || name().endsWith("_CBC_SHA256")
        || name().endsWith("_CBC_SHA384");
  }

  private String authentication() {
    if (name().contains("ECDSA")) {
      return "ECDSA";
    }
    return name().contains("_DSS_") ? "DSS" : "RSA";
  }

  /**
   * Whether {@code keyword}, one word of a cipher string, selects this suite (openssl-ciphers(1)). Words for what no
   * provider of ours has ({@code aNULL}, {@code RC4}, {@code CAMELLIA} …) select nothing, like unknown ones.
   */
  boolean is(String keyword) {
    return switch (keyword.toUpperCase(Locale.ROOT)) {
      case "ALL", "DEFAULT", "HIGH" ->
        !(keyword.equalsIgnoreCase("DEFAULT") && authentication().equals("DSS"));
      case "COMPLEMENTOFDEFAULT" -> authentication().equals("DSS");
      case "KRSA", "RSA" -> !usesDhe() && !usesEcdhe();
      case "ARSA" -> authentication().equals("RSA");
      case "ADSS", "DSS" -> authentication().equals("DSS");
      case "AECDSA", "ECDSA" -> authentication().equals("ECDSA");
      case "KECDHE", "KEECDH", "ECDHE", "EECDH", "ECDH" -> usesEcdhe();
      case "KDHE", "KEDH", "DHE", "EDH", "DH" -> usesDhe();
      case "TLSV1.2" -> isTls12();
      case "TLSV1", "TLSV1.0", "SSLV3" -> !isTls12();
      case "AES" -> name().contains("AES");
      case "AES128" -> name().contains("AES_128");
      case "AES256" -> name().contains("AES_256");
      case "AESGCM" -> usesGcm();
      case "CHACHA20" -> name().contains("CHACHA20");
      case "SHA", "SHA1" -> name().endsWith("_CBC_SHA");
      case "SHA256" -> name().endsWith("_CBC_SHA256");
      case "SHA384" -> name().endsWith("_CBC_SHA384");
      default -> keyword.equalsIgnoreCase(openSslName) || keyword.equalsIgnoreCase(javaName());
    };
  }
}
