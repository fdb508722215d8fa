package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.AdminStore;
import dev.weir.admin.sqlite.HistorySchema;
import dev.weir.admin.sqlite.HistorySchema.Sampled;
import dev.weir.admin.sqlite.StoreException;
import dev.weir.core.control.MysqlView;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills the schema {@code stats_history}: samples at the intervals of {@code admin-stats_…}, a row for each whole hour and
 * each whole day of them, and dumps of digests. What is too old goes with the next sample. Confined to the admin thread.
 */
final class History {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);
  private static final long HOUR = 3600;
  private static final long DAY = 24 * HOUR;
  private static final long SAMPLES_KEPT = 7 * DAY;
  private static final long HOURS_KEPT = 365 * DAY;
  private static final long DAYS_KEPT = 3650 * DAY;
  private static final long MOST_DIGESTS = 1_000_000;
  private static final String SCHEMA = "stats_history.";
  private static final String DIGESTS = SCHEMA + "history_mysql_query_digest";
  private static final String POOLS = SCHEMA + "history_stats_mysql_connection_pool";
  private static final String STATUS = SCHEMA + "history_mysql_status_variables";

  private enum Kind {
    CONNECTIONS("admin-stats_mysql_connections"), POOLS(
        "admin-stats_mysql_connection_pool"), QUERY_CACHE("admin-stats_mysql_query_cache"), CPU(
            "admin-stats_system_cpu"), MEMORY("admin-stats_system_memory"), DIGESTS(
                "admin-stats_mysql_query_digest_to_disk");

    private final String variable;

    Kind(String variable) {
      this.variable = variable;
    }
  }

  private final AdminState state;
  private final RuntimeLink runtime;
  private final Map<Kind, Long> last = new EnumMap<>(Kind.class);

  History(AdminState state, RuntimeLink runtime) {
    this.state = state;
    this.runtime = runtime;
  }

  /**
   * Takes what is due; the first call only starts the intervals.
   *
   * @param now seconds since 1970
   */
  void tick(long now) {
    for (Kind kind : Kind.values()) {
      long interval = state.running().variables().whole(kind.variable);
      Long before = last.get(kind);
      if (before == null || interval == 0 || now < before) { // the last: somebody has set the clock
        last.put(kind, now);
      } else if (now - before >= interval) {
        last.put(kind, now);
        taken(kind, now);
      }
    }
  }

  private void taken(Kind kind, long now) {
    try {
      take(kind, now);
    } catch (StoreException e) {
      LOG.warn("stats_history: {}: {}", kind.variable, e.problem());
    } catch (AdminRefusal e) { // the proxy ends, or has no time
      LOG.info("stats_history: {}: {}", kind.variable, e.getMessage());
    }
  }

  private void take(Kind kind, long now) throws StoreException {
    switch (kind) {
      case CONNECTIONS -> {
        Map<String, Long> globals = runtime.ask(runtime.view()::globals);
        sample(HistorySchema.CONNECTIONS, globals, now);
        sample(HistorySchema.HOSTGROUP_MANAGER, globals, now);
        status(globals, now);
      }
      case POOLS -> pools(now);
      case QUERY_CACHE ->
        sample(HistorySchema.QUERY_CACHE, runtime.ask(runtime.view()::globals), now);
      case CPU -> sample(HistorySchema.CPU, CpuTimes.read(), now);
      case MEMORY -> sample(HistorySchema.MEMORY, runtime.ask(runtime.view()::memory), now);
      case DIGESTS -> {
        long rows = saveDigests(now);
        LOG.debug("{} digests saved", rows);
      }
    }
  }

  /** A row of what is known; none when nothing of it is. A single counter that the proxy does not keep is 0. */
  private void sample(Sampled table, Map<String, Long> values, long now) throws StoreException {
    if (table.columns().stream().noneMatch(column -> values.containsKey(column.source()))) {
      return;
    }
    List<@Nullable Object> row = new ArrayList<>();
    row.add(now);
    table.columns().forEach(column -> row.add(values.getOrDefault(column.source(), 0L)));
    state.store.transaction(() -> {
      state.store.insert("INSERT OR REPLACE INTO " + SCHEMA + table.name(), List.of(row));
      rollUp(table, table.name(), table.hours(), HOUR, now);
      rollUp(table, table.hours(), table.days(), DAY, now);
      trim(SCHEMA + table.name(), now - SAMPLES_KEPT);
      trim(SCHEMA + table.hours(), now - HOURS_KEPT);
      trim(SCHEMA + table.days(), now - DAYS_KEPT);
    });
  }

  /** Every whole period that has no row yet gets one. */
  private void rollUp(Sampled table, String from, String into, long period, long now)
      throws StoreException {
    StringBuilder columns = new StringBuilder();
    table.columns().forEach(
        column -> columns.append(", ").append(column.rollup().of(column.name())));
    state.store.change("INSERT OR REPLACE INTO " + SCHEMA + into + " SELECT timestamp / " + period
        + " * " + period + columns + " FROM " + SCHEMA + from
        + " WHERE timestamp >= (SELECT COALESCE(MAX(timestamp) + " + period + ", 0) FROM " + SCHEMA
        + into + ") AND timestamp < ? GROUP BY timestamp / " + period, now / period * period);
  }

  private void trim(String table, long oldest) throws StoreException {
    state.store.change("DELETE FROM " + table + " WHERE timestamp < ?", oldest);
  }

  private void status(Map<String, Long> globals, long now) throws StoreException {
    state.store.transaction(() -> {
      for (String name : globals.keySet()) {
        state.store.change("INSERT OR IGNORE INTO " + STATUS + "_lookup (variable_name) VALUES (?)",
            name);
      }
      Map<String, Long> ids = new HashMap<>();
      state.store.each("SELECT variable_name, variable_id FROM " + STATUS + "_lookup",
          row -> ids.put(String.valueOf(row.get("variable_name")),
              Long.valueOf(String.valueOf(row.get("variable_id")))));
      List<List<@Nullable Object>> rows = new ArrayList<>();
      globals.forEach((name, value) -> rows.add(row(now, ids.get(name), Long.toString(value))));
      state.store.insert("INSERT OR REPLACE INTO " + STATUS, rows);
      trim(STATUS, now - SAMPLES_KEPT);
    });
  }

  private void pools(long now) throws StoreException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (MysqlView.ConnectionPool p : runtime.ask(() -> runtime.view().connectionPools(false))) {
      rows.add(row(now, p.hostgroup(), p.host(), p.port(), p.status(), p.used(), p.free(), p.ok(),
          p.errors(), p.mostUsed(), p.queries(), p.queriesWithGtid(), p.bytesSent(),
          p.bytesReceived(), p.latencyMicros()));
    }
    state.store.transaction(() -> {
      state.store.insert("INSERT OR REPLACE INTO " + POOLS, rows);
      trim(POOLS, now - SAMPLES_KEPT);
    });
  }

  /**
   * Moves all digests to the history; counting begins anew.
   *
   * @return how many there were
   */
  long saveDigests(long now) throws StoreException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (MysqlView.QueryDigest d : runtime.ask(() -> runtime.view().queryDigests(true))) {
      rows.add(row(now, d.hostgroup(), d.schema(), d.user(), d.clientAddress(), d.digest(),
          d.text(), d.count(), d.firstSeenSeconds(), d.lastSeenSeconds(), d.sumMicros(),
          d.minMicros(), d.maxMicros(), d.rowsAffected(), d.rowsSent()));
    }
    AdminStore store = state.store;
    store.transaction(() -> {
      store.insert("INSERT INTO " + DIGESTS, rows);
      store.change("DELETE FROM " + DIGESTS + " WHERE dump_time < ?", now - HOURS_KEPT);
      store.change("DELETE FROM " + DIGESTS + " WHERE rowid <= (SELECT MAX(rowid) FROM " + DIGESTS
          + ") - " + MOST_DIGESTS);
    });
    return rows.size();
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    List<@Nullable Object> row = new ArrayList<>(values.length);
    for (Object value : values) {
      row.add(value);
    }
    return row;
  }
}
