package dev.weir.core.pg;

import dev.weir.core.control.LedgerView;
import dev.weir.core.control.PinView;
import dev.weir.core.control.Protocol;
import dev.weir.core.sql.pg.StatementEffects;
import java.time.Instant;
import java.util.List;

/** What SHOW PINS and SHOW LEDGER print of a session. Called on its worker. */
final class SessionRows {
  private static final String DISCARD_ALL = "DISCARD ALL";

  private record Reason(int flag, String text, String endsWith) {}

  private static final List<Reason> REASONS = List.of(
      new Reason(StatementEffects.TEMPORARY, "temporary object",
          "DROP of it, DISCARD TEMP or DISCARD ALL"),
      new Reason(StatementEffects.LOCK, "advisory lock", "pg_advisory_unlock of the last one"),
      new Reason(StatementEffects.CURSOR, "cursor WITH HOLD", "CLOSE"),
      new Reason(StatementEffects.LISTEN, "LISTEN", "UNLISTEN"),
      new Reason(StatementEffects.PREPARED, "PREPARE", "DEALLOCATE"),
      new Reason(StatementEffects.LOAD, "LOAD", "the end of the session"),
      new Reason(StatementEffects.SEQUENCE, "currval or lastval",
          "DISCARD SEQUENCES or DISCARD ALL"),
      new Reason(StatementEffects.SEED, "setseed", "the end of the session"),
      new Reason(StatementEffects.COMPUTED_NAME, "setting with a computed name", DISCARD_ALL),
      new Reason(SessionLedger.TOO_MUCH, "more settings than are remembered", DISCARD_ALL),
      new Reason(SessionLedger.UNREADABLE, "server could not be asked", "a later transaction"));

  private SessionRows() {}

  /** How many reasons there are to keep a server. */
  static int reasons() {
    return REASONS.size();
  }

  /** Which of the ledger's flags the reason of a number is. */
  static int flag(int number) {
    return REASONS.get(number).flag();
  }

  static String reason(int number) {
    return REASONS.get(number).text();
  }

  static String endsWith(int number) {
    return REASONS.get(number).endsWith();
  }

  static void pins(PgSession session, List<PinView> into) {
    SessionLedger ledger = session.states().ledger();
    Instant since = ledger.pinnedSince();
    if (ledger.pins() == 0 || since == null) {
      return;
    }
    for (Reason reason : REASONS) {
      if ((ledger.pins() & reason.flag()) != 0) {
        into.add(new PinView(Protocol.POSTGRESQL, session.id(), session.identity().database(),
            session.identity().user(), reason.text(), ledger.pinnedBy(), since,
            reason.endsWith()));
      }
    }
  }

  static void ledger(PgSession session, List<LedgerView> into) {
    TrackedParameters tracked = session.runtime().tracked();
    for (int i = 0; i < tracked.count(); i++) {
      String value = session.parameters().get(i);
      if (value != null) {
        into.add(new LedgerView(session.id(), "parameter", tracked.name(i), value));
      }
    }
    session.states().ledger().settings().statements().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(setting -> into.add(
            new LedgerView(session.id(), "setting", setting.getKey(), setting.getValue())));
    session.states().ledger().settings().prepared().forEach((name, sql) -> into
        .add(new LedgerView(session.id(), "prepared statement", name, sql)));
    SessionListens listens = session.states().ledger().listens();
    if (listens != null) {
      listens.channels().stream().sorted()
          .forEach(channel -> into.add(new LedgerView(session.id(), "channel", channel, "")));
    }
    if (session.preparedStatements() > 0) {
      into.add(new LedgerView(session.id(), "prepared statements", "",
          session.preparedStatements() + " of the protocol"));
    }
  }
}
