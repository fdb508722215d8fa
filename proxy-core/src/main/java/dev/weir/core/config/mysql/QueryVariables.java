package dev.weir.core.config.mysql;

import java.util.List;

import static dev.weir.core.config.mysql.MysqlVariable.flag;
import static dev.weir.core.config.mysql.MysqlVariable.text;
import static dev.weir.core.config.mysql.MysqlVariable.whole;

/** Variables of digests, rules, cache, logs and the firewall, without their prefix. */
final class QueryVariables {
  static final List<MysqlVariable> ALL = List.of(
      flag("query_digests", true, "Computes digests."),
      whole("query_digests_max_digest_length", 2048L, 16L, 1048576L,
          "Bytes of a digest's text that are kept and hashed."),
      whole("query_digests_max_query_length", 65000L, 16L, 1048576L,
          "Bytes of a query that are read for its digest."),
      whole("query_digests_grouping_limit", 3L, 1L, 2089L, "Values kept before three dots."),
      whole("query_digests_groups_grouping_limit", 10L, 0L, 2089L,
          "Groups of values kept before three dots."),
      flag("query_digests_replace_null", false, "NULL becomes a question mark."),
      flag("query_digests_no_digits", false, "Digits in names become question marks."),
      flag("query_digests_lowercase", false, "Digests in small letters."),
      flag("query_digests_normalize_digest_text", false, "Keeps each text once.")
          .inert("texts are always kept once"),
      flag("query_digests_track_hostname", false, "Digests for each client address."),
      flag("query_digests_keep_comment", false, "Keeps the first comment in a digest."),
      flag("parse_failure_logs_digest", false,
          "Logs the digest and not the query when SET is not understood."),
      whole("query_processor_regex", 1L, 1L, 2L,
          "1 runs in RE2 what it can and the rest in a bounded backtracking engine, 2 refuses the rest."),
      whole("query_processor_iterations", 0L, 0L, 1000000L,
          "How often the rules are read again from the first after a flagOUT."),
      whole("query_rules_fast_routing_algorithm", 1L, 1L, 2L, "Where the map of fast routing is.")
          .inert("there is one map for all workers"),
      flag("commands_stats", true, "Counts commands."),
      flag("stats_time_backend_query", false, "Measures CPU time of servers.")
          .inert("times are always measured"),
      flag("stats_time_query_processor", false, "Measures CPU time of the rules.")
          .inert("times are always measured"),
      whole("long_query_time", 1000L, 0L, 1728000000L,
          "From so many milliseconds on a query is a slow one."),
      whole("query_cache_size_MB", 256L, 0L, 10485760L, "Bound of the query cache."),
      whole("query_cache_soft_ttl_pct", 0L, 0L, 100L,
          "After so much of its time one session renews a result."),
      flag("query_cache_stores_empty_result", true, "Keeps results without rows."),
      whole("query_cache_handle_warnings", 0L, 0L, 1L, "Keeps results with warnings."),
      whole("threshold_resultset_size", 4194304L, 1024L, 1073741824L,
          "A longer result is not cached."),
      whole("threshold_query_length", 524288L, 1024L, 1073741824L,
          "After a longer query its connection is not pooled.")
          .inert("long queries are streamed and leave nothing behind"),
      whole("max_stmts_per_connection", 20L, 1L, 1024L,
          "Prepared statements of a server connection."),
      whole("max_stmts_cache", 10000L, 128L, 1048576L, "Prepared statements known."),
      whole("mirror_max_concurrency", 16L, 1L, 8192L, "Mirrored queries that run at once."),
      whole("mirror_max_queue_length", 32000L, 0L, 1048576L, "Mirrored queries that wait."),
      text("eventslog_filename", "", "Query log, without its number."),
      whole("eventslog_filesize", 104857600L, 1048576L, 1073741824L,
          "Size of a file of the query log."),
      whole("eventslog_default_log", 0L, 0L, 1L, "Logs what no rule says otherwise of."),
      whole("eventslog_format", 1L, 1L, 2L, "1 binary, 2 JSON."),
      text("auditlog_filename", "", "Audit log, without its number."),
      whole("auditlog_filesize", 104857600L, 1048576L, 1073741824L,
          "Size of a file of the audit log."),
      flag("verbose_query_error", false, "Logs errors of servers, with the digest of the query."),
      flag("firewall_whitelist_enabled", false, "Lets only known digests through."),
      text("firewall_whitelist_errormsg", "Firewall blocked this query",
          "What the others are told."),
      flag("automatic_detect_sqli", false, "Looks for SQL injection in every query.")
          .refused("libinjection is not built in"),
      whole("aurora_max_lag_ms_only_read_from_replicas", 2L, 0L, 100L, "Aurora.")
          .inert("Aurora is not monitored"),
      whole("show_processlist_extended", 0L, 0L, 2L, "JSON in extended_info."),
      whole("evaluate_replication_lag_on_servers_load", 1L, 0L, 1L,
          "Keeps servers out that lag when servers are loaded."));

  private QueryVariables() {}
}
