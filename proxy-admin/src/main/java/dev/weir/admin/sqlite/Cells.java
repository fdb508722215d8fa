package dev.weir.admin.sqlite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows as lists of values. */
final class Cells {
  private Cells() {}

  static List<@Nullable Object> of(@Nullable Object... values) {
    List<@Nullable Object> row = new ArrayList<>(values.length);
    for (Object value : values) {
      row.add(value instanceof Boolean flag ? (Object) (flag ? 1 : 0) : value);
    }
    return row;
  }
}
