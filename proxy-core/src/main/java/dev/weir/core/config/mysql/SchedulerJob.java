package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program that runs at an interval. */
public record SchedulerJob(long id, boolean active, long intervalMs, String filename,
    @Nullable String arg1, @Nullable String arg2, @Nullable String arg3, @Nullable String arg4,
    @Nullable String arg5, String comment) {

  static SchedulerJob of(RowValues row) {
    return new SchedulerJob(row.big("id"), row.flag("active"), row.big("interval_ms"),
        row.required("filename"), row.textOrNull("arg1"), row.textOrNull("arg2"),
        row.textOrNull("arg3"), row.textOrNull("arg4"), row.textOrNull("arg5"),
        row.text("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(id, active, intervalMs, filename, arg1, arg2, arg3, arg4, arg5,
        comment);
  }
}
