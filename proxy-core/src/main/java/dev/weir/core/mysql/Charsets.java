package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.mysql.packet.Collation;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which character set a session has: what its client asked for, {@code mysql-default_charset} for one that asks for none,
 * and what {@code mysql-handle_unknown_charset} says of one that nobody knows. Any thread.
 */
final class Charsets {
  private static final Logger LOG = LoggerFactory.getLogger(Charsets.class);
  private static final int DISCONNECT = 0;
  private static final int REPLACE_AND_LOG = 1;
  // of MySQL's and MariaDB's error reference
  private static final int UNKNOWN_CHARSET = 1115;
  private static final int UNKNOWN_COLLATION = 1273;
  private static final int WRONG_COLLATION = 1253;

  private Charsets() {}

  /**
   * The collation of {@code mysql-default_collation_connection} where it is one of the character set, else what the
   * character set has by itself.
   */
  static Collation defaultCollation(String charset, String collation) {
    Collation own = Collation.defaultOf(charset, true);
    Collation named = Collation.of(collation);
    if (named != null && (own == null || named.charset().equals(own.charset()))) {
      return named;
    }
    if (own == null) {
      throw new IllegalStateException("no character set: " + charset); // the variable allows none of those
    }
    return own;
  }

  /** What is wrong with the two variables together; null when nothing is. */
  static @Nullable String complaint(String charset, String collation) {
    Collation used = defaultCollation(charset, collation);
    return used.equals(Collation.of(collation))
        ? null
        : "mysql-default_collation_connection: '" + collation + "' is no collation of " + charset
            + "; " + used.name() + " is used";
  }

  /** The collation for a client that asks for {@code id}, 0 for none; null when it has to go. */
  static @Nullable Collation ofLogin(MysqlRuntime runtime, Object client, int id) {
    Collation known = Collation.of(id);
    MysqlSettings s = runtime.settings();
    if (known != null || id == 0) {
      return known == null ? s.defaultCollation() : known;
    }
    if (s.handleUnknownCharset() == DISCONNECT) {
      return null;
    }
    if (s.handleUnknownCharset() == REPLACE_AND_LOG) {
      LOG.warn("{}: unknown collation {} is replaced by {}", client, id,
          s.defaultCollation().name());
    }
    return s.defaultCollation();
  }

  static Refusal unknown(int id) {
    return new Refusal("42000", UNKNOWN_CHARSET, "Unknown character set: '" + id + "'");
  }

  /** Whether a server says so of a character set or collation that it does not know. */
  static boolean isUnknown(int errno) {
    return errno == UNKNOWN_CHARSET || errno == UNKNOWN_COLLATION || errno == WRONG_COLLATION;
  }

  /**
   * What a session's variables become when a server does not know its character set or collation; null when it has to go.
   * The same again when there is nothing to replace.
   */
  static @Nullable SessionVariables replaced(MysqlRuntime runtime, Object client,
      SessionVariables wanted, String error) {
    MysqlSettings s = runtime.settings();
    if (s.handleUnknownCharset() == DISCONNECT) {
      LOG.warn("{}: closing because: {}", client, error);
      return null;
    }
    SessionVariables now = with(wanted, s.defaultCollation());
    if (s.handleUnknownCharset() == REPLACE_AND_LOG && !now.equals(wanted)) {
      LOG.warn("{}: {}: replaced by {}", client, error, s.defaultCollation().name());
    }
    return now;
  }

  /** Variables as SET NAMES leaves them. */
  static SessionVariables with(SessionVariables before, Collation collation) {
    return before.with("character_set_client", collation.charset())
        .with("character_set_connection", collation.charset())
        .with("character_set_results", collation.charset())
        .with("collation_connection", collation.name());
  }
}
