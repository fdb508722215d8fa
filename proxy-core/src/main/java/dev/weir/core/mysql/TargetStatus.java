package dev.weir.core.mysql;

/** What may be done with a server (ProxySQL's words, in {@code runtime_mysql_servers}). */
enum TargetStatus {
  ONLINE, SHUNNED, OFFLINE_SOFT, OFFLINE_HARD,
  /** Shown as SHUNNED. */
  SHUNNED_REPLICATION_LAG
}
