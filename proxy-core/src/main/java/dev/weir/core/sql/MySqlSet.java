package dev.weir.core.sql;

import dev.weir.core.sql.Effect.AccessMode;
import dev.weir.core.sql.Effect.Reach;
import dev.weir.core.sql.Effect.Scope;
import java.util.Locale;

/** Reads SET in its many forms. Part of its classifier. */
final class MySqlSet {
  private final Lexer lexer;
  private final MySqlTail tail;
  private final EffectList effects;
  private boolean writes;
  private boolean forStatement;

  MySqlSet(Lexer lexer, MySqlTail tail, EffectList effects) {
    this.lexer = lexer;
    this.tail = tail;
    this.effects = effects;
  }

  /** Whether what was read is followed by the statement it is for. */
  boolean isForStatement() {
    return forStatement;
  }

  /** Reads what stands behind SET; true if it changes more than the session. */
  boolean read() {
    writes = false;
    forStatement = false;
    if (lexer.keyword() == Keyword.STATEMENT) {
      forStatement();
      return false;
    }
    do {
      item();
    } while (lexer.last() == Token.COMMA && lexer.next() != Token.END);
    if (!tail.atEnd()) {
      effects.add(new Effect.Unknown("SET that was not understood"));
    }
    return writes;
  }

  /** MariaDB: the variables hold for one statement only, so they are not the session's. */
  private void forStatement() {
    int depth = 0;
    while (!tail.atEnd()) {
      if (lexer.last() == Token.OPEN) {
        depth++;
      } else if (lexer.last() == Token.CLOSE) {
        depth--;
      } else if (depth == 0 && lexer.keyword() == Keyword.FOR) {
        lexer.next();
        forStatement = !tail.atEnd();
        return;
      }
      tail.see();
    }
  }

  private void item() {
    switch (lexer.last()) {
      case USER_VARIABLE -> {
        String name = lexer.value().toLowerCase(Locale.ROOT);
        lexer.next();
        Value value = assigned();
        effects.add(new Effect.AssignUserVariable(name, value));
      }
      case SYSTEM_VARIABLE -> {
        Value.SystemVariable variable = tail.systemVariable();
        assign(variable.scope(), variable.name());
      }
      case WORD -> word();
      case QUOTED_NAME -> assign(Scope.SESSION, name());
      default -> effects.add(new Effect.Unknown("SET that was not understood"));
    }
  }

  private void word() {
    String word = lexer.value();
    Keyword keyword = lexer.keyword();
    Token next = lexer.next();
    if (next == Token.EQUALS || next == Token.ASSIGN) {
      if (keyword == Keyword.PASSWORD) {
        password();
      } else {
        assign(Scope.SESSION, word.toLowerCase(Locale.ROOT));
      }
      return;
    }
    if (next == Token.DOT) {
      lexer.next();
      assign(Scope.SESSION, (word + "." + name()).toLowerCase(Locale.ROOT));
      return;
    }
    switch (keyword) {
      case NAMES -> names();
      case CHARACTER -> {
        lexer.next(); // SET
        effects.add(new Effect.SetCharacterSet(charset()));
      }
      case CHARSET -> effects.add(new Effect.SetCharacterSet(charset()));
      case PASSWORD -> password();
      case TRANSACTION -> transaction(Reach.NEXT_TRANSACTION);
      case ROLE -> effects.add(new Effect.SetRole(rest()));
      case DEFAULT -> {
        writes = true; // SET DEFAULT ROLE
        tail.skip();
      }
      default -> scoped(word);
    }
  }

  private void scoped(String word) {
    if (!MySqlTail.isScope(word)) {
      effects.add(new Effect.Unknown("SET " + word));
      tail.scan();
      return;
    }
    Scope scope = MySqlTail.scope(word);
    if (lexer.keyword() == Keyword.TRANSACTION) {
      lexer.next();
      transaction(scope == Scope.GLOBAL ? Reach.GLOBAL : Reach.SESSION);
    } else {
      assign(scope, name());
    }
  }

  private void password() {
    writes = true;
    effects.add(new Effect.ImplicitCommit());
    tail.skip();
  }

  /** A variable's name, with its component if it has one. */
  private String name() {
    StringBuilder name = new StringBuilder(lexer.value());
    lexer.next();
    while (lexer.last() == Token.DOT) {
      lexer.next();
      name.append('.').append(lexer.value());
      lexer.next();
    }
    return name.toString().toLowerCase(Locale.ROOT);
  }

  private void assign(Scope scope, String name) {
    Value value = assigned();
    effects.add(new Effect.Assign(scope, name, value));
    writes |= scope != Scope.SESSION;
  }

  private Value assigned() {
    if (lexer.last() != Token.EQUALS && lexer.last() != Token.ASSIGN) {
      effects.add(new Effect.Unknown("SET that was not understood"));
      return new Value.Expression("");
    }
    lexer.next();
    return value();
  }

  private void names() {
    String charset = charset();
    String collation = "";
    if (lexer.keyword() == Keyword.COLLATE) {
      lexer.next();
      collation = lexer.value();
      lexer.next();
    }
    effects.add(new Effect.SetNames(charset, collation));
  }

  private String charset() {
    String charset = lexer.keyword() == Keyword.DEFAULT ? "" : lexer.value();
    lexer.next();
    return charset;
  }

  private String rest() {
    int from = lexer.start();
    int to = from;
    while (!tail.atEnd()) {
      to = lexer.end();
      lexer.next();
    }
    return lexer.text(from, to);
  }

  private void transaction(Reach reach) {
    writes |= reach == Reach.GLOBAL;
    StringBuilder isolation = new StringBuilder();
    AccessMode access = AccessMode.UNSPECIFIED;
    boolean level = false;
    for (; !tail.atEnd(); lexer.next()) {
      Keyword keyword = lexer.keyword();
      if (lexer.last() == Token.COMMA) {
        level = false;
      } else if (keyword == Keyword.LEVEL) {
        level = true;
      } else if (level) {
        isolation.append(isolation.isEmpty() ? "" : " ")
            .append(lexer.value().toUpperCase(Locale.ROOT));
      } else if (keyword == Keyword.ONLY) {
        access = AccessMode.READ_ONLY;
      } else if (keyword == Keyword.WRITE) {
        access = AccessMode.READ_WRITE;
      }
    }
    effects.add(new Effect.SetTransaction(reach, isolation.toString(), access));
  }

  /** Reads a value up to the next comma or the end of the statement. */
  Value value() {
    int from = lexer.start();
    int parts = 0;
    int depth = 0;
    int noted = effects.size();
    boolean negative = false;
    Value single = new Value.Expression("");
    int to = from;
    while (!tail.atEnd() && (depth > 0 || lexer.last() != Token.COMMA)) {
      if (lexer.last() == Token.OPEN) {
        depth++;
      } else if (lexer.last() == Token.CLOSE) {
        depth--;
      }
      if (parts == 0) {
        negative = lexer.last() == Token.OPERATOR && lexer.isAt(lexer.start(), '-');
      }
      if (parts == 0 && lexer.last() == Token.SYSTEM_VARIABLE) {
        Value.SystemVariable variable = tail.systemVariable();
        effects.add(new Effect.ReadSystemVariable(variable.scope(), variable.name()));
        single = variable;
      } else {
        if (parts == 0 || (parts == 1 && negative && lexer.last() == Token.NUMBER)) {
          single = single(negative);
        } else if (parts == 1) {
          negative = false;
        }
        tail.see();
      }
      parts++;
      to = tail.end();
    }
    boolean isSingle = parts == 1 || (parts == 2 && negative);
    if (!isSingle || single instanceof Value.Expression) {
      return new Value.Expression(lexer.text(from, Math.max(from, to)));
    }
    effects.truncate(noted); // the value says it itself
    return single;
  }

  private Value single(boolean negative) {
    return switch (lexer.last()) {
      case STRING -> new Value.Literal(lexer.value(), true);
      case NUMBER -> new Value.Literal(negative ? "-" + lexer.value() : lexer.value(), false);
      case WORD -> lexer.keyword() == Keyword.DEFAULT
          ? new Value.Default()
          : new Value.Literal(lexer.value(), false);
      case QUOTED_NAME -> new Value.Literal(lexer.value(), false);
      case USER_VARIABLE -> new Value.UserVariable(lexer.value().toLowerCase(Locale.ROOT));
      default -> new Value.Expression("");
    };
  }
}
