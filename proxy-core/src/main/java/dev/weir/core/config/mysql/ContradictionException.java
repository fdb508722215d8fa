package dev.weir.core.config.mysql;

/** Rows that no proxy can run on, each by itself or together. The message is the reason, for the operator. Carries no stack trace. */
public final class ContradictionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ContradictionException(String message) {
    super(message, null, false, false);
  }

  /** The reason; never null. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
