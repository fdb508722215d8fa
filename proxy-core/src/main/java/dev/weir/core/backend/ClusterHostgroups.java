package dev.weir.core.backend;

import java.util.List;

/**
 * Four hostgroups among which the members of a cluster stand by their roles: a row of mysql_galera_hostgroups or of
 * mysql_group_replication_hostgroups.
 *
 * @param maxWriters may be 0: nobody writes
 * @param maxTransactionsBehind above which a member is not used; 0 for no check
 */
public record ClusterHostgroups(Kind kind, int writer, int backupWriter, int reader, int offline,
    boolean active, int maxWriters, WriterIsAlsoReader writerIsAlsoReader,
    int maxTransactionsBehind, String comment) {
  /** What makes the members one cluster. */
  public enum Kind {
    GALERA, GROUP_REPLICATION
  }

  public List<Integer> all() {
    return List.of(writer, backupWriter, reader, offline);
  }

  public boolean contains(int hostgroup) {
    return all().contains(hostgroup);
  }
}
