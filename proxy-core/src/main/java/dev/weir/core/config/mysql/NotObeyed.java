package dev.weir.core.config.mysql;

import dev.weir.core.config.mysql.MysqlVariable.Effect;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Variables, without their prefix, that the traffic port does not obey, and why. What would be a lie if it were only
 * ignored (a firewall that is none) is refused.
 */
final class NotObeyed {
  private static final Map<String, Effect> EFFECTS = Map.ofEntries(
      Map.entry("auto_increment_delay_multiplex", inert(
          "LAST_INSERT_ID() goes along with the session; nothing has to be held back for it")),
      Map.entry("auto_increment_delay_multiplex_timeout_ms", inert(
          "LAST_INSERT_ID() goes along with the session; nothing has to be held back for it")),
      Map.entry("client_session_track_gtid", inert(
          "what servers report is passed on to clients that have agreed on session tracking")),
      Map.entry("commands_stats", inert("they are always counted")),
      Map.entry("enable_client_deprecate_eof", inert("both forms are always spoken")),
      Map.entry("enable_server_deprecate_eof", inert("both forms are always spoken")),
      Map.entry("enforce_autocommit_on_reads",
          inert("reads always run under the client's autocommit")),
      Map.entry("handle_warnings", inert(
          "warnings can always be read, and hold the server for a third of a second at most")),
      Map.entry("keep_multiplexing_variables",
          inert("reading a variable never binds a session to its server")),
      Map.entry("log_mysql_warnings_enabled", inert(
          "warnings stay on the server, where the client reads them by SHOW WARNINGS; nobody else asks for them")),
      Map.entry("max_stmts_cache", inert(
          "statements belong to their sessions, 16382 each; there is no cache for all of them")),
      Map.entry("parse_failure_logs_digest",
          inert("no SET is parsed that could fail to be: servers report what one has changed")),
      Map.entry("session_idle_show_processlist", inert("idle sessions are always listed")),
      Map.entry("set_query_lock_on_hostgroup", inert(
          "sessions are never locked to a hostgroup: what a SET changes is reported by the server")),
      Map.entry("unshun_algorithm",
          inert("a server is always shunned and brought back in all its hostgroups together")));

  private NotObeyed() {}

  private static Effect inert(String why) {
    return new Effect.Inert(why);
  }

  /** Null for a variable that is obeyed. */
  static @Nullable Effect effect(String name) {
    return EFFECTS.get(name);
  }
}
