package dev.weir.core.control;

import org.jspecify.annotations.Nullable;

/** A user as SHOW USERS prints it; sizes and mode are null when inherited. Immutable. */
public record UserView(
    String name,
    @Nullable Integer poolSize,
    @Nullable Integer reservePoolSize,
    @Nullable String poolMode,
    int maxUserConnections,
    int currentConnections,
    int maxUserClientConnections,
    int currentClientConnections) {

  /** The same user where another protocol counts: what is in use adds up, the limits are ours. */
  public UserView plus(UserView other) {
    return new UserView(name, poolSize, reservePoolSize, poolMode, maxUserConnections,
        currentConnections + other.currentConnections, maxUserClientConnections,
        currentClientConnections + other.currentClientConnections);
  }
}
