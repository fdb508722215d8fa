package dev.weir.admin.sqlite;

import java.util.ArrayList;
import java.util.List;

/** The schema {@code stats_history}: tables of samples with a twin of hours and one of days, and tables without. */
public final class HistorySchema {
  /** What becomes of samples when an hour or a day of them becomes one row. */
  public enum Rollup {
    /** Of a counter the last, which is the largest. */
    COUNTER("MAX"),
    /** Of a level the mean. */
    LEVEL("AVG");

    private final String function;

    Rollup(String function) {
      this.function = function;
    }

    public String of(String column) {
      return "CAST(" + function + "(" + column + ") AS INT)";
    }
  }

  /** @param source the value's name among statistics */
  public record Column(String name, String source, Rollup rollup) {
    private static Column counter(String name) {
      return new Column(name, name, Rollup.COUNTER);
    }

    private static Column counter(String name, String source) {
      return new Column(name, source, Rollup.COUNTER);
    }

    private static Column level(String name, String source) {
      return new Column(name, source, Rollup.LEVEL);
    }
  }

  /** A table of samples; its twins have the same columns. */
  public record Sampled(String name, List<Column> columns) {
    public String hours() {
      return name + "_hour";
    }

    public String days() {
      return name + "_day";
    }

    private String declaration() {
      StringBuilder all = new StringBuilder("(timestamp INT NOT NULL");
      columns.forEach(column -> all.append(", ").append(column.name()).append(" INT NOT NULL"));
      return all.append(", PRIMARY KEY (timestamp))").toString();
    }
  }

  public static final Sampled CONNECTIONS = new Sampled("mysql_connections", List.of(
      Column.counter("Client_Connections_aborted"),
      Column.level("Client_Connections_connected", "Client_Connections_connected"),
      Column.counter("Client_Connections_created"),
      Column.counter("Server_Connections_aborted"),
      Column.level("Server_Connections_connected", "Server_Connections_connected"),
      Column.counter("Server_Connections_created"),
      Column.counter("ConnPool_get_conn_failure"),
      Column.counter("ConnPool_get_conn_immediate"),
      Column.counter("ConnPool_get_conn_success"),
      Column.counter("Questions"),
      Column.counter("Slow_queries"),
      Column.counter("GTID_consistent_queries")));
  public static final Sampled HOSTGROUP_MANAGER = new Sampled("myhgm_connections", List.of(
      Column.counter("MyHGM_myconnpoll_destroy"),
      Column.counter("MyHGM_myconnpoll_get"),
      Column.counter("MyHGM_myconnpoll_get_ok"),
      Column.counter("MyHGM_myconnpoll_push"),
      Column.counter("MyHGM_myconnpoll_reset")));
  public static final Sampled CPU = new Sampled("system_cpu", List.of(
      Column.counter("tms_utime"),
      Column.counter("tms_stime")));
  public static final Sampled MEMORY = new Sampled("system_memory", List.of(
      Column.level("allocated", "jemalloc_allocated"),
      Column.level("resident", "jemalloc_resident"),
      Column.level("active", "jemalloc_active"),
      Column.level("mapped", "jemalloc_mapped"),
      Column.level("metadata", "jemalloc_metadata"),
      Column.level("retained", "jemalloc_retained")));
  public static final Sampled QUERY_CACHE = new Sampled("mysql_query_cache", List.of(
      Column.counter("count_GET", "Query_Cache_count_GET"),
      Column.counter("count_GET_OK", "Query_Cache_count_GET_OK"),
      Column.counter("count_SET", "Query_Cache_count_SET"),
      Column.counter("bytes_IN", "Query_Cache_bytes_IN"),
      Column.counter("bytes_OUT", "Query_Cache_bytes_OUT"),
      Column.counter("Entries_Purged", "Query_Cache_Purged"),
      Column.level("Entries_In_Cache", "Query_Cache_Entries"),
      Column.level("Memory_Bytes", "Query_Cache_Memory_bytes")));

  static final List<String> TABLES = tables();

  private HistorySchema() {}

  private static List<String> tables() {
    List<String> all = new ArrayList<>();
    for (Sampled table : List.of(CONNECTIONS, HOSTGROUP_MANAGER, CPU, MEMORY, QUERY_CACHE)) {
      for (String name : List.of(table.name(), table.hours(), table.days())) {
        all.add(name + " " + table.declaration());
      }
    }
    all.add(
        "history_mysql_query_digest (dump_time INT, hostgroup INT, schemaname VARCHAR NOT NULL, username VARCHAR NOT NULL, client_address VARCHAR NOT NULL, digest VARCHAR NOT NULL, digest_text VARCHAR NOT NULL, count_star INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, sum_time INTEGER NOT NULL, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL, sum_rows_affected INTEGER NOT NULL, sum_rows_sent INTEGER NOT NULL)");
    all.add(
        "history_mysql_status_variables (timestamp INT NOT NULL, variable_id INT NOT NULL, variable_value VARCHAR NOT NULL, PRIMARY KEY (timestamp, variable_id))");
    all.add(
        "history_mysql_status_variables_lookup (variable_id INTEGER PRIMARY KEY AUTOINCREMENT, variable_name VARCHAR NOT NULL, UNIQUE (variable_name))");
    all.add(
        "history_stats_mysql_connection_pool (timestamp INT NOT NULL, hostgroup INT, srv_host VARCHAR, srv_port INT, status VARCHAR, ConnUsed INT, ConnFree INT, ConnOK INT, ConnERR INT, MaxConnUsed INT, Queries INT, Queries_GTID_sync INT, Bytes_data_sent INT, Bytes_data_recv INT, Latency_us INT, PRIMARY KEY (timestamp, hostgroup, srv_host, srv_port))");
    return List.copyOf(all);
  }
}
