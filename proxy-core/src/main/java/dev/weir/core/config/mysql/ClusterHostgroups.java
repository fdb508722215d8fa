package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The four hostgroups of a Galera cluster or of a replication group. */
public record ClusterHostgroups(int writerHostgroup, int backupWriterHostgroup, int readerHostgroup,
    int offlineHostgroup, boolean active, int maxWriters, int writerIsAlsoReader,
    long maxTransactionsBehind, @Nullable String comment) {

  static ClusterHostgroups of(RowValues row) {
    return new ClusterHostgroups(row.whole("writer_hostgroup"),
        row.whole("backup_writer_hostgroup"), row.whole("reader_hostgroup"),
        row.whole("offline_hostgroup"), row.flag("active"), row.whole("max_writers"),
        row.whole("writer_is_also_reader"), row.big("max_transactions_behind"),
        row.textOrNull("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(writerHostgroup, backupWriterHostgroup, readerHostgroup,
        offlineHostgroup, active, maxWriters, writerIsAlsoReader, maxTransactionsBehind, comment);
  }
}
