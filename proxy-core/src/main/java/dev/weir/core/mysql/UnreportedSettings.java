package dev.weir.core.mysql;

import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.core.sql.Value;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a SET has changed without a report. MariaDB is silent about {@code SET @@x}, and a client may have switched reports
 * off (drivers set {@code session_track_system_variables} to a list of their own at login): each such variable is set to
 * the value it has, which is reported. The collation of the connection MariaDB never reports: it is taken from the text.
 */
final class UnreportedSettings {
  static final String COLLATION = "collation_connection";
  private static final String TRACKING = "session_track_";

  private UnreportedSettings() {}

  /** Variables with the collation that the statement has set, if it has. */
  static SessionVariables collation(@Nullable Statement statement, SessionVariables reported) {
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
          } else if (!SessionVariables.staysOnServer(name) && !name.equals(COLLATION)) {
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
