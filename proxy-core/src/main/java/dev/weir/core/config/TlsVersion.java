package dev.weir.core.config;

/** A version of the TLS protocol; the spelling is that of the settings. */
public enum TlsVersion implements Spelled {
  TLS_1_0("tlsv1.0"), TLS_1_1("tlsv1.1"), TLS_1_2("tlsv1.2"), TLS_1_3("tlsv1.3");

  private final String spelling;

  TlsVersion(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
