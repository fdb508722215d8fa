package dev.weir.core.mysql.log;

import java.util.Collection;
import java.util.Map;

/** Writes maps, collections, numbers, booleans and texts as JSON. */
public final class JsonText {
  private static final int INDENT = 4;

  private JsonText() {}

  /** @param pretty over several lines, as ProxySQL indents them */
  public static String of(Object value, boolean pretty) {
    StringBuilder out = new StringBuilder();
    write(out, value, pretty ? 0 : -1);
    return out.toString();
  }

  private static void write(StringBuilder out, Object value, int depth) {
    switch (value) {
      case Map<?, ?> map -> {
        String between = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          out.append(between);
          line(out, depth, 1);
          JsonLine.quote(out, String.valueOf(entry.getKey()));
          out.append(depth < 0 ? ":" : ": ");
          write(out, entry.getValue(), inner(depth));
          between = ",";
        }
        end(out, map.isEmpty() ? "{}" : "}", map.isEmpty(), depth);
      }
      case Collection<?> list -> {
        String between = "[";
        for (Object each : list) {
          out.append(between);
          line(out, depth, 1);
          write(out, each, inner(depth));
          between = ",";
        }
        end(out, list.isEmpty() ? "[]" : "]", list.isEmpty(), depth);
      }
      case Number number -> out.append(number);
      case Boolean flag -> out.append(flag);
      default -> JsonLine.quote(out, value.toString());
    }
  }

  private static int inner(int depth) {
    return depth < 0 ? depth : depth + 1;
  }

  private static void line(StringBuilder out, int depth, int more) {
    if (depth >= 0) {
      out.append('\n').append(" ".repeat(INDENT * (depth + more)));
    }
  }

  private static void end(StringBuilder out, String mark, boolean empty, int depth) {
    if (!empty) {
      line(out, depth, 0);
    }
    out.append(mark);
  }
}
