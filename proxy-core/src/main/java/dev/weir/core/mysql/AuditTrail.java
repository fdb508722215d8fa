package dev.weir.core.mysql;

import dev.weir.core.mysql.log.AuditEvent;
import dev.weir.core.mysql.log.EventLog;
import dev.weir.core.net.Link;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who came, went, was refused or chose a schema, to the audit log if there is one. On the client's worker. */
final class AuditTrail {
  private AuditTrail() {}

  /** @param again by COM_CHANGE_USER */
  static void connected(MysqlRuntime runtime, MysqlLogin.Client client, Link link, String user,
      String schema, boolean again) {
    EventLog log = runtime.side().audit();
    if (log != null) {
      offer(log, client, link, client.admin() ? "Admin_Connect_OK" : "MySQL_Client_Connect_OK",
          user, schema, again ? "COM_CHANGE_USER" : null, false);
    }
  }

  static void refused(MysqlRuntime runtime, MysqlLogin.Client client, Link link, String user,
      String schema, String why) {
    EventLog log = runtime.side().audit();
    if (log != null) {
      offer(log, client, link, client.admin() ? "Admin_Connect_ERR" : "MySQL_Client_Connect_ERR",
          user, schema, why, false);
    }
  }

  /** A client has said that it goes. */
  static void quit(MysqlRuntime runtime, MysqlLogin.Client client, Link link, String user,
      String schema) {
    EventLog log = runtime.side().audit();
    if (log != null && !(link instanceof MirrorLink)) {
      offer(log, client, link, client.admin() ? "Admin_Quit" : "MySQL_Client_Quit", user, schema,
          null, false);
    }
  }

  static void closed(MysqlRuntime runtime, MysqlLogin.Client client, Link link, String user,
      String schema, String why) {
    EventLog log = runtime.side().audit();
    if (log != null && !(link instanceof MirrorLink)) {
      offer(log, client, link, client.admin() ? "Admin_Close" : "MySQL_Client_Close", user, schema,
          why, true);
    }
  }

  /** COM_INIT_DB has gone well. */
  static void schemaChosen(MysqlRuntime runtime, MysqlSession session) {
    EventLog log = runtime.side().audit();
    if (log != null) {
      offer(log, session, session.link(), "MySQL_Client_Init_DB", session.user().name(),
          session.schema(), null, false);
    }
  }

  private static void offer(EventLog log, MysqlLogin.Client client, Link link, String event,
      String user, String schema, @Nullable String extra, boolean ends) {
    long now = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    long age = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - client.createdNanos());
    log.offer(new AuditEvent(event, now, client.id(), user, schema, address(link.remote()),
        client.admin() ? null : address(link.local()), link.tlsSession() != null, extra,
        ends ? now - age : 0));
  }

  /** As ProxySQL's logs write a client's address. */
  static String address(Link.Endpoint endpoint) {
    return endpoint.unix() ? "localhost" : endpoint.host() + ":" + endpoint.port();
  }
}
