package dev.weir.core.control;

import org.jspecify.annotations.Nullable;

/**
 * A pool as SHOW POOLS prints it. Immutable.
 *
 * @param maxWaitMicros microseconds that the head of the queue has waited, 0 when nobody waits
 * @param loadBalanceHosts null unless the database has a host list
 * @param poolSize effective pool size; 0 is unlimited
 */
public record PoolView(
    Protocol protocol,
    String database,
    String user,
    int clActive,
    int clWaiting,
    int clActiveCancelReq,
    int clWaitingCancelReq,
    int svActive,
    int svActiveCancel,
    int svBeingCanceled,
    int svIdle,
    int svUsed,
    int svTested,
    int svLogin,
    long maxWaitMicros,
    String poolMode,
    @Nullable String loadBalanceHosts,
    int poolSize) {}
