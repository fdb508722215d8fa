package dev.weir.admin.sqlite;

import dev.weir.admin.message.MessageCounts;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.control.MysqlView;
import java.util.List;

/**
 * What computed tables are made from.
 *
 * @param applied the configuration that was loaded last
 */
public record RuntimeFacts(MysqlView view, MysqlConfig applied, List<ModuleChecksum> checksums,
    MessageCounts messages) {

  /** A row of {@code runtime_checksums_values}. */
  public record ModuleChecksum(String name, long version, long epochSeconds, String checksum) {}
}
