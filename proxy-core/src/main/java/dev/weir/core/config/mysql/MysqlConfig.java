package dev.weir.core.config.mysql;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the MySQL side runs on. Immutable: whoever changes something makes a new one. */
public final class MysqlConfig {
  private static final MysqlConfig DEFAULTS = new MysqlConfig(MysqlVariables.defaults(),
      new HashMap<>());

  private final MysqlVariables variables;
  private final Map<ConfigTable<?>, List<?>> tables;

  private MysqlConfig(MysqlVariables variables, Map<ConfigTable<?>, List<?>> tables) {
    this.variables = variables;
    this.tables = tables;
  }

  /** Default variables and empty tables. */
  public static MysqlConfig defaults() {
    return DEFAULTS;
  }

  /** All variables, {@code mysql-} and {@code admin-}. */
  public MysqlVariables variables() {
    return variables;
  }

  /** The rows of a table, in the order in which they were loaded. */
  @SuppressWarnings("unchecked") // with() puts a list of R under a table of R only
  public <R> List<R> rows(ConfigTable<R> table) {
    List<?> rows = tables.get(table);
    return rows == null ? List.of() : (List<R>) rows;
  }

  public List<ServerRow> servers() {
    return rows(ConfigTables.SERVERS);
  }

  public List<UserRow> users() {
    return rows(ConfigTables.USERS);
  }

  public List<QueryRuleRow> queryRules() {
    return rows(ConfigTables.QUERY_RULES);
  }

  public <R> MysqlConfig with(ConfigTable<R> table, List<R> rows) {
    Map<ConfigTable<?>, List<?>> more = new HashMap<>(tables);
    more.put(table, List.copyOf(rows));
    return new MysqlConfig(variables, more);
  }

  public MysqlConfig with(MysqlVariables next) {
    return new MysqlConfig(next, tables);
  }
}
