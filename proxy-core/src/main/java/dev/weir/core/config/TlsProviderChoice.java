package dev.weir.core.config;

/** The implementation of TLS. */
public enum TlsProviderChoice implements Spelled {
  /** The native library where it loads, else the JDK. */
  AUTO("auto"), OPENSSL("openssl"), JDK("jdk");

  private final String spelling;

  TlsProviderChoice(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
