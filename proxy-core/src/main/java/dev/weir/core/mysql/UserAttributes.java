package dev.weir.core.mysql;

import dev.weir.core.config.mysql.UserRow;
import dev.weir.core.control.ControlException;
import dev.weir.core.route.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code mysql_users.attributes} asks for. A key that decides who may log in and is not obeyed is refused; one that
 * nobody knows is the operator's own and says nothing here.
 *
 * @param isolation level that sessions begin with, as servers write it; null for the server's own
 * @param unknown keys without effect
 */
record UserAttributes(@Nullable String isolation, List<String> unknown) {
  static final UserAttributes NONE = new UserAttributes(null, List.of());

  private static final String ISOLATION = "default-transaction_isolation";
  private static final Set<String> LEVELS = Set.of("READ-UNCOMMITTED", "READ-COMMITTED",
      "REPEATABLE-READ", "SERIALIZABLE");
  /** Conditions on the client's certificate. */
  private static final Set<String> OF_CERTIFICATES = Set.of("spiffe_id", "require_x509");

  /** @throws ControlException with the text for the operator when it cannot be obeyed */
  static UserAttributes of(UserRow row) {
    if (row.attributes().isBlank()) {
      return NONE;
    }
    Object read;
    try {
      read = Json.read(row.attributes());
    } catch (IllegalArgumentException e) {
      throw refused(row, "no JSON: " + e.getMessage());
    }
    if (!(read instanceof Map<?, ?> object)) {
      throw refused(row, "not a JSON object");
    }
    String isolation = null;
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<?, ?> entry : object.entrySet()) {
      String key = String.valueOf(entry.getKey());
      if (key.equals(ISOLATION)) {
        isolation = level(row, entry.getValue());
      } else if (OF_CERTIFICATES.contains(key)) {
        throw refused(row, key + ": clients are not asked for certificates here, so that it would "
            + "let everybody in who knows the password");
      } else {
        unknown.add(key);
      }
    }
    return new UserAttributes(isolation, List.copyOf(unknown));
  }

  private static String level(UserRow row, @Nullable Object value) {
    String level = value instanceof String text
        ? text.strip().toUpperCase(Locale.ROOT).replace(' ', '-')
        : "";
    if (!LEVELS.contains(level)) {
      throw refused(row, ISOLATION + ": " + value + " is none of " + LEVELS.stream().sorted()
          .toList());
    }
    return level;
  }

  private static ControlException refused(UserRow row, String why) {
    return new ControlException("28000", "mysql_users " + row.username() + ": attributes: " + why);
  }

  /** What a session begins with. */
  SessionVariables begin(SessionVariables variables) {
    return isolation == null ? variables : variables.with(SessionVariables.ISOLATION, isolation);
  }
}
