package dev.weir.core.config.mysql;

import java.util.List;

/** Every table of the configuration but the variables. */
public final class ConfigTables {
  public static final ConfigTable<ServerRow> SERVERS = new ConfigTable<>("mysql_servers",
      "hostgroup_id hostname port gtid_port status weight compression max_connections max_replication_lag use_ssl max_latency_ms comment",
      ServerRow::of, ServerRow::values);
  public static final ConfigTable<UserRow> USERS = new ConfigTable<>("mysql_users",
      "username password active use_ssl default_hostgroup default_schema schema_locked transaction_persistent fast_forward backend frontend max_connections attributes comment",
      UserRow::of, UserRow::values);
  public static final ConfigTable<QueryRuleRow> QUERY_RULES = new ConfigTable<>("mysql_query_rules",
      "rule_id active username schemaname flagIN client_addr proxy_addr proxy_port digest match_digest match_pattern negate_match_pattern re_modifiers flagOUT replace_pattern destination_hostgroup cache_ttl cache_empty_result cache_timeout reconnect timeout retries delay next_query_flagIN mirror_flagOUT mirror_hostgroup error_msg OK_msg sticky_conn multiplex gtid_from_hostgroup log apply attributes comment",
      QueryRuleRow::of, QueryRuleRow::values);
  public static final ConfigTable<FastRoute> FAST_ROUTING = new ConfigTable<>(
      "mysql_query_rules_fast_routing", "username schemaname flagIN destination_hostgroup comment",
      FastRoute::of, FastRoute::values);
  public static final ConfigTable<ReplicationHostgroups> REPLICATION_HOSTGROUPS = new ConfigTable<>(
      "mysql_replication_hostgroups", "writer_hostgroup reader_hostgroup check_type comment",
      ReplicationHostgroups::of, ReplicationHostgroups::values);
  public static final ConfigTable<ClusterHostgroups> GALERA_HOSTGROUPS = new ConfigTable<>(
      "mysql_galera_hostgroups",
      "writer_hostgroup backup_writer_hostgroup reader_hostgroup offline_hostgroup active max_writers writer_is_also_reader max_transactions_behind comment",
      ClusterHostgroups::of, ClusterHostgroups::values);
  public static final ConfigTable<ClusterHostgroups> GROUP_REPLICATION_HOSTGROUPS = new ConfigTable<>(
      "mysql_group_replication_hostgroups",
      "writer_hostgroup backup_writer_hostgroup reader_hostgroup offline_hostgroup active max_writers writer_is_also_reader max_transactions_behind comment",
      ClusterHostgroups::of, ClusterHostgroups::values);
  public static final ConfigTable<AuroraHostgroups> AURORA_HOSTGROUPS = new ConfigTable<>(
      "mysql_aws_aurora_hostgroups",
      "writer_hostgroup reader_hostgroup active aurora_port domain_name max_lag_ms check_interval_ms check_timeout_ms writer_is_also_reader new_reader_weight add_lag_ms min_lag_ms lag_num_checks comment",
      AuroraHostgroups::of, AuroraHostgroups::values);
  public static final ConfigTable<HostgroupAttributes> HOSTGROUP_ATTRIBUTES = new ConfigTable<>(
      "mysql_hostgroup_attributes",
      "hostgroup_id max_num_online_servers autocommit free_connections_pct init_connect multiplex connection_warming throttle_connections_per_sec ignore_session_variables hostgroup_settings servers_defaults comment",
      HostgroupAttributes::of, HostgroupAttributes::values);
  public static final ConfigTable<ServerSslParams> SERVERS_SSL_PARAMS = new ConfigTable<>(
      "mysql_servers_ssl_params",
      "hostname port username ssl_ca ssl_cert ssl_key ssl_capath ssl_crl ssl_crlpath ssl_cipher tls_version comment",
      ServerSslParams::of, ServerSslParams::values);
  public static final ConfigTable<FirewallUser> FIREWALL_USERS = new ConfigTable<>(
      "mysql_firewall_whitelist_users", "active username client_address mode comment",
      FirewallUser::of, FirewallUser::values);
  public static final ConfigTable<FirewallRule> FIREWALL_RULES = new ConfigTable<>(
      "mysql_firewall_whitelist_rules",
      "active username client_address schemaname flagIN digest comment", FirewallRule::of,
      FirewallRule::values);
  public static final ConfigTable<FirewallFingerprint> FIREWALL_FINGERPRINTS = new ConfigTable<>(
      "mysql_firewall_whitelist_sqli_fingerprints", "active fingerprint", FirewallFingerprint::of,
      FirewallFingerprint::values);
  public static final ConfigTable<SchedulerJob> SCHEDULER = new ConfigTable<>("scheduler",
      "id active interval_ms filename arg1 arg2 arg3 arg4 arg5 comment", SchedulerJob::of,
      SchedulerJob::values);
  public static final ConfigTable<RestapiRoute> RESTAPI_ROUTES = new ConfigTable<>("restapi_routes",
      "id active timeout_ms method uri script comment", RestapiRoute::of, RestapiRoute::values);
  public static final ConfigTable<ProxysqlServer> PROXYSQL_SERVERS = new ConfigTable<>(
      "proxysql_servers", "hostname port weight comment", ProxysqlServer::of,
      ProxysqlServer::values);
  /** All of them. */
  public static final List<ConfigTable<?>> ALL = List.of(SERVERS, USERS, QUERY_RULES, FAST_ROUTING,
      REPLICATION_HOSTGROUPS, GALERA_HOSTGROUPS, GROUP_REPLICATION_HOSTGROUPS, AURORA_HOSTGROUPS,
      HOSTGROUP_ATTRIBUTES, SERVERS_SSL_PARAMS, FIREWALL_USERS, FIREWALL_RULES,
      FIREWALL_FINGERPRINTS, SCHEDULER, RESTAPI_ROUTES, PROXYSQL_SERVERS);

  private ConfigTables() {}
}
