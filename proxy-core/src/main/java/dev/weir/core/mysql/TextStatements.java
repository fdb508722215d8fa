package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.sql.Classification;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.core.sql.Value;
import dev.weir.mysql.codec.Outcome;
import dev.weir.mysql.packet.ComInitDb;
import dev.weir.mysql.packet.Command;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a session has prepared by SQL's PREPARE from a text that is known: its next server is told again when such a
 * statement is wanted, under the schema and variables of then. What others have left on that server under the same name is
 * taken away first. Statements that do more than read and write data pin the session, as do those whose text only the
 * server knows. Confined to the session's worker.
 */
final class TextStatements {
  /** Of one session; one that prepares more is pinned. */
  private static final int MAX = 32;
  private static final int MAX_CHARS = 16 * 1024;
  /** On one server, of all sessions together; beyond it others' are taken away. */
  private static final int MAX_ON_SERVER = 64;

  private static final int UNKNOWN_STATEMENT = 1243;
  private static final int NOT_IN_XA = 1399;
  private static final int NOT_TO_BE_PREPARED = 1295;

  /** Names about which nobody can argue: servers compare others by rules of their own. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,64}");
  /** Written alike in every character set that a client can have. */
  private static final Pattern ASCII = Pattern.compile("[\\t\\n\\r -~]*");
  /** Nothing in front of it, such as MariaDB's SET STATEMENT, under which the text would be read. */
  private static final Pattern PLAIN_PREPARE = Pattern.compile("\\s*PREPARE\\s.*",
      Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  /** How {@link MysqlRelay} tells an error to a statement of ours. */
  private static final Pattern ERROR = Pattern.compile("(\\d{1,5}) \\((.{5})\\): (.*)",
      Pattern.DOTALL);

  /**
   * Variables that no text is read under. They stay as the session has them now: to set some of them to something else
   * would end a transaction, or is not possible in one.
   */
  private static final Set<String> UNRELATED = Set.of("autocommit", "transaction_isolation",
      "transaction_read_only", "tx_isolation", "tx_read_only", "sql_log_bin", "sql_log_off",
      "foreign_key_checks", "unique_checks", "character_set_results", "profiling",
      "completion_type", "pseudo_slave_mode", "pseudo_replica_mode", "server_id");
  private static final List<String> UNRELATED_PREFIXES = List.of("innodb_", "gtid_", "binlog_",
      "wsrep_", "session_track_", "rpl_", "skip_");

  private final MysqlSession session;
  private final CurrentCommand current;
  private final Map<String, TextStatement> byName = new LinkedHashMap<>(0);
  private final Set<String> givenUp = new HashSet<>(0);
  private CurrentCommand.@Nullable Turn givenUpIn;
  private int chars;

  TextStatements(MysqlSession session, CurrentCommand current) {
    this.session = session;
    this.current = current;
  }

  boolean isEmpty() {
    return byName.isEmpty();
  }

  /** All of them, to be looked at. */
  Collection<TextStatement> all() {
    return byName.values();
  }

  void clear() {
    byName.clear();
    chars = 0;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private void put(TextStatement statement) {
    forget(statement.name());
    byName.put(statement.name(), statement);
    chars += statement.chars();
  }

  private void forget(String key) {
    TextStatement gone = byName.remove(key);
    if (gone != null) {
      chars -= gone.chars();
    }
  }

  // --- before a command ---

  /**
   * Whether the server knows of these statements what the current command may ask for, and nobody else's by their names.
   * False when it is being told, or the client was refused; {@link MysqlSession#continueOr} follows.
   */
  boolean ready(MysqlServer on) {
    Map<String, TextStatement> there = on.statements().byName();
    Statement statement = current.statement();
    if ((byName.isEmpty() && there.isEmpty()) || statement == null
        || current.command() == Command.STMT_PREPARE) {
      return true;
    }
    if (givenUpIn != current.turn()) {
      givenUpIn = current.turn();
      givenUp.clear();
    }
    Classification c = statement.classification();
    List<Effect> effects = c.effects();
    for (int i = 0; i < effects.size(); i++) {
      boolean done = switch (effects.get(i)) {
        case Effect.Execute(String name) -> named(on, name, false);
        case Effect.Deallocate(String name) -> named(on, name, !c.isMultiStatement());
        case Effect.Prepare(String name, Value source) -> isReplaced(c, source)
            ? hasRoom(on, key(name))
            : named(on, name, false);
        case Effect.CallProcedure _,Effect.Unknown _ -> everything(on);
        // What holds for the next statement only must not be for one of ours.
        case Effect.SetTransaction(Effect.Reach reach, _, _) ->
          reach != Effect.Reach.NEXT_TRANSACTION || everything(on);
        case Effect.Assign(Effect.Scope scope, String name, _) ->
          scope != Effect.Scope.SESSION || !SessionVariables.staysOnServer(name)
              || everything(on);
        default -> true;
      };
      if (!done) {
        return false;
      }
    }
    return true;
  }

  /** Whether whatever had the name is gone after this PREPARE, even if that fails. */
  private static boolean isReplaced(Classification c, Value source) {
    return !c.isMultiStatement() && (source instanceof Value.UserVariable
        || (source instanceof Value.Literal(_, boolean quoted) && quoted));
  }

  private boolean named(MysqlServer on, String name, boolean toBeGone) {
    String key = key(name);
    if (!NAME.matcher(key).matches()) {
      return everything(on);
    }
    Map<String, TextStatement> there = on.statements().byName();
    TextStatement mine = byName.get(key);
    TextStatement has = there.get(key);
    if (mine == null) {
      return has == null || givenUp.contains(key) || takeAway(on, key);
    }
    if (mine.equals(has) || (toBeGone && has != null) || givenUp.contains(key)) {
      return true;
    }
    return hasRoom(on, key) && (toBeGone ? prepareToBeGone(on, mine) : prepare(on, mine, false));
  }

  /** A stored procedure may execute any of them. */
  private boolean everything(MysqlServer on) {
    Map<String, TextStatement> there = on.statements().byName();
    for (String key : there.keySet()) {
      if (!byName.containsKey(key) && !givenUp.contains(key)) {
        return takeAway(on, key);
      }
    }
    for (TextStatement mine : byName.values()) {
      if (!mine.equals(there.get(mine.name())) && !givenUp.contains(mine.name())) {
        return hasRoom(on, mine.name()) && prepare(on, mine, true);
      }
    }
    return true;
  }

  private boolean takeAway(MysqlServer on, String key) {
    on.query("DEALLOCATE PREPARE `" + key + "`", (outcome, error) -> {
      if (error == null || outcome.errorCode() == UNKNOWN_STATEMENT) {
        on.statements().byName().remove(key);
      } else {
        givenUp.add(key); // so the server will refuse the client's statement as well
      }
      session.continueOr(on, null, "");
    });
    return false;
  }

  /** Whether one more may be prepared there, in the place of another one's if need be. */
  private boolean hasRoom(MysqlServer on, String key) {
    Map<String, TextStatement> there = on.statements().byName();
    if (there.size() < MAX_ON_SERVER || there.containsKey(key)) {
      return true;
    }
    for (Map.Entry<String, TextStatement> entry : there.entrySet()) {
      if (!entry.getValue().equals(byName.get(entry.getKey()))
          && !givenUp.contains(entry.getKey())) {
        return takeAway(on, entry.getKey());
      }
    }
    return true;
  }

  /** What is to be gone has to be there: anything will do. */
  private boolean prepareToBeGone(MysqlServer on, TextStatement mine) {
    TextStatement other = new TextStatement(mine.name(),
        "PREPARE `" + mine.name() + "` FROM 'DO 0'", mine.text(), mine.schema(), mine.context());
    on.query(other.sql(), (_, error) -> {
      if (error == null) {
        on.statements().byName().put(other.name(), other);
      } else {
        givenUp.add(other.name());
      }
      session.continueOr(on, null, "");
    });
    return false;
  }

  private boolean prepare(MysqlServer on, TextStatement what, boolean amongAll) {
    if (!what.schema().equals(on.schema())) {
      on.run(Command.INIT_DB, new ComInitDb(what.schema()), (outcome, error) -> {
        on.schema(error == null ? what.schema() : on.schema());
        after(on, what, amongAll, outcome, error);
      });
      return false;
    }
    SessionVariables own = on.basis()
        .under(session.variables().spelledFor(on.hasOldNames()));
    SessionVariables wanted = inContext(own, what.context());
    String sql = wanted.difference(on.variables());
    if (sql != null) {
      on.query(sql, (outcome, error) -> {
        on.variables(error == null ? wanted : on.variables());
        after(on, what, amongAll, outcome, error);
      });
      return false;
    }
    on.query(what.sql(), (outcome, error) -> {
      if (error == null) {
        on.statements().byName().put(what.name(), what);
      } else {
        on.statements().byName().remove(what.name());
      }
      after(on, what, amongAll, outcome, error);
    });
    return false;
  }

  /** A step of telling the server of a statement is done. */
  private void after(MysqlServer on, TextStatement what, boolean amongAll, Outcome outcome,
      @Nullable String error) {
    if (error == null || Failover.mayConcern(outcome.errorCode())) {
      session.continueOr(on, error, "prepared statement " + what.name());
    } else if (amongAll) {
      givenUp.add(what.name()); // if it is asked for, the server will say that it has none
      session.continueOr(on, null, "");
    } else if (session.state() == MysqlSession.State.SYNCING && session.server() == on) {
      fails(error);
      session.intake().work();
    }
  }

  /** The client gets what the server says, as it would if the statement had been prepared there all the time. */
  private void fails(String error) {
    Matcher told = ERROR.matcher(error);
    session.pins().endOfStatement();
    session.conditions().forget();
    session.pins().cause(current.statement());
    session.pins().add(Pins.Reason.WARNINGS); // the error can be read there
    session.affected(-1);
    session.refuseCommand(told.matches()
        ? new Refusal(told.group(2), Integer.parseInt(told.group(1)), told.group(3))
        : new Refusal("HY000", 1105, error));
  }

  // --- what a text is read under ---

  private static boolean concernsTexts(String variable) {
    return !UserVariables.is(variable) && !UNRELATED.contains(variable)
        && !variable.endsWith("_timeout")
        && UNRELATED_PREFIXES.stream().noneMatch(variable::startsWith);
  }

  /** The session's variables, but those that texts are read under are these. */
  private static SessionVariables inContext(SessionVariables now, SessionVariables context) {
    SessionVariables wanted = now;
    for (String name : now.all().keySet()) {
      if (concernsTexts(name) && context.get(name) == null) {
        wanted = wanted.without(name);
      }
    }
    for (Map.Entry<String, String> entry : context.all().entrySet()) {
      wanted = wanted.with(entry.getKey(), entry.getValue());
    }
    return wanted;
  }

  private static SessionVariables contextOf(SessionVariables now) {
    SessionVariables context = now;
    for (String name : now.all().keySet()) {
      if (!concernsTexts(name)) {
        context = context.without(name);
      }
    }
    return context;
  }

  // --- after a command ---

  /** A PREPARE is over. */
  void prepared(Effect.Prepare effect, Statement statement, Outcome outcome, MysqlServer on,
      Pins pins) {
    int errno = outcome.errorCode();
    boolean failed = errno != 0;
    String key = key(effect.name());
    if (errno == NOT_IN_XA && !isMulti(statement)) {
      return; // refused before anything was done
    }
    if (!NAME.matcher(key).matches()) {
      pins.add(Pins.Reason.UNKNOWN); // it may be another spelling of one that is known
      return;
    }
    boolean replaced = isReplaced(statement.classification(), effect.source());
    TextStatement made = failed || !replaced ? null : movable(key, effect, statement, on);
    forget(key);
    on.statements().byName().remove(key);
    if (made != null) {
      put(made);
      on.statements().byName().put(key, made);
      pins.end(Pins.Reason.TEXT_PREPARE, key);
    } else if (failed && replaced && isAboutText(outcome)) {
      pins.end(Pins.Reason.TEXT_PREPARE, key); // what had the name is gone
    } else {
      pins.add(Pins.Reason.TEXT_PREPARE, key);
    }
  }

  /** Whether a PREPARE failed for what it was to prepare, and so after what had its name was gone. */
  private static boolean isAboutText(Outcome outcome) {
    return outcome.sqlState().startsWith("42") || outcome.errorCode() == NOT_TO_BE_PREPARED;
  }

  /** A DEALLOCATE PREPARE is over. */
  void deallocated(Effect.Deallocate effect, Statement statement, Outcome outcome,
      MysqlServer on, Pins pins) {
    int errno = outcome.errorCode();
    String key = key(effect.name());
    if (!NAME.matcher(key).matches()) {
      pins.add(Pins.Reason.UNKNOWN);
    } else if (errno == 0 || (errno == UNKNOWN_STATEMENT && !isMulti(statement))) {
      forget(key);
      on.statements().byName().remove(key);
      pins.end(Pins.Reason.TEXT_PREPARE, key);
    } else if (isMulti(statement) && errno != NOT_IN_XA) {
      forget(key);
      on.statements().byName().remove(key);
      pins.add(Pins.Reason.TEXT_PREPARE, key); // the server knows whether it is still there
    }
  }

  private static boolean isMulti(Statement statement) {
    return statement.classification().isMultiStatement();
  }

  /** The statement as it can be told to other servers; null when it cannot. */
  private @Nullable TextStatement movable(String key, Effect.Prepare effect, Statement statement,
      MysqlServer on) {
    RouteDecision decision = current.decision();
    String sql = statement.text();
    if (!on.tracks() || session.schema().isEmpty() || !current.whole()
        || (decision != null && decision.rewritten() != null) || !ASCII.matcher(sql).matches()
        || !PLAIN_PREPARE.matcher(sql).matches()
        || statement.bytes().length >= session.runtime().settings().maxQueryLength()) {
      return null;
    }
    String text = textOf(effect, session.variables());
    if (text == null || !ASCII.matcher(text).matches()) {
      return null;
    }
    if (effect.source() instanceof Value.UserVariable) {
      sql = "PREPARE `" + key + "` FROM '" + text + "'";
    }
    Statement inner = session.readText(text.getBytes(StandardCharsets.US_ASCII));
    SessionVariables context = contextOf(on.variables());
    TextStatement made = new TextStatement(key, sql, inner, session.schema(), context);
    TextStatement before = byName.get(key);
    int others = chars - (before == null ? 0 : before.chars());
    boolean fits = others + made.chars() <= MAX_CHARS
        && (before != null || byName.size() < MAX);
    boolean writable = context.all().values().stream()
        .noneMatch(value -> value.indexOf('\\') >= 0);
    return fits && writable && onlyMovesData(inner.classification()) ? made : null;
  }

  /** Whether it leaves nothing in the session, nor asks for anything of it but user variables. */
  private static boolean onlyMovesData(Classification c) {
    return c.statements() == 1
        && c.effects().stream().allMatch(effect -> effect instanceof Effect.ReadUserVariable);
  }

  /** What is prepared; null when only the server knows. */
  private static @Nullable String textOf(Effect.Prepare effect, SessionVariables now) {
    return switch (effect.source()) {
      case Value.Literal(String literal, boolean quoted) when quoted -> literal;
      case Value.UserVariable(String name) -> plainText(name, now);
      default -> null;
    };
  }

  /** What a user variable holds, where it was set from a literal: no quotes and no backslashes then. */
  private static @Nullable String plainText(String variable, SessionVariables now) {
    String literal = now.get(UserVariables.key(variable));
    int from = literal == null ? -1 : literal.indexOf('\'');
    return literal == null || from < 0
        ? null
        : literal.substring(from + 1, literal.lastIndexOf('\''));
  }

  /**
   * For people: whether what a statement prepares would follow its session, as far as the text tells.
   *
   * @param reader classifies the text
   */
  static boolean followsByText(Effect.Prepare effect, SessionVariables now,
      Function<byte[], Statement> reader) {
    String text = textOf(effect, now);
    return NAME.matcher(key(effect.name())).matches() && text != null
        && ASCII.matcher(text).matches() && text.length() <= MAX_CHARS
        && onlyMovesData(
            reader.apply(text.getBytes(StandardCharsets.US_ASCII)).classification());
  }
}
