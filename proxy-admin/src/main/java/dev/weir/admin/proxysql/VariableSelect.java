package dev.weir.admin.proxysql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code SELECT @@a, @@b AS c LIMIT 1}: SQLite has no such names, so that they are read here. */
final class VariableSelect {
  private static final Pattern STATEMENT = Pattern
      .compile("(?is)SELECT\\s+(@@.+?)(?:\\s+LIMIT\\s+1)?");
  private static final Pattern ITEM = Pattern.compile(
      "(?is)(@@(?:(?:global|session|local)\\.)?([a-z0-9_.-]+))(?:\\s+(?:AS\\s+)?[`'\"]?([a-z0-9_.@-]+)[`'\"]?)?");

  record Result(List<String> columns, List<@Nullable String> values) {}

  private VariableSelect() {}

  /**
   * @param value looks a variable up, its name in small letters; null when there is none
   * @return null when the statement is none of these
   * @throws AdminRefusal for a variable that does not exist
   */
  static @Nullable Result read(String normal, Function<String, @Nullable String> value) {
    Matcher statement = STATEMENT.matcher(normal);
    if (!statement.matches()) {
      return null;
    }
    List<String> columns = new ArrayList<>();
    List<@Nullable String> values = new ArrayList<>();
    for (String item : statement.group(1).split(",", -1)) {
      Matcher m = ITEM.matcher(item.strip());
      if (!m.matches()) {
        return null;
      }
      String name = m.group(2);
      String found = value.apply(name.toLowerCase(Locale.ROOT));
      if (found == null) {
        throw new AdminRefusal(1193, "HY000", "Unknown system variable '" + name + "'");
      }
      columns.add(m.group(3) == null ? m.group(1) : m.group(3));
      values.add(found);
    }
    return new Result(columns, values);
  }
}
