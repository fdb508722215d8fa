package dev.weir.admin.sqlite;

import dev.weir.core.config.mysql.ConfigTable;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.UserRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code runtime_} twins of configuration tables: what the proxy runs on; and what it knows of servers. */
final class RuntimeTables {
  private static final String MAIN = "main";
  /** Tables that have rows of our own beside the operator's: those of {@code [mysql_databases]}. */
  private static final List<ConfigTable<?>> HOSTGROUPS = List.of(
      ConfigTables.REPLICATION_HOSTGROUPS, ConfigTables.GALERA_HOSTGROUPS,
      ConfigTables.GROUP_REPLICATION_HOSTGROUPS);

  private RuntimeTables() {}

  static List<ComputedTable> all() {
    List<ComputedTable> tables = new ArrayList<>();
    for (ConfigTable<?> table : ConfigSchema.tables()) {
      tables.add(new ComputedTable(MAIN, "runtime_" + table.name(), ConfigSchema.columns(table),
          rows(table)));
    }
    tables.add(new ComputedTable(MAIN, "runtime_global_variables", ConfigSchema.VARIABLE_COLUMNS,
        facts -> variables(facts.applied())));
    tables.add(new ComputedTable(MAIN, "runtime_checksums_values",
        "name VARCHAR NOT NULL, version INT NOT NULL, epoch INT NOT NULL, checksum VARCHAR NOT NULL, PRIMARY KEY (name)",
        facts -> facts.checksums().stream()
            .map(sum -> Cells.of(sum.name(), sum.version(), sum.epochSeconds(), sum.checksum()))
            .toList()));
    tables.add(new ComputedTable(MAIN, "mysql_collations",
        "Id INTEGER NOT NULL PRIMARY KEY, Collation VARCHAR NOT NULL, Charset VARCHAR NOT NULL, `Default` VARCHAR NOT NULL",
        facts -> facts.view().collations().stream()
            .map(c -> Cells.of(c.id(), c.name(), c.charset(), c.byDefault() ? "Yes" : ""))
            .toList()));
    tables.add(new ComputedTable(MAIN, "runtime_coredump_filters",
        "filename VARCHAR NOT NULL, line INT NOT NULL, PRIMARY KEY (filename, line)",
        facts -> List.of()));
    return tables;
  }

  private static ComputedTable.Rows rows(ConfigTable<?> table) {
    if (table == ConfigTables.SERVERS) {
      return facts -> written(ConfigTables.SERVERS, facts.view().servers());
    }
    if (table == ConfigTables.USERS) {
      return facts -> users(facts.applied());
    }
    return HOSTGROUPS.contains(table)
        ? facts -> applied(table, facts.view().inForce())
        : facts -> applied(table, facts.applied());
  }

  private static <R> List<List<@Nullable Object>> applied(ConfigTable<R> table,
      MysqlConfig config) {
    return written(table, config.rows(table));
  }

  private static <R> List<List<@Nullable Object>> written(ConfigTable<R> table, List<R> rows) {
    List<List<@Nullable Object>> values = new ArrayList<>(rows.size());
    for (R row : rows) {
      values.add(Collections.unmodifiableList(table.write(row)));
    }
    return values;
  }

  /** A row for what clients see of each user and one for what servers see. */
  private static List<List<@Nullable Object>> users(MysqlConfig config) {
    List<List<@Nullable Object>> values = new ArrayList<>();
    int backend = ConfigTables.USERS.columns().indexOf("backend");
    int frontend = ConfigTables.USERS.columns().indexOf("frontend");
    for (UserRow user : config.users()) {
      for (boolean front : List.of(true, false)) {
        if (front ? !user.frontend() : !user.backend()) {
          continue;
        }
        List<@Nullable Object> row = new ArrayList<>(ConfigTables.USERS.write(user));
        row.set(frontend, front ? "1" : "0");
        row.set(backend, front ? "0" : "1");
        values.add(row);
      }
    }
    return values;
  }

  private static List<List<@Nullable Object>> variables(MysqlConfig config) {
    return config.variables().all().entrySet().stream()
        .map(entry -> Cells.of(entry.getKey(), entry.getValue())).toList();
  }
}
