package dev.weir.core.sql;

/** What a {@code SET} assigns. */
public sealed interface Value {
  /** The word DEFAULT. */
  record Default() implements Value {}

  /**
   * A value that means the same on every server.
   *
   * @param text the content of a string, or a number or word as written
   * @param quoted whether it was a string
   */
  record Literal(String text, boolean quoted) implements Value {}

  /** {@code @name}, in lower case. */
  record UserVariable(String name) implements Value {}

  /** {@code @@name}, in lower case. */
  record SystemVariable(Effect.Scope scope, String name) implements Value {}

  /** Anything that a server has to work out, as written. */
  record Expression(String sql) implements Value {}
}
