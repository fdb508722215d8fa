package dev.weir.admin.console;

/** What one line of console input says, before anybody asks whether it makes sense. */
sealed interface Statement {
  /** {@code VERB [word]}; the argument is empty when there is none. */
  record Words(String verb, String argument) implements Statement {}

  /** {@code SHOW LEDGER rest} and {@code EXPLAIN ROUTE rest}: two words and anything, or nothing. */
  record Phrase(String verb, String item, String rest) implements Statement {}

  /** {@code SET key = value}. */
  record Assignment(String key, String value) implements Statement {}

  /** The form is right but a part is too long, or the key of SET is empty. */
  record BadArguments() implements Statement {}

  /** Nothing we know. */
  record Unknown() implements Statement {}

  /** Reads it. Never fails, whatever the text. */
  static Statement parse(String text) {
    return new StatementReader(text).read();
  }
}
