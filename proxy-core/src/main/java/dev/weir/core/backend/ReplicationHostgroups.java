package dev.weir.core.backend;

/**
 * Two hostgroups between which servers stand by what read_only says.
 *
 * @param writersOnlyWrite a writer is no reader, whatever the general setting says
 */
public record ReplicationHostgroups(int writer, int reader, ReadOnlyCheck check, String comment,
    boolean writersOnlyWrite) {
  /** By the general setting. */
  public ReplicationHostgroups(int writer, int reader, ReadOnlyCheck check, String comment) {
    this(writer, reader, check, comment, false);
  }

  public boolean contains(int hostgroup) {
    return hostgroup == writer || hostgroup == reader;
  }
}
