package dev.weir.core.mysql;

import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.core.sql.Value;
import dev.weir.mysql.packet.ServerStatus;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a SET has changed without a report. MariaDB is silent about {@code SET @@x}, and a client may have switched reports
 * off (drivers set {@code session_track_system_variables} to a list of their own at login): each such variable is set to
 * the value it has, which is reported. The collation of the connection MariaDB never reports: it is taken from the text. So
 * are switches that MariaDB keeps as bits of one word: it reports all of them under the name of the one that a connection
 * changed first.
 */
final class UnreportedSettings {
  static final String COLLATION = "collation_connection";
  private static final String AUTOCOMMIT = "autocommit";
  private static final String TRACKING = "session_track_";

  private static final Set<String> BITS = Set.of("autocommit", "big_tables",
      "check_constraint_checks", "foreign_key_checks", "profiling", "sql_auto_is_null",
      "sql_big_selects", "sql_buffer_result", "sql_log_bin", "sql_log_off", "sql_notes",
      "sql_quote_show_create", "sql_safe_updates", "sql_warnings", "unique_checks");

  private UnreportedSettings() {}

  /** Whether only the text tells what a variable of a MariaDB has been set to, and this one does not. */
  static boolean untold(String name, Value value) {
    return BITS.contains(name) && !(value instanceof Value.Default) && bit(value) == null;
  }

  private static @Nullable String bit(Value value) {
    return value instanceof Value.Literal(String text, _)
        ? switch (text.toLowerCase(Locale.ROOT)) {
          case "0", "off", "false" -> "OFF";
          case "1", "on", "true" -> "ON";
          default -> null;
        }
        : null;
  }

  /** Every answer shows it, also one to what has set it out of sight. */
  static SessionVariables autocommit(SessionVariables reported, int status) {
    boolean on = ServerStatus.has(status, ServerStatus.AUTOCOMMIT);
    if (on != "OFF".equals(reported.get(AUTOCOMMIT))) {
      return reported;
    }
    return reported.with(AUTOCOMMIT, on ? "ON" : "OFF");
  }

  /** Variables with what only the statement's text tells. */
  static SessionVariables told(@Nullable Statement statement, SessionVariables reported) {
    if (statement == null) {
      return reported;
    }
    SessionVariables now = reported;
    List<Effect> effects = statement.classification().effects();
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i) instanceof Effect.SetNames(_, String collation) && !collation.isEmpty()) {
        now = now.with(COLLATION, collation.toLowerCase(Locale.ROOT));
      } else if (effects
          .get(i) instanceof Effect.Assign(Effect.Scope scope, String name, Value value)
          && scope == Effect.Scope.SESSION && name.equals(COLLATION)
          && value instanceof Value.Literal(String text, _)) {
        now = now.with(COLLATION, text.toLowerCase(Locale.ROOT));
      } else if (effects
          .get(i) instanceof Effect.Assign(Effect.Scope scope, String name, Value value)
          && scope == Effect.Scope.SESSION && BITS.contains(name)) {
        String bit = bit(value);
        now = bit == null ? now.without(name) : now.with(name, bit);
      }
    }
    return now;
  }

  /**
   * The statement to run now; null when everything was reported.
   *
   * @param reported names of variables that the response has reported
   * @param tracking what switches reports on for everything
   */
  static @Nullable String question(@Nullable Statement statement, List<String> reported,
      String tracking) {
    if (statement == null || statement.classification().effects().isEmpty()) {
      return null;
    }
    boolean switched = false;
    Set<String> silent = new LinkedHashSet<>();
    List<Effect> effects = statement.classification().effects();
    for (int i = 0; i < effects.size(); i++) {
      switch (effects.get(i)) {
        case Effect.Assign(Effect.Scope scope, String name, _) when scope == Effect.Scope.SESSION -> {
          if (name.startsWith(TRACKING)) {
            switched = true;
          } else if (!SessionVariables.staysOnServer(name) && !name.equals(COLLATION)
              && !BITS.contains(name)) {
            silent.add(name);
          }
        }
        default -> {
          // sets nothing
        }
      }
    }
    reported.forEach(silent::remove);
    if (!switched && silent.isEmpty()) {
      return null;
    }
    StringBuilder sql = new StringBuilder(switched ? tracking : "SET ");
    for (String name : silent) {
      if (sql.length() > "SET ".length()) {
        sql.append(", ");
      }
      String quoted = "@@session.`" + name.replace("`", "``") + "`";
      sql.append(quoted).append('=').append(quoted);
    }
    return sql.toString();
  }
}
