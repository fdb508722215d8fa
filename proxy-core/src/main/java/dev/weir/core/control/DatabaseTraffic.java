package dev.weir.core.control;

/**
 * Traffic of one database for SHOW STATS: totals, and averages over the last complete window (counts and bytes per
 * second, times per transaction, per query and per assignment).
 */
public record DatabaseTraffic(Protocol protocol, String database, Traffic total,
    Traffic average) {}
