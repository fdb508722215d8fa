package dev.weir.core.backend;

/** A server in a hostgroup: one row of the servers' table. A server in two hostgroups is two of these. */
public record Server(int hostgroup, ServerAddress address, Placement placement, Health health,
    ServerAttributes attributes) {
  public static Server of(int hostgroup, ServerAddress address, ServerAttributes attributes) {
    return new Server(hostgroup, address, Placement.ONLINE, Health.WELL, attributes);
  }

  /** Role and health together, as tables show it and as pools obey it. */
  public ServerStatus status() {
    return switch (placement) {
      case OFFLINE_HARD -> ServerStatus.OFFLINE_HARD;
      case OFFLINE_SOFT -> ServerStatus.OFFLINE_SOFT;
      case STANDBY, LEAVING -> ServerStatus.SHUNNED;
      case ONLINE -> {
        if (health.isUnreachable()) {
          yield ServerStatus.SHUNNED;
        }
        if (health.has(Ailment.REPLICATION_LAG)
            || health.has(Ailment.TRANSACTIONS_FAR_BEHIND)) {
          yield ServerStatus.SHUNNED_REPLICATION_LAG;
        }
        yield health.has(Ailment.TRANSACTIONS_BEHIND)
            ? ServerStatus.SHUNNED
            : ServerStatus.ONLINE;
      }
    };
  }

  /** Whether a session may begin to use it. */
  public boolean isUsable() {
    return status() == ServerStatus.ONLINE;
  }

  /** Whether connections to it must end now instead of when they are free. */
  public boolean mustBeCut() {
    return placement == Placement.OFFLINE_HARD || health.has(Ailment.PING_FAILURES);
  }

  public Server with(Placement newPlacement) {
    return placement == newPlacement
        ? this
        : new Server(hostgroup, address, newPlacement, health, attributes);
  }

  public Server with(Health newHealth) {
    return health.equals(newHealth)
        ? this
        : new Server(hostgroup, address, placement, newHealth, attributes);
  }

  public Server with(ServerAttributes newAttributes) {
    return new Server(hostgroup, address, placement, health, newAttributes);
  }
}
