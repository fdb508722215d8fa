package dev.weir.core.monitor;

/** How far a replica is behind. */
public sealed interface ReplicationLag {
  record Seconds(long seconds) implements ReplicationLag {}

  /** A replica whose replication does not run. */
  record Unknown() implements ReplicationLag {}

  record NotAReplica() implements ReplicationLag {}
}
