package dev.weir.core.sql.pg;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the statements of one query string may do to their session. May say too much, never too little of what a text can
 * tell. Immutable.
 *
 * @param flags the sum of the constants here
 * @param onExecute the flags of a statement that SQL's PREPARE keeps, which come true with EXECUTE
 * @param customNames settings with a dot in their name: a server does not list those
 * @param ops all that the text does, in order, when that is known for certain; null when the server has to be asked
 * @param unlistened channels that are no longer listened to, in order; {@link #ALL_CHANNELS} for all
 * @param transactionControl whether it begins or ends transactions or savepoints
 */
public record StatementEffects(int flags, int onExecute, List<String> customNames,
    @Nullable List<SessionOp> ops, List<String> unlistened, boolean transactionControl) {
  /** Settings may change. */
  public static final int SETTINGS = 1;
  /** Temporary objects may appear. */
  public static final int TEMPORARY = 1 << 1;
  /** Advisory locks may be taken. */
  public static final int LOCK = 1 << 2;
  /** A cursor may outlive its transaction. */
  public static final int CURSOR = 1 << 3;
  /** Channels may be listened to. */
  public static final int LISTEN = 1 << 4;
  /** Statements may be prepared or forgotten by SQL. */
  public static final int PREPARED = 1 << 5;
  /** A library is loaded: nothing undoes that. */
  public static final int LOAD = 1 << 6;
  /** The last value of a sequence is asked for. */
  public static final int SEQUENCE = 1 << 7;
  /** The random numbers of the session are chosen. */
  public static final int SEED = 1 << 8;
  /** A setting is changed whose name is computed. */
  public static final int COMPUTED_NAME = 1 << 9;
  /** Some of these may end. */
  public static final int ENDS = 1 << 10;
  /** A statement prepared by SQL is run. */
  public static final int EXECUTES = 1 << 11;
  /** {@code UNLISTEN *}: no channel has this name, for a channel's name is an identifier, which is not empty. */
  public static final String ALL_CHANNELS = "";
  /** Everything that the server can be asked about. */
  public static final int ASKABLE = SETTINGS | TEMPORARY | LOCK | CURSOR | LISTEN | PREPARED;

  /** Nothing of interest: by far the most. */
  public static final StatementEffects NONE = new StatementEffects(0, 0, List.of(), List.of(),
      List.of(), false);
  /** BEGIN and its like. */
  static final StatementEffects CONTROL = new StatementEffects(0, 0, List.of(), null, List.of(),
      true);
  /** A text that nobody has read. */
  public static final StatementEffects UNREAD = new StatementEffects(ASKABLE, 0, List.of(), null,
      List.of(), true);

  public StatementEffects {
    customNames = List.copyOf(customNames);
    unlistened = List.copyOf(unlistened);
    ops = ops == null ? null : List.copyOf(ops);
  }

  /** Whether it does nothing of interest. */
  public boolean none() {
    return flags == 0 && onExecute == 0 && !transactionControl;
  }

  /** The name when all it does is to deallocate one statement, else null. */
  public @Nullable String forgets() {
    return (flags & PREPARED) != 0 && ops != null && ops.size() == 1
        && ops.getFirst() instanceof SessionOp.Forget(String name) ? name : null;
  }

  int weight() {
    return flags == 0
        ? 0
        : 128 + (customNames.size() + unlistened.size()) * 96
            + (ops == null ? 0 : ops.size() * 192);
  }
}
