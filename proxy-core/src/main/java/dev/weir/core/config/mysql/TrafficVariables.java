package dev.weir.core.config.mysql;

import java.util.List;

import static dev.weir.core.config.mysql.MysqlVariable.addresses;
import static dev.weir.core.config.mysql.MysqlVariable.flag;
import static dev.weir.core.config.mysql.MysqlVariable.oneOf;
import static dev.weir.core.config.mysql.MysqlVariable.text;
import static dev.weir.core.config.mysql.MysqlVariable.whole;

/** Variables of listening, logging in, sessions and the pool of servers, without their prefix. */
final class TrafficVariables {
  private static final String CHARSETS = "armscii8 ascii big5 binary cp1250 cp1251 cp1256 cp1257"
      + " cp850 cp852 cp866 cp932 dec8 eucjpms euckr gb18030 gb2312 gbk geostd8 greek hebrew hp8"
      + " keybcs2 koi8r koi8u latin1 latin2 latin5 latin7 macce macroman sjis swe7 tis620 ujis utf8"
      + " utf8mb3 utf8mb4";

  static final List<MysqlVariable> ALL = List.of(
      whole("threads", 4L, 1L, 255L, "Worker threads.")
          .inert("workers are the process's: [weir] workers").waitsForRestart(),
      text("interfaces", "",
          "Where the traffic port listens, between semicolons; empty is 0.0.0.0:6033.")
          .waitsForRestart(),
      text("server_version", "8.0.11", "Version in the greeting."),
      text("default_schema", "information_schema", "Schema of a client and a user that name none."),
      oneOf("default_charset", CHARSETS, "utf8", "Character set of a client that names none."),
      text("default_collation_connection", "utf8_general_ci",
          "Collation that goes with default_charset."),
      oneOf("default_authentication_plugin", "mysql_native_password caching_sha2_password",
          "mysql_native_password", "Plugin in the greeting."),
      whole("max_connections", 10000L, 1L, 1000000L, "Most clients; the next gets 1040."),
      whole("wait_timeout", 28800000L, 0L, 1728000000L,
          "An idle client is closed after so many milliseconds."),
      whole("max_transaction_idle_time", 14400000L, 1000L, 1728000000L,
          "A session idle in a transaction for so many milliseconds is killed."),
      whole("max_transaction_time", 14400000L, 1000L, 1728000000L,
          "A session whose transaction lasts so many milliseconds is killed."),
      whole("max_allowed_packet", 67108864L, 8192L, 1073741824L,
          "A longer query is refused with 1153."),
      flag("have_ssl", true, "Offers TLS to clients."),
      flag("have_compress", true, "Offers compression to clients."),
      text("ssl_p2s_ca", "", "Certificate authorities towards servers."),
      text("ssl_p2s_capath", "", "Directory of certificate authorities towards servers."),
      text("ssl_p2s_cert", "", "Client certificate towards servers."),
      text("ssl_p2s_key", "", "Its key."),
      text("ssl_p2s_cipher", "", "Ciphers towards servers."),
      text("ssl_p2s_crl", "", "Revoked certificates of servers."),
      text("ssl_p2s_crlpath", "", "Directory of revoked certificates of servers."),
      whole("shun_on_failures", 5L, 0L, 10000000L,
          "So many failed connects within a second shun a server."),
      whole("shun_recovery_time_sec", 10L, 0L, 31536000L,
          "A shunned server may come back after so many seconds."),
      whole("unshun_algorithm", 0L, 0L, 1L,
          "1 brings a server back in all its hostgroups together."),
      whole("connect_timeout_server", 1000L, 10L, 120000L,
          "Longest single attempt to connect to a server, in milliseconds."),
      whole("connect_timeout_server_max", 10000L, 10L, 3600000L,
          "Longest wait for any server, in milliseconds; then 9001."),
      whole("connect_timeout_client", 10000L, 500L, 3600000L,
          "A client must have logged in within so many milliseconds."),
      whole("connect_retries_on_failure", 10L, 0L, 1000L, "Failed connects before 9002."),
      whole("connect_retries_delay", 1L, 0L, 10000L, "Milliseconds between attempts to connect."),
      whole("query_retries_on_failure", 1L, 0L, 1000L,
          "How often a query is run again when its server is lost."),
      whole("default_query_timeout", 86400000L, 1000L, 1728000000L,
          "A query is killed after so many milliseconds."),
      whole("default_query_delay", 0L, 0L, 3600000L, "Milliseconds that every query is held back."),
      whole("default_max_latency_ms", 1000L, 0L, 1728000000L,
          "Servers whose ping takes longer are left out."),
      flag("default_reconnect", true, "Nothing, in ProxySQL either.")
          .inert("ProxySQL does nothing with it"),
      whole("min_num_servers_lantency_awareness", 1000L, 0L, 10000L,
          "From so many servers on those of less than average latency are preferred.")
          .inert("servers are chosen by weight and load"),
      flag("multiplexing", true, "Whether sessions share server connections."),
      whole("connection_delay_multiplex_ms", 0L, 0L, 300000L,
          "A session keeps its server for so many milliseconds after a query."),
      whole("auto_increment_delay_multiplex", 5L, 0L, 1000000L,
          "A session keeps its server for so many queries after one that gave an insert id."),
      whole("auto_increment_delay_multiplex_timeout_ms", 10000L, 0L, 3600000L,
          "And for at most so many milliseconds."),
      text("keep_multiplexing_variables", "tx_isolation,transaction_isolation,version",
          "Variables whose reading does not bind a session to its server."),
      whole("connection_max_age_ms", 0L, 0L, 86400000L,
          "A pooled server connection this old is closed; 0 is never."),
      whole("free_connections_pct", 10L, 0L, 100L,
          "Idle server connections kept, in percent of max_connections."),
      flag("connection_warming", false, "Opens connections until that percentage is there."),
      whole("connpoll_reset_queue_length", 50L, 0L, 10000L,
          "Connections that may wait for a reset.")
          .inert("a connection is reset when it is taken, there is no queue"),
      whole("reset_connection_algorithm", 2L, 1L, 2L, "Which thread resets connections.")
          .inert("there is one way to do it here"),
      whole("throttle_connections_per_sec_to_hostgroup", 1000000L, 1L, 100000000L,
          "Most new server connections in a second for each hostgroup."),
      whole("throttle_max_bytes_per_second_to_client", 0L, 0L, 2147483647L,
          "Bandwidth of a client; 0 is no bound.").refused("bandwidth is not limited here"),
      whole("throttle_ratio_server_to_client", 0L, 0L, 100L,
          "How far a server is read ahead of its client.")
          .inert("reading stops as soon as the client is behind"),
      whole("ping_interval_server_msec", 10000L, 1000L, 604800000L,
          "Idle server connections are pinged so often."),
      whole("ping_timeout_server", 200L, 10L, 600000L, "Longest such ping, in milliseconds."),
      flag("kill_backend_connection_when_disconnect", true,
          "Kills the query of a client that leaves."),
      text("init_connect", "", "SQL that runs on each new server connection."),
      whole("set_query_lock_on_hostgroup", 1L, 0L, 1L,
          "Whether a SET nobody understands binds the session to its hostgroup."),
      whole("set_parser_algorithm", 2L, 1L, 2L, "Which parser reads SET.")
          .inert("there is one parser here"),
      flag("autocommit_false_is_transaction", false,
          "Whether autocommit=0 counts as an open transaction."),
      flag("autocommit_false_not_reusable", false,
          "Whether a connection with autocommit=0 is not pooled."),
      flag("enforce_autocommit_on_reads", false,
          "Whether plain reads run under the client's autocommit."),
      whole("handle_unknown_charset", 1L, 0L, 2L,
          "0 closes a client whose collation is unknown, here or to its server; 1 and 2 give it the"
              + " default, 1 with a line in the log."),
      whole("handle_warnings", 1L, 0L, 1L, "Keeps the server for SHOW WARNINGS."),
      flag("log_mysql_warnings_enabled", false, "Logs warnings of servers."),
      flag("enable_client_deprecate_eof", true, "Offers CLIENT_DEPRECATE_EOF to clients."),
      flag("enable_server_deprecate_eof", true, "Asks servers for CLIENT_DEPRECATE_EOF."),
      flag("enable_load_data_local_infile", false,
          "Allows LOAD DATA LOCAL INFILE; the file is the client's."),
      whole("server_capabilities", 569899L, 10L, 4294967295L, "Capability bits offered.")
          .inert("what is offered is what is there; have_ssl and have_compress take away"),
      flag("client_session_track_gtid", true, "Passes GTIDs on to clients."),
      oneOf("default_session_track_gtids", "OFF OWN_GTID", "OFF",
          "What servers are asked to track."),
      whole("binlog_reader_connect_retry_msec", 3000L, 200L, 120000L,
          "Pause between connects to a binlog reader."),
      addresses("proxy_protocol_networks",
          "Networks that may send a PROXY header, between commas; * is all."),
      whole("session_idle_ms", 1L, 1L, 3600000L, "When an idle session goes to the idle thread.")
          .inert("idle sessions cost no thread here"),
      flag("session_idle_show_processlist", true, "Lists idle sessions."),
      flag("sessions_sort", true, "Serves sessions in order of their wait.")
          .inert("the queue is always in order"),
      whole("poll_timeout", 2000L, 10L, 20000L, "Event loop.").inert("nothing is polled here"),
      whole("poll_timeout_on_failure", 100L, 10L, 20000L, "Event loop, while no server is there.")
          .inert("nothing is polled here"),
      flag("use_tcp_keepalive", true, "Keepalive on sockets."),
      whole("tcp_keepalive_time", 120L, 0L, 7200L, "Seconds of silence before it."),
      whole("stacksize", 1048576L, 262144L, 4194304L, "Stack of threads.").inert("the JVM's -Xss")
          .waitsForRestart(),
      whole("data_packets_history_size", 0L, 0L, 2147483647L, "Packets kept for debugging.")
          .inert("none are kept"),
      text("ldap_user_variable", "", "Variable that tells the server the LDAP user.")
          .refused("there is no LDAP for MySQL users"),
      text("add_ldap_user_comment", "", "Comment that tells the server the LDAP user.")
          .refused("there is no LDAP for MySQL users"),
      whole("client_host_cache_size", 0L, 0L, 1048576L, "Hosts whose failed logins are counted."),
      whole("client_host_error_counts", 0L, 0L, 1048576L,
          "A host with so many failed logins is refused; 0 is never."),
      flag("servers_stats", true, "Counts per server.").inert("it is always counted"),
      flag("log_unhealthy_connections", true, "Logs clients that were dropped."),
      whole("hostgroup_manager_verbose", 1L, 0L, 3L, "Logs tables of servers when they change."));

  private TrafficVariables() {}
}
