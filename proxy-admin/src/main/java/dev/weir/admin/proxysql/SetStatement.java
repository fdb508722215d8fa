package dev.weir.admin.proxysql;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** {@code SET name = value}; the name is in small letters, the value without its quotes. */
record SetStatement(String name, String value) {
  private static final List<String> PREFIXES = List.of("mysql-", "admin-", "ldap-",
      "sqliteserver-", "clickhouse-", "pgsql-");
  /** What drivers set on every connection. */
  private static final List<String> EXPECTED = List.of("names", "autocommit", "character",
      "character_set_results", "character_set_client", "sql_auto_is_null", "sql_safe_updates",
      "sql_quote_show_create", "sql_mode", "time_zone", "session", "global", "transaction", "local",
      "net_write_timeout", "net_read_timeout", "sql_select_limit", "wait_timeout");

  /** Null when it is none. */
  static @Nullable SetStatement of(String normal) {
    if (normal.length() < 5 || !normal.regionMatches(true, 0, "SET ", 0, 4)) {
      return null;
    }
    String rest = normal.substring(4).strip();
    int equals = rest.indexOf('=');
    if (equals < 0) {
      int blank = rest.indexOf(' ');
      return new SetStatement(lower(blank < 0 ? rest : rest.substring(0, blank)), "");
    }
    String name = rest.substring(0, equals).replaceFirst(":$", "").strip();
    return new SetStatement(lower(name), unquoted(rest.substring(equals + 1).strip()));
  }

  private static String lower(String name) {
    return name.replace("`", "").replaceFirst("^['\"]|['\"]$", "").toLowerCase(Locale.ROOT);
  }

  private static String unquoted(String value) {
    if (value.length() >= 2) {
      char quote = value.charAt(0);
      if ((quote == '\'' || quote == '"') && value.charAt(value.length() - 1) == quote) {
        String twice = "" + quote + quote;
        return value.substring(1, value.length() - 1).replace(twice, String.valueOf(quote));
      }
    }
    return value;
  }

  /** Whether the name is one of ProxySQL's. */
  boolean ours() {
    return PREFIXES.stream().anyMatch(name::startsWith);
  }

  /** Whether it is something that drivers set and that needs no answer but OK. */
  boolean expected() {
    String first = name.split(" ", 2)[0];
    return first.startsWith("@") || EXPECTED.contains(first);
  }
}
