package dev.weir.admin.sqlite;

/** A statement that SQLite, or a bound of ours, does not let through. The message is SQLite's own where there is one. */
public final class StoreException extends Exception {
  private static final long serialVersionUID = 1L;
  private final boolean busy;

  public StoreException(String message) {
    this(message, false);
  }

  StoreException(String message, boolean busy) {
    super(message, null, false, false);
    this.busy = busy;
  }

  /** Whether another process holds the database. */
  public boolean busy() {
    return busy;
  }

  /** The message; never null. */
  public String problem() {
    return String.valueOf(getMessage());
  }
}
