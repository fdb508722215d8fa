package dev.weir.core.mysql;

import dev.weir.core.mysql.log.JsonText;
import dev.weir.core.net.Link;
import dev.weir.mysql.packet.ServerStatus;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What {@code stats_mysql_processlist.extended_info} shows of a session, under ProxySQL's names as far as there is such a
 * thing here. Any thread: a glance at what may change meanwhile.
 */
final class SessionJson {
  private SessionJson() {}

  static String of(MysqlSession session, long now, boolean pretty) {
    Map<String, Object> all = new TreeMap<>();
    int status = session.status();
    all.put("active_transactions",
        ServerStatus.has(status, ServerStatus.IN_TRANSACTION) ? 1 : 0);
    all.put("age_ms", TimeUnit.NANOSECONDS.toMillis(now - session.createdNanos()));
    all.put("autocommit", ServerStatus.has(status, ServerStatus.AUTOCOMMIT));
    all.put("client", client(session));
    all.put("conn", new TreeMap<>(session.variables().all()));
    all.put("current_hostgroup", session.current().hostgroup());
    all.put("default_schema", session.schema());
    all.put("last_HG_affected_rows", session.affectedRows());
    all.put("last_insert_id", session.lastInsertId());
    all.put("status", session.state().name());
    all.put("thread", session.worker().toString());
    all.put("thread_session_id", session.id());
    MysqlUser user = session.userOrNull();
    if (user != null) {
      all.put("default_hostgroup", user.row().defaultHostgroup());
      all.put("transaction_persistent", user.row().transactionPersistent());
      all.put("user_attributes", user.row().attributes());
    }
    MysqlServer server = session.server();
    all.put("backends", server == null ? List.of() : List.of(backend(session, server)));
    return JsonText.of(all, pretty);
  }

  private static Map<String, Object> client(MysqlSession session) {
    Map<String, Object> client = new TreeMap<>();
    Link link = session.link();
    client.put("client_addr", address(link.remote()));
    client.put("proxy_addr", address(link.local()));
    client.put("encrypted", link.tlsSession() != null);
    return client;
  }

  private static Map<String, Object> address(Link.Endpoint endpoint) {
    Map<String, Object> address = new TreeMap<>();
    address.put("address", endpoint.host());
    address.put("port", endpoint.port());
    return address;
  }

  private static Map<String, Object> backend(MysqlSession session, MysqlServer server) {
    Map<String, Object> mysql = new TreeMap<>();
    mysql.put("host", server.owner().target().row().hostname());
    mysql.put("port", server.owner().target().row().port());
    mysql.put("thread_id", server.threadId());
    mysql.put("server_version", server.version());
    Map<String, Object> conn = new TreeMap<>();
    conn.put("MultiplexDisabled", session.pins().any());
    conn.put("MultiplexDisabled_ext", session.pins().describe());
    conn.put("schemaname", server.schema());
    conn.put("mysql", mysql);
    Map<String, Object> backend = new TreeMap<>();
    backend.put("hostgroup_id", server.owner().target().hostgroup());
    backend.put("conn", conn);
    return backend;
  }
}
