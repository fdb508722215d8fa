package dev.weir.core.pg;

import dev.weir.core.control.Protocol;
import dev.weir.core.control.RouteView;
import dev.weir.core.sql.pg.EffectCache;
import dev.weir.core.sql.pg.SessionOp;
import dev.weir.core.sql.pg.StatementEffects;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What EXPLAIN ROUTE says of a statement: what the reader that sessions go by says of it. Called on the session's worker,
 * or anywhere if there is no session.
 */
final class RouteRows {
  private static final String STATE = "session";

  private RouteRows() {}

  /** @param session whose statement it would be; null for nobody's in particular */
  static List<RouteView> of(@Nullable PgSession session, String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    StatementEffects effects = bytes.length > EffectTexts.LONGEST
        ? StatementEffects.UNREAD
        : new EffectCache(0, 0).get(session == null ? 0 : session.states().mode(), bytes, 0,
            bytes.length);
    List<RouteView> rows = new ArrayList<>();
    if (session != null && !session.tracks()) {
      row(rows, STATE, "is left to the application: session_state=off, or pool_mode=session");
    }
    state(effects, rows);
    row(rows, "server", session == null
        ? "any of the database"
        : "any of database " + session.identity().database());
    if (session != null && session.states().ledger().pins() != 0) {
      row(rows, "but", "the session keeps its server: see SHOW PINS");
    }
    return rows;
  }

  private static void row(List<RouteView> rows, String item, String value) {
    rows.add(new RouteView(Protocol.POSTGRESQL, item, value));
  }

  private static void state(StatementEffects effects, List<RouteView> rows) {
    if (effects.none()) {
      row(rows, STATE, "stays as it is");
      return;
    }
    if (effects.transactionControl()) {
      row(rows, STATE, "begins or ends a transaction or savepoint");
    }
    List<SessionOp> ops = effects.ops();
    if (ops != null) {
      ops.forEach(op -> row(rows, STATE, told(op)));
    } else {
      suspected(effects, rows);
    }
  }

  /** What happens for certain if it is alone, outside of a transaction, and goes well. */
  private static String told(SessionOp op) {
    return switch (op) {
      case SessionOp.Assign(String name, _) -> "setting " + name + " follows the session";
      case SessionOp.Unset(String name) -> "setting " + name + " is as at login again";
      case SessionOp.UnsetAll _ -> "all settings are as at login again";
      case SessionOp.DiscardAll _ -> "all is as at login again, but for LOAD and setseed";
      case SessionOp.Prepare(String name, _) -> "statement " + name + " follows the session";
      case SessionOp.Forget(String name) -> "statement " + name + " is forgotten";
      case SessionOp.Listen(String channel) -> "is listened to for the session: " + channel;
      case SessionOp.Unlisten(String channel) -> "is listened to no more: " + channel;
      case SessionOp.End(int flags) -> "ends, if it was: " + String.join(", ", reasons(flags));
    };
  }

  private static List<String> reasons(int flags) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < SessionRows.reasons(); i++) {
      if ((flags & SessionRows.flag(i)) != 0) {
        names.add(SessionRows.reason(i));
      }
    }
    return names;
  }

  private static void suspected(StatementEffects effects, List<RouteView> rows) {
    int flags = effects.flags() | effects.onExecute();
    if ((flags & StatementEffects.SETTINGS) != 0) {
      row(rows, STATE, "settings that it may make follow the session");
    }
    for (int i = 0; i < SessionRows.reasons(); i++) {
      if ((flags & SessionRows.flag(i)) != 0) {
        row(rows, STATE, "may keep its server: " + SessionRows.reason(i) + "; until "
            + SessionRows.endsWith(i));
      }
    }
    if ((flags & StatementEffects.EXECUTES) != 0) {
      row(rows, STATE, "does what the statement does that it executes");
    }
    if ((flags & StatementEffects.ENDS) != 0) {
      row(rows, STATE, "may end reasons to keep its server");
    }
    if (flags != 0) {
      row(rows, "asks", "the server what it was, when the transaction is over");
    }
  }
}
