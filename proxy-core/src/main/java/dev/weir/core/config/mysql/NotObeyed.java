package dev.weir.core.config.mysql;

import dev.weir.core.config.mysql.MysqlVariable.Effect;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Variables, without their prefix, that the traffic port does not obey, and why. What would be a lie if it were only
 * ignored (a firewall that is none, a log that is not written) is refused.
 */
final class NotObeyed {
  private static final Map<String, Effect> EFFECTS = Map.ofEntries(
      Map.entry("auditlog_filename", refused("the audit log is not written yet")),
      Map.entry("auditlog_filesize", inert("not there yet")),
      Map.entry("auto_increment_delay_multiplex",
          inert(
              "LAST_INSERT_ID() goes along with the session; nothing has to be held back for it")),
      Map.entry("auto_increment_delay_multiplex_timeout_ms",
          inert(
              "LAST_INSERT_ID() goes along with the session; nothing has to be held back for it")),
      Map.entry("autocommit_false_not_reusable", inert("not there yet")),
      Map.entry("client_host_cache_size", inert("not there yet")),
      Map.entry("client_host_error_counts", inert("not there yet")),
      Map.entry("client_session_track_gtid",
          inert(
              "what servers report is passed on to clients that have agreed on session tracking")),
      Map.entry("commands_stats", inert("they are always counted")),
      Map.entry("connection_delay_multiplex_ms", inert("not there yet")),
      Map.entry("connection_warming", inert("not there yet")),
      Map.entry("default_charset", inert("not there yet")),
      Map.entry("default_collation_connection", inert("not there yet")),
      Map.entry("default_max_latency_ms", inert("not there yet")),
      Map.entry("enable_client_deprecate_eof", inert("both forms are always spoken")),
      Map.entry("enable_server_deprecate_eof", inert("both forms are always spoken")),
      Map.entry("enforce_autocommit_on_reads",
          inert("reads always run under the client's autocommit")),
      Map.entry("evaluate_replication_lag_on_servers_load", inert("not there yet")),
      Map.entry("eventslog_default_log", inert("not there yet")),
      Map.entry("eventslog_filename", refused("the query log is not written yet")),
      Map.entry("eventslog_filesize", inert("not there yet")),
      Map.entry("eventslog_format", inert("not there yet")),
      Map.entry("firewall_whitelist_enabled", refused(
          "the firewall is not there yet, and a firewall that lets everything through is worse than none")),
      Map.entry("firewall_whitelist_errormsg", inert("not there yet")),
      Map.entry("free_connections_pct", inert("not there yet")),
      Map.entry("handle_unknown_charset", inert("not there yet")),
      Map.entry("handle_warnings", inert(
          "a session with warnings to be read always keeps its server until its next statement")),
      Map.entry("have_compress", inert("not there yet")),
      Map.entry("hostgroup_manager_verbose", inert("not there yet")),
      Map.entry("keep_multiplexing_variables",
          inert("reading a variable never binds a session to its server")),
      Map.entry("log_mysql_warnings_enabled", inert("not there yet")),
      Map.entry("log_unhealthy_connections", inert("not there yet")),
      Map.entry("long_query_time", inert("not there yet")),
      Map.entry("max_stmts_cache", inert("not there yet")),
      Map.entry("mirror_max_concurrency", inert("not there yet")),
      Map.entry("mirror_max_queue_length", inert("not there yet")),
      Map.entry("monitor_groupreplication_max_transactions_behind_for_read_only",
          inert("not there yet")),
      Map.entry("monitor_wait_timeout", inert("not there yet")),
      Map.entry("parse_failure_logs_digest", inert("statements are never logged")),
      Map.entry("proxy_protocol_networks",
          refused("the header of the PROXY protocol is not read yet")),
      Map.entry("query_cache_handle_warnings", inert("not there yet")),
      Map.entry("query_cache_size_MB", inert("not there yet")),
      Map.entry("query_cache_soft_ttl_pct", inert("not there yet")),
      Map.entry("query_cache_stores_empty_result", inert("not there yet")),
      Map.entry("query_digests_track_hostname", inert("not there yet")),
      Map.entry("session_idle_show_processlist", inert("idle sessions are always listed")),
      Map.entry("set_query_lock_on_hostgroup", inert(
          "sessions are never locked to a hostgroup: what a SET changes is reported by the server")),
      Map.entry("show_processlist_extended", inert("not there yet")),
      Map.entry("ssl_p2s_capath", inert("not there yet")),
      Map.entry("ssl_p2s_cipher", inert("not there yet")),
      Map.entry("ssl_p2s_crl", inert("not there yet")),
      Map.entry("ssl_p2s_crlpath", inert("not there yet")),
      Map.entry("tcp_keepalive_time", inert("tcp_keepidle of weir.ini holds for both protocols")),
      Map.entry("threshold_resultset_size", inert("not there yet")),
      Map.entry("throttle_connections_per_sec_to_hostgroup", inert("not there yet")),
      Map.entry("unshun_algorithm", inert("not there yet")),
      Map.entry("use_tcp_keepalive", inert("tcp_keepalive of weir.ini holds for both protocols")),
      Map.entry("verbose_query_error", inert("statements are never logged")));

  private NotObeyed() {}

  private static Effect inert(String why) {
    return new Effect.Inert(why);
  }

  private static Effect refused(String why) {
    return new Effect.Refused(why);
  }

  /** Null for a variable that is obeyed. */
  static @Nullable Effect effect(String name) {
    return EFFECTS.get(name);
  }
}
