package dev.weir.core.config.mysql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a table, read with types. SQLite takes any text into any column, so what is no number is found here at the
 * latest.
 *
 * @param table for messages
 */
public record RowValues(String table, Map<String, @Nullable String> values) {
  private static final String TRUE = "1";

  /** A text; NULL is the empty one. */
  String text(String column) {
    String value = values.get(column);
    return value == null ? "" : value;
  }

  @Nullable
  String textOrNull(String column) {
    return values.get(column);
  }

  /** A text that no operator can leave out. */
  String required(String column) {
    String value = text(column);
    if (value.isBlank()) {
      throw new ContradictionException(table + "." + column + " is empty");
    }
    return value;
  }

  int whole(String column) {
    Integer value = wholeOrNull(column);
    if (value == null) {
      throw new ContradictionException(table + "." + column + " is NULL");
    }
    return value;
  }

  @Nullable
  Integer wholeOrNull(String column) {
    Long value = bigOrNull(column);
    if (value == null) {
      return null;
    }
    if (value != value.intValue()) {
      throw new ContradictionException(table + "." + column + ": " + value + " is too large");
    }
    return value.intValue();
  }

  long big(String column) {
    Long value = bigOrNull(column);
    if (value == null) {
      throw new ContradictionException(table + "." + column + " is NULL");
    }
    return value;
  }

  @Nullable
  Long bigOrNull(String column) {
    String value = values.get(column);
    if (value == null) {
      return null;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new ContradictionException(table + "." + column + ": '"
          + (value.length() > 100 ? value.substring(0, 100) + "..." : value)
          + "' is not a whole number");
    }
  }

  boolean flag(String column) {
    return TRUE.equals(values.get(column));
  }

  @Nullable
  Boolean flagOrNull(String column) {
    String value = values.get(column);
    return value == null ? null : TRUE.equals(value);
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  static List<@Nullable String> listed(@Nullable Object... values) {
    java.util.ArrayList<@Nullable String> texts = new java.util.ArrayList<>(values.length);
    for (Object value : values) {
      texts.add(switch (value) {
        case null -> null;
        case Boolean flag -> flag ? "1" : "0";
        default -> value.toString();
      });
    }
    return texts;
  }
}
