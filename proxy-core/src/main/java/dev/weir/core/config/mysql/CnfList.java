package dev.weir.core.config.mysql;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A list of the file: which table it fills and what is special about its keys; all others are the table's columns.
 *
 * @param aliases other names of columns
 * @param required columns that each group must name
 * @param given values of columns that the file leaves out, where they are not the table's defaults
 * @param ignored keys that ProxySQL writes and does not read
 */
record CnfList(String name, ConfigTable<?> table, Map<String, String> aliases,
    List<String> required, Map<String, String> given, Set<String> ignored) {

  private static final Map<String, String> ADDRESS = Map.of("address", "hostname", "hostgroup",
      "hostgroup_id");
  private static final List<String> FOUR = List.of("writer_hostgroup", "backup_writer_hostgroup",
      "reader_hostgroup", "offline_hostgroup");

  static final List<CnfList> ALL = List.of(
      list(ConfigTables.SERVERS, List.of("hostname", "hostgroup_id")).aliased(ADDRESS),
      list(ConfigTables.USERS, List.of("username")).giving(Map.of("password", ""))
          .ignoring(Set.of("backend", "frontend")),
      list(ConfigTables.QUERY_RULES, List.of("rule_id")).giving(Map.of("active", "1")),
      list(ConfigTables.FAST_ROUTING, List.of("destination_hostgroup"))
          .giving(Map.of("username", "", "schemaname", "", "comment", "")),
      list(ConfigTables.REPLICATION_HOSTGROUPS, List.of("writer_hostgroup", "reader_hostgroup")),
      list(ConfigTables.GROUP_REPLICATION_HOSTGROUPS, FOUR),
      list(ConfigTables.GALERA_HOSTGROUPS, FOUR),
      list(ConfigTables.AURORA_HOSTGROUPS,
          List.of("writer_hostgroup", "reader_hostgroup", "domain_name"))
          .giving(Map.of("check_timeout_ms", "1000")),
      list(ConfigTables.HOSTGROUP_ATTRIBUTES, List.of("hostgroup_id")),
      list(ConfigTables.SERVERS_SSL_PARAMS, List.of("hostname")),
      list(ConfigTables.FIREWALL_USERS, List.of("username"))
          .giving(Map.of("client_address", "", "comment", "")),
      list(ConfigTables.FIREWALL_RULES, List.of("username", "digest"))
          .giving(Map.of("client_address", "", "schemaname", "", "comment", "")),
      list(ConfigTables.FIREWALL_FINGERPRINTS, List.of("fingerprint")),
      list(ConfigTables.SCHEDULER, List.of("filename", "interval_ms")),
      new CnfList("restapi", ConfigTables.RESTAPI_ROUTES, Map.of("interval_ms", "timeout_ms"),
          List.of("method", "uri", "script", "timeout_ms"), Map.of(), Set.of()),
      list(ConfigTables.PROXYSQL_SERVERS, List.of("hostname")).aliased(ADDRESS));

  private static CnfList list(ConfigTable<?> table, List<String> required) {
    return new CnfList(table.name(), table, Map.of(), required, Map.of(), Set.of());
  }

  private CnfList aliased(Map<String, String> names) {
    return new CnfList(name, table, names, required, given, ignored);
  }

  private CnfList giving(Map<String, String> values) {
    return new CnfList(name, table, aliases, required, values, ignored);
  }

  private CnfList ignoring(Set<String> keys) {
    return new CnfList(name, table, aliases, required, given, keys);
  }

  static @Nullable CnfList named(String name) {
    for (CnfList list : ALL) {
      if (list.name.equals(name)) {
        return list;
      }
    }
    return null;
  }

  /** The column of that name; null when there is none. */
  @Nullable
  String column(String key) {
    String column = aliases.getOrDefault(key, key);
    return table.columns().contains(column) ? column : null;
  }
}
