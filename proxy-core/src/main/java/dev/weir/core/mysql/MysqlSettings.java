package dev.weir.core.mysql;

import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.sql.DigestOptions;
import dev.weir.mysql.packet.Collation;

/** The variables that sessions and pools look at, resolved when they are loaded. Times in the unit of the name. */
record MysqlSettings(
    String serverVersion,
    String defaultSchema,
    String defaultAuthPlugin,
    int maxConnections,
    long maxAllowedPacket,
    long waitTimeoutMillis,
    long maxTransactionIdleMillis,
    long maxTransactionMillis,
    long connectTimeoutServerMillis,
    long connectTimeoutServerMaxMillis,
    long connectTimeoutClientMillis,
    int connectRetriesOnFailure,
    long connectRetriesDelayMillis,
    int queryRetriesOnFailure,
    long defaultQueryTimeoutMillis,
    long defaultQueryDelayMillis,
    long connectionMaxAgeMillis,
    long pingIntervalServerMillis,
    long pingTimeoutServerMillis,
    boolean killBackendWhenDisconnected,
    boolean haveSsl,
    boolean haveCompress,
    Collation defaultCollation,
    int handleUnknownCharset,
    int maxStatementsPerConnection,
    boolean localInfile,
    boolean queryDigests,
    DigestOptions digestOptions,
    QuerySettings query) {

  /** Connections of one pool that may log in at once. */
  static final int PARALLEL_LOGINS = 4;

  static MysqlSettings of(MysqlVariables v) {
    return new MysqlSettings(
        v.text("mysql-server_version"),
        v.text("mysql-default_schema"),
        v.text("mysql-default_authentication_plugin"),
        (int) v.whole("mysql-max_connections"),
        v.whole("mysql-max_allowed_packet"),
        v.whole("mysql-wait_timeout"),
        v.whole("mysql-max_transaction_idle_time"),
        v.whole("mysql-max_transaction_time"),
        v.whole("mysql-connect_timeout_server"),
        v.whole("mysql-connect_timeout_server_max"),
        v.whole("mysql-connect_timeout_client"),
        (int) v.whole("mysql-connect_retries_on_failure"),
        v.whole("mysql-connect_retries_delay"),
        (int) v.whole("mysql-query_retries_on_failure"),
        v.whole("mysql-default_query_timeout"),
        v.whole("mysql-default_query_delay"),
        v.whole("mysql-connection_max_age_ms"),
        v.whole("mysql-ping_interval_server_msec"),
        v.whole("mysql-ping_timeout_server"),
        v.flag("mysql-kill_backend_connection_when_disconnect"),
        v.flag("mysql-have_ssl"),
        v.flag("mysql-have_compress"),
        Charsets.defaultCollation(v.text("mysql-default_charset"),
            v.text("mysql-default_collation_connection")),
        (int) v.whole("mysql-handle_unknown_charset"),
        (int) v.whole("mysql-max_stmts_per_connection"),
        v.flag("mysql-enable_load_data_local_infile"),
        v.flag("mysql-query_digests"),
        digests(v),
        QuerySettings.of(v));
  }

  private static DigestOptions digests(MysqlVariables v) {
    return new DigestOptions(
        (int) v.whole("mysql-query_digests_max_query_length"),
        (int) v.whole("mysql-query_digests_max_digest_length"),
        (int) v.whole("mysql-query_digests_grouping_limit"),
        (int) v.whole("mysql-query_digests_groups_grouping_limit"),
        v.flag("mysql-query_digests_replace_null"),
        v.flag("mysql-query_digests_no_digits"),
        v.flag("mysql-query_digests_lowercase"),
        v.flag("mysql-query_digests_keep_comment"));
  }

  /** Bytes of a statement that are read. */
  int maxQueryLength() {
    return digestOptions.maxQueryLength();
  }
}
