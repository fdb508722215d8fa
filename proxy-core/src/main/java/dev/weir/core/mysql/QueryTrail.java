package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.mysql.log.EventLog;
import dev.weir.core.mysql.log.QueryEvent;
import dev.weir.core.route.RouteDecision;
import dev.weir.core.sql.Statement;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.Command;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Statements that were answered, to the query log if there is one and the rules or {@code mysql-eventslog_default_log}
 * want it. On the session's worker.
 */
final class QueryTrail {
  private QueryTrail() {}

  /** A server has answered. */
  static void answered(MysqlRuntime runtime, MysqlSession session, CurrentCommand command,
      MysqlServer from, ResponseTracker tracker) {
    EventLog log = runtime.side().queries();
    if (log == null || !wanted(runtime, command)) {
      return;
    }
    int errno = tracker.outcome().errorCode();
    boolean failed = errno != 0;
    offer(log, runtime, session, command, from.owner().target(),
        failed ? 0 : tracker.outcome().affectedRows(),
        failed ? 0 : tracker.outcome().lastInsertId(), tracker.rows(), errno);
  }

  /** Answered without a server: by a rule, or with an error of ours. */
  static void answered(MysqlRuntime runtime, MysqlSession session, CurrentCommand command,
      int errno) {
    EventLog log = runtime.side().queries();
    if (log != null && wanted(runtime, command)) {
      offer(log, runtime, session, command, null, 0, 0, 0, errno);
    }
  }

  /** Answered from the query cache. */
  static void cached(MysqlRuntime runtime, MysqlSession session, CurrentCommand command,
      long rows) {
    EventLog log = runtime.side().queries();
    if (log != null && wanted(runtime, command)) {
      offer(log, runtime, session, command, null, 0, 0, rows, 0);
    }
  }

  private static boolean wanted(MysqlRuntime runtime, CurrentCommand command) {
    RouteDecision decision = command.decision();
    if (decision == null || command.statement() == null || kind(command.command()) == null) {
      return false;
    }
    return decision.log() == 1
        || (decision.log() == RouteDecision.UNSET && runtime.side().settings().logAll());
  }

  private static QueryEvent.@Nullable Kind kind(Command command) {
    return switch (command) {
      case QUERY -> QueryEvent.Kind.COM_QUERY;
      case STMT_PREPARE -> QueryEvent.Kind.COM_STMT_PREPARE;
      case STMT_EXECUTE, STMT_BULK_EXECUTE -> QueryEvent.Kind.COM_STMT_EXECUTE;
      default -> null;
    };
  }

  private static void offer(EventLog log, MysqlRuntime runtime, MysqlSession session,
      CurrentCommand command, @Nullable Target target, long affected, long insertId, long rows,
      int errno) {
    Statement statement = command.statement();
    QueryEvent.Kind kind = kind(command.command());
    if (statement == null || kind == null) {
      return;
    }
    long end = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    long start = end - TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - command.sinceNanos());
    ServerRow row = target == null ? null : target.row();
    log.offer(new QueryEvent(runtime.side().settings().logJson(), kind, session.id(),
        session.user().name(), session.schema(), client(session),
        row == null ? null : server(row),
        row == null ? 0 : row.hostgroupId(), start, end, affected, insertId, rows,
        statement.digest() == null ? 0 : statement.digest().hash(), text(command, statement, kind),
        session.dispatch().statements().idOf(kind, errno != 0), errno));
  }

  private static String server(ServerRow row) {
    return row.port() == 0 ? row.hostname() : row.hostname() + ":" + row.port();
  }

  /** A mirrored copy has no client. */
  private static String client(MysqlSession session) {
    return session.link() instanceof MirrorLink ? "" : AuditTrail.address(session.link().remote());
  }

  private static byte[] text(CurrentCommand command, Statement statement, QueryEvent.Kind kind) {
    RouteDecision decision = command.decision();
    return decision == null || decision.rewritten() == null
        || kind == QueryEvent.Kind.COM_STMT_EXECUTE
            ? statement.bytes()
            : decision.rewritten().bytes();
  }
}
