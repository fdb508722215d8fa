package dev.weir.core.sql.pg;

import java.util.Locale;

/** How settings are named and written in SQL of our own. */
public final class Settings {
  private Settings() {}

  /** Names of settings compare without case. */
  public static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether a name can stand in a statement as it is, and its setting is one that a SET of the same name makes again. */
  public static boolean plain(String name) {
    if (name.equals("role") || name.equals("session_authorization")) {
      return false;
    }
    boolean begins = true;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || c == '_';
      if (!letter && (begins || ((c < '0' || c > '9') && c != '.'))) {
        return false;
      }
      begins = c == '.';
    }
    return !begins;
  }

  /** Settings that last as long as their transaction, however they are set. */
  public static boolean ofTransaction(String name) {
    return switch (name) {
      case "transaction_isolation", "transaction_read_only", "transaction_deferrable" -> true;
      default -> false;
    };
  }

  /** An SQL string literal that means the same whatever standard_conforming_strings says. */
  public static String literal(String value) {
    String quoted = value.replace("'", "''");
    return quoted.indexOf('\\') < 0
        ? "'" + quoted + "'"
        : " E'" + quoted.replace("\\", "\\\\") + "'";
  }

  /** The statement that sets one to a value as {@code pg_settings} prints it. */
  public static String setConfig(String name, String value) {
    return "SELECT pg_catalog.set_config(" + literal(name) + "," + literal(value) + ",false)";
  }
}
