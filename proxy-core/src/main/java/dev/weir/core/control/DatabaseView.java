package dev.weir.core.control;

import org.jspecify.annotations.Nullable;

/** A database entry as SHOW DATABASES prints it, sizes being the effective ones. Immutable. */
public record DatabaseView(
    Protocol protocol,
    String name,
    @Nullable String host,
    int port,
    String database,
    @Nullable String forceUser,
    int poolSize,
    int minPoolSize,
    int reservePoolSize,
    int serverLifetimeSeconds,
    @Nullable String poolMode,
    @Nullable String loadBalanceHosts,
    int maxConnections,
    int currentConnections,
    int maxClientConnections,
    int currentClientConnections,
    boolean paused,
    boolean disabled) {}
