package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.AdminStore;
import dev.weir.admin.sqlite.StoreException;
import dev.weir.core.config.mysql.CnfException;
import dev.weir.core.config.mysql.CnfFile;
import dev.weir.core.config.mysql.ConfigTable;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.config.mysql.UserRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Moves modules between file, disk, memory and runtime; each move is one transaction. Confined to the admin thread. */
final class ModuleMover {
  private final AdminStore store;

  ModuleMover(AdminStore store) {
    this.store = store;
  }

  /** Answers the number of variables, 0 for tables, as the original does. */
  long diskToMemory(MysqlModule module) throws StoreException {
    return copy(module, "disk", "main");
  }

  long memoryToDisk(MysqlModule module) throws StoreException {
    return copy(module, "main", "disk");
  }

  private long copy(MysqlModule module, String from, String to) throws StoreException {
    long[] moved = new long[1];
    store.transaction(() -> {
      for (ConfigTable<?> table : module.tables()) {
        store.change("DELETE FROM " + to + "." + table.name());
        store.change(
            "INSERT INTO " + to + "." + table.name() + " SELECT * FROM " + from + "."
                + table.name());
      }
      if (!module.prefix().isEmpty()) {
        moved[0] = store.change("INSERT OR REPLACE INTO " + to
            + ".global_variables SELECT variable_name, variable_value FROM " + from
            + ".global_variables WHERE SUBSTR(variable_name, 1, 6) = ?", module.prefix());
      }
    });
    return to.equals("disk") ? moved[0] : 0;
  }

  /** @param servers as they run now */
  void runtimeToMemory(MysqlModule module, MysqlConfig running, List<ServerRow> servers)
      throws StoreException {
    store.transaction(() -> {
      for (ConfigTable<?> table : module.tables()) {
        if (table == ConfigTables.USERS) {
          users(running);
        } else if (table == ConfigTables.SERVERS) {
          replace(ConfigTables.SERVERS, servers.stream().map(ModuleMover::asSaved).toList());
        } else {
          fromRunning(table, running);
        }
      }
      if (!module.prefix().isEmpty()) {
        variables(running.variables().all(), module.prefix());
      }
    });
  }

  private <R> void fromRunning(ConfigTable<R> table, MysqlConfig running) throws StoreException {
    replace(table, running.rows(table));
  }

  private <R> void replace(ConfigTable<R> table, List<R> rows) throws StoreException {
    store.change("DELETE FROM main." + table.name());
    store.insert("INSERT OR REPLACE INTO main." + table.name(), written(table, rows));
  }

  /** Users that do not run are kept, inactive. */
  private void users(MysqlConfig running) throws StoreException {
    store.change("UPDATE main.mysql_users SET active = 0");
    List<UserRow> users = running.users();
    store.insert("INSERT OR REPLACE INTO main.mysql_users", written(ConfigTables.USERS, users));
  }

  private static <R> List<List<@Nullable Object>> written(ConfigTable<R> table, List<R> rows) {
    List<List<@Nullable Object>> values = new ArrayList<>(rows.size());
    for (R row : rows) {
      values.add(Collections.unmodifiableList(table.write(row)));
    }
    return values;
  }

  /** Only what runs is ever shunned. */
  private static ServerRow asSaved(ServerRow server) {
    return server.status().startsWith("SHUNNED") ? server.withStatus("ONLINE") : server;
  }

  void variables(Map<String, String> values, String prefix) throws StoreException {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    values.forEach((name, value) -> {
      if (name.startsWith(prefix)) {
        rows.add(List.of(name, value));
      }
    });
    store.insert("INSERT OR REPLACE INTO main.global_variables", rows);
  }

  /**
   * Puts what a file says of a module into memory; rows with the same key are replaced, others stay.
   *
   * @return how many rows and variables it said
   */
  long fileToMemory(CnfFile file, MysqlModule module) throws StoreException, CnfException {
    long[] read = new long[1];
    CnfException[] mistake = new CnfException[1];
    try {
      store.transaction(() -> {
        for (ConfigTable<?> table : module.tables()) {
          for (CnfFile.Row row : file.rows(table)) {
            try {
              insert(table, row);
            } catch (StoreException e) {
              mistake[0] = new CnfException(file.file(), row.line(),
                  table.name() + ": " + e.problem());
              throw e;
            }
            read[0]++;
          }
        }
        if (!module.prefix().isEmpty()) {
          variables(file.variables(), module.prefix());
          read[0] += file.variables().keySet().stream()
              .filter(name -> name.startsWith(module.prefix())).count();
        }
      });
    } catch (StoreException e) {
      if (mistake[0] != null) {
        throw mistake[0];
      }
      throw e;
    }
    return read[0];
  }

  private void insert(ConfigTable<?> table, CnfFile.Row row) throws StoreException {
    List<String> columns = List.copyOf(row.values().keySet());
    store.change("INSERT OR REPLACE INTO main." + table.name() + " (`"
        + String.join("`, `", columns) + "`) VALUES (?" + ", ?".repeat(columns.size() - 1) + ")",
        columns.stream().map(row.values()::get).toArray());
  }
}
