package dev.weir.core.net.tls;

import java.util.Locale;
import java.util.Optional;

/** How far a side insists on TLS: the values of {@code client_tls_sslmode} and {@code server_tls_sslmode}. */
public enum TlsMode {
  DISABLE,
  /** Towards clients the same as {@link #PREFER}; towards servers too, because TLS is asked for first. */
  ALLOW, PREFER, REQUIRE, VERIFY_CA, VERIFY_FULL;

  /** The mode spelled {@code text}, in any case; empty when there is none of that name. */
  public static Optional<TlsMode> parse(String text) {
    String wanted = text.toLowerCase(Locale.ROOT);
    for (TlsMode mode : values()) {
      if (mode.toString().equals(wanted)) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }

  /** Whether TLS is offered to clients and asked of servers. */
  public boolean offered() {
    return this != DISABLE;
  }

  /** Whether a connection without TLS is refused. */
  public boolean required() {
    return compareTo(REQUIRE) >= 0;
  }

  /** Whether the peer must show a certificate that leads to our CA. */
  public boolean verifiesCertificate() {
    return compareTo(VERIFY_CA) >= 0;
  }

  /** Whether a server's certificate must also be made out to the host we meant to reach. */
  public boolean verifiesHost() {
    return this == VERIFY_FULL;
  }

  /** As in configuration files: {@code verify-full}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
