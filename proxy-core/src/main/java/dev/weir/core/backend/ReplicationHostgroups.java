package dev.weir.core.backend;

/** Two hostgroups between which servers stand by what read_only says. */
public record ReplicationHostgroups(int writer, int reader, ReadOnlyCheck check, String comment) {
  public boolean contains(int hostgroup) {
    return hostgroup == writer || hostgroup == reader;
  }
}
