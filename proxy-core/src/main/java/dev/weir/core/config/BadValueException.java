package dev.weir.core.config;

import org.jspecify.annotations.Nullable;

/** A value that its setting does not take. The message completes the sentence that starts with the setting's name. */
final class BadValueException extends Exception {
  private static final long serialVersionUID = 1L;

  private final @Nullable String originalLogLine;

  BadValueException(String message) {
    this(message, null);
  }

  private BadValueException(String message, @Nullable String originalLogLine) {
    super(message, null, false, false);
    this.originalLogLine = originalLogLine;
  }

  /** A mistake whose message is the line PgBouncer logs for it. */
  static BadValueException original(String message) {
    return new BadValueException(message, message);
  }

  @Nullable
  String originalLogLine() {
    return originalLogLine;
  }

  /** The message; never null. */
  String problem() {
    return String.valueOf(getMessage());
  }
}
