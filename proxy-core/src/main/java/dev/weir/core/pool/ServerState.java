package dev.weir.core.pool;

/** Where a server connection stands; every open one is in exactly one of these. */
public enum ServerState {
  /** Connecting or logging in. */
  LOGIN("sv_login", "new"), IDLE("sv_idle", "idle"),
  /** Serves somebody, or is on its way to him. */
  ACTIVE("sv_active", "active"),
  /** Idle for so long that it must be tested before use. */
  USED("sv_used", "used"),
  /** Runs a reset or check query. */
  TESTED("sv_tested", "tested"),
  /** Released while a cancel request for its last client is still under way. */
  BEING_CANCELED("sv_being_canceled", "being_canceled"),
  /** Carries a cancel request. */
  ACTIVE_CANCEL("sv_active_cancel", "active_cancel"), CLOSED("sv_justfree", "justfree");

  private final String socketName;
  private final String serverName;

  ServerState(String socketName, String serverName) {
    this.socketName = socketName;
    this.serverName = serverName;
  }

  /** As SHOW SOCKETS prints it. */
  public String socketName() {
    return socketName;
  }

  /** As SHOW SERVERS prints it. */
  public String serverName() {
    return serverName;
  }
}
