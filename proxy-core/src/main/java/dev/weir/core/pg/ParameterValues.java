package dev.weir.core.pg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one session or server has each tracked parameter set to. Confined to its owner's worker. */
final class ParameterValues {
  private @Nullable String[] values = new @Nullable String[8];

  @Nullable
  String get(int index) {
    return index >= 0 && index < values.length ? values[index] : null;
  }

  void set(int index, String value) {
    if (index >= values.length) {
      values = Arrays.copyOf(values, Math.max(index + 1, values.length * 2));
    }
    values[index] = value;
  }

  /** Whether the server must be told something before it serves this client. */
  static boolean differ(ParameterValues client, ParameterValues server) {
    @Nullable String[] c = client.values;
    @Nullable String[] s = server.values;
    int shared = Math.min(c.length, s.length);
    for (int i = 0; i < shared; i++) {
      if (mustBeSet(c[i], s[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * The statements that bring the server to the client's values, in one query string. {@code search_path} goes through
   * set_config, because its value is a list of identifiers and not one literal.
   */
  static String difference(TrackedParameters names, ParameterValues client,
      ParameterValues server) {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < names.count(); i++) {
      String wanted = client.get(i);
      if (wanted == null || !mustBeSet(wanted, server.get(i))) {
        continue;
      }
      if (names.name(i).equalsIgnoreCase("search_path")) {
        sql.append("SELECT pg_catalog.set_config('search_path',").append(literal(wanted))
            .append(",false);");
      } else {
        sql.append("SET ").append(names.name(i)).append('=').append(literal(wanted)).append(';');
      }
    }
    return sql.toString();
  }

  private static boolean mustBeSet(@Nullable String wanted, @Nullable String has) {
    return wanted != null && has != null && !wanted.equalsIgnoreCase(has);
  }

  /** An SQL string literal that means the same whatever standard_conforming_strings says. */
  static String literal(String value) {
    String quoted = value.replace("'", "''");
    return quoted.indexOf('\\') < 0
        ? "'" + quoted + "'"
        : "E'" + quoted.replace("\\", "\\\\") + "'";
  }

  /** What {@link #adopt} will change, for the log. */
  List<String> differences(TrackedParameters names, ParameterValues server) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < names.count(); i++) {
      String mine = get(i);
      String its = server.get(i);
      if (mine != null && its != null && !mine.equals(its)) {
        all.add(names.name(i) + " to its canonical version " + mine + " -> " + its);
      }
    }
    return all;
  }

  /** Takes the server's spelling of everything both sides have. */
  void adopt(ParameterValues server) {
    for (int i = 0; i < Math.min(values.length, server.values.length); i++) {
      if (values[i] != null && server.values[i] != null) {
        values[i] = server.values[i];
      }
    }
  }

  /** Takes the other's very objects where they are equal: comparing them costs no look at their characters then. */
  void shareEqual(ParameterValues other) {
    for (int i = 0; i < Math.min(values.length, other.values.length); i++) {
      if (values[i] != null && values[i].equals(other.values[i])) {
        values[i] = other.values[i];
      }
    }
  }

  /** Fills what is unset. */
  void fillFrom(ParameterValues defaults) {
    for (int i = 0; i < defaults.values.length; i++) {
      String value = defaults.values[i];
      if (value != null && get(i) == null) {
        set(i, value);
      }
    }
  }

  ParameterValues copy() {
    ParameterValues copy = new ParameterValues();
    copy.values = values.clone();
    return copy;
  }
}
