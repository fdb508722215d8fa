package dev.weir.core.sql;

import java.util.List;

/**
 * What a text of one or more statements is, and what it does to its session. Immutable, and the same for the same text
 * and {@link SqlMode}, so it can be kept.
 *
 * @param command the first statement's
 * @param access the most that any of the statements does
 * @param statements how many there are; 0 in a text of blanks and comments
 * @param commands the statements' commands, in order, up to {@link #MAX_COMMANDS}
 * @param effects what they do to the session, in order
 */
public record Classification(Command command, Access access, int statements, List<Command> commands,
    List<Effect> effects) {
  /** Statements beyond this are classified but not listed. */
  public static final int MAX_COMMANDS = 64;
  /** A text with more effects ends in one that is {@link Effect.Unknown}. */
  public static final int MAX_EFFECTS = 1024;

  /** What a statement does to data, from least to most. */
  public enum Access {
    /** Nothing: it is about the session or the transaction. */
    SESSION, READ,
    /** Reads, and locks what it reads. */
    LOCKING_READ, WRITE
  }

  public Classification {
    commands = List.copyOf(commands);
    effects = List.copyOf(effects);
  }

  /** Whether any server with the data can answer, and nothing of the session is touched. */
  public boolean isPlainRead() {
    return access == Access.READ && effects.isEmpty();
  }

  public boolean isMultiStatement() {
    return statements > 1;
  }
}
