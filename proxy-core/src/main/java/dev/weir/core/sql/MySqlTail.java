package dev.weir.core.sql;

import dev.weir.core.sql.Effect.Cause;
import dev.weir.core.sql.Effect.Diagnostics;
import dev.weir.core.sql.Effect.Scope;
import java.util.Locale;

/** What can stand anywhere in a statement: variables, functions with a memory, locking clauses. Part of its classifier. */
final class MySqlTail {
  private final Lexer lexer;
  private final EffectList effects;
  private boolean locks;
  private boolean writes;
  private boolean broken;
  private boolean into;
  private boolean assigns;
  private Keyword before = Keyword.OTHER;
  private int end;

  MySqlTail(Lexer lexer, EffectList effects) {
    this.lexer = lexer;
    this.effects = effects;
  }

  void begin() {
    locks = false;
    writes = false;
    broken = false;
    into = false;
    assigns = false;
    before = Keyword.OTHER;
    end = lexer.start();
  }

  /** From here on user variables are written to: LOAD DATA ... (@a, @b). */
  void assumeAssignments() {
    assigns = true;
  }

  boolean locks() {
    return locks;
  }

  boolean writes() {
    return writes;
  }

  boolean isBroken() {
    return broken;
  }

  /** Where the last token ended that belongs to the statement. */
  int end() {
    return end;
  }

  boolean atEnd() {
    if (lexer.last() == Token.BROKEN) {
      broken = true;
      return true;
    }
    return lexer.last() == Token.SEMICOLON || lexer.last() == Token.END;
  }

  /** Looks at the rest of the statement. */
  void scan() {
    while (!atEnd()) {
      see();
    }
    if (lexer.last() == Token.BROKEN) {
      lexer.next();
    }
  }

  /** Goes over the rest of the statement without looking. */
  void skip() {
    while (!atEnd()) {
      lexer.next();
    }
    scan();
  }

  /** Goes to the end of the text. */
  void toEndOfText() {
    while (lexer.last() != Token.END) {
      broken |= lexer.last() == Token.BROKEN;
      lexer.next();
    }
  }

  /**
   * Goes over the definition of a view or of a stored program. A program's body may hold semicolons, and where it ends
   * only a parser knows; so the text is taken to end with it.
   */
  Command skipProgram(Command command) {
    Command found = command;
    while (!atEnd()) {
      switch (lexer.keyword()) {
        case VIEW -> {
          skip();
          return Command.CREATE_VIEW;
        }
        case TRIGGER -> {
          toEndOfText();
          return Command.CREATE_TRIGGER;
        }
        case PROCEDURE, FUNCTION, EVENT, PACKAGE -> {
          toEndOfText();
          return found;
        }
        default -> lexer.next();
      }
    }
    scan();
    return found;
  }

  /** Looks at one token, or at the few that belong together, and goes behind. */
  void see() {
    end = lexer.end();
    switch (lexer.last()) {
      case USER_VARIABLE -> userVariable();
      case SYSTEM_VARIABLE -> {
        Value.SystemVariable variable = systemVariable();
        effects.add(new Effect.ReadSystemVariable(variable.scope(), variable.name()));
        before = Keyword.OTHER;
      }
      case WORD -> word();
      case COMMA -> lexer.next(); // INTO @a, @b
      default -> {
        into = false;
        before = Keyword.OTHER;
        lexer.next();
      }
    }
  }

  private void userVariable() {
    String name = lexer.value().toLowerCase(Locale.ROOT);
    Token next = lexer.next();
    if (into || assigns || next == Token.ASSIGN) {
      effects.add(new Effect.WriteUserVariable(name));
    } else {
      effects.add(new Effect.ReadUserVariable(name));
    }
    before = Keyword.OTHER;
  }

  /** Reads {@code @@scope.name}; goes behind it. */
  Value.SystemVariable systemVariable() {
    String name = lexer.value();
    Scope scope = Scope.SESSION;
    end = lexer.end();
    lexer.next();
    boolean first = true;
    while (lexer.last() == Token.DOT) {
      lexer.next();
      String part = lexer.value();
      if (first && isScope(name)) {
        scope = scope(name);
        name = part;
      } else {
        name = name + "." + part;
      }
      first = false;
      end = lexer.end();
      lexer.next();
    }
    return new Value.SystemVariable(scope, name.toLowerCase(Locale.ROOT));
  }

  static boolean isScope(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "global", "session", "local", "persist", "persist_only" -> true;
      default -> false;
    };
  }

  static Scope scope(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "global" -> Scope.GLOBAL;
      case "persist" -> Scope.PERSIST;
      case "persist_only" -> Scope.PERSIST_ONLY;
      default -> Scope.SESSION;
    };
  }

  private void word() {
    Keyword keyword = lexer.keyword();
    Token next = lexer.next();
    boolean called = next == Token.OPEN;
    if (called) {
      function(keyword);
    } else {
      clause(keyword);
    }
    before = keyword;
  }

  private void clause(Keyword keyword) {
    into = keyword == Keyword.INTO;
    switch (keyword) {
      case UPDATE -> locks |= before == Keyword.FOR;
      case SHARE -> locks |= before == Keyword.FOR;
      case MODE -> locks |= before == Keyword.SHARE; // LOCK IN SHARE MODE
      case OUTFILE, DUMPFILE -> writes |= before == Keyword.INTO;
      case VALUE -> writes |= before == Keyword.NEXT; // NEXT VALUE FOR a sequence
      case SQL_CALC_FOUND_ROWS -> effects.add(new Effect.Pin(Cause.FOUND_ROWS, ""));
      default -> {
      }
    }
  }

  private void function(Keyword keyword) {
    into = false;
    switch (keyword) {
      case GET_LOCK -> effects.add(new Effect.Pin(Cause.USER_LOCK, argument()));
      case RELEASE_LOCK -> {
        String name = argument();
        if (!name.isEmpty()) {
          effects.add(new Effect.Unpin(Cause.USER_LOCK, name));
        }
      }
      case RELEASE_ALL_LOCKS -> effects.add(new Effect.Unpin(Cause.USER_LOCK, ""));
      case FOUND_ROWS -> effects.add(new Effect.ReadDiagnostics(Diagnostics.FOUND_ROWS));
      case ROW_COUNT -> effects.add(new Effect.ReadDiagnostics(Diagnostics.ROW_COUNT));
      case LAST_INSERT_ID -> lastInsertId();
      case CONNECTION_ID -> effects.add(new Effect.ReadConnectionId());
      case NEXTVAL, SETVAL -> writes = true;
      default -> {
      }
    }
  }

  private void lastInsertId() {
    lexer.mark();
    Token argument = lexer.next();
    lexer.rewind();
    effects.add(argument == Token.CLOSE
        ? new Effect.ReadDiagnostics(Diagnostics.LAST_INSERT_ID)
        : new Effect.Unknown("LAST_INSERT_ID with a value"));
  }

  /** The string behind an opening parenthesis; empty if something else stands there. */
  private String argument() {
    String text = "";
    lexer.mark();
    if (lexer.next() == Token.STRING) {
      String value = lexer.value();
      Token next = lexer.next();
      if (next == Token.COMMA || next == Token.CLOSE) {
        text = value;
      }
    }
    lexer.rewind();
    return text;
  }
}
