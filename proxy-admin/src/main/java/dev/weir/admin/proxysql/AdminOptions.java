package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.StoreLimits;
import dev.weir.core.config.mysql.MysqlVariables;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the configuration comes from.
 *
 * @param directory where {@code proxysql.db} is or comes to be; null keeps everything in memory
 * @param file a {@code proxysql.cnf}; null when there is none
 * @param first what becomes of a saved database
 * @param defaults values of variables about which neither file nor saved database says anything
 */
public record AdminOptions(@Nullable Path directory, @Nullable Path file, Saved first,
    StoreLimits limits, MysqlVariables defaults) {
  /** With ProxySQL's defaults. */
  public AdminOptions(@Nullable Path directory, @Nullable Path file, Saved first,
      StoreLimits limits) {
    this(directory, file, first, limits, MysqlVariables.defaults());
  }

  /** What becomes of a saved database at the start. */
  public enum Saved {
    /** It counts, and the file does not: ProxySQL's way. */
    KEPT,
    /** {@code --initial}: it is set aside and the file is read. */
    SET_ASIDE,
    /** {@code --reload}: the file is read over it. */
    OVERLAID
  }
}
