package dev.weir.core.mysql;

import dev.weir.core.route.RouteDecision;
import dev.weir.core.sql.Classification;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.core.sql.Value;
import dev.weir.mysql.codec.Outcome;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.ServerStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a statement that has run leaves in the server's session: {@link Pins} and their ends. What the server reports by
 * session tracking is believed; from the text comes what servers do not report.
 */
final class SessionEffects {
  private static final int IGNORES_USER_VARIABLES = 2;

  private SessionEffects() {}

  static void apply(MysqlSession session, CurrentCommand command, MysqlServer server,
      Outcome outcome, Pins pins) {
    boolean failed = outcome.errorCode() != 0;
    Statement statement = command.statement();
    if (statement == null || !readsConditions(statement)) {
      pins.endOfStatement();
      session.conditions().forget();
    }
    if (command.nextTransaction()
        && !ServerStatus.has(outcome.status(), ServerStatus.IN_TRANSACTION)) {
      pins.add(Pins.Reason.NEXT_TRANSACTION);
    } else if (command.toldOfTransaction() || (!failed && !server.tracks())) {
      pins.remove(Pins.Reason.NEXT_TRANSACTION);
    }
    boolean cursor = ServerStatus.has(outcome.status(), ServerStatus.CURSOR_EXISTS)
        && !ServerStatus.has(outcome.status(), ServerStatus.LAST_ROW_SENT);
    if (command.command() == Command.STMT_EXECUTE && cursor) {
      pins.add(Pins.Reason.CURSOR);
    } else if (command.command() != Command.STMT_EXECUTE && !cursor) {
      pins.remove(Pins.Reason.CURSOR);
    }
    if (command.command() == Command.STMT_EXECUTE) {
      pins.remove(Pins.Reason.LONG_DATA);
    }
    if (outcome.warnings() > 0 || failed) {
      pins.add(Pins.Reason.WARNINGS);
    }
    if (statement == null || command.command() == Command.STMT_PREPARE) {
      return;
    }
    Classification c = statement.classification();
    if (!c.effects().isEmpty()) {
      for (Effect effect : c.effects()) {
        apply(session, statement, effect, outcome, command, server, pins);
      }
    } else if (command.stateChanged() || isToldLater(server, outcome)) {
      pins.add(Pins.Reason.UNKNOWN); // a function changed something
    }
    ruleAsks(command.decision(), pins);
    if (failed && !ServerStatus.has(session.status(), ServerStatus.AUTOCOMMIT)) {
      pins.add(Pins.Reason.WARNINGS); // whether a transaction is open, the next answer tells
    }
  }

  /** An EOF packet says that something has changed; what it is comes with the OK of a later statement. */
  private static boolean isToldLater(MysqlServer server, Outcome outcome) {
    return ServerStatus.has(outcome.status(), ServerStatus.SESSION_STATE_CHANGED)
        && !Capabilities.has(server.capabilities(), Capabilities.DEPRECATE_EOF);
  }

  /**
   * A user variable has been set.
   *
   * @param literal null when only the server knows the value; it may be set although there was an error
   */
  private static void userVariable(MysqlSession session, String name, @Nullable String literal,
      CurrentCommand command, Pins pins) {
    String key = UserVariables.key(name);
    SessionVariables others = session.variables().without(key);
    if (literal == null) {
      session.variables(others);
      RouteDecision decision = command.decision();
      if (decision == null || decision.multiplex() != IGNORES_USER_VARIABLES) {
        pins.add(Pins.Reason.USER_VARIABLE, name);
      }
      return;
    }
    SessionVariables now = literal.equals(UserVariables.UNSET)
        ? others
        : session.variables().with(key, literal);
    session.variables(now);
    pins.end(Pins.Reason.USER_VARIABLE, name);
    if (!now.bounded()) {
      pins.add(Pins.Reason.TOO_MANY_VARIABLES);
    }
  }

  /** Whether it reads warnings and errors, as SHOW WARNINGS does: those stay there to be read again. */
  static boolean readsConditions(Statement statement) {
    List<Effect> effects = statement.classification().effects();
    for (int i = 0; i < effects.size(); i++) {
      if (effects.get(i) instanceof Effect.ReadDiagnostics(Effect.Diagnostics what)
          && what == Effect.Diagnostics.CONDITIONS) {
        return true;
      }
    }
    return false;
  }

  private static void ruleAsks(@Nullable RouteDecision decision,
      Pins pins) {
    if (decision != null && decision.multiplex() == 0) {
      pins.add(Pins.Reason.RULE);
    } else if (decision != null && decision.multiplex() == 1) {
      pins.remove(Pins.Reason.RULE);
    }
  }

  private static void apply(MysqlSession session, Statement statement, Effect effect,
      Outcome outcome, CurrentCommand command, MysqlServer server, Pins pins) {
    boolean failed = outcome.errorCode() != 0;
    switch (effect) {
      case Effect.AssignUserVariable(String name, Value value) -> userVariable(session, name,
          failed ? null : UserVariables.literal(value, session.variables()), command, pins);
      case Effect.WriteUserVariable(String name) -> userVariable(session, name, null, command,
          pins);
      case Effect.Pin pin -> pins.add(pin);
      case Effect.Unpin unpin -> {
        if (!failed) {
          pins.end(unpin);
        }
      }
      case Effect.Prepare prepare -> session.statements().texts().prepared(prepare, statement,
          outcome, server, pins);
      case Effect.Deallocate deallocate -> session.statements().texts().deallocated(deallocate,
          statement, outcome, server, pins);
      case Effect.Execute _ -> {
        if (!server.tracks() || command.stateChanged()) {
          pins.add(Pins.Reason.UNKNOWN); // what it has run is not looked at
        }
      }
      case Effect.SetRole _ -> pins.add(Pins.Reason.ROLE);
      case Effect.CallProcedure _ -> {
        if (failed || !server.tracks() || command.stateChanged()) {
          pins.add(Pins.Reason.UNKNOWN); // how far it came, or what it set, nobody knows
        }
      }
      case Effect.Unknown _ -> pins.add(Pins.Reason.UNKNOWN);
      case Effect.Assign(Effect.Scope scope, String name, _) when scope == Effect.Scope.SESSION
          && SessionVariables.staysOnServer(name) ->
        pins.add(Pins.Reason.UNKNOWN);
      case Effect.Assign _,Effect.SetNames _,Effect.SetCharacterSet _,Effect.SetTransaction _,Effect.UseDatabase _ -> {
        if (!server.tracks() || (effect instanceof Effect.Assign(_, String name, Value value)
            && ServerNames.isMariaDb(server.version()) && UnreportedSettings.untold(name, value))) {
          pins.add(Pins.Reason.UNKNOWN);
        }
      }
      case Effect.ReadDiagnostics(Effect.Diagnostics what) -> {
        if (what == Effect.Diagnostics.LAST_INSERT_ID) {
          server.lastInsertId(-1); // LAST_INSERT_ID(n) sets it, and no answer says so
        }
      }
      case Effect.Begin _,Effect.Commit _,Effect.Rollback _,Effect.Savepoint _,Effect.RollbackTo _,Effect.ReleaseSavepoint _,Effect.ImplicitCommit _,Effect.ReadUserVariable _,Effect.ReadSystemVariable _,Effect.ReadConnectionId _,Effect.LoadLocal _,Effect.Kill _,Effect.ProxyCommand _ -> {
        // the transaction is in the status flags; the rest leaves nothing behind
      }
    }
  }
}
