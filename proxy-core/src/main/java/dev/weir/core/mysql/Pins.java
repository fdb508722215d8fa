package dev.weir.core.mysql;

import dev.weir.core.metrics.PinCounters;
import dev.weir.core.sql.Digest;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a session keeps its server between transactions: state that lives in the server's session and cannot be brought to
 * another. Confined to the session's worker.
 */
@SuppressWarnings("EnumOrdinal") // numbers of counters and array places, never stored
final class Pins {
  private static final String END = "the end of the session or COM_RESET_CONNECTION";
  private static final String NEXT_STATEMENT = "the next statement";

  /** Kinds of state. */
  enum Reason {
    USER_VARIABLE("user variable", "SET of the variable to a literal"), TEMPORARY_TABLE(
        "temporary table", "DROP TABLE"), TABLE_LOCKS("LOCK TABLES",
            "UNLOCK TABLES"), GLOBAL_READ_LOCK("FLUSH TABLES WITH READ LOCK",
                "UNLOCK TABLES"), USER_LOCK("GET_LOCK",
                    "RELEASE_LOCK or RELEASE_ALL_LOCKS"), HANDLER("HANDLER", "HANDLER CLOSE"), XA(
                        "XA transaction", "XA COMMIT or XA ROLLBACK"), FOUND_ROWS(
                            "SQL_CALC_FOUND_ROWS", NEXT_STATEMENT), TEXT_PREPARE("PREPARE",
                                "DEALLOCATE PREPARE"), NEXT_TRANSACTION(
                                    "SET TRANSACTION for the next one",
                                    "the end of the next transaction"), WARNINGS(
                                        "warnings to be read", NEXT_STATEMENT), CURSOR(
                                            "open cursor",
                                            "its last row, or the next statement"), LONG_DATA(
                                                "parameter sent in pieces",
                                                "COM_STMT_EXECUTE"), RULE("query rule",
                                                    "a query rule with multiplex=1"), ROLE(
                                                        "SET ROLE",
                                                        END), TOO_MANY_VARIABLES(
                                                            "more variables than are remembered",
                                                            END), UNKNOWN("unknown change", END);

    private final String text;
    private final String endsWith;

    Reason(String text, String endsWith) {
      this.text = text;
      this.endsWith = endsWith;
    }

    String text() {
      return text;
    }

    String endsWith() {
      return endsWith;
    }
  }

  /**
   * When and by what a reason has come up.
   *
   * @param digest null when there was no statement, or digests are off
   * @param word what is shown then
   */
  private record Origin(Instant since, long sinceNanos, @Nullable Digest digest, String word) {
    String text() {
      return digest == null ? word : digest.storedText();
    }
  }

  /** What is called for each reason that is there. */
  @FunctionalInterface
  interface Visitor {
    /** @param endsWith what would end it, with the names it is about */
    void pin(Reason reason, String digest, Instant since, String endsWith);
  }

  /** Names of one kind that are told apart; beyond it only the end of all of them ends the pin. */
  private static final int MAX_NAMES = 64;
  private static final int MAX_NAMES_SHOWN = 8;

  private final PinCounters counters;
  private final Set<String> names = new HashSet<>();
  private final EnumSet<Reason> reasons = EnumSet.noneOf(Reason.class);
  /** By reason; made with the first one. */
  private @Nullable Origin @Nullable [] origins;
  private @Nullable Statement cause;
  /** Where the session is counted as one that keeps a server; null when it is not. */
  private @Nullable AtomicInteger countedIn;

  /** @param counters the worker's */
  Pins(PinCounters counters) {
    this.counters = counters;
  }

  PinCounters counters() {
    return counters;
  }

  /** The statement that runs, which reasons are put down to; null for none. */
  void cause(@Nullable Statement running) {
    cause = running;
  }

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
    if (!reasons.add(reason)) {
      return;
    }
    Statement by = cause;
    @Nullable Origin[] all = origins;
    if (all == null) {
      all = new @Nullable Origin[Reason.values().length];
      origins = all;
    }
    all[reason.ordinal()] = new Origin(Instant.now(), System.nanoTime(),
        by == null ? null : by.digest(),
        by == null ? "" : by.classification().command().name());
    counters.begins(reason.ordinal());
  }

  void remove(Reason reason) {
    if (reasons.remove(reason)) {
      ended(reason);
    }
  }

  private void ended(Reason reason) {
    @Nullable Origin[] all = origins;
    Origin origin = all == null ? null : all[reason.ordinal()];
    if (all != null && origin != null) {
      all[reason.ordinal()] = null;
      counters.ends(reason.ordinal(),
          TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - origin.sinceNanos()));
    }
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
    if (!reasons.isEmpty()) {
      reasons.forEach(this::ended);
      reasons.clear();
    }
    names.clear();
    uncount();
  }

  /** Whether the session is counted as one that keeps a server. */
  boolean isCounted() {
    return countedIn != null;
  }

  /** Counts the session in advance, unless there are so many already; false then. */
  boolean count(AtomicInteger in, int most) {
    if (in.getAndUpdate(counted -> counted < most ? counted + 1 : counted) >= most) {
      return false;
    }
    countedIn = in;
    return true;
  }

  /** A command is over: the session is counted there if something lasting holds it, and not otherwise. */
  void settle(AtomicInteger in) {
    if (countedIn == null && reasons.isEmpty()) {
      return;
    }
    boolean holds = outlastsStatement();
    if (holds && countedIn == null) {
      in.incrementAndGet();
      countedIn = in;
    } else if (!holds) {
      uncount();
    }
  }

  private void uncount() {
    AtomicInteger in = countedIn;
    if (in != null) {
      in.decrementAndGet();
      countedIn = null;
    }
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

  static Reason reason(Effect.Cause cause) {
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

  /** Shows each reason. */
  void visit(Visitor visitor) {
    @Nullable Origin[] all = origins;
    for (Reason reason : reasons) {
      Origin origin = all == null ? null : all[reason.ordinal()];
      if (origin != null) {
        visitor.pin(reason, origin.text(), origin.since(), reason.endsWith + about(reason));
      }
    }
  }

  /** Names that the reason is about, if they are known. */
  private String about(Reason reason) {
    String prefix = reason + " ";
    String shown = names.stream().filter(name -> name.startsWith(prefix))
        .map(name -> name.substring(prefix.length()).toLowerCase(Locale.ROOT)).sorted()
        .filter(name -> !name.isEmpty()).limit(MAX_NAMES_SHOWN).collect(Collectors.joining(", "));
    return shown.isEmpty() ? "" : " (" + shown + ")";
  }
}
