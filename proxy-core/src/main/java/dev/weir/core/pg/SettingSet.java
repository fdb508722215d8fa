package dev.weir.core.pg;

import dev.weir.core.sql.pg.Settings;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings by which a session differs from one that has just begun: for each name the statement that makes it.
 * Immutable.
 */
final class SettingSet {
  static final SettingSet EMPTY = new SettingSet(new TreeMap<>());
  static final String ROLE = "role";
  static final String USER = "session_authorization";

  private final SortedMap<String, String> statements;

  private SettingSet(SortedMap<String, String> statements) {
    this.statements = statements;
  }

  static SettingSet of(SortedMap<String, String> statements) {
    return statements.isEmpty() ? EMPTY : new SettingSet(new TreeMap<>(statements));
  }

  boolean isEmpty() {
    return statements.isEmpty();
  }

  boolean same(SettingSet other) {
    return this == other || statements.equals(other.statements);
  }

  Map<String, String> statements() {
    return Map.copyOf(statements);
  }

  Iterable<String> names() {
    return statements.keySet();
  }

  /** Characters that it holds. */
  int weight() {
    int weight = 0;
    for (Map.Entry<String, String> e : statements.entrySet()) {
      weight += e.getKey().length() + e.getValue().length();
    }
    return weight;
  }

  SettingSet with(String name, String sql) {
    SortedMap<String, String> more = new TreeMap<>(statements);
    more.put(name, sql);
    return of(more);
  }

  SettingSet without(String name) {
    if (!statements.containsKey(name)) {
      return this;
    }
    SortedMap<String, String> fewer = new TreeMap<>(statements);
    fewer.remove(name);
    return of(fewer);
  }

  /** What {@code RESET ALL} leaves. */
  SettingSet afterResetAll() {
    SortedMap<String, String> left = new TreeMap<>(statements);
    left.keySet().removeIf(name -> !name.equals(ROLE) && !name.equals(USER));
    return of(left);
  }

  /**
   * The statements that turn a server from these settings to those. What the role may not set is set before it is taken.
   *
   * @param between further statements, which come before the role's
   */
  String changeTo(SettingSet target, String between) {
    StringBuilder sql = new StringBuilder();
    boolean acts = acts() || target.acts();
    if (acts()) {
      sql.append("RESET SESSION AUTHORIZATION;RESET ROLE;");
    }
    for (String name : statements.keySet()) {
      if (!special(name) && !target.statements.containsKey(name)) {
        sql.append("RESET ").append(Settings.plain(name) ? name : quoted(name)).append(';');
      }
    }
    for (Map.Entry<String, String> e : target.statements.entrySet()) {
      if (!special(e.getKey()) && !e.getValue().equals(statements.get(e.getKey()))) {
        sql.append(e.getValue()).append(';');
      }
    }
    sql.append(between);
    if (acts) {
      append(sql, target.statements.get(USER));
      append(sql, target.statements.get(ROLE));
    }
    return sql.toString();
  }

  private static void append(StringBuilder sql, @Nullable String statement) {
    if (statement != null) {
      sql.append(statement).append(';');
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"").replace(".", "\".\"") + '"';
  }

  private boolean acts() {
    return statements.containsKey(ROLE) || statements.containsKey(USER);
  }

  private static boolean special(String name) {
    return name.equals(ROLE) || name.equals(USER);
  }
}
