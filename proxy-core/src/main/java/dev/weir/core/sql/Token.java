package dev.weir.core.sql;

/** The kinds of token that {@link Lexer} tells apart. */
public enum Token {
  /** No more. */
  END,
  /** A keyword or an unquoted name. */
  WORD,
  /** A name in backticks or, where they hold names, double quotes. */
  QUOTED_NAME, STRING, NUMBER,
  /** MySQL: {@code @name}, also with the name in quotes. */
  USER_VARIABLE,
  /** MySQL: {@code @@} and what follows up to a dot. */
  SYSTEM_VARIABLE,
  /** {@code ?} or, in PostgreSQL, {@code $1}. */
  PARAMETER, OPEN, CLOSE, COMMA, DOT, SEMICOLON, EQUALS,
  /** MySQL: {@code :=}. */
  ASSIGN, OPERATOR,
  /** A string, quoted name or comment that does not end; it covers the rest of the text. */
  BROKEN
}
