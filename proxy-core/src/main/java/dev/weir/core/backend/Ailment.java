package dev.weir.core.backend;

/** A reason not to use a server that otherwise takes part. */
public enum Ailment {
  /** Too many connections failed within a second; passes with time. */
  CONNECT_ERRORS,
  /** Pings failed; passes with a ping that succeeds. Its connections are cut. */
  PING_FAILURES,
  /** Too many transactions of its group wait to be applied. */
  TRANSACTIONS_BEHIND,
  /** The same, for twice as long. */
  TRANSACTIONS_FAR_BEHIND,
  /** The replica lags behind; what runs on it goes on. */
  REPLICATION_LAG;

  /** Whether nobody can work on the server, whatever its role. */
  public boolean meansUnreachable() {
    return this == CONNECT_ERRORS || this == PING_FAILURES;
  }
}
