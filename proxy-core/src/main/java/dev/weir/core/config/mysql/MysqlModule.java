package dev.weir.core.config.mysql;

import java.util.List;

/** What one LOAD or SAVE moves: tables that belong together, or a group of variables. */
public enum MysqlModule {
  SERVERS("MYSQL SERVERS", "mysql_servers"), USERS("MYSQL USERS", "mysql_users"), QUERY_RULES(
      "MYSQL QUERY RULES", "mysql_query_rules"), FIREWALL("MYSQL FIREWALL",
          "mysql_firewall"), MYSQL_VARIABLES("MYSQL VARIABLES", "mysql_variables"), ADMIN_VARIABLES(
              "ADMIN VARIABLES", "admin_variables"), SCHEDULER("SCHEDULER", "scheduler"), RESTAPI(
                  "RESTAPI", "restapi"), PROXYSQL_SERVERS("PROXYSQL SERVERS", "proxysql_servers");

  private final String words;
  private final String checksumName;

  MysqlModule(String words, String checksumName) {
    this.words = words;
    this.checksumName = checksumName;
  }

  /** Its name in LOAD and SAVE. */
  public String words() {
    return words;
  }

  /** Its name in {@code runtime_checksums_values}. */
  public String checksumName() {
    return checksumName;
  }

  /** Empty for variables. */
  public List<ConfigTable<?>> tables() {
    return switch (this) {
      case SERVERS -> List.of(ConfigTables.SERVERS, ConfigTables.REPLICATION_HOSTGROUPS,
          ConfigTables.GROUP_REPLICATION_HOSTGROUPS, ConfigTables.GALERA_HOSTGROUPS,
          ConfigTables.AURORA_HOSTGROUPS, ConfigTables.HOSTGROUP_ATTRIBUTES,
          ConfigTables.SERVERS_SSL_PARAMS);
      case USERS -> List.of(ConfigTables.USERS);
      case QUERY_RULES -> List.of(ConfigTables.QUERY_RULES, ConfigTables.FAST_ROUTING);
      case FIREWALL -> List.of(ConfigTables.FIREWALL_USERS, ConfigTables.FIREWALL_RULES,
          ConfigTables.FIREWALL_FINGERPRINTS);
      case SCHEDULER -> List.of(ConfigTables.SCHEDULER);
      case RESTAPI -> List.of(ConfigTables.RESTAPI_ROUTES);
      case PROXYSQL_SERVERS -> List.of(ConfigTables.PROXYSQL_SERVERS);
      case MYSQL_VARIABLES, ADMIN_VARIABLES -> List.of();
    };
  }

  /** How the names of its variables begin; empty for tables. */
  public String prefix() {
    return switch (this) {
      case MYSQL_VARIABLES -> "mysql-";
      case ADMIN_VARIABLES -> "admin-";
      case SERVERS, USERS, QUERY_RULES, FIREWALL, SCHEDULER, RESTAPI, PROXYSQL_SERVERS -> "";
    };
  }
}
