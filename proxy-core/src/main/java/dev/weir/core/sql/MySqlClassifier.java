package dev.weir.core.sql;

import dev.weir.core.sql.Classification.Access;
import dev.weir.core.sql.Effect.AccessMode;
import dev.weir.core.sql.Effect.Cause;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a MySQL or MariaDB text does, from its tokens and in one pass; no parser. What it does not understand it
 * calls a write and {@link Effect.Unknown}, so that a mistake costs a pin and not somebody's data. Confined to its
 * worker.
 */
public final class MySqlClassifier {
  private static final byte[] NO_BYTES = {};

  private final Lexer lexer;
  private final MySqlTail tail;
  private final MySqlSet set;
  private final EffectList effects = new EffectList();
  private Access access = Access.SESSION;
  private Command command = Command.UNKNOWN;

  public MySqlClassifier(SqlMode mode) {
    lexer = new Lexer(mode);
    tail = new MySqlTail(lexer, effects);
    set = new MySqlSet(lexer, tail, effects);
  }

  /** Classifies the bytes from {@code from} up to {@code to}; keeps no reference to them. */
  public Classification classify(byte[] sql, int from, int to) {
    lexer.open(sql, from, to);
    effects.clear();
    List<Command> commands = new ArrayList<>(1);
    Access most = Access.SESSION;
    int statements = 0;
    lexer.next();
    while (lexer.last() != Token.END) {
      if (lexer.last() == Token.SEMICOLON) {
        lexer.next();
        continue;
      }
      access = Access.SESSION;
      command = Command.UNKNOWN;
      tail.begin();
      statement();
      if (lexer.last() != Token.END && lexer.last() != Token.SEMICOLON) {
        tail.scan();
      }
      settle();
      if (access.compareTo(most) > 0) {
        most = access;
      }
      if (statements++ < Classification.MAX_COMMANDS) {
        commands.add(command);
      }
    }
    lexer.open(NO_BYTES, 0, 0);
    Command first = commands.isEmpty() ? Command.UNKNOWN : commands.getFirst();
    return new Classification(first, most, statements, commands, effects.toList());
  }

  private void settle() {
    if (tail.isBroken()) {
      unknown("text that does not end its strings or comments");
    }
    if (tail.writes()) {
      access = Access.WRITE;
    } else if (tail.locks() && access == Access.READ) {
      access = Access.LOCKING_READ;
      if (command == Command.SELECT) {
        command = Command.SELECT_FOR_UPDATE;
      }
    }
  }

  private void unknown(String why) {
    access = Access.WRITE;
    effects.add(new Effect.Unknown(why));
  }

  private void is(Command what, Access does) {
    command = what;
    access = does;
  }

  /** A statement that commits what is open. */
  private void definition(Command what) {
    is(what, Access.WRITE);
    effects.add(new Effect.ImplicitCommit());
  }

  /** Reads a statement's first words; whoever calls reads what is left of it. */
  private void statement() {
    while (lexer.last() == Token.OPEN) {
      lexer.next();
    }
    Keyword first = lexer.keyword();
    boolean word = lexer.last() == Token.WORD;
    String spelling = word ? lexer.value() : "";
    lexer.next();
    switch (first) {
      case SELECT -> is(Command.SELECT, Access.READ);
      case INSERT -> is(Command.INSERT, Access.WRITE);
      case UPDATE -> is(Command.UPDATE, Access.WRITE);
      case DELETE -> is(Command.DELETE, Access.WRITE);
      case REPLACE -> is(Command.REPLACE, Access.WRITE);
      case WITH -> with();
      case VALUES, TABLE, DO, HELP -> is(Command.UNKNOWN, Access.READ);
      case SHOW -> show();
      case DESCRIBE, DESC -> explain(Command.DESCRIBE);
      case EXPLAIN -> explain(Command.EXPLAIN);
      case SET -> setStatement();
      case USE -> {
        is(Command.USE, Access.SESSION);
        effects.add(new Effect.UseDatabase(lexer.value()));
      }
      case BEGIN, START, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, XA -> transaction(first);
      case CALL -> {
        is(Command.CALL, Access.WRITE);
        effects.add(new Effect.CallProcedure(qualifiedName()));
        tail.assumeAssignments(); // which parameters are OUT, the text does not say
      }
      case PREPARE, EXECUTE, DEALLOCATE -> prepared(first);
      case LOCK, UNLOCK, HANDLER, FLUSH, BACKUP -> locks(first);
      case KILL -> kill();
      case LOAD -> load();
      case PROXYSQL -> {
        int from = lexer.start();
        tail.scan();
        effects.add(new Effect.ProxyCommand(lexer.text(from, Math.max(from, tail.end()))));
      }
      case CREATE -> create();
      case DROP -> drop();
      case ALTER -> alter();
      default -> other(first, word, spelling);
    }
  }

  private void other(Keyword first, boolean word, String spelling) {
    switch (first) {
      case TRUNCATE -> definition(Command.TRUNCATE_TABLE);
      case RENAME -> definition(
          lexer.keyword() == Keyword.TABLE ? Command.RENAME_TABLE : Command.UNKNOWN);
      case GRANT -> definition(Command.GRANT);
      case REVOKE -> definition(Command.REVOKE);
      case OPTIMIZE -> definition(Command.OPTIMIZE);
      case ANALYZE -> analyze();
      case REPAIR, CHECK, CACHE, INSTALL, UNINSTALL, IMPORT -> definition(Command.UNKNOWN);
      case CHECKSUM -> is(Command.UNKNOWN, Access.READ);
      case CHANGE -> definition(
          lexer.keyword() == Keyword.MASTER ? Command.CHANGE_MASTER : Command.UNKNOWN);
      case STOP, SHUTDOWN, RESTART -> is(Command.UNKNOWN, Access.WRITE);
      case PURGE -> is(Command.PURGE, Access.WRITE);
      case RESET -> definition(switch (lexer.keyword()) {
        case MASTER -> Command.RESET_MASTER;
        case SLAVE, REPLICA -> Command.RESET_SLAVE;
        default -> Command.UNKNOWN;
      });
      case GET -> {
        is(Command.UNKNOWN, Access.READ);
        effects.add(new Effect.ReadDiagnostics(Effect.Diagnostics.CONDITIONS));
      }
      case SIGNAL, RESIGNAL -> is(Command.UNKNOWN, Access.SESSION);
      default -> unknown(word ? "unknown statement " + spelling : "text that is no statement");
    }
    if (first == Keyword.GRANT || first == Keyword.REVOKE || first == Keyword.RENAME) {
      tail.skip(); // user@host is no variable
    }
  }

  /** ANALYZE TABLE, or MariaDB's ANALYZE that runs the statement it explains. */
  private void analyze() {
    Keyword next = lexer.keyword();
    if (next == Keyword.TABLE || next == Keyword.LOCAL || isWord("no_write_to_binlog")) {
      definition(Command.ANALYZE_TABLE);
    } else {
      explained(Command.UNKNOWN, true);
    }
  }

  private boolean isWord(String word) {
    return lexer.last() == Token.WORD && lexer.value().equalsIgnoreCase(word);
  }

  private void with() {
    is(Command.UNKNOWN, Access.READ);
    int depth = 0;
    while (!tail.atEnd()) {
      if (lexer.last() == Token.OPEN) {
        depth++;
      } else if (lexer.last() == Token.CLOSE) {
        depth--;
      }
      Keyword keyword = lexer.keyword();
      if (depth == 0 && (keyword == Keyword.SELECT || keyword == Keyword.UPDATE
          || keyword == Keyword.DELETE || keyword == Keyword.INSERT
          || keyword == Keyword.REPLACE)) {
        statement();
        return;
      }
      tail.see();
    }
    unknown("WITH without a statement");
  }

  private void show() {
    is(Command.SHOW, Access.READ);
    Keyword what = lexer.keyword();
    if (what == Keyword.TABLE) {
      lexer.next();
      if (lexer.keyword() == Keyword.STATUS) {
        command = Command.SHOW_TABLE_STATUS;
      }
    } else if (what == Keyword.WARNINGS || what == Keyword.ERRORS) {
      effects.add(new Effect.ReadDiagnostics(Effect.Diagnostics.CONDITIONS));
    } else if (what == Keyword.COUNT) {
      effects.add(new Effect.ReadDiagnostics(Effect.Diagnostics.CONDITIONS));
    } else if (what == Keyword.CREATE || isWord("grants")) {
      tail.skip();
    }
  }

  private void explain(Command what) {
    if (lexer.keyword() == Keyword.ANALYZE) { // runs it
      lexer.next();
      explained(what, true);
    } else {
      explained(what, false);
    }
  }

  private void explained(Command what, boolean runs) {
    if (runs) {
      while (!tail.atEnd() && !isVerb(lexer.keyword())) {
        lexer.next(); // FORMAT = JSON
      }
      if (!tail.atEnd()) {
        statement();
      }
      command = what;
    } else {
      is(what, Access.READ);
      tail.skip(); // nothing of it happens
    }
  }

  private static boolean isVerb(Keyword keyword) {
    return switch (keyword) {
      case SELECT, INSERT, UPDATE, DELETE, REPLACE, WITH, TABLE, VALUES -> true;
      default -> false;
    };
  }

  private void setStatement() {
    is(Command.SET, Access.SESSION);
    if (set.read()) {
      access = Access.WRITE;
    }
    if (set.isForStatement()) { // MariaDB: SET STATEMENT ... FOR
      statement();
    }
  }

  private void transaction(Keyword first) {
    switch (first) {
      case BEGIN -> {
        command = Command.BEGIN;
        if (lexer.keyword() == Keyword.NOT) {
          unknown("compound statement");
          tail.toEndOfText();
        } else {
          effects.add(new Effect.Begin(AccessMode.UNSPECIFIED, false));
        }
      }
      case START -> start();
      case COMMIT, ROLLBACK -> end(first == Keyword.COMMIT);
      case SAVEPOINT -> {
        command = Command.SAVEPOINT;
        effects.add(new Effect.Savepoint(lexer.value()));
      }
      case RELEASE -> {
        command = Command.RELEASE_SAVEPOINT;
        lexer.next();
        effects.add(new Effect.ReleaseSavepoint(lexer.value()));
      }
      default -> xa();
    }
  }

  private void start() {
    if (lexer.keyword() != Keyword.TRANSACTION) { // replication
      is(Command.UNKNOWN, Access.WRITE);
      return;
    }
    command = Command.START_TRANSACTION;
    AccessMode mode = AccessMode.UNSPECIFIED;
    boolean snapshot = false;
    for (lexer.next(); !tail.atEnd(); lexer.next()) {
      switch (lexer.keyword()) {
        case ONLY -> mode = AccessMode.READ_ONLY;
        case WRITE -> mode = AccessMode.READ_WRITE;
        case SNAPSHOT -> snapshot = true;
        default -> {
        }
      }
    }
    effects.add(new Effect.Begin(mode, snapshot));
  }

  private void end(boolean commit) {
    command = commit ? Command.COMMIT : Command.ROLLBACK;
    boolean chain = false;
    boolean release = false;
    boolean negated = false;
    for (; !tail.atEnd(); lexer.next()) {
      switch (lexer.keyword()) {
        case TO -> {
          command = Command.ROLLBACK_SAVEPOINT;
          lexer.next();
          if (lexer.keyword() == Keyword.SAVEPOINT) {
            lexer.next();
          }
          effects.add(new Effect.RollbackTo(lexer.value()));
          return;
        }
        case CHAIN -> chain = !negated;
        case RELEASE -> release = !negated;
        default -> {
        }
      }
      negated = lexer.keyword() == Keyword.NO;
    }
    effects.add(commit ? new Effect.Commit(chain, release) : new Effect.Rollback(chain, release));
  }

  private void xa() {
    is(Command.UNKNOWN, Access.WRITE);
    switch (lexer.keyword()) {
      case START, BEGIN -> effects.add(new Effect.Pin(Cause.XA_TRANSACTION, ""));
      case COMMIT, ROLLBACK -> effects.add(new Effect.Unpin(Cause.XA_TRANSACTION, ""));
      case RECOVER -> access = Access.READ;
      default -> {
      }
    }
  }

  private void prepared(Keyword first) {
    command = switch (first) {
      case PREPARE -> Command.PREPARE;
      case EXECUTE -> Command.EXECUTE;
      default -> Command.DEALLOCATE;
    };
    if (first == Keyword.DEALLOCATE) {
      lexer.next(); // PREPARE
    }
    if (first == Keyword.EXECUTE && lexer.keyword() == Keyword.IMMEDIATE) {
      unknown("EXECUTE IMMEDIATE");
      return;
    }
    String name = lexer.value();
    lexer.next();
    switch (first) {
      case PREPARE -> {
        boolean from = lexer.keyword() == Keyword.FROM;
        lexer.next();
        Value source = set.value();
        effects.add(new Effect.Prepare(name,
            from && tail.atEnd() ? source : new Value.Expression("")));
      }
      case EXECUTE -> {
        access = Access.WRITE; // whoever remembers what was prepared knows better
        effects.add(new Effect.Execute(name));
      }
      default -> effects.add(new Effect.Deallocate(name));
    }
  }

  private void locks(Keyword first) {
    switch (first) {
      case LOCK -> lock();
      case UNLOCK -> {
        is(Command.UNLOCK_TABLES, Access.WRITE);
        effects.add(new Effect.Unpin(Cause.TABLE_LOCKS, ""));
        effects.add(new Effect.Unpin(Cause.GLOBAL_READ_LOCK, ""));
      }
      case HANDLER -> handler();
      case FLUSH -> flush();
      default -> unknown("BACKUP");
    }
  }

  private void lock() {
    if (lexer.keyword() == Keyword.TABLE || lexer.keyword() == Keyword.TABLES) {
      definition(Command.LOCK_TABLE);
      effects.add(new Effect.Pin(Cause.TABLE_LOCKS, ""));
    } else {
      unknown("LOCK " + lexer.value());
    }
  }

  private void handler() {
    is(Command.UNKNOWN, Access.WRITE);
    String name = qualifiedName();
    if (lexer.keyword() == Keyword.OPEN) {
      lexer.next();
      if (lexer.keyword() == Keyword.AS) {
        lexer.next();
      }
      boolean alias = lexer.last() == Token.WORD || lexer.last() == Token.QUOTED_NAME;
      effects.add(new Effect.Pin(Cause.HANDLER, alias ? lexer.value() : name));
    } else if (lexer.keyword() == Keyword.CLOSE) {
      effects.add(new Effect.Unpin(Cause.HANDLER, name));
    }
  }

  private void flush() {
    definition(Command.FLUSH);
    boolean tables = false;
    boolean with = false;
    for (; !tail.atEnd(); lexer.next()) {
      switch (lexer.keyword()) {
        case TABLE, TABLES -> tables = true;
        case WITH -> with = true;
        case EXPORT -> with = true;
        default -> {
        }
      }
    }
    if (tables && with) {
      effects.add(new Effect.Pin(Cause.GLOBAL_READ_LOCK, ""));
    }
  }

  private void kill() {
    command = Command.KILL;
    boolean queryOnly = false;
    while (lexer.keyword() != Keyword.OTHER || isWord("id")) {
      queryOnly |= lexer.keyword() == Keyword.QUERY;
      lexer.next();
    }
    effects.add(new Effect.Kill(queryOnly, set.value()));
  }

  private void load() {
    is(Command.LOAD, Access.WRITE);
    boolean definition = lexer.keyword() == Keyword.INDEX;
    for (; !tail.atEnd() && lexer.keyword() != Keyword.INTO; lexer.next()) {
      if (lexer.keyword() == Keyword.LOCAL) {
        effects.add(new Effect.LoadLocal());
      }
    }
    if (definition) {
      effects.add(new Effect.ImplicitCommit());
    } else if (lexer.keyword() == Keyword.INTO) {
      lexer.next();
      tail.assumeAssignments();
    }
  }

  /** A name with its schema, if it has one; goes behind it. */
  private String qualifiedName() {
    String name = lexer.value();
    lexer.next();
    if (lexer.last() == Token.DOT) {
      lexer.next();
      name = name + "." + lexer.value();
      lexer.next();
    }
    return name;
  }

  private void create() {
    while (true) {
      switch (lexer.keyword()) {
        case OR, REPLACE, UNIQUE, FULLTEXT, SPATIAL -> lexer.next();
        case TEMPORARY -> {
          is(Command.CREATE_TEMPORARY, Access.WRITE);
          lexer.next(); // TABLE
          boolean sequence = lexer.keyword() == Keyword.SEQUENCE;
          lexer.next();
          skipIfExists();
          effects.add(new Effect.Pin(Cause.TEMPORARY_TABLE, sequence ? "" : qualifiedName()));
          return;
        }
        default -> {
          created();
          return;
        }
      }
    }
  }

  private void created() {
    definition(switch (lexer.keyword()) {
      case TABLE -> Command.CREATE_TABLE;
      case INDEX -> Command.CREATE_INDEX;
      case DATABASE, SCHEMA -> Command.CREATE_DATABASE;
      case TRIGGER -> Command.CREATE_TRIGGER;
      case USER -> Command.CREATE_USER;
      case VIEW -> Command.CREATE_VIEW;
      default -> Command.UNKNOWN;
    });
    switch (lexer.keyword()) {
      case TABLE, INDEX, DATABASE, SCHEMA, SEQUENCE -> {
      }
      case USER, ROLE -> tail.skip();
      // with DEFINER = and the like in between; what stands in a body happens later, if ever
      default -> command = tail.skipProgram(command);
    }
  }

  private void skipIfExists() {
    if (lexer.keyword() == Keyword.IF) {
      lexer.next();
      if (lexer.keyword() == Keyword.NOT) {
        lexer.next();
      }
      lexer.next();
    }
  }

  private void drop() {
    boolean temporary = lexer.keyword() == Keyword.TEMPORARY;
    if (temporary) {
      lexer.next();
    }
    Keyword what = lexer.keyword();
    if (what == Keyword.PREPARE) {
      lexer.next();
      command = Command.DEALLOCATE;
      effects.add(new Effect.Deallocate(lexer.value()));
      return;
    }
    is(switch (what) {
      case TABLE, TABLES -> Command.DROP_TABLE;
      case INDEX -> Command.DROP_INDEX;
      case DATABASE, SCHEMA -> Command.DROP_DATABASE;
      case TRIGGER -> Command.DROP_TRIGGER;
      case USER -> Command.DROP_USER;
      case VIEW -> Command.DROP_VIEW;
      default -> Command.UNKNOWN;
    }, Access.WRITE);
    if (!temporary) {
      effects.add(new Effect.ImplicitCommit());
    }
    lexer.next();
    if (command == Command.DROP_TABLE) {
      skipIfExists();
      while (lexer.last() == Token.WORD || lexer.last() == Token.QUOTED_NAME) {
        effects.add(new Effect.Unpin(Cause.TEMPORARY_TABLE, qualifiedName()));
        if (lexer.last() != Token.COMMA) {
          break;
        }
        lexer.next();
      }
    }
    tail.skip();
  }

  private void alter() {
    while (true) {
      switch (lexer.keyword()) {
        case TABLE -> {
          definition(Command.ALTER_TABLE);
          return;
        }
        case VIEW -> {
          definition(Command.ALTER_VIEW);
          tail.skip();
          return;
        }
        case EVENT -> {
          definition(Command.UNKNOWN);
          tail.skipProgram(command);
          return;
        }
        case OTHER, OR, REPLACE, DEFINER -> {
          if (tail.atEnd()) {
            definition(Command.UNKNOWN);
            return;
          }
          lexer.next();
        }
        default -> {
          definition(Command.UNKNOWN);
          tail.skip();
          return;
        }
      }
    }
  }
}
