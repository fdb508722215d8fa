package dev.weir.admin.sqlite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table whose rows are made when a statement names it.
 *
 * @param schema where it lives
 * @param name in small letters, as it is spelt in the schema otherwise
 * @param columns what stands between the parentheses of CREATE TABLE
 */
public record ComputedTable(String schema, String name, String columns, Rows rows) {

  /** Makes the rows; runs on the control thread. */
  @FunctionalInterface
  public interface Rows {
    /** Values in the order of the columns: Long, Integer, Double, String or null. */
    List<List<@Nullable Object>> read(RuntimeFacts facts);
  }

  String declaration() {
    return name + " (" + columns + ")";
  }
}
