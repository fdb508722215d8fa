package dev.weir.core.net.tls;

import org.jspecify.annotations.Nullable;

/** TLS settings that cannot be put to work. The message is one line for the log, the system's reason at its end. */
public final class TlsConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  TlsConfigException(String message) {
    super(message);
  }

  TlsConfigException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
