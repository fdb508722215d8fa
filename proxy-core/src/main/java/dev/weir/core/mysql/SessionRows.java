package dev.weir.core.mysql;

import dev.weir.core.control.LedgerView;
import dev.weir.core.control.PinView;
import dev.weir.core.control.Protocol;
import dev.weir.core.sql.Digest;
import dev.weir.core.sql.Statement;
import java.util.List;
import java.util.Map;

/** What SHOW PINS and SHOW LEDGER print of a session. Called on its worker. */
final class SessionRows {
  /** Of a client's prepared statements so many are shown. */
  private static final int MAX_STATEMENTS = 1000;

  private SessionRows() {}

  static void pins(MysqlSession session, String database, List<PinView> into) {
    MysqlUser user = session.userOrNull();
    String name = user == null ? "" : user.name();
    Pins.Visitor row = (reason, digest, since, endsWith) -> into.add(new PinView(Protocol.MYSQL,
        session.id(), database, name, reason.text(), LedgerView.shortened(digest), since,
        endsWith));
    session.pins().visit(row);
    ParkedServers parked = session.parked();
    if (parked != null) {
      parked.visitPins(row);
    }
  }

  static void ledger(MysqlSession session, List<LedgerView> into) {
    long id = session.id();
    if (!session.schema().isEmpty()) {
      into.add(new LedgerView(id, "schema", "", session.schema()));
    }
    for (Map.Entry<String, String> variable : session.variables().all().entrySet()) {
      boolean ofUser = UserVariables.is(variable.getKey());
      into.add(new LedgerView(id, ofUser ? "user variable" : "setting", variable.getKey(),
          variable.getValue()));
    }
    if (session.lastInsertId() != 0) {
      into.add(new LedgerView(id, "last insert id", "",
          Long.toUnsignedString(session.lastInsertId())));
    }
    for (TextStatement each : session.statements().texts().all()) {
      into.add(new LedgerView(id, "PREPARE", each.name(), shape(each.text())));
    }
    int left = MAX_STATEMENTS;
    for (ClientStatement each : session.statements().all()) {
      if (left-- == 0) {
        into.add(new LedgerView(id, "prepared statement", "...",
            session.statements().size() + " in all"));
        break;
      }
      into.add(new LedgerView(id, "prepared statement", Integer.toString(each.id()),
          shape(each.statement())));
    }
    if (session.conditions().kept()) {
      into.add(new LedgerView(id, "warnings and errors", "", "of the last statement"));
    }
  }

  /** A statement without its values. */
  private static String shape(Statement statement) {
    Digest digest = statement.digest();
    return digest == null
        ? statement.classification().command().name()
        : digest.storedText();
  }
}
