package dev.weir.core.mysql;

import dev.weir.core.mysql.HostgroupRules.AutocommitOff;
import dev.weir.mysql.packet.ServerStatus;
import java.util.concurrent.TimeUnit;

/**
 * Why a session keeps its server although nothing of it lives there: its hostgroup does not multiplex, it has switched
 * autocommit off where that counts, or a statement is not long ago. Unlike a {@link Pins pin} that does not bind it: a
 * statement for another hostgroup goes there. Confined to the session's worker.
 */
final class ServerHold {
  private final MysqlSession session;
  private long sinceNanos;
  private boolean timerRuns;

  ServerHold(MysqlSession session) {
    this.session = session;
  }

  /** Whether the session keeps the server after a command; it may be told to let go later. */
  boolean keeps(MysqlServer server, int status) {
    if (session.home().keepsServer()) {
      return true;
    }
    HostgroupRules rules = server.owner().target().rules();
    if (!rules.multiplex() || isHeldByAutocommit(rules, status)) {
      return !server.closeNeeded() || isTransaction(rules, status);
    }
    int delay = rules.delayMultiplexMillis();
    if (delay == 0 || server.closeNeeded()) {
      return false;
    }
    sinceNanos = System.nanoTime();
    letGoAfter(delay);
    return true;
  }

  /** Whether the session may take another server for a statement of a hostgroup. */
  boolean mayLeave(MysqlServer server, int hostgroup, int status) {
    Target at = server.owner().target();
    return !session.needsServer() && !session.home().keepsServer()
        && (at.hostgroup() != hostgroup || server.closeNeeded())
        && !isTransaction(at.rules(), status);
  }

  private static boolean isHeldByAutocommit(HostgroupRules rules, int status) {
    return rules.autocommitOff() != AutocommitOff.SHARED
        && !ServerStatus.has(status, ServerStatus.AUTOCOMMIT);
  }

  private static boolean isTransaction(HostgroupRules rules, int status) {
    return rules.autocommitOff() == AutocommitOff.TRANSACTION && isHeldByAutocommit(rules, status);
  }

  /** One timer a session, however many statements there are. */
  private void letGoAfter(long millis) {
    if (timerRuns) {
      return;
    }
    timerRuns = true;
    session.worker().after(millis, () -> {
      timerRuns = false;
      MysqlServer server = session.server();
      if (server == null || session.state() != MysqlSession.State.IDLE || session.needsServer()
          || session.home().keepsServer() || session.intake().inside()) {
        return; // the end of the command asks again
      }
      HostgroupRules rules = server.owner().target().rules();
      long left = rules.delayMultiplexMillis()
          - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
      if (left > 0 && !server.closeNeeded()) {
        letGoAfter(left);
      } else if (rules.multiplex() && !isHeldByAutocommit(rules, session.status())) {
        session.giveBack(false);
      }
    });
  }
}
