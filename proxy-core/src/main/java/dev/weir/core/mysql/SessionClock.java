package dev.weir.core.mysql;

import dev.weir.mysql.packet.ServerStatus;

/** What becomes of a session that takes too long. On the session's worker. */
final class SessionClock {
  private SessionClock() {}

  /** Every 333 ms once the session has logged in. */
  static void tick(MysqlSession session, ServerSearch search, MysqlSettings limits, long now) {
    switch (session.state()) {
      case WAITING -> search.tick(now);
      case RUNNING -> {
        MysqlServer running = session.server();
        if (running != null
            && session.current().overdue(now, limits.defaultQueryTimeoutMillis())) {
          MysqlKill.query(running);
        }
      }
      case IDLE -> {
        boolean inTransaction = ServerStatus.has(session.status(), ServerStatus.IN_TRANSACTION);
        String limit = session.times().overdue(now, inTransaction, limits);
        if (limit != null) {
          session.close(limit);
        }
      }
      case LOGIN, SYNCING, CLOSED -> {
      }
    }
  }
}
