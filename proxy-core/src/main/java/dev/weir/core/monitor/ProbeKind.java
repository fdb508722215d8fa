package dev.weir.core.monitor;

/** What is asked of a server; each kind has its interval, its timeout and its log. */
public enum ProbeKind {
  CONNECT, PING, READ_ONLY, REPLICATION_LAG, GALERA, GROUP_REPLICATION
}
