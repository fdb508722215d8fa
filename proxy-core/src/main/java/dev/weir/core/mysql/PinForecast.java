package dev.weir.core.mysql;

import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.core.sql.Value;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which {@link Pins pin} a statement brings about, as far as its text tells before it runs; {@link SessionEffects} decides
 * when it has. Pure functions.
 */
final class PinForecast {
  private PinForecast() {}

  /**
   * @param variables the session's
   * @param reader classifies texts as the session would
   * @return null when it brings about none, or only the server can tell
   */
  static Pins.@Nullable Reason of(Effect effect, SessionVariables variables,
      Function<byte[], Statement> reader) {
    return switch (effect) {
      case Effect.Pin(Effect.Cause cause, _) -> Pins.reason(cause);
      case Effect.AssignUserVariable(_, Value value) -> UserVariables.literal(value,
          variables) == null ? Pins.Reason.USER_VARIABLE : null;
      case Effect.WriteUserVariable _ -> Pins.Reason.USER_VARIABLE;
      case Effect.Prepare prepare -> TextStatements.followsByText(prepare, variables, reader)
          ? null
          : Pins.Reason.TEXT_PREPARE;
      case Effect.SetRole _ -> Pins.Reason.ROLE;
      case Effect.Unknown _ -> Pins.Reason.UNKNOWN;
      case Effect.SetTransaction(Effect.Reach reach, _, _) ->
        reach == Effect.Reach.NEXT_TRANSACTION ? Pins.Reason.NEXT_TRANSACTION : null;
      case Effect.Assign(Effect.Scope scope, String name, _) ->
        scope == Effect.Scope.SESSION && SessionVariables.staysOnServer(name)
            ? Pins.Reason.UNKNOWN
            : null;
      case Effect.Begin _,Effect.Commit _,Effect.Rollback _,Effect.Savepoint _,Effect.RollbackTo _,Effect.ReleaseSavepoint _,Effect.ImplicitCommit _,Effect.UseDatabase _,Effect.ReadUserVariable _,Effect.ReadSystemVariable _,Effect.SetNames _,Effect.SetCharacterSet _,Effect.Unpin _,Effect.Execute _,Effect.Deallocate _,Effect.CallProcedure _,Effect.ReadDiagnostics _,Effect.ReadConnectionId _,Effect.LoadLocal _,Effect.Kill _,Effect.ProxyCommand _ ->
        null;
    };
  }

  /** The first that would last longer than to the next statement; null when there is none. */
  static Pins.@Nullable Reason lasting(List<Effect> effects, SessionVariables variables,
      Function<byte[], Statement> reader) {
    for (Effect effect : effects) {
      Pins.Reason reason = of(effect, variables, reader);
      if (reason != null && reason != Pins.Reason.FOUND_ROWS) {
        return reason;
      }
    }
    return null;
  }
}
