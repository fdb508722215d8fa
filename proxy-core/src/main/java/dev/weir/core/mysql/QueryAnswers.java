package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.core.sql.Classification;
import dev.weir.core.sql.Effect;
import dev.weir.core.sql.Statement;
import dev.weir.core.sql.Value;
import dev.weir.mysql.packet.ColumnDefinition41;
import java.util.List;

/** Statements that the proxy itself has to answer, because a server would answer for itself. */
final class QueryAnswers {
  private static final int MAX_TEXT = 64;

  private QueryAnswers() {}

  /** Whether the answer was given, or refused. */
  static boolean answered(MysqlSession session, Statement statement) {
    List<Effect> effects = statement.classification().effects();
    if (effects.isEmpty()) {
      return false;
    }
    return switch (effects.getFirst()) {
      case Effect.Kill(boolean queryOnly, Value.Literal(String id, _)) ->
        kill(session, queryOnly, id);
      case Effect.ReadConnectionId _ when isOnly(statement, "SELECT CONNECTION_ID()") -> number(
          session, statement, session.id());
      case Effect.ReadDiagnostics(Effect.Diagnostics what) when what == Effect.Diagnostics.ROW_COUNT
          && isOnly(statement,
              "SELECT ROW_COUNT()") ->
        number(session, statement, session.affectedRows());
      case Effect.ReadDiagnostics(Effect.Diagnostics what) when what == Effect.Diagnostics.CONDITIONS ->
        session.answeredFromKept(statement);
      case Effect.ReadSystemVariable(_, String name) when name.equals("warning_count") ->
        session.answeredFromKept(statement);
      case Effect.ProxyCommand(String text) -> {
        session.refuseCommand(new Refusal("42000", 1064,
            "PROXYSQL commands belong to the admin port: " + text));
        yield true;
      }
      default -> false;
    };
  }

  private static boolean kill(MysqlSession session, boolean queryOnly, String id) {
    try {
      session.dispatch().kill(Long.parseLong(id), queryOnly);
    } catch (NumberFormatException _) {
      session.refuseCommand(MysqlRefusals.unknownThread(0));
    }
    return true;
  }

  /** The column is called what the client calls it. */
  private static boolean number(MysqlSession session, Statement statement, long value) {
    String name = alone(statement).substring("SELECT".length()).strip();
    session.answer(ColumnDefinition41.number(name), Long.toString(value));
    return true;
  }

  static boolean isOnly(Statement statement, String text) {
    return statement.bytes().length <= MAX_TEXT
        && statement.classification().statements() == 1
        && alone(statement).equalsIgnoreCase(text);
  }

  private static String alone(Statement statement) {
    return statement.text().strip().replaceAll(";$", "").strip();
  }

  /** Whether it asks for the id that an INSERT of this session has made. */
  static boolean asksForInsertId(Statement statement) {
    Classification c = statement.classification();
    for (int i = 0; i < c.effects().size(); i++) {
      if (c.effects()
          .get(i) instanceof Effect.ReadDiagnostics(Effect.Diagnostics what)
          && what == Effect.Diagnostics.LAST_INSERT_ID) {
        return true;
      }
    }
    return false;
  }
}
