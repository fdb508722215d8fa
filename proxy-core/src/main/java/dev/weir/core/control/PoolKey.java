package dev.weir.core.control;

/** A pool's place in the statistics; no two pools share database and user. */
public record PoolKey(Protocol protocol, String database, String user) {}
