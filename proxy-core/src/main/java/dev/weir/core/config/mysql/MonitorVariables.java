package dev.weir.core.config.mysql;

import java.util.List;

import static dev.weir.core.config.mysql.MysqlVariable.flag;
import static dev.weir.core.config.mysql.MysqlVariable.text;
import static dev.weir.core.config.mysql.MysqlVariable.whole;

/** Variables of health checks, without their prefix. */
final class MonitorVariables {
  static final List<MysqlVariable> ALL = List.of(
      text("monitor_username", "monitor", "Account of all checks."),
      text("monitor_password", "monitor", "Its password."),
      flag("monitor_enabled", true, "Whether there are checks."),
      whole("monitor_history", 7200000L, 1000L, 604800000L,
          "How long results are kept, in milliseconds."),
      whole("monitor_connect_interval", 120000L, 100L, 604800000L,
          "Milliseconds between connect checks."),
      whole("monitor_connect_timeout", 600L, 100L, 600000L, "Longest connect check."),
      whole("monitor_ping_interval", 8000L, 100L, 604800000L, "Milliseconds between pings."),
      whole("monitor_ping_timeout", 1000L, 100L, 600000L, "Longest ping."),
      whole("monitor_ping_max_failures", 3L, 1L, 1000000L,
          "So many failed pings in a row shun a server."),
      whole("monitor_read_only_interval", 1000L, 100L, 604800000L,
          "Milliseconds between read_only checks."),
      whole("monitor_read_only_timeout", 800L, 100L, 600000L, "Longest read_only check."),
      whole("monitor_read_only_max_timeout_count", 3L, 1L, 1000000L,
          "After so many that ended by timeout a server is taken for read only."),
      flag("monitor_writer_is_also_reader", true,
          "Whether a writer stays in the readers' hostgroup."),
      whole("monitor_replication_lag_interval", 10000L, 100L, 604800000L,
          "Milliseconds between lag checks."),
      whole("monitor_replication_lag_timeout", 1000L, 100L, 600000L, "Longest lag check."),
      whole("monitor_replication_lag_count", 1L, 1L, 10L,
          "So many bad lags in a row shun a server."),
      flag("monitor_replication_lag_group_by_host", false,
          "One lag check for a host in several hostgroups.")
          .inert("a server is always checked once"),
      text("monitor_replication_lag_use_percona_heartbeat", "", "Table of pt-heartbeat."),
      whole("monitor_slave_lag_when_null", 60L, 0L, 604800L,
          "Lag in seconds when the server knows none."),
      whole("monitor_galera_healthcheck_interval", 5000L, 50L, 604800000L,
          "Milliseconds between Galera checks."),
      whole("monitor_galera_healthcheck_timeout", 800L, 50L, 600000L, "Longest Galera check."),
      whole("monitor_galera_healthcheck_max_timeout_count", 3L, 1L, 10L,
          "After so many that ended by timeout a node is offline."),
      flag("weir_sticky_writer", true,
          "Weir's own. A node that comes back does not take the writer's role back, in Galera and in group"
              + " replication; false is as in ProxySQL: the highest weight, host and port write."),
      whole("monitor_groupreplication_healthcheck_interval", 5000L, 50L, 604800000L,
          "Milliseconds between checks of group replication."),
      whole("monitor_groupreplication_healthcheck_timeout", 800L, 50L, 600000L, "Longest of them."),
      whole("monitor_groupreplication_healthcheck_max_timeout_count", 3L, 1L, 10L,
          "After so many that ended by timeout a member is offline."),
      whole("monitor_groupreplication_max_transactions_behind_count", 3L, 1L, 10L,
          "So many checks behind shun a member."),
      whole("monitor_groupreplication_max_transactions_behind_for_read_only", 1L, 0L, 2L,
          "Whether that holds for writers (0), readers (1) or both (2)."),
      whole("monitor_aws_rds_topology_discovery_interval", 0L, 0L, 100000L,
          "Discovery of RDS clusters.").refused("RDS clusters are not discovered"),
      whole("monitor_query_interval", 60000L, 100L, 604800000L, "Nothing, in ProxySQL either.")
          .inert("ProxySQL does nothing with it"),
      whole("monitor_query_timeout", 100L, 50L, 600000L, "Nothing, in ProxySQL either.")
          .inert("ProxySQL does nothing with it"),
      whole("monitor_threads_min", 8L, 2L, 256L, "Threads of the monitor.")
          .inert("each check has a virtual thread"),
      whole("monitor_threads_max", 128L, 4L, 1024L, "Threads of the monitor.")
          .inert("each check has a virtual thread"),
      whole("monitor_threads_queue_maxsize", 128L, 16L, 1024L, "Queue of the monitor.")
          .inert("each check has a virtual thread"),
      flag("monitor_wait_timeout", true, "Sets wait_timeout on the monitor's connections."),
      whole("monitor_local_dns_cache_ttl", 300000L, 0L, 604800000L, "How long an address is kept.")
          .inert("dns_max_ttl of weir.ini holds for both protocols"),
      whole("monitor_local_dns_cache_refresh_interval", 60000L, 0L, 604800000L,
          "How often addresses are looked up again.")
          .inert("dns_max_ttl of weir.ini holds for both protocols"),
      whole("monitor_local_dns_resolver_queue_maxsize", 128L, 16L, 1024L, "Queue of the resolver.")
          .inert("each lookup has a virtual thread"));

  private MonitorVariables() {}
}
