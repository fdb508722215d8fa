package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import dev.weir.mysql.packet.ServerStatus;

/** What happens to a session because time has passed. Called on its worker. */
final class SessionTick {
  private SessionTick() {}

  /** Every 333 ms, for a session that has logged in. */
  static void of(MysqlSession session, ServerSearch search, long now) {
    MysqlSettings settings = session.runtime().settings();
    MysqlServer running = session.server();
    switch (session.state()) {
      case WAITING -> search.tick(now);
      case RUNNING -> {
        if (running != null
            && session.current().overdue(now, settings.defaultQueryTimeoutMillis())) {
          MysqlKill.query(running);
        }
      }
      case FORWARDING -> {
        FastForward forward = session.forward();
        if (session.runtime().draining() && forward != null && forward.isReplica()) {
          session.close("shutdown");
        }
      }
      case IDLE -> {
        if (endsWithProcess(session)) {
          return;
        }
        String limit = session.times().overdue(now, isInTransaction(session), settings);
        Refusal pinned = session.runtime().groups().pinLimits().overdue(session, now);
        if (limit != null) {
          session.close(limit);
        } else if (pinned != null) {
          session.refuse(pinned);
        } else if (running != null && session.pins().onlyConditions()
            && session.conditions().mayAsk() && !session.hasTransactionAtHand()) {
          session.become(MysqlSession.State.ENDING);
          session.conditions().ask(running);
        }
      }
      case LOGIN, SYNCING, ENDING, CLOSED -> {
      }
    }
  }

  /** Closes between transactions when the process is about to end. */
  static boolean endsWithProcess(MysqlSession session) {
    boolean ends = session.runtime().draining() && session.state() == MysqlSession.State.IDLE
        && !session.intake().inside() && !isInTransaction(session);
    if (ends) {
      session.close("shutdown");
    }
    return ends;
  }

  private static boolean isInTransaction(MysqlSession session) {
    return ServerStatus.has(session.status(), ServerStatus.IN_TRANSACTION);
  }
}
