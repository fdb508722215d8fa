package dev.weir.admin.proxysql;

import dev.weir.admin.http.ProxysqlMetrics;
import dev.weir.admin.sqlite.AdminStore.Side;
import dev.weir.admin.sqlite.SqlText;
import dev.weir.admin.sqlite.StoreAnswer;
import dev.weir.admin.sqlite.StoreException;
import dev.weir.core.config.mysql.CnfException;
import dev.weir.core.config.mysql.CnfFile;
import dev.weir.core.config.mysql.CnfReader;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.DeclaredHostgroups;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.config.mysql.MysqlVariable;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.config.mysql.VariableCatalogue;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ProductVersion;
import dev.weir.core.control.ResultTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** LOAD, SAVE, SET, CHECKSUM and what writes the configuration as a file. Confined to the admin thread. */
final class ConfigCommands {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigCommands.class);
  private static final Pattern CHECKSUM = Pattern
      .compile("(?i)CHECKSUM (?:(DISK|MEMORY|MEM) )?MYSQL ([A-Z ]+)");
  private static final Pattern EXPORT = Pattern
      .compile("(?i)(?:SELECT CONFIG INTO OUTFILE|SAVE CONFIG TO FILE) (\\S.*)");
  private static final String EXPORT_ROW = "SELECT CONFIG FILE";
  private static final String METRICS = "SHOW PROMETHEUS METRICS";
  private static final Map<String, String> CHECKED = Map.of("SERVERS", "mysql_servers", "USERS",
      "mysql_users", "QUERY RULES", "mysql_query_rules", "VARIABLES", "global_variables",
      "REPLICATION HOSTGROUPS", ConfigTables.REPLICATION_HOSTGROUPS.name(),
      "GROUP REPLICATION HOSTGROUPS", ConfigTables.GROUP_REPLICATION_HOSTGROUPS.name(),
      "GALERA HOSTGROUPS", ConfigTables.GALERA_HOSTGROUPS.name(), "AURORA HOSTGROUPS",
      ConfigTables.AURORA_HOSTGROUPS.name(), "HOSTGROUP ATTRIBUTES",
      ConfigTables.HOSTGROUP_ATTRIBUTES.name(), "SERVERS SSL PARAMS",
      ConfigTables.SERVERS_SSL_PARAMS.name());

  private final AdminState state;
  private final RuntimeLink runtime;
  private final @Nullable Path file;

  ConfigCommands(AdminState state, RuntimeLink runtime) {
    this.state = state;
    this.runtime = runtime;
    this.file = state.file;
  }

  static boolean knows(String normal) {
    return ModuleCommand.of(normal) != null || CHECKSUM.matcher(normal).matches()
        || EXPORT.matcher(normal).matches() || normal.equalsIgnoreCase(EXPORT_ROW)
        || normal.equalsIgnoreCase(METRICS);
  }

  /** Columns of what such a command answers; null when it answers no rows. */
  static @Nullable List<ResultTable.Column> columns(String normal) {
    if (CHECKSUM.matcher(normal).matches()) {
      return Replies.columns(List.of("table", "checksum"));
    }
    return normal.equalsIgnoreCase(EXPORT_ROW) || normal.equalsIgnoreCase(METRICS)
        ? Replies.columns(List.of("Data"))
        : null;
  }

  /** Null when the statement is none of these. */
  @Nullable
  Answer run(String normal) throws StoreException {
    ModuleCommand command = ModuleCommand.of(normal);
    if (command != null) {
      LOG.info("received {} command", normal);
      return move(command, normal.substring(0, 4).toUpperCase(Locale.ROOT));
    }
    Matcher checksum = CHECKSUM.matcher(normal);
    if (checksum.matches()) {
      return checksum(checksum.group(1), checksum.group(2).toUpperCase(Locale.ROOT));
    }
    if (normal.equalsIgnoreCase(EXPORT_ROW)) {
      return Replies.one("Data", CnfWriter.text(state.running()));
    }
    if (normal.equalsIgnoreCase(METRICS)) {
      return Replies.one("Data",
          ProxysqlMetrics.text(runtime.ask(() -> ProxysqlMetrics.Facts.read(runtime.view())),
              state.running().variables(), state.messages.totals()));
    }
    Matcher export = EXPORT.matcher(normal);
    return export.matches() ? export(export.group(1)) : null;
  }

  private Answer move(ModuleCommand command, String verb) throws StoreException {
    MysqlModule module = command.module();
    return switch (command.move()) {
      case DISK_TO_MEMORY -> Answer.Done.of(verb, state.mover.diskToMemory(module));
      case MEMORY_TO_DISK -> Answer.Done.of(verb, state.mover.memoryToDisk(module));
      case MEMORY_TO_RUNTIME -> {
        load(module);
        yield Answer.Done.of(verb);
      }
      case RUNTIME_TO_MEMORY -> {
        List<ServerRow> servers = module == MysqlModule.SERVERS
            ? runtime.ask(runtime.view()::servers).stream()
                .filter(row -> !DeclaredHostgroups.isReserved(row.hostgroupId())).toList()
            : List.of();
        state.mover.runtimeToMemory(module, state.running(), servers);
        yield Answer.Done.of(verb);
      }
      case FILE_TO_MEMORY -> fromFile(module, verb);
    };
  }

  /** Builds the module anew, checks it, and swaps it; when anything is wrong nothing has changed. */
  private void load(MysqlModule module) throws StoreException {
    if (!module.prefix().isEmpty()) {
      forgetUnknown(module.prefix());
    }
    MysqlConfig next = new ConfigBuilder(state.store).with(state.running(), module);
    runtime.tell(() -> runtime.control().apply(module, next));
    state.runs(next);
    state.loaded(module, next);
    state.checksums.renew(module, next);
    if (!module.prefix().isEmpty()) { // as they are kept: 1 has become true
      state.mover.variables(next.variables().all(), module.prefix());
    }
  }

  private void forgetUnknown(String prefix) throws StoreException {
    List<String> unknown = new ArrayList<>();
    state.store.each("SELECT variable_name FROM main.global_variables", row -> {
      String name = String.valueOf(row.get("variable_name"));
      if (name.startsWith(prefix) && VariableCatalogue.find(name) == null) {
        unknown.add(name);
      }
    });
    for (String name : unknown) {
      LOG.warn("there is no variable {}; it is taken out of global_variables", name);
      state.store.change("DELETE FROM main.global_variables WHERE variable_name = ?", name);
    }
    state.store.change(
        "UPDATE main.global_variables SET variable_value = ? WHERE variable_name = ?",
        ProductVersion.PROXYSQL, "admin-version");
  }

  private Answer fromFile(MysqlModule module, String verb) throws StoreException {
    if (file == null) {
      return Replies.failed("Config file unknown");
    }
    try {
      CnfFile read = CnfReader.read(file);
      read.warnings().forEach(LOG::warn);
      return Answer.Done.of(verb, state.mover.fileToMemory(read, module));
    } catch (CnfException e) {
      return Replies.failed("Unable to open or parse config file " + file + ": " + e.sentence());
    }
  }

  Answer set(SetStatement set) throws StoreException {
    MysqlVariable variable = VariableCatalogue.findInAnyCase(set.name());
    if (variable == null) {
      return VariableCatalogue.forgotten(set.name())
          ? Answer.Done.of("SET")
          : new Answer.Done(List.of(), "SET", 0,
              "ERROR: Unknown global variable: '" + set.name() + "'.");
    }
    if (set.name().equals("admin-version")) {
      return Replies.failed("admin-version cannot be set");
    }
    return Answer.Done.of("SET", state.store.change(
        "INSERT OR REPLACE INTO main.global_variables VALUES (?, ?)", variable.name(),
        variable.normal(set.value())));
  }

  private Answer checksum(@Nullable String layer, String what) throws StoreException {
    String table = CHECKED.get(what.strip());
    if (table == null) {
      return Replies.failed("near \"" + what + "\": syntax error");
    }
    String schema = "DISK".equalsIgnoreCase(layer) ? "disk" : "main";
    String only = table.equals("global_variables")
        ? " WHERE SUBSTR(variable_name, 1, 6) = 'mysql-'"
        : "";
    StoreAnswer rows = state.store.execute(Side.OPERATOR,
        SqlText.of("SELECT * FROM " + schema + "." + table + only + " ORDER BY 1, 2"),
        List.of(), true);
    List<List<@Nullable String>> values = rows instanceof StoreAnswer.Rows(var _, var all)
        ? all
        : List.of();
    List<@Nullable String> row = List.of(table, Checksums.ofRows(values));
    return Replies.rows(List.of("table", "checksum"), List.of(row));
  }

  private Answer export(String path) {
    String name = path.strip();
    boolean quoted = name.length() > 1 && "'\"".indexOf(name.charAt(0)) >= 0;
    try {
      Path target = Path.of(quoted ? name.substring(1, name.length() - 1) : name);
      Files.writeString(target, CnfWriter.text(state.running()));
      return Answer.Done.of("SAVE");
    } catch (IOException | InvalidPathException e) {
      return Replies.failed("cannot write " + name + ": " + e.getMessage());
    }
  }
}
