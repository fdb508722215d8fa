package dev.weir.core.sql.pg;

/** One change of a session that a statement's text tells completely. Names of settings are in lower case. Immutable. */
public sealed interface SessionOp {
  /** @param sql the statement that makes the same setting anywhere, whatever the session's other settings are */
  record Assign(String name, String sql) implements SessionOp {}

  /** Back to the value the session began with. */
  record Unset(String name) implements SessionOp {}

  /** The same for all that {@code RESET ALL} resets: not for the role and the session's user. */
  record UnsetAll() implements SessionOp {}

  /** {@code DISCARD ALL}, which leaves only what cannot be undone at all. */
  record DiscardAll() implements SessionOp {}

  /**
   * A statement is prepared by SQL.
   *
   * @param sql the whole PREPARE, which means the same on any server
   */
  record Prepare(String name, String sql) implements SessionOp {}

  /** {@code DEALLOCATE} of one name. */
  record Forget(String name) implements SessionOp {}

  /** {@code LISTEN}. */
  record Listen(String channel) implements SessionOp {}

  /** {@code UNLISTEN} of one channel. */
  record Unlisten(String channel) implements SessionOp {}

  /** What these flags of {@link StatementEffects} stand for is over. */
  record End(int flags) implements SessionOp {}
}
