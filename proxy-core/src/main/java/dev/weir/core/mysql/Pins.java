package dev.weir.core.mysql;

import dev.weir.core.sql.Effect;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Why a session keeps its server between transactions: state that lives in the server's session and cannot be brought to
 * another. Confined to the session's worker.
 */
final class Pins {
  /** Kinds of state. */
  enum Reason {
    USER_VARIABLE("user variable"), TEMPORARY_TABLE("temporary table"), TABLE_LOCKS(
        "LOCK TABLES"), GLOBAL_READ_LOCK("FLUSH TABLES WITH READ LOCK"), USER_LOCK(
            "GET_LOCK"), HANDLER("HANDLER"), XA("XA transaction"), FOUND_ROWS(
                "SQL_CALC_FOUND_ROWS"), TEXT_PREPARE("PREPARE"), NEXT_TRANSACTION(
                    "SET TRANSACTION for the next one"), WARNINGS("warnings to be read"), CURSOR(
                        "open cursor"), LONG_DATA("parameter sent in pieces"), RULE(
                            "query rule"), ROLE("SET ROLE"), TOO_MANY_VARIABLES(
                                "more variables than are remembered"), UNKNOWN("unknown change");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  /** Names of one kind that are told apart; beyond it only the end of all of them ends the pin. */
  private static final int MAX_NAMES = 64;

  private final Set<String> names = new HashSet<>();
  private final EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);

  boolean any() {
    return !reasons.isEmpty();
  }

  /** Whether there is state on the server that statements may see; a rule's wish is none. */
  boolean holdState() {
    return reasons.size() > (reasons.contains(Reason.RULE) ? 1 : 0);
  }

  boolean has(Reason reason) {
    return reasons.contains(reason);
  }

  /** Whether there are some, and only those that concern nobody but who reads warnings. */
  boolean onlyConditions() {
    return reasons.size() == 1 && reasons.contains(Reason.WARNINGS);
  }

  void add(Reason reason) {
    reasons.add(reason);
  }

  void remove(Reason reason) {
    reasons.remove(reason);
  }

  /** What holds only until the next statement is over. */
  void endOfStatement() {
    if (!reasons.isEmpty()) {
      remove(Reason.FOUND_ROWS);
      remove(Reason.WARNINGS);
    }
  }

  /** Whether something is left that the end of the next statement does not take away. */
  boolean outlastsStatement() {
    int passing = (has(Reason.FOUND_ROWS) ? 1 : 0) + (has(Reason.WARNINGS) ? 1 : 0);
    return reasons.size() > passing;
  }

  void clear() {
    reasons.clear();
    names.clear();
  }

  void add(Effect.Pin pin) {
    add(reason(pin.cause()), pin.name());
  }

  /** One of several of a kind. */
  void add(Reason reason, String name) {
    add(reason);
    if (names.size() < MAX_NAMES) {
      names.add(reason + " " + name);
    } else {
      names.add(reason + " "); // cannot be told apart any more
    }
  }

  void end(Effect.Unpin unpin) {
    end(reason(unpin.cause()), unpin.name());
  }

  /** The end of one of a kind, or of all if the name is empty. */
  void end(Reason reason, String which) {
    String prefix = reason + " ";
    if (which.isEmpty()) {
      names.removeIf(name -> name.startsWith(prefix));
    } else {
      names.remove(prefix + which);
    }
    if (names.stream().noneMatch(name -> name.startsWith(prefix))) {
      remove(reason);
    }
  }

  private static Reason reason(Effect.Cause cause) {
    return switch (cause) {
      case TEMPORARY_TABLE -> Reason.TEMPORARY_TABLE;
      case TABLE_LOCKS -> Reason.TABLE_LOCKS;
      case GLOBAL_READ_LOCK -> Reason.GLOBAL_READ_LOCK;
      case USER_LOCK -> Reason.USER_LOCK;
      case HANDLER -> Reason.HANDLER;
      case XA_TRANSACTION -> Reason.XA;
      case FOUND_ROWS -> Reason.FOUND_ROWS;
    };
  }

  /** For people: empty when there are none. */
  String describe() {
    return reasons.stream().map(reason -> reason.text).collect(Collectors.joining(", "));
  }
}
