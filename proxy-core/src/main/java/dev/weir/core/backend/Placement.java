package dev.weir.core.backend;

/**
 * What a server is to do in a hostgroup, by configuration or by a decision about roles. How it is, is another question:
 * {@link Health}.
 */
public enum Placement {
  /** Takes part. */
  ONLINE,
  /** Could write and is not the writer; shown as SHUNNED. */
  STANDBY,
  /** Spared, by its own wish or because it is behind: no new use, what runs goes on. Shown as SHUNNED. */
  LEAVING,
  /** Set so by the operator: no new use, transactions end, then connections close. */
  OFFLINE_SOFT,
  /** Set so by the operator: connections are cut. */
  OFFLINE_HARD;

  /** The operator wants it out; no decision brings it back. */
  public boolean isOperatorsOffline() {
    return this == OFFLINE_SOFT || this == OFFLINE_HARD;
  }
}
