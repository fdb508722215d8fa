package dev.weir.admin.command;

import dev.weir.core.control.ControlException;
import org.jspecify.annotations.Nullable;

/** Readings of the one word that may follow a verb. */
final class Arguments {
  private Arguments() {}

  /** A database, or null for all when there is no word. */
  static @Nullable String databaseOrAll(String argument) {
    return argument.isEmpty() ? null : argument;
  }

  /** @throws ControlException when there is no word */
  static String database(String argument) {
    if (argument.isEmpty()) {
      throw new ControlException("a database is required");
    }
    return argument;
  }

  /** @throws ControlException unless the word is a decimal number */
  static long clientId(String argument) {
    if (argument.isEmpty() || !argument.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ControlException("invalid client pointer supplied");
    }
    try {
      return Long.parseLong(argument);
    } catch (NumberFormatException e) {
      throw new ControlException("client not found"); // more digits than any id has
    }
  }

  /**
   * A client as SHOW CLIENTS prints it: a decimal id, or a ptr with 0x before it.
   *
   * @throws ControlException when it is neither
   */
  static long shownClient(String argument) {
    try {
      if (argument.startsWith("0x") || argument.startsWith("0X")) {
        return Long.parseUnsignedLong(argument.substring(2), 16);
      }
      return Long.parseLong(argument);
    } catch (NumberFormatException e) {
      throw new ControlException(argument.isEmpty()
          ? "a client's id of SHOW CLIENTS is required"
          : "not a client's id: '" + argument
              + "'; SHOW CLIENTS has them in its columns id and ptr");
    }
  }
}
