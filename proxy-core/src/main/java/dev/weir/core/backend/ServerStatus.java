package dev.weir.core.backend;

/** What a row of the servers' table shows; the code is the one of the metrics. */
public enum ServerStatus {
  ONLINE(0), SHUNNED(1), OFFLINE_SOFT(2), OFFLINE_HARD(3), SHUNNED_REPLICATION_LAG(4);

  private final int code;

  ServerStatus(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** In tables a lagging server is shunned like any other. */
  public String shown() {
    return this == SHUNNED_REPLICATION_LAG ? SHUNNED.name() : name();
  }
}
