package dev.weir.core.config;

/** What makes the hosts of a line of {@code [mysql_databases]} one database. */
public enum MysqlTopology implements Spelled {
  /** Nothing: one server, or several that are as good as each other. */
  SINGLE("single"),
  /** A Galera cluster: one of the nodes writes. */
  GALERA("galera"),
  /** Asynchronous replication: {@code read_only} tells who writes. */
  REPLICATION("replication"),
  /** MySQL's group replication. */
  GROUP_REPLICATION("group_replication");

  private final String spelling;

  MysqlTopology(String spelling) {
    this.spelling = spelling;
  }

  @Override
  public String spelling() {
    return spelling;
  }
}
