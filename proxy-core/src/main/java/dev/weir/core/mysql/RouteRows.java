package dev.weir.core.mysql;

import dev.weir.core.control.Protocol;
import dev.weir.core.control.RouteView;
import dev.weir.core.route.Explanation;
import dev.weir.core.route.RewrittenText;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.route.Router;
import dev.weir.core.route.SessionFacts;
import dev.weir.core.sql.Classification;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What EXPLAIN ROUTE says of a statement: what the classification that sessions go by says of it, and what the router
 * decides. Called on a worker, the session's if there is one.
 */
final class RouteRows {
  private static final SessionFacts NOBODY = new SessionFacts("", "", "", null, 0, 0, false);
  private static final String STATE = "session";

  private final List<RouteView> rows = new ArrayList<>();
  private final SessionVariables variables;

  private final Function<byte[], Statement> reader;

  private RouteRows(SessionVariables variables, Function<byte[], Statement> reader) {
    this.variables = variables;
    this.reader = reader;
  }

  /** @param session whose statement it would be; null for nobody's in particular */
  static List<RouteView> of(MysqlRuntime runtime, MysqlWorkerState local,
      @Nullable MysqlSession session, String sql) {
    Function<byte[], Statement> reader = session == null
        ? text -> local.read(Unpooled.wrappedBuffer(text), 0, SessionVariables.NONE, 0)
        : session::readText;
    Statement statement = reader.apply(sql.getBytes(StandardCharsets.UTF_8));
    RouteRows made = new RouteRows(
        session == null ? SessionVariables.NONE : session.variables(), reader);
    made.classified(statement.classification());
    made.routed(Router.explain(runtime.rules(), statement,
        session == null ? NOBODY : session.dispatch().facts(), local.random()), session, statement);
    if (session != null && session.needsServer()) {
      made.held(session);
    }
    return made.rows;
  }

  private void row(String item, String value) {
    rows.add(new RouteView(Protocol.MYSQL, item, value));
  }

  // --- the session ---

  private void classified(Classification c) {
    row("statement", c.commands().stream().map(command -> command.name())
        .collect(Collectors.joining(", ")));
    row("access", c.access().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    int before = rows.size();
    c.effects().forEach(this::effect);
    if (rows.size() == before) {
      row(STATE, "stays as it is");
    }
  }

  private void keeps(Pins.Reason reason, String about) {
    row(STATE, "keeps its server: " + reason.text() + (about.isEmpty() ? "" : " " + about)
        + "; until " + reason.endsWith());
  }

  private void follows(String what) {
    row(STATE, what + " follows the session");
  }

  private void effect(Effect effect) {
    Pins.Reason reason = PinForecast.of(effect, variables, reader);
    if (reason != null) {
      keeps(reason, about(effect));
    } else {
      other(effect);
    }
  }

  private static String about(Effect effect) {
    return switch (effect) {
      case Effect.Pin(_, String name) -> name;
      case Effect.AssignUserVariable(String name, _) -> "@" + name;
      case Effect.WriteUserVariable(String name) -> "@" + name;
      case Effect.Prepare(String name, _) -> name;
      case Effect.Unknown(String why) -> "(" + why + ")";
      case Effect.Assign(_, String name, _) -> "(" + name + ")";
      default -> "";
    };
  }

  /** What keeps no server, or only the server can tell. */
  private void other(Effect effect) {
    switch (effect) {
      case Effect.Unpin(Effect.Cause cause, String name) -> row(STATE,
          "ends, if it was: " + Pins.reason(cause).text() + (name.isEmpty() ? "" : " " + name));
      case Effect.AssignUserVariable(String name, _) -> follows("user variable @" + name);
      case Effect.Assign(Effect.Scope scope, String name, _) -> {
        if (scope == Effect.Scope.SESSION) {
          follows("setting " + name);
        } else {
          row(STATE, "sets the global variable " + name + " of one server");
        }
      }
      case Effect.SetNames _,Effect.SetCharacterSet _ -> follows("character set");
      case Effect.SetTransaction(Effect.Reach reach, _, _) -> {
        if (reach == Effect.Reach.SESSION) {
          follows("setting of transactions");
        } else {
          row(STATE, "sets a global variable of one server");
        }
      }
      case Effect.UseDatabase(String name) -> follows("schema " + name);
      case Effect.Prepare(String name, _) -> follows("PREPARE " + name);
      case Effect.Deallocate(String name) -> row(STATE, "ends, if it was: PREPARE " + name);
      case Effect.Execute(String name) -> row(STATE,
          "keeps its server if that says that the session has changed: EXECUTE " + name);
      case Effect.CallProcedure(String name) -> row(STATE,
          "keeps its server if that says that the session has changed: CALL " + name);
      case Effect.Begin _ -> row(STATE, "keeps its server: transaction; until its end");
      case Effect.Commit _,Effect.Rollback _ -> row(STATE, "the transaction ends");
      case Effect.ImplicitCommit _ -> row(STATE, "commits what is open");
      case Effect.Kill _,Effect.ProxyCommand _,Effect.ReadConnectionId _ -> row("answer",
          "the proxy answers it");
      case Effect.ReadDiagnostics(Effect.Diagnostics what) -> row("asks",
          "about the statement before it: "
              + what.name().toLowerCase(Locale.ROOT).replace('_', ' '));
      case Effect.LoadLocal _ -> row("asks", "the client for a file");
      case Effect.Savepoint _,Effect.RollbackTo _,Effect.ReleaseSavepoint _ -> row(STATE,
          "a savepoint of the transaction");
      case Effect.ReadUserVariable _,Effect.ReadSystemVariable _ -> {
        // changes nothing
      }
      case Effect.Pin _,Effect.WriteUserVariable _,Effect.SetRole _,Effect.Unknown _ -> {
        // always keep the server
      }
    }
  }

  private void held(MysqlSession session) {
    MysqlServer server = session.server();
    if (server != null) {
      row("but", "the session keeps its server, of hostgroup "
          + server.owner().target().hostgroup() + ": "
          + (session.pins().any() ? session.pins().describe() : "transaction"));
    }
  }

  // --- the route ---

  private void routed(Explanation explained, @Nullable MysqlSession session,
      Statement statement) {
    for (Explanation.Step step : explained.steps()) {
      row(step.ruleId() == RouteDecision.UNSET ? "rules" : "rule " + step.ruleId(), step.why());
    }
    RouteDecision d = explained.decision();
    if (d.errorMessage() != null) {
      row("answer", "the error: " + d.errorMessage());
      return;
    }
    if (d.okMessage() != null) {
      row("answer", "OK: " + d.okMessage());
      return;
    }
    RewrittenText rewritten = d.rewritten();
    if (rewritten != null) {
      row("rewritten", new String(rewritten.bytes(), StandardCharsets.UTF_8));
    }
    String by = d.fastRouted()
        ? " (fast routing)"
        : d.lastRule() == RouteDecision.UNSET ? "" : " (rule " + d.lastRule() + ")";
    if (d.hostgroup() != RouteDecision.UNSET) {
      row("hostgroup", d.hostgroup() + by);
    } else if (session == null) {
      row("hostgroup", "the default of the user or database");
    } else {
      row("hostgroup", session.home().hostgroup(statement) + " (default)");
    }
    number("mirror_hostgroup", d.mirrorHostgroup());
    number("cache_ttl_ms", d.cacheTtlMillis());
    number("multiplex", d.multiplex());
    number("delay_ms", d.delayMillis());
    number("timeout_ms", d.timeoutMillis());
    number("retries", d.retries());
  }

  private void number(String item, int value) {
    if (value != RouteDecision.UNSET) {
      row(item, Integer.toString(value));
    }
  }
}
