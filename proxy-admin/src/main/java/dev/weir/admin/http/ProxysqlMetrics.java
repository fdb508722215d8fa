package dev.weir.admin.http;

import dev.weir.admin.message.MessageCounts.Place;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.control.MysqlView;
import dev.weir.core.control.MysqlView.ConnectionPool;
import dev.weir.core.control.MysqlView.ServerError;
import dev.weir.core.control.ProductVersion;
import java.io.File;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metrics of ProxySQL, by its names, as Prometheus reads them. A counter that the proxy does not keep is left out. */
public final class ProxysqlMetrics {
  private static final String TRAFFIC = "traffic_flow";

  /**
   * A metric that is one of {@code stats_mysql_global} or {@code stats_memory_metrics}.
   *
   * @param divisor by which the value is divided: metrics are in seconds
   */
  private record Metric(String name, String type, String global, @Nullable String label,
      double divisor) {
    static Metric counter(String name, String global) {
      return new Metric(name, "counter", global, null, 1);
    }

    static Metric counter(String name, String global, String label, String value) {
      return new Metric(name, "counter", global, label + "=\"" + value + "\"", 1);
    }

    static Metric gauge(String name, String global) {
      return new Metric(name, "gauge", global, null, 1);
    }

    static Metric gauge(String name, String global, String label, String value) {
      return new Metric(name, "gauge", global, label + "=\"" + value + "\"", 1);
    }

    static Metric gauge(String name, String global, double divisor) {
      return new Metric(name, "gauge", global, null, divisor);
    }
  }

  private static final List<Metric> METRICS = List.of(
      Metric.counter("uptime_seconds_total", "ProxySQL_Uptime"),
      Metric.counter("questions_total", "Questions"),
      Metric.counter("slow_queries_total", "Slow_queries"),
      Metric.counter("queries_backends_bytes_total", "Queries_backends_bytes_recv", TRAFFIC,
          "received"),
      Metric.counter("queries_backends_bytes_total", "Queries_backends_bytes_sent", TRAFFIC,
          "sent"),
      Metric.counter("queries_frontends_bytes_total", "Queries_frontends_bytes_recv", TRAFFIC,
          "received"),
      Metric.counter("queries_frontends_bytes_total", "Queries_frontends_bytes_sent", TRAFFIC,
          "sent"),
      new Metric("query_processor_time_seconds_total", "counter", "Query_Processor_time_nsec", null,
          1e9),
      new Metric("backend_query_time_seconds_total", "counter", "Backend_query_time_nsec", null,
          1e9),
      Metric.counter("com_backend_stmt_total", "Com_backend_stmt_prepare", "op", "prepare"),
      Metric.counter("com_backend_stmt_total", "Com_backend_stmt_execute", "op", "execute"),
      Metric.counter("com_backend_stmt_total", "Com_backend_stmt_close", "op", "close"),
      Metric.counter("com_frontend_stmt_total", "Com_frontend_stmt_prepare", "op", "prepare"),
      Metric.counter("com_frontend_stmt_total", "Com_frontend_stmt_execute", "op", "execute"),
      Metric.counter("com_frontend_stmt_total", "Com_frontend_stmt_close", "op", "close"),
      Metric.counter("gtid_consistent_queries_total", "GTID_consistent_queries"),
      Metric.counter("gtid_session_collected_total", "GTID_session_collected"),
      Metric.counter("connpool_get_conn_success_latency_awareness_total",
          "ConnPool_get_conn_latency_awareness"),
      Metric.counter("connpool_get_conn_success_immediate_total", "ConnPool_get_conn_immediate"),
      Metric.counter("connpool_get_conn_success_total", "ConnPool_get_conn_success"),
      Metric.counter("connpool_get_conn_failure_total", "ConnPool_get_conn_failure"),
      Metric.counter("generated_error_packets_total", "generated_error_packets"),
      Metric.counter("max_connect_timeouts_total", "max_connect_timeouts"),
      Metric.counter("backend_lagging_during_query_total", "backend_lagging_during_query"),
      Metric.counter("backend_offline_during_query_total", "backend_offline_during_query"),
      Metric.counter("mysql_unexpected_frontend_com_quit_total",
          "mysql_unexpected_frontend_com_quit"),
      Metric.counter("mysql_unexpected_frontend_packets_total",
          "mysql_unexpected_frontend_packets"),
      Metric.counter("hostgroup_locked_set_cmds_total", "hostgroup_locked_set_cmds"),
      Metric.counter("hostgroup_locked_queries_total", "hostgroup_locked_queries"),
      Metric.counter("mysql_killed_backend_connections_total",
          "mysql_killed_backend_connections"),
      Metric.counter("mysql_killed_backend_queries_total", "mysql_killed_backend_queries"),
      Metric.counter("client_host_error_killed_connections",
          "client_host_error_killed_connections"),
      Metric.counter("servers_table_version_total", "Servers_table_version"),
      Metric.counter("server_connections_total", "Server_Connections_created", "status",
          "created"),
      Metric.counter("server_connections_total", "Server_Connections_delayed", "status",
          "delayed"),
      Metric.counter("server_connections_total", "Server_Connections_aborted", "status",
          "aborted"),
      Metric.counter("client_connections_total", "Client_Connections_created", "status",
          "created"),
      Metric.counter("client_connections_total", "Client_Connections_aborted", "status",
          "aborted"),
      Metric.counter("com_autocommit_total", "Com_autocommit"),
      Metric.counter("com_autocommit_filtered_total", "Com_autocommit_filtered"),
      Metric.counter("com_rollback_total", "Com_rollback"),
      Metric.counter("com_rollback_filtered_total", "Com_rollback_filtered"),
      Metric.counter("com_commit_cnt_total", "Com_commit"),
      Metric.counter("com_commit_cnt_filtered_total", "Com_commit_filtered"),
      Metric.counter("com_backend_change_user_total", "Com_backend_change_user"),
      Metric.counter("com_backend_init_db_total", "Com_backend_init_db"),
      Metric.counter("com_backend_set_names_total", "Com_backend_set_names"),
      Metric.counter("com_frontend_init_db_total", "Com_frontend_init_db"),
      Metric.counter("com_frontend_set_names_total", "Com_frontend_set_names"),
      Metric.counter("com_frontend_use_db_total", "Com_frontend_use_db"),
      Metric.counter("selects_for_update__autocommit0_total", "Selects_for_update__autocommit0"),
      Metric.counter("access_denied_wrong_password_total", "Access_Denied_Wrong_Password"),
      Metric.counter("access_denied_max_connections_total", "Access_Denied_Max_Connections"),
      Metric.counter("access_denied_max_user_connections_total",
          "Access_Denied_Max_User_Connections"),
      Metric.counter("myhgm_myconnpool_get_total", "MyHGM_myconnpoll_get"),
      Metric.counter("myhgm_myconnpool_get_ok_total", "MyHGM_myconnpoll_get_ok"),
      Metric.counter("myhgm_myconnpool_push_total", "MyHGM_myconnpoll_push"),
      Metric.counter("myhgm_myconnpool_reset_total", "MyHGM_myconnpoll_reset"),
      Metric.counter("myhgm_myconnpool_destroy_total", "MyHGM_myconnpoll_destroy"),
      Metric.counter("mysql_monitor_connect_check_total", "MySQL_Monitor_connect_check_OK",
          "status", "ok"),
      Metric.counter("mysql_monitor_connect_check_total", "MySQL_Monitor_connect_check_ERR",
          "status", "err"),
      Metric.counter("mysql_monitor_ping_check_total", "MySQL_Monitor_ping_check_OK", "status",
          "ok"),
      Metric.counter("mysql_monitor_ping_check_total", "MySQL_Monitor_ping_check_ERR", "status",
          "err"),
      Metric.counter("mysql_monitor_read_only_check_total", "MySQL_Monitor_read_only_check_OK",
          "status", "ok"),
      Metric.counter("mysql_monitor_read_only_check_total", "MySQL_Monitor_read_only_check_ERR",
          "status", "err"),
      Metric.counter("mysql_monitor_replication_lag_check_total",
          "MySQL_Monitor_replication_lag_check_OK", "status", "ok"),
      Metric.counter("mysql_monitor_replication_lag_check_total",
          "MySQL_Monitor_replication_lag_check_ERR", "status", "err"),
      Metric.counter("query_cache_count_get_total", "Query_Cache_count_GET", "status", "err"),
      Metric.counter("query_cache_count_get_total", "Query_Cache_count_GET_OK", "status", "ok"),
      Metric.counter("query_cache_count_set_total", "Query_Cache_count_SET"),
      Metric.counter("query_cache_bytes_total", "Query_Cache_bytes_IN", "op", "written"),
      Metric.counter("query_cache_bytes_total", "Query_Cache_bytes_OUT", "op", "read"),
      Metric.counter("query_cache_purged_total", "Query_Cache_Purged"),
      Metric.gauge("query_cache_entries_total", "Query_Cache_Entries"),
      Metric.gauge("query_cache_memory_bytes", "Query_Cache_Memory_bytes"),
      Metric.gauge("active_transactions", "Active_Transactions"),
      Metric.gauge("client_connections_connected", "Client_Connections_connected"),
      Metric.gauge("client_connections_non_idle", "Client_Connections_non_idle"),
      Metric.gauge("client_connections_hostgroup_locked", "Client_Connections_hostgroup_locked"),
      Metric.gauge("server_connections_connected", "Server_Connections_connected"),
      Metric.gauge("mysql_backend_buffers_bytes", "mysql_backend_buffers_bytes"),
      Metric.gauge("mysql_frontend_buffers_bytes", "mysql_frontend_buffers_bytes"),
      Metric.gauge("mysql_session_internal_bytes", "mysql_session_internal_bytes"),
      Metric.gauge("mirror_concurrency", "Mirror_concurrency"),
      Metric.gauge("mirror_queue_lengths", "Mirror_queue_length"),
      Metric.gauge("mysql_thread_workers", "MySQL_Thread_Workers"),
      Metric.gauge("mysql_monitor_workers", "MySQL_Monitor_Workers"),
      Metric.gauge("mysql_listener_paused", "mysql_listener_paused"),
      Metric.gauge("stmt_client_active", "Stmt_Client_Active_Total"),
      Metric.gauge("stmt_client_active_unique", "Stmt_Client_Active_Unique"),
      Metric.gauge("stmt_server_active", "Stmt_Server_Active_Total"),
      Metric.gauge("stmt_server_active_unique", "Stmt_Server_Active_Unique"),
      Metric.gauge("stmt_max_stmt_id", "Stmt_Max_Stmt_id"),
      Metric.gauge("stmt_cached", "Stmt_Cached"),
      Metric.gauge("connpool_memory_bytes", "ConnPool_memory_bytes"),
      Metric.counter("jemalloc_allocated_bytes_total", "jemalloc_allocated"),
      Metric.gauge("jemalloc_bytes", "jemalloc_resident", "type", "resident"),
      Metric.gauge("jemalloc_bytes", "jemalloc_active", "type", "active"),
      Metric.gauge("jemalloc_bytes", "jemalloc_mapped", "type", "mapped"),
      Metric.gauge("jemalloc_bytes", "jemalloc_metadata", "type", "metadata"),
      Metric.gauge("jemalloc_bytes", "jemalloc_retained", "type", "retained"),
      Metric.gauge("mysql_firewall_users_table_bytes", "mysql_firewall_users_table"),
      Metric.gauge("mysql_firewall_users_config_bytes", "mysql_firewall_users_config"),
      Metric.gauge("mysql_firewall_rules_table_bytes", "mysql_firewall_rules_table"),
      Metric.gauge("mysql_firewall_rules_config_bytes", "mysql_firewall_rules_config"),
      Metric.gauge("auth_memory_bytes", "Auth_memory"),
      Metric.gauge("query_digest_memory_bytes", "query_digest_memory"),
      Metric.gauge("mysql_query_rules_memory_bytes", "mysql_query_rules_memory"),
      Metric.gauge("mysql_firewall_users_table_bytes", "mysql_firewall_users_table"),
      Metric.gauge("mysql_firewall_users_config_bytes", "mysql_firewall_users_config"),
      Metric.gauge("mysql_firewall_rules_table_bytes", "mysql_firewall_rules_table"),
      Metric.gauge("mysql_firewall_rules_config_bytes", "mysql_firewall_rules_config"),
      Metric.counter("firewall_queries_total", "firewall_blocked_queries", "status", "blocked"),
      Metric.counter("firewall_queries_total", "firewall_detected_queries", "status", "detected"),
      Metric.counter("queries_with_max_lag_total", "queries_with_max_lag_ms"),
      Metric.counter("queries_with_max_lag__delayed_total", "queries_with_max_lag_ms__delayed"),
      Metric.counter("queries_with_max_lag__total_wait_time_total",
          "queries_with_max_lag_ms__total_wait_time_us"),
      Metric.counter("whitelisted_sqli_fingerprint_total", "whitelisted_sqli_fingerprint"),
      Metric.gauge("monitor_replication_lag_group_by_host",
          "mysql-monitor_replication_lag_group_by_host"),
      Metric.gauge("mysql_wait_timeout", "mysql-wait_timeout"),
      Metric.gauge("mysql_max_connections", "mysql-max_connections"),
      Metric.gauge("mysql_monitor_enabled", "mysql-monitor_enabled"),
      Metric.gauge("mysql_monitor_ping_interval", "mysql-monitor_ping_interval", 1000),
      Metric.gauge("mysql_monitor_ping_timeout_seconds", "mysql-monitor_ping_timeout", 1000),
      Metric.gauge("mysql_monitor_ping_max_failures", "mysql-monitor_ping_max_failures"),
      Metric.gauge("mysql_monitor_read_only_interval_seconds",
          "mysql-monitor_read_only_interval", 1000),
      Metric.gauge("mysql_monitor_read_only_timeout_seconds", "mysql-monitor_read_only_timeout",
          1000),
      Metric.gauge("mysql_monitor_writer_is_also_reader", "mysql-monitor_writer_is_also_reader"),
      Metric.gauge("mysql_monitor_replication_lag_interval_seconds",
          "mysql-monitor_replication_lag_interval", 1000),
      Metric.gauge("mysql_monitor_replication_lag_timeout_seconds",
          "mysql-monitor_replication_lag_timeout", 1000),
      Metric.gauge("mysql_monitor_history_timeout_seconds", "mysql-monitor_history", 1000));

  private final StringBuilder out = new StringBuilder();
  private String declared = "";

  private ProxysqlMetrics() {}

  /** What a scrape is made from; read on the control thread. */
  public record Facts(Map<String, Long> globals, Map<String, Long> memory,
      List<ConnectionPool> pools,
      List<ServerError> errors) {
    public static Facts read(MysqlView view) {
      return new Facts(view.globals(), view.memory(), view.connectionPools(false),
          view.errors(false));
    }
  }

  /** @param messages warnings and errors of the log by where they come from */
  public static String text(Facts facts, MysqlVariables variables, Map<Place, Long> messages) {
    ProxysqlMetrics metrics = new ProxysqlMetrics();
    for (Metric metric : METRICS) {
      Double value = value(metric.global(), facts, variables);
      if (value != null) {
        metrics.line(metric.name(), metric.type(), metric.label() == null ? "" : metric.label(),
            value / metric.divisor());
      }
    }
    metrics.line("version_info", "gauge",
        "version=" + Json.quoted(ProductVersion.PROXYSQL) + ",version_comment=\"Weir\"", 1);
    metrics.servers(facts.pools());
    metrics.errors(facts.errors());
    metrics.process(messages);
    return metrics.out.toString();
  }

  private static @Nullable Double value(String name, Facts facts, MysqlVariables variables) {
    if (name.startsWith("mysql-")) {
      String text = variables.text(name);
      return switch (text) {
        case "true" -> 1.0;
        case "false" -> 0.0;
        default -> Double.valueOf(text);
      };
    }
    Long value = facts.globals().getOrDefault(name, facts.memory().get(name));
    return value == null ? null : Double.valueOf(value);
  }

  private void servers(List<ConnectionPool> pools) {
    each(pools, "connpool_data_bytes_total", "counter", "traffic_flow=\"recv\"",
        ConnectionPool::bytesReceived);
    each(pools, "connpool_data_bytes_total", "counter", "traffic_flow=\"sent\"",
        ConnectionPool::bytesSent);
    each(pools, "connpool_conns_total", "counter", "status=\"ok\"", ConnectionPool::ok);
    each(pools, "connpool_conns_total", "counter", "status=\"err\"", ConnectionPool::errors);
    each(pools, "connpool_conns_queries_total", "counter", "", ConnectionPool::queries);
    each(pools, "connpool_conns", "gauge", "status=\"free\"", ConnectionPool::free);
    each(pools, "connpool_conns", "gauge", "status=\"used\"", ConnectionPool::used);
    each(pools, "connpool_conns_latency_us", "gauge", "", ConnectionPool::latencyMicros);
    each(pools, "connpool_conns_status", "gauge", "", pool -> status(pool.status()));
  }

  private void each(List<ConnectionPool> pools, String name, String type, String label,
      java.util.function.ToLongFunction<ConnectionPool> value) {
    for (ConnectionPool pool : pools) {
      line(name, type, "endpoint=" + Json.quoted(pool.host() + ":" + pool.port()) + ",hostgroup=\""
          + pool.hostgroup() + "\"" + (label.isEmpty() ? "" : "," + label),
          (double) value.applyAsLong(pool));
    }
  }

  private void errors(List<ServerError> errors) {
    for (ServerError error : errors) {
      line("mysql_error_total", "counter",
          "hostgroup=\"" + error.hostgroup() + "\",address=" + Json.quoted(error.host())
              + ",port=\"" + error.port() + "\",code=\"" + error.errno() + "\",username="
              + Json.quoted(error.user()) + ",schemaname=" + Json.quoted(error.schema()),
          (double) error.count());
    }
  }

  private void process(Map<Place, Long> messages) {
    String[] open = new File("/proc/self/fd").list();
    if (open != null) { // else the system does not tell
      line("fds_in_use", "gauge", "", open.length);
    }
    messages.forEach((place, count) -> line("message_count_total", "counter",
        "message_id=" + Json.quoted(place.id()) + ",filename=" + Json.quoted(place.file())
            + ",line=\"" + place.line() + "\",func=" + Json.quoted(place.method()),
        (double) count));
  }

  private static int status(String status) {
    return switch (status) {
      case "ONLINE" -> 1;
      case "SHUNNED" -> 2;
      case "OFFLINE_SOFT" -> 3;
      case "OFFLINE_HARD" -> 4;
      default -> 5; // shunned for its lag
    };
  }

  private void line(String name, String type, String labels, double value) {
    String full = "proxysql_" + name;
    if (!declared.equals(full)) {
      out.append("# TYPE ").append(full).append(' ').append(type).append('\n');
      declared = full;
    }
    out.append(full);
    if (!labels.isEmpty()) {
      out.append('{').append(labels).append('}');
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
    out.append(' ').append(whole ? Long.toString((long) value) : Double.toString(value))
        .append('\n');
  }
}
