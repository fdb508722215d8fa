package dev.weir.core.config.mysql;

import java.util.List;
import java.util.Map;

/**
 * What a {@code proxysql.cnf} says, checked as far as a file by itself can be. Immutable.
 *
 * @param settings scalars outside any group, {@code datadir} for one
 * @param variables names with their prefixes, values as they are kept
 * @param rows the rows of each table; a table the file does not name is not in it
 * @param warnings what was left out, a sentence each
 */
public record CnfFile(String file, Map<String, String> settings, Map<String, String> variables,
    Map<ConfigTable<?>, List<Row>> rows, List<String> warnings) {

  /**
   * A row of a table.
   *
   * @param values by column; a column that the file leaves out is not in it and takes the table's default
   */
  public record Row(int line, Map<String, String> values) {}

  public CnfFile {
    settings = Map.copyOf(settings);
    variables = Map.copyOf(variables);
    rows = Map.copyOf(rows);
    warnings = List.copyOf(warnings);
  }

  public List<Row> rows(ConfigTable<?> table) {
    return rows.getOrDefault(table, List.of());
  }
}
