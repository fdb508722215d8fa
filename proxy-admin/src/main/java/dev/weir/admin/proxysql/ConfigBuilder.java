package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.AdminStore;
import dev.weir.admin.sqlite.StoreException;
import dev.weir.core.config.mysql.AuroraHostgroups;
import dev.weir.core.config.mysql.ClusterHostgroups;
import dev.weir.core.config.mysql.ConfigTable;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.ContradictionException;
import dev.weir.core.config.mysql.DeclaredHostgroups;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.config.mysql.ReplicationHostgroups;
import dev.weir.core.config.mysql.RowValues;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.config.mysql.UserRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a configuration from the tables in memory, and finds what contradicts itself. Confined to the admin thread. */
final class ConfigBuilder {
  private final AdminStore store;

  ConfigBuilder(AdminStore store) {
    this.store = store;
  }

  /**
   * The running configuration with one module as it is in memory.
   *
   * @throws ContradictionException when no proxy can run on it
   */
  MysqlConfig with(MysqlConfig running, MysqlModule module) throws StoreException {
    MysqlConfig next = running;
    for (ConfigTable<?> table : module.tables()) {
      next = with(next, table);
    }
    if (!module.prefix().isEmpty()) {
      Map<String, String> changes = new HashMap<>();
      store.each(
          "SELECT variable_name, variable_value FROM main.global_variables WHERE SUBSTR(variable_name, 1, 6) = '"
              + module.prefix() + "'",
          row -> changes.put(String.valueOf(row.get("variable_name")),
              String.valueOf(row.get("variable_value"))));
      next = next.with(next.variables().with(changes));
    }
    check(next);
    return next;
  }

  private <R> MysqlConfig with(MysqlConfig config, ConfigTable<R> table) throws StoreException {
    List<R> rows = new ArrayList<>();
    String columns = "`" + String.join("`, `", table.columns()) + "`";
    store.each("SELECT " + columns + " FROM main." + table.name() + only(table) + " ORDER BY 1, 2",
        values -> rows.add(table.read(new RowValues(table.name(), values))));
    return config.with(table, rows);
  }

  /** Inactive users and rules are not part of what runs, as in the original. */
  private static String only(ConfigTable<?> table) {
    return table == ConfigTables.USERS || table == ConfigTables.QUERY_RULES
        ? " WHERE active = 1"
        : "";
  }

  private static void check(MysqlConfig config) {
    for (ServerRow server : config.servers()) {
      requireFree(server.hostgroupId(), "mysql_servers");
    }
    Map<Integer, String> roles = new HashMap<>();
    for (ReplicationHostgroups pair : config.rows(ConfigTables.REPLICATION_HOSTGROUPS)) {
      claim(roles, pair.writerHostgroup(), "writer_hostgroup of mysql_replication_hostgroups");
      claim(roles, pair.readerHostgroup(), "reader_hostgroup of mysql_replication_hostgroups");
    }
    for (ConfigTable<ClusterHostgroups> table : List.of(ConfigTables.GALERA_HOSTGROUPS,
        ConfigTables.GROUP_REPLICATION_HOSTGROUPS)) {
      for (ClusterHostgroups cluster : config.rows(table)) {
        claim(roles, cluster.writerHostgroup(), "writer_hostgroup of " + table);
        claim(roles, cluster.backupWriterHostgroup(), "backup_writer_hostgroup of " + table);
        claim(roles, cluster.readerHostgroup(), "reader_hostgroup of " + table);
        claim(roles, cluster.offlineHostgroup(), "offline_hostgroup of " + table);
      }
    }
    for (AuroraHostgroups aurora : config.rows(ConfigTables.AURORA_HOSTGROUPS)) {
      if (aurora.active()) {
        throw new ContradictionException("mysql_aws_aurora_hostgroups: writer_hostgroup "
            + aurora.writerHostgroup() + ": Aurora is not monitored here; set active to 0");
      }
    }
    accounts(config);
  }

  private static void requireFree(int hostgroup, String where) {
    if (DeclaredHostgroups.isReserved(hostgroup)) {
      throw new ContradictionException(where + ": hostgroup " + hostgroup + ": from "
          + DeclaredHostgroups.FIRST + " on hostgroups are those of [mysql_databases]");
    }
  }

  private static void claim(Map<Integer, String> roles, int hostgroup, String role) {
    requireFree(hostgroup, role);
    String other = roles.put(hostgroup, role);
    if (other != null) {
      throw new ContradictionException(
          "hostgroup " + hostgroup + " is " + other + " and " + role);
    }
  }

  private static void accounts(MysqlConfig config) {
    Set<String> operators = new HashSet<>();
    for (String name : List.of("admin-admin_credentials", "admin-stats_credentials")) {
      operators.addAll(Credentials.of(config.variables().text(name)).keySet());
    }
    for (UserRow user : config.users()) {
      if (operators.contains(user.username())) {
        throw new ContradictionException("mysql_users: " + user.username()
            + " is an account of the admin port and cannot be one of the traffic port");
      }
    }
  }
}
