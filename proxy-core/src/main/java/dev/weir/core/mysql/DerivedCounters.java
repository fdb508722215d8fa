package dev.weir.core.mysql;

import dev.weir.core.monitor.ProbeKind;
import dev.weir.core.monitor.ResultLog;
import dev.weir.core.sql.Command;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of {@code stats_mysql_global} that are counted elsewhere already: by the monitor, and by kinds of statements. */
final class DerivedCounters {
  private static final Map<ProbeKind, String> CHECKS = new EnumMap<>(
      Map.of(ProbeKind.CONNECT, "connect", ProbeKind.PING, "ping", ProbeKind.READ_ONLY,
          "read_only", ProbeKind.REPLICATION_LAG, "replication_lag"));

  private DerivedCounters() {}

  static void addTo(Map<String, Long> all, MysqlRuntime runtime) {
    all.put("Com_commit", count(runtime, Command.COMMIT));
    all.put("Com_rollback", count(runtime, Command.ROLLBACK));
    MysqlWatch watch = runtime.watch();
    checks(all, watch == null ? null : watch.monitor().log());
  }

  private static long count(MysqlRuntime runtime, Command command) {
    long sum = 0;
    for (MysqlWorkerState local : runtime.locals()) {
      sum += local.commands().get(command, 1);
    }
    return sum;
  }

  /** Without a log no check has ever been made. */
  static void checks(Map<String, Long> all, @Nullable ResultLog log) {
    CHECKS.forEach((kind, name) -> {
      String counter = "MySQL_Monitor_" + name + "_check_";
      all.put(counter + "OK", log == null ? 0 : log.answered(kind));
      all.put(counter + "ERR", log == null ? 0 : log.failed(kind));
    });
  }
}
