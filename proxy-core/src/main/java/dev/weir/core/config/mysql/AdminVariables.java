package dev.weir.core.config.mysql;

import java.util.List;

import static dev.weir.core.config.mysql.MysqlVariable.flag;
import static dev.weir.core.config.mysql.MysqlVariable.text;
import static dev.weir.core.config.mysql.MysqlVariable.whole;

/** Variables of the admin port, without their prefix. */
final class AdminVariables {
  static final List<MysqlVariable> ALL = List.of(
      text("admin_credentials", "admin:admin",
          "Who may do everything: name:password, several between semicolons."),
      text("stats_credentials", "stats:stats", "Who may read statistics."),
      text("mysql_ifaces", "0.0.0.0:6032", "Where the admin port listens, between semicolons."),
      text("telnet_admin_ifaces", "", "Nothing, in ProxySQL either.")
          .inert("ProxySQL does nothing with it"),
      text("telnet_stats_ifaces", "", "Nothing, in ProxySQL either.")
          .inert("ProxySQL does nothing with it"),
      flag("read_only", false, "Refuses changes at the admin port."),
      whole("refresh_interval", 2000L, 100L, 100000L, "How often statistics are refreshed.")
          .inert("they are computed when they are read"),
      text("version", "", "The version; cannot be set."),
      flag("vacuum_stats", true, "Empties statistics tables after use.")
          .inert("they are always emptied"),
      flag("web_enabled", false, "The web pages of port 6080.")
          .refused("there is no such page; see Weir's own HTTP port"),
      whole("web_port", 6080L, 1L, 65535L, "Their port.").inert("there are no such pages"),
      whole("web_verbosity", 0L, 0L, 10L, "Their log.").inert("there are no such pages"),
      flag("restapi_enabled", false, "The REST port with /metrics."),
      whole("restapi_port", 6070L, 1L, 65535L, "Its port."),
      whole("prometheus_memory_metrics_interval", 61L, 1L, 604800L,
          "How often metrics of memory are refreshed.")
          .inert("they are computed when they are read"),
      whole("stats_mysql_connections", 60L, 0L, 300L,
          "Seconds between samples of connections in stats_history; 0 is none."),
      whole("stats_mysql_connection_pool", 60L, 0L, 300L,
          "Seconds between samples of connection pools in stats_history; 0 is none."),
      whole("stats_mysql_query_cache", 60L, 0L, 300L,
          "Seconds between samples of the query cache in stats_history; 0 is none."),
      whole("stats_system_cpu", 60L, 0L, 300L,
          "Seconds between samples of CPU time in stats_history; 0 is none."),
      whole("stats_system_memory", 60L, 0L, 300L,
          "Seconds between samples of memory in stats_history; 0 is none."),
      whole("stats_mysql_query_digest_to_disk", 0L, 0L, 86400L,
          "Seconds between dumps of digests to stats_history; 0 is none."),
      text("cluster_username", "", "Account of other proxies.")
          .inert("configuration is not shared between proxies by this protocol"),
      text("cluster_password", "", "Its password.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_check_interval_ms", 1000L, 10L, 300000L, "How often other proxies are asked.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_check_status_frequency", 10L, 0L, 10000L, "How often their status is read.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_mysql_query_rules_diffs_before_sync", 3L, 0L, 1000L,
          "Differences seen before mysql_query_rules are pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_mysql_servers_diffs_before_sync", 3L, 0L, 1000L,
          "Differences seen before mysql_servers are pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_mysql_users_diffs_before_sync", 3L, 0L, 1000L,
          "Differences seen before mysql_users are pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_proxysql_servers_diffs_before_sync", 3L, 0L, 1000L,
          "Differences seen before proxysql_servers are pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_mysql_variables_diffs_before_sync", 3L, 0L, 1000L,
          "Differences seen before mysql_variables are pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_admin_variables_diffs_before_sync", 3L, 0L, 1000L,
          "Differences seen before admin_variables are pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_ldap_variables_diffs_before_sync", 3L, 0L, 1000L,
          "Differences seen before ldap_variables are pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      flag("cluster_mysql_query_rules_save_to_disk", true,
          "Saves mysql_query_rules that were pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      flag("cluster_mysql_servers_save_to_disk", true, "Saves mysql_servers that were pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      flag("cluster_mysql_users_save_to_disk", true, "Saves mysql_users that were pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      flag("cluster_proxysql_servers_save_to_disk", true,
          "Saves proxysql_servers that were pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      flag("cluster_mysql_variables_save_to_disk", true, "Saves mysql_variables that were pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      flag("cluster_admin_variables_save_to_disk", true, "Saves admin_variables that were pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      flag("cluster_ldap_variables_save_to_disk", true, "Saves ldap_variables that were pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      whole("cluster_mysql_servers_sync_algorithm", 1L, 1L, 3L, "How servers are pulled.")
          .inert("configuration is not shared between proxies by this protocol"),
      flag("checksum_mysql_query_rules", true, "Whether mysql_query_rules get a checksum.")
          .inert("they always do, as in ProxySQL"),
      flag("checksum_mysql_servers", true, "Whether mysql_servers get a checksum.")
          .inert("they always do, as in ProxySQL"),
      flag("checksum_mysql_users", true, "Whether mysql_users get a checksum.")
          .inert("they always do, as in ProxySQL"),
      flag("checksum_mysql_variables", true, "Whether mysql_variables get a checksum.")
          .inert("they always do, as in ProxySQL"),
      flag("checksum_admin_variables", true, "Whether admin_variables get a checksum.")
          .inert("they always do, as in ProxySQL"),
      flag("checksum_ldap_variables", true, "Whether ldap_variables get a checksum.")
          .inert("they always do, as in ProxySQL"),
      whole("coredump_generation_interval_ms", 30000L, 0L, 2147483647L, "Core dumps.")
          .inert("none are written"),
      whole("coredump_generation_threshold", 10L, 0L, 500L, "Core dumps.")
          .inert("none are written"),
      text("ssl_keylog_file", "", "File for TLS secrets.").refused("TLS secrets are not written"));

  private AdminVariables() {}
}
