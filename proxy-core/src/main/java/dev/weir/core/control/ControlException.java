package dev.weir.core.control;

/** A command that cannot be carried out; the message is the exact text for the operator. Carries no stack trace. */
public final class ControlException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String sqlState;

  public ControlException(String message) {
    this("08P01", message);
  }

  public ControlException(String sqlState, String message) {
    super(message, null, false, false);
    this.sqlState = sqlState;
  }

  public String sqlState() {
    return sqlState;
  }
}
