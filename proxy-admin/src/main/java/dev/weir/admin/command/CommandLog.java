package dev.weir.admin.command;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log line that tells who stops and starts things; its wording is the original's, as tools search for it. */
final class CommandLog {
  private static final Logger LOG = LoggerFactory.getLogger(CommandLog.class);

  private CommandLog() {}

  static void issued(String command) {
    LOG.info("{} command issued", command);
  }

  static void issued(String command, @Nullable String database) {
    issued(database == null ? command : command + " '" + database + "'");
  }
}
