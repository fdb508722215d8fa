package dev.weir.core.mysql;

import dev.weir.core.sql.Digest;
import dev.weir.core.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code mysql-verbose_query_error}: a line for each error of a server, with what was asked by its digest: the statement
 * itself may hold what must not be in a log.
 */
final class ErrorLog {
  private static final Logger LOG = LoggerFactory.getLogger(ErrorLog.class);

  private ErrorLog() {}

  static void log(MysqlServer server, MysqlSession session, int errno, String message) {
    Statement statement = session.current().statement();
    Digest digest = statement == null ? null : statement.digest();
    LOG.warn("Error during query on {}, user {}@{}, schema {}: {}, {}. digest_text = {}",
        server.owner().target(), session.user().name(), session.clientHost(), session.schema(),
        errno, message, digest == null ? "(none)" : digest.storedText());
  }
}
