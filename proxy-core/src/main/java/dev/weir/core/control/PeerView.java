package dev.weir.core.control;

import org.jspecify.annotations.Nullable;

/** A peer and its cancel pool, as SHOW PEERS and SHOW PEER_POOLS print them. Immutable. */
public record PeerView(
    int id,
    @Nullable String host,
    int port,
    int poolSize,
    int clActiveCancelReq,
    int clWaitingCancelReq,
    int svActiveCancel,
    int svLogin) {}
