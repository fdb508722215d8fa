package dev.weir.app;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.ProcessSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Open files: what the kernel allows and what the configuration may need, in PgBouncer's words and by its sum. */
record FileLimits(String soft, String hard, long maxClients, long expected) {
  /** PgBouncer's reserve for log, listeners and the like. */
  private static final int OTHERS = 10;

  static FileLimits of(Config config) throws IOException {
    return of(config, Files.readAllLines(Path.of("/proc/self/limits")));
  }

  /** @param procLimits lines of /proc/PID/limits, see proc(5) */
  static FileLimits of(Config config, List<String> procLimits) {
    String soft = "-1";
    String hard = "-1";
    for (String line : procLimits) {
      if (line.startsWith("Max open files")) {
        String[] columns = line.substring("Max open files".length()).strip().split("\\s+", -1);
        soft = columns[0];
        hard = columns[1];
      }
    }
    long users = config.authFile().users().size();
    long maxClients = config.get(ProcessSettings.MAX_CLIENT_CONN);
    long expected = maxClients + OTHERS;
    for (DatabaseEntry database : config.databases().values()) {
      long size = config.poolSize(database, null);
      expected += database.user() != null ? size : size * users;
    }
    return new FileLimits(soft, hard, maxClients, expected);
  }

  @Override
  public String toString() {
    return "kernel file descriptor limit: " + soft + " (hard: " + hard + "); max_client_conn: "
        + maxClients
        + ", max expected fd use: " + expected;
  }
}
