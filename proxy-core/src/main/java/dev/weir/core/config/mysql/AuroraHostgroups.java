package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The hostgroups of an Aurora cluster. */
public record AuroraHostgroups(int writerHostgroup, int readerHostgroup, boolean active,
    int auroraPort, String domainName, int maxLagMs, int checkIntervalMs, int checkTimeoutMs,
    boolean writerIsAlsoReader, int newReaderWeight, int addLagMs, int minLagMs, int lagNumChecks,
    @Nullable String comment) {

  static AuroraHostgroups of(RowValues row) {
    return new AuroraHostgroups(row.whole("writer_hostgroup"), row.whole("reader_hostgroup"),
        row.flag("active"), row.whole("aurora_port"), row.text("domain_name"),
        row.whole("max_lag_ms"), row.whole("check_interval_ms"), row.whole("check_timeout_ms"),
        row.flag("writer_is_also_reader"), row.whole("new_reader_weight"), row.whole("add_lag_ms"),
        row.whole("min_lag_ms"), row.whole("lag_num_checks"), row.textOrNull("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(writerHostgroup, readerHostgroup, active, auroraPort, domainName,
        maxLagMs, checkIntervalMs, checkTimeoutMs, writerIsAlsoReader, newReaderWeight, addLagMs,
        minLagMs, lagNumChecks, comment);
  }
}
