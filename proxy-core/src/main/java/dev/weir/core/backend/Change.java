package dev.weir.core.backend;

import org.jspecify.annotations.Nullable;

/**
 * What a decision did to a server in a hostgroup.
 *
 * @param before null when it was not there
 * @param after null when it is there no more: its connections of this hostgroup are to be cut
 */
public record Change(int hostgroup, ServerAddress address, @Nullable Server before,
    @Nullable Server after, String reason) {
  /** A line for the log. */
  @Override
  public String toString() {
    return "hostgroup " + hostgroup + ": " + address + " " + shown(before) + " -> " + shown(after)
        + " (" + reason + ")";
  }

  private static String shown(@Nullable Server server) {
    return server == null ? "absent" : server.status().name();
  }
}
