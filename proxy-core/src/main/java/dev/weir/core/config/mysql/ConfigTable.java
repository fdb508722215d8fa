package dev.weir.core.config.mysql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A table of ProxySQL's configuration: how a row becomes a record and the record a row again. Compared by identity.
 *
 * @param <R> the record
 */
public final class ConfigTable<R> {
  private final String name;
  private final List<String> columns;
  private final Function<RowValues, R> reader;
  private final Function<R, List<@Nullable String>> writer;

  ConfigTable(String name, String columns, Function<RowValues, R> reader,
      Function<R, List<@Nullable String>> writer) {
    this.name = name;
    this.columns = List.of(columns.split(" "));
    this.reader = reader;
    this.writer = writer;
  }

  public String name() {
    return name;
  }

  /** The names of the columns, in the table's order. */
  public List<String> columns() {
    return columns;
  }

  /** @throws ContradictionException when a value is not of its column's type */
  public R read(RowValues row) {
    return reader.apply(row);
  }

  /** The values in the order of {@link #columns}. */
  public List<@Nullable String> write(R row) {
    return writer.apply(row);
  }

  /** The values by their columns. */
  public Map<String, @Nullable String> byColumn(R row) {
    Map<String, @Nullable String> values = new LinkedHashMap<>();
    List<@Nullable String> written = write(row);
    for (int i = 0; i < columns.size(); i++) {
      values.put(columns.get(i), written.get(i));
    }
    return values;
  }

  @Override
  public String toString() {
    return name;
  }
}
