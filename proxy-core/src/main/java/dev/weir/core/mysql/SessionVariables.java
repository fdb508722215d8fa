package dev.weir.core.mysql;

import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * System variables by which a session differs from one that has set nothing, as the server itself reported them (session
 * tracking): name in lower case and value as text. Immutable; equal ones are usually the same object, so that comparing
 * a client's with a server's costs nothing where nothing was set.
 */
final class SessionVariables {
  static final SessionVariables NONE = new SessionVariables(new TreeMap<>());

  /** Variables of one session; one that sets more is pinned instead of remembered. */
  static final int MAX = 64;
  /** Characters of all names and values. */
  static final int MAX_CHARS = 16 * 1024;

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,20}(\\.\\d{1,30})?");
  private static final String CHARSET = "character_set_connection";
  private static final String COLLATION = "collation_connection";
  private static final String RESULTS_CHARSET = "character_set_results";
  /**
   * Reported as variables are, yet no setting: {@code last_gtid} nobody can set; the others are for the next statement,
   * or stand still when they were set and cannot be told from running ones.
   */
  private static final Set<String> NOT_SETTINGS = Set.of("last_gtid", "timestamp", "insert_id",
      "last_insert_id", "identity", "rand_seed1", "rand_seed2", "gtid_seq_no");

  private final NavigableMap<String, String> values;
  private final int chars;

  private SessionVariables(NavigableMap<String, String> values) {
    this.values = values;
    int sum = 0;
    for (Map.Entry<String, String> entry : values.entrySet()) {
      sum += entry.getKey().length() + entry.getValue().length();
    }
    this.chars = sum;
  }

  @Nullable
  String get(String name) {
    return values.get(name);
  }

  Map<String, String> all() {
    return Collections.unmodifiableMap(values);
  }

  /** Whether what a session sets by this name cannot be brought to another server. */
  static boolean staysOnServer(String name) {
    return NOT_SETTINGS.contains(name.toLowerCase(Locale.ROOT));
  }

  /** With one variable more, or another value of it. */
  SessionVariables with(String name, String value) {
    if (NOT_SETTINGS.contains(name) || value.equals(values.get(name))) {
      return this;
    }
    TreeMap<String, String> changed = new TreeMap<>(values);
    changed.put(name, value);
    return new SessionVariables(changed);
  }

  /** These, and of the others what these say nothing about. */
  SessionVariables over(SessionVariables others) {
    TreeMap<String, String> both = new TreeMap<>(others.values);
    both.putAll(values);
    return both.size() == values.size() ? this : new SessionVariables(both);
  }

  /** What these say that is not so in the others. */
  SessionVariables beyond(SessionVariables others) {
    TreeMap<String, String> more = new TreeMap<>(values);
    others.values.forEach(more::remove);
    return more.isEmpty() ? NONE : new SessionVariables(more);
  }

  SessionVariables without(String name) {
    if (!values.containsKey(name)) {
      return this;
    }
    TreeMap<String, String> changed = new TreeMap<>(values);
    changed.remove(name);
    return new SessionVariables(changed);
  }

  /** Whether this may be remembered and brought to another server. */
  boolean bounded() {
    return values.size() <= MAX && chars <= MAX_CHARS;
  }

  /**
   * The statement that makes a session that has {@code current} have these; null when they are equal already.
   *
   * @throws IllegalStateException when a value cannot be written as a literal in every mode (it holds a backslash)
   */
  @Nullable
  String difference(SessionVariables current) {
    if (equals(current)) {
      return null;
    }
    StringBuilder sql = new StringBuilder("SET ");
    int start = sql.length();
    for (String name : current.values.keySet()) {
      if (values.containsKey(name)) {
        continue;
      }
      if (name.equals(COLLATION)) { // the character set's own
        append(sql, start, CHARSET).append(literal(CHARSET, values.getOrDefault(CHARSET, "")));
      } else {
        append(sql, start, name).append("DEFAULT");
      }
    }
    for (Map.Entry<String, String> wanted : values.entrySet()) {
      if (!wanted.getValue().equals(current.values.get(wanted.getKey()))) {
        append(sql, start, wanted.getKey()).append(literal(wanted.getKey(), wanted.getValue()));
      }
    }
    return sql.toString();
  }

  private static StringBuilder append(StringBuilder sql, int start, String name) {
    if (sql.length() > start) {
      sql.append(", ");
    }
    return sql.append('`').append(name.replace("`", "``")).append("`=");
  }

  private static String literal(String name, String value) {
    if (value.isEmpty() && name.equals(RESULTS_CHARSET)) {
      return "NULL"; // the one variable that is tracked and may be NULL
    }
    if (NUMBER.matcher(value).matches()) {
      return value; // a numeric variable refuses a string
    }
    if (value.indexOf('\\') >= 0) {
      throw new IllegalStateException("the value of " + name + " holds a backslash");
    }
    return "'" + value.replace("'", "''") + "'";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof SessionVariables o && values.equals(o.values));
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
