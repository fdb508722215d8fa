package dev.weir.core.error;

/**
 * A "no" that a client or operator is told, in the terms of both protocols. Immutable.
 *
 * <p>Texts and SQLSTATEs are PgBouncer's, which answers nearly everything with {@code 08P01}.
 *
 * @param sqlState five characters, PostgreSQL appendix A
 * @param mysqlErrno the nearest MySQL error number
 * @param message what the client reads
 */
public record Refusal(String sqlState, int mysqlErrno, String message) {
  private static final String PROTOCOL_VIOLATION = "08P01";

  public static final Refusal MAX_CLIENT_CONN = no(1040,
      "no more connections allowed (max_client_conn)");
  public static final Refusal MAX_UNAUTHENTICATED = no(1040,
      "no more connections allowed (max_unauthenticated_conn)");
  public static final Refusal MAX_DB_CLIENTS = no(1040,
      "client connections exceeded (max_db_client_connections)");
  public static final Refusal MAX_USER_CLIENTS = no(1203,
      "client connections exceeded (max_user_client_connections)");
  public static final Refusal NO_SUCH_USER = no(1045, "no such user");
  public static final Refusal PASSWORD_FAILED = no(1045, "password authentication failed");
  public static final Refusal SASL_FAILED = no(1045, "SASL authentication failed");
  public static final Refusal TRUST_FAILED = no(1045, "\"trust\" authentication failed");
  public static final Refusal CERT_FAILED = no(1045, "certificate authentication failed");
  public static final Refusal PEER_FAILED = no(1045, "unix socket login rejected");
  public static final Refusal LOGIN_REJECTED = no(1045, "login rejected");
  public static final Refusal NO_AUTH_METHOD = no(1045, "no authentication method is found");
  public static final Refusal PAM_FAILED = no(1045, "PAM authentication failed");
  public static final Refusal LDAP_FAILED = no(1045, "LDAP authentication failed");
  public static final Refusal BAD_SASL_MECHANISM = no(1045,
      "client selected an invalid SASL authentication mechanism");
  public static final Refusal EMPTY_PASSWORD = no(1045, "empty password returned by client");
  public static final Refusal USERNAME_TOO_LONG = no(1045, "username too long");
  public static final Refusal PASSWORD_TOO_LONG = no(1045, "password too long");
  public static final Refusal SSL_REQUIRED = no(3159, "SSL required");
  public static final Refusal OLD_V2 = no(1251, "old V2 protocol not supported");
  public static final Refusal NO_USERNAME = no(1045, "no username supplied");
  public static final Refusal SECOND_STARTUP = no(1047, "client re-sent startup pkt");
  public static final Refusal EARLY_PASSWORD = no(1047,
      "client password pkt before startup packet");
  public static final Refusal DATA_AFTER_SSL = no(1047,
      "received unencrypted data after SSL request");
  public static final Refusal DATA_AFTER_GSS = no(1047,
      "received unencrypted data after GSSAPI encryption request");
  public static final Refusal PQEXEC_DISALLOWED = no(1047, "PQexec disallowed");
  public static final Refusal UNKNOWN_PACKET = no(1047, "unknown pkt");
  public static final Refusal QUERY_WAIT_TIMEOUT = no(1205, "query_wait_timeout");
  public static final Refusal QUERY_TIMEOUT_QUEUED = no(1205, "query_timeout");
  public static final Refusal SYNC_AMID_COPY = no(1105,
      "COPY failed after a Sync amid its data: answers could not be counted");
  public static final Refusal TOO_MANY_NOTIFICATIONS = new Refusal("53400", 1461,
      "too many notifications wait for a client that does not read or stays in a transaction");
  public static final Refusal QUERY_TIMEOUT = no(3024, "query timeout");
  public static final Refusal IDLE_TRANSACTION_TIMEOUT = no(3024, "idle transaction timeout");
  public static final Refusal TRANSACTION_TIMEOUT = no(3024, "transaction timeout");
  public static final Refusal CLIENT_IDLE_TIMEOUT = no(4031, "client_idle_timeout");
  public static final Refusal CLIENT_LOGIN_TIMEOUT = no(1159, "client_login_timeout");
  public static final Refusal CLIENT_LOGIN_TIMEOUT_DOWN = no(1159,
      "client_login_timeout (server down)");
  public static final Refusal SERVER_SHUTTING_DOWN = no(1053, "server shutting down");
  public static final Refusal POOLER_SHUTTING_DOWN = no(1053, "pooler is shutting down");
  public static final Refusal DATABASE_REMOVED = no(1049, "database removed");
  public static final Refusal FORCED_DISCONNECT = no(1317, "admin forced disconnect");
  public static final Refusal SERVER_CRASHED = no(2013, "server conn crashed?");
  public static final Refusal CONFIG_CHANGED = no(2013, "database configuration changed");
  public static final Refusal NO_TRANSACTION_BLOCKS = no(1235,
      "transaction blocks not allowed in statement pooling mode");
  public static final Refusal INVALID_SERVER_PARAMETER = no(1231, "invalid server parameter");
  public static final Refusal PREPARED_NAME_IN_USE = no(1243,
      "prepared statement name is already in use");
  public static final Refusal PREPARED_NOT_FOUND = no(1243, "prepared statement did not exist");
  public static final Refusal BOUNCER_CONFIG_ERROR = no(1105, "bouncer config error");
  public static final Refusal LOGIN_FAILED = no(1045, "login failed");
  public static final Refusal WRONG_PASSWORD_TYPE = no(1045,
      "server login failed: wrong password type");
  public static final Refusal SUSPEND_TIMEOUT = no(1053, "suspend_timeout");
  public static final Refusal NOT_ALLOWED = no(1045, "not allowed");
  public static final Refusal BAD_PACKET = no(1047, "bad packet");

  /** A protocol violation in PgBouncer's manner. */
  public static Refusal no(int mysqlErrno, String message) {
    return new Refusal(PROTOCOL_VIOLATION, mysqlErrno, message);
  }

  public static Refusal noSuchDatabase(String name) {
    return no(1049, "no such database: " + name);
  }

  public static Refusal databaseDisabled(String name) {
    return no(1049, "database \"" + name + "\" is disabled");
  }

  public static Refusal unsupportedStartupParameter(String key) {
    return no(1105, "unsupported startup parameter: " + key);
  }

  public static Refusal brokenPacket(String message) {
    return no(1047, "broken " + message + " packet");
  }

  /** A setting that the session made earlier is not accepted by the server that it has now. */
  public static Refusal settingRefused(String complaint) {
    return new Refusal("22023", 1231,
        "a setting made earlier in this session is refused by the server now: " + complaint);
  }

  public static Refusal badPacketHeader(String hex) {
    return no(1047, "bad packet header: '" + hex + "'");
  }

  /** A server refused the login of the pool; text and SQLSTATE are the server's. */
  public static Refusal fromServer(String sqlState, String message) {
    return new Refusal(sqlState, 1045, message);
  }

  /** Fast failure while the servers of a pool cannot be reached. */
  public static Refusal loginHasBeenFailing(Refusal last) {
    return new Refusal(last.sqlState(), 2003,
        "server login has been failing, cached error: " + last.message() + " (server_login_retry)");
  }
}
