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
 * tracking), and {@link UserVariables}: name in lower case and value as text. Immutable; equal ones are usually the same object, so that comparing
 * a client's with a server's costs nothing where nothing was set.
 */
final class SessionVariables {
  static final SessionVariables NONE = new SessionVariables(new TreeMap<>());

  /** Variables of one session; one that sets more is pinned instead of remembered. */
  static final int MAX = 64;
  /** Characters of all names and values. */
  static final int MAX_CHARS = 16 * 1024;

  /** Of servers since MariaDB 11.1 and MySQL 5.7.20; those before have another, see {@link #spelledFor}. */
  static final String ISOLATION = "transaction_isolation";

  private static final String READ_ONLY = "transaction_read_only";
  private static final String OLD_ISOLATION = "tx_isolation";
  private static final String OLD_READ_ONLY = "tx_read_only";
  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,20}(\\.\\d{1,30})?");
  private static final String CHARSET = "character_set_connection";
  private static final String COLLATION = "collation_connection";
  private static final String RESULTS_CHARSET = "character_set_results";
  /**
   * Reported as variables are, yet no setting: {@code last_gtid} nobody can set; character sets of the database follow the
   * schema; the others are for the next statement, or stand still when they were set and cannot be told from running
   * ones.
   */
  private static final Set<String> NOT_SETTINGS = Set.of("last_gtid", "timestamp", "insert_id",
      "last_insert_id", "identity", "rand_seed1", "rand_seed2", "gtid_seq_no",
      "character_set_database", "collation_database");

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

  /** The same under the names that a server has for them: two were renamed, at different times. */
  SessionVariables spelledFor(boolean oldNames) {
    return oldNames
        ? renamed(ISOLATION, OLD_ISOLATION).renamed(READ_ONLY, OLD_READ_ONLY)
        : renamed(OLD_ISOLATION, ISOLATION).renamed(OLD_READ_ONLY, READ_ONLY);
  }

  private SessionVariables renamed(String from, String to) {
    String value = values.get(from);
    return value == null ? this : without(from).with(to, value);
  }

  SessionVariables without(String name) {
    if (!values.containsKey(name)) {
      return this;
    }
    TreeMap<String, String> changed = new TreeMap<>(values);
    changed.remove(name);
    return new SessionVariables(changed);
  }

  /** These, and what of {@code basis} is not among them. */
  SessionVariables over(SessionVariables basis) {
    TreeMap<String, String> both = new TreeMap<>(basis.values);
    both.putAll(values);
    return both.equals(values) ? this : new SessionVariables(both);
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
      if (UserVariables.is(name)) {
        append(sql, start, name).append(UserVariables.UNSET);
      } else if (name.equals(COLLATION)) { // the character set's own
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
    String written = UserVariables.is(name)
        ? UserVariables.written(name)
        : "`" + name.replace("`", "``") + "`";
    return sql.append(written).append('=');
  }

  private static String literal(String name, String value) {
    if (UserVariables.is(name)) {
      return value;
    }
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
