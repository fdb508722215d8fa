package dev.weir.core.pg;

import dev.weir.core.sql.pg.Settings;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a session has made of itself that any server can be made into: the settings by which it differs from one that has
 * just begun, for each name the statement that makes it, and the statements that SQL has prepared. Immutable.
 */
final class SettingSet {
  static final SettingSet EMPTY = new SettingSet(new TreeMap<>(), new TreeMap<>());
  static final String ROLE = "role";
  static final String USER = "session_authorization";

  private final SortedMap<String, String> statements;
  private final SortedMap<String, String> prepared;

  private SettingSet(SortedMap<String, String> statements, SortedMap<String, String> prepared) {
    this.statements = statements;
    this.prepared = prepared;
  }

  /** @param prepared names of statements, and the PREPARE of each */
  static SettingSet of(SortedMap<String, String> statements, SortedMap<String, String> prepared) {
    return statements.isEmpty() && prepared.isEmpty()
        ? EMPTY
        : new SettingSet(new TreeMap<>(statements), new TreeMap<>(prepared));
  }

  boolean isEmpty() {
    return statements.isEmpty() && prepared.isEmpty();
  }

  boolean same(SettingSet other) {
    return this == other
        || (statements.equals(other.statements) && prepared.equals(other.prepared));
  }

  /** The statements that SQL has prepared: names, and the PREPARE of each. */
  Map<String, String> prepared() {
    return Collections.unmodifiableMap(prepared);
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
    for (Map.Entry<String, String> e : prepared.entrySet()) {
      weight += e.getKey().length() + e.getValue().length();
    }
    return weight;
  }

  SettingSet withPrepared(String name, String sql) {
    SortedMap<String, String> more = new TreeMap<>(prepared);
    more.put(name, sql);
    return of(statements, more);
  }

  SettingSet withoutPrepared(String name) {
    if (!prepared.containsKey(name)) {
      return this;
    }
    SortedMap<String, String> fewer = new TreeMap<>(prepared);
    fewer.remove(name);
    return of(statements, fewer);
  }

  SettingSet withNothingPrepared() {
    return prepared.isEmpty() ? this : of(statements, new TreeMap<>());
  }

  SettingSet with(String name, String sql) {
    SortedMap<String, String> more = new TreeMap<>(statements);
    more.put(name, sql);
    return of(more, prepared);
  }

  SettingSet without(String name) {
    if (!statements.containsKey(name)) {
      return this;
    }
    SortedMap<String, String> fewer = new TreeMap<>(statements);
    fewer.remove(name);
    return of(fewer, prepared);
  }

  /** With those of the other's settings that these have no word of. */
  SettingSet orElse(SettingSet others) {
    if (others.statements.isEmpty()) {
      return this;
    }
    SortedMap<String, String> all = new TreeMap<>(others.statements);
    all.putAll(statements);
    return of(all, prepared);
  }

  /** Whether none of the settings has a dot in its name. */
  boolean hasNoDots() {
    return statements.keySet().stream().noneMatch(name -> name.indexOf('.') >= 0);
  }

  /** What {@code RESET ALL} leaves. */
  SettingSet afterResetAll() {
    SortedMap<String, String> left = new TreeMap<>(statements);
    left.keySet().removeIf(name -> !name.equals(ROLE) && !name.equals(USER));
    return of(left, prepared);
  }

  /**
   * The statements that turn a server from these settings to those. What the role may not set is set before it is taken.
   */
  String changeTo(SettingSet target) {
    StringBuilder sql = new StringBuilder();
    prepared.forEach((name, statement) -> {
      if (!statement.equals(target.prepared.get(name))) {
        sql.append("DEALLOCATE ").append(identifier(name)).append(';');
      }
    });
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
    if (acts) {
      append(sql, target.statements.get(USER));
      append(sql, target.statements.get(ROLE));
    }
    return sql.toString();
  }

  /** The PREPAREs that are missing to those, by name. */
  Map<String, String> preparesFor(SettingSet target) {
    if (target.prepared.isEmpty()) {
      return Map.of();
    }
    SortedMap<String, String> missing = new TreeMap<>(target.prepared);
    missing.entrySet().removeAll(prepared.entrySet());
    return missing;
  }

  private static void append(StringBuilder sql, @Nullable String statement) {
    if (statement != null) {
      sql.append(statement).append(';');
    }
  }

  private static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static String quoted(String name) {
    return identifier(name).replace(".", "\".\"");
  }

  private boolean acts() {
    return statements.containsKey(ROLE) || statements.containsKey(USER);
  }

  private static boolean special(String name) {
    return name.equals(ROLE) || name.equals(USER);
  }
}
