package dev.weir.core.mysql;

import dev.weir.core.control.MysqlView;
import dev.weir.core.net.Link;
import dev.weir.core.sql.Statement;
import java.util.concurrent.TimeUnit;

/** A session as the process list shows it. Any thread: a glance at what may change meanwhile. */
final class SessionView {
  private SessionView() {}

  /** @param json 0 for none, 1 for all about it in a line, 2 for several lines */
  static MysqlView.ClientProcess process(MysqlSession session, long now, int maxInfo, int json) {
    MysqlUser user = session.userOrNull();
    MysqlServer on = session.server();
    CurrentCommand current = session.current();
    Statement statement = current.statement();
    MysqlSession.State at = session.state();
    Link.Endpoint remote = session.link().remote();
    boolean idle = at == MysqlSession.State.IDLE;
    String text = statement == null || idle ? "" : statement.text();
    long since = idle || at == MysqlSession.State.LOGIN || at == MysqlSession.State.FORWARDING
        ? session.times().lastCommandNanos()
        : current.sinceNanos();
    Link.Endpoint to = on == null ? null : on.local();
    return new MysqlView.ClientProcess(session.worker().index(), session.id(),
        user == null ? "unauthenticated user" : user.name(), session.schema(), remote.host(),
        remote.port(), current.hostgroup(), to == null ? null : to.host(),
        to == null ? null : to.port(), on == null ? null : on.owner().target().row().hostname(),
        on == null ? null : on.owner().target().row().port(), commandName(at, current),
        TimeUnit.NANOSECONDS.toMillis(now - since),
        text.length() > maxInfo ? text.substring(0, maxInfo) : text, session.status(),
        json == 0 ? null : SessionJson.of(session, now, json == 2));
  }

  private static String commandName(MysqlSession.State at, CurrentCommand current) {
    return switch (at) {
      case LOGIN -> "Connecting client";
      case IDLE, CLOSED -> "Sleep";
      case WAITING -> "Connect";
      case SYNCING, ENDING -> "Changing charset";
      case FORWARDING -> "Fast forward";
      case RUNNING -> switch (current.command()) {
        case STMT_EXECUTE -> "Execute";
        case STMT_PREPARE -> "Prepare";
        case INIT_DB -> "InitDB";
        default -> "Query";
      };
    };
  }
}
