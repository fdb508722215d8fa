package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pair of hostgroups whose servers are told apart by {@code read_only}. */
public record ReplicationHostgroups(int writerHostgroup, int readerHostgroup, String checkType,
    String comment) {

  static ReplicationHostgroups of(RowValues row) {
    return new ReplicationHostgroups(row.whole("writer_hostgroup"), row.whole("reader_hostgroup"),
        row.text("check_type"), row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(writerHostgroup, readerHostgroup, checkType, comment);
  }
}
