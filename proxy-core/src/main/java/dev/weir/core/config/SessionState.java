package dev.weir.core.config;

/** What becomes of the state of sessions whose servers go back after each transaction. */
public enum SessionState implements Spelled {
  /** It follows the session to its next server, or keeps it on its server. */
  TRACK("track"),
  /** It is the application's matter, as in PgBouncer. */
  OFF("off");

  private final String spelling;

  SessionState(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
