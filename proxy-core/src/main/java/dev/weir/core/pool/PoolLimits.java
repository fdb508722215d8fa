package dev.weir.core.pool;

/**
 * What bounds a pool; resolved from the configuration when the pool is made or the configuration changes.
 *
 * @param size servers at most; 0 is unlimited
 * @param minSize servers kept open
 * @param reserve servers above {@code size} when somebody waits long
 * @param reserveTimeoutNanos how long he must have waited; 0 disables the reserve
 * @param checkDelayNanos idle time after which a server is tested before use; negative: never tested
 * @param lifetimeNanos age at which a server that nobody uses is closed; 0: after its first use
 * @param idleTimeoutNanos idle time after which a server is closed; 0: never
 * @param loginRetryNanos pause after a failed connect
 * @param roundRobin the server that has rested longest serves next
 * @param logins connections that may log in at the same time
 */
public record PoolLimits(
    int size,
    int minSize,
    int reserve,
    long reserveTimeoutNanos,
    long checkDelayNanos,
    long lifetimeNanos,
    long idleTimeoutNanos,
    long loginRetryNanos,
    boolean roundRobin,
    int logins) {}
