package dev.weir.core.mysql;

import dev.weir.core.sql.Value;
import dev.weir.mysql.packet.Collation;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * User variables that a statement has set to something that means the same on every server: they are remembered among the
 * session's {@link SessionVariables} under a name with an {@code @}, and set again wherever the session goes on. What a
 * server has worked out itself pins instead.
 */
final class UserVariables {
  /** Not set; and for a statement nothing else than NULL. */
  static final String UNSET = "NULL";

  private static final String MARK = "@";
  private static final Pattern NUMBER = Pattern
      .compile("-?\\d{1,65}(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");
  /** Strings that are written alike in every mode and every character set that a client can have. */
  private static final Pattern PLAIN = Pattern.compile("[ -~&&[^'\\\\]]*");
  private static final Pattern NAME = Pattern.compile("[a-z0-9_]+");
  /** Of what a connection's literals can be, those in which ASCII is not itself. */
  private static final Set<String> WIDE = Set.of("ucs2", "utf16", "utf16le", "utf32");

  private UserVariables() {}

  /** Under which name it is remembered. */
  static String key(String name) {
    return MARK + name;
  }

  static boolean is(String key) {
    return key.startsWith(MARK);
  }

  /** How the variable is written in a SET. */
  static String written(String key) {
    return MARK + "`" + key.substring(MARK.length()).replace("`", "``") + "`";
  }

  /** Of literals; MySQL does not report that it has changed with the collation. */
  private static @Nullable String charset(@Nullable String collation, SessionVariables now) {
    if (collation == null) {
      return now.get("character_set_connection");
    }
    Collation known = Collation.of(collation);
    return known == null ? null : known.charset();
  }

  /**
   * The value as SQL that gives the same everywhere, its character set and collation included; null when there is none.
   *
   * @param now the session's variables at the SET
   */
  static @Nullable String literal(Value value, SessionVariables now) {
    if (!(value instanceof Value.Literal(String text, boolean quoted))) {
      return null;
    }
    if (!quoted) {
      boolean word = text.equalsIgnoreCase(UNSET) || text.equalsIgnoreCase("TRUE")
          || text.equalsIgnoreCase("FALSE");
      return word
          ? text.toUpperCase(Locale.ROOT)
          : NUMBER.matcher(text).matches() ? text : null;
    }
    String collation = now.get("collation_connection"); // null is the character set's own
    String charset = charset(collation, now);
    if (charset == null || WIDE.contains(charset) || !NAME.matcher(charset).matches()
        || (collation != null && !NAME.matcher(collation).matches())
        || !PLAIN.matcher(text).matches()) {
      return null;
    }
    String literal = "_" + charset + "'" + text + "'";
    return collation == null ? literal : literal + " COLLATE " + collation;
  }
}
