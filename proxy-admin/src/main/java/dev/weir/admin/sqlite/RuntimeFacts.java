package dev.weir.admin.sqlite;

import dev.weir.admin.message.MessageCounts;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.control.MysqlView;
import dev.weir.core.control.StateView;
import java.util.List;

/**
 * What computed tables are made from.
 *
 * @param states of the sessions of both protocols
 * @param applied the configuration that was loaded last
 */
public record RuntimeFacts(MysqlView view, StateView states, MysqlConfig applied,
    List<ModuleChecksum> checksums,
    MessageCounts messages) {

  /** A row of {@code runtime_checksums_values}. */
  public record ModuleChecksum(String name, long version, long epochSeconds, String checksum) {}
}
