package dev.weir.core.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code [users]}. What is null is inherited; {@link Config} resolves that.
 *
 * @param poolSize 0 is no limit
 * @param maxUserConnections above 0, or null
 * @param maxUserClientConnections above 0, or null
 * @param queryWaitTimeout 0 is no limit for this user
 * @param queryTimeout above 0, or null; as the other times
 */
public record UserEntry(
    String name,
    @Nullable PoolMode poolMode,
    @Nullable Integer poolSize,
    @Nullable Integer reservePoolSize,
    @Nullable Integer maxUserConnections,
    @Nullable Duration transactionTimeout,
    @Nullable Duration idleTransactionTimeout,
    @Nullable Duration queryTimeout,
    @Nullable Duration queryWaitTimeout,
    @Nullable Duration clientIdleTimeout,
    @Nullable Integer maxUserClientConnections,
    @Nullable SessionState sessionState) {}
