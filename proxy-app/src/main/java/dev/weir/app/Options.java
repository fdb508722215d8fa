package dev.weir.app;

import dev.weir.admin.proxysql.AdminOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks of a proxy.
 *
 * @param configFile as it was written
 * @param daemon leave standard error once the start has succeeded; the launcher has detached us
 * @param quiet write no log lines to standard error
 * @param reboot take over from a running process
 * @param verbose number of {@code -v}
 * @param user account to become; null leaves it to the configuration
 * @param datadir where ProxySQL's database is; null leaves it to its file
 * @param saved what becomes of that database
 */
public record Options(Path configFile, boolean daemon, boolean quiet, boolean reboot, int verbose,
    @Nullable String user, @Nullable Path datadir, AdminOptions.Saved saved) {
  /** Without ProxySQL's options. */
  Options(Path configFile, boolean daemon, boolean quiet, boolean reboot, int verbose,
      @Nullable String user) {
    this(configFile, daemon, quiet, reboot, verbose, user, null, AdminOptions.Saved.KEPT);
  }

  /** No option given. */
  public static Options of(Path configFile) {
    return new Options(configFile, false, false, false, 0, null, null, AdminOptions.Saved.KEPT);
  }
}
