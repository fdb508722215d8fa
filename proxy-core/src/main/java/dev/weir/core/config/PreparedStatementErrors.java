package dev.weir.core.config;

/** What a client sees that uses a prepared statement wrongly. */
public enum PreparedStatementErrors implements Spelled {
  /** A fatal error and the end of the connection. */
  PGBOUNCER("pgbouncer"),
  /** The error the server would send; the connection stays. */
  POSTGRES("postgres");

  private final String spelling;

  PreparedStatementErrors(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
