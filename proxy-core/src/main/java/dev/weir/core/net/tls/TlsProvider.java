package dev.weir.core.net.tls;

/** Which implementation of TLS serves a context. */
public enum TlsProvider {
  /** {@link #OPENSSL} when it is there and can do what the options ask, else {@link #JDK}. */
  AUTO,
  /** BoringSSL through netty-tcnative: about half the CPU of a handshake. */
  OPENSSL,
  /** The JDK's own: slower, but can select TLS 1.3 suites, finite field DH and more curves. */
  JDK
}
