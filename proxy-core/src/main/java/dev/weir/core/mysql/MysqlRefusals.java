package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;

/**
 * What MySQL clients are told: numbers, SQLSTATEs and texts of ProxySQL where it has one, of MySQL's error reference
 * elsewhere.
 */
final class MysqlRefusals {
  /** Says nothing to the client: the session looks for another server. */
  static final Refusal SERVER_GONE = new Refusal("HY000", 2013, "server taken out of service");

  static final Refusal TOO_MANY_CONNECTIONS = new Refusal("08004", 1040, "Too many connections");
  static final Refusal LOST = new Refusal("HY000", 2013,
      "Lost connection to MySQL server during query");
  static final Refusal LOST_TRANSACTION = new Refusal("HY000", 2013,
      "Lost connection to MySQL server during query: the transaction is rolled back");
  static final Refusal MALFORMED = new Refusal("08S01", 1835, "Malformed communication packet");
  static final Refusal UNKNOWN_COMMAND = new Refusal("08S01", 1047, "Unknown command");
  static final Refusal PACKET_TOO_LARGE = new Refusal("08S01", 1153,
      "Got a packet bigger than 'max_allowed_packet' bytes");
  static final Refusal SHUTDOWN = new Refusal("08S01", 1053, "Server shutdown in progress");
  static final Refusal KILLED = new Refusal("70100", 1317, "Query execution was interrupted");
  static final Refusal QUERY_TIMEOUT = new Refusal("70100", 1907,
      "Query execution was interrupted, query_timeout exceeded");
  static final Refusal BAD_HANDSHAKE = new Refusal("08S01", 1043, "Bad handshake");
  static final Refusal NO_TRANSACTION_BLOCKS = new Refusal("42000", 1235,
      Refusal.NO_TRANSACTION_BLOCKS.message());
  /** The number that drivers try again at: it is the one of a lock that was waited for too long. */
  static final Refusal QUERY_WAIT_TIMEOUT = new Refusal("HY000", 1205,
      Refusal.QUERY_WAIT_TIMEOUT.message());
  static final Refusal LOGIN_TIMEOUT = new Refusal("08S01", 1159,
      "Got timeout reading communication packets");

  private MysqlRefusals() {}

  static Refusal accessDenied(String user, String host, boolean password) {
    return new Refusal("28000", 1045, "ProxySQL Error: Access denied for user '" + user + "'@'"
        + host + "' (using password: " + (password ? "YES" : "NO") + ")");
  }

  static Refusal sslRequired(String user, String host) {
    return new Refusal("28000", 1045, "ProxySQL Error: Access denied for user '" + user + "'@'"
        + host + "' (using password: YES). SSL is required");
  }

  static Refusal hostBlocked(String host) {
    return new Refusal("HY000", 1129, "Host '" + host
        + "' is blocked because of many connection errors");
  }

  /** Whether a login that ends with this is the client's fault, as a wrong password is. */
  static boolean speaksAgainstHost(Refusal why) {
    return switch (why.mysqlErrno()) {
      case 1045, 1043, 1159 -> true;
      default -> false;
    };
  }

  static Refusal tooManyOfUser(String user, long max) {
    return new Refusal("42000", 1226, "User '" + user
        + "' has exceeded the 'max_user_connections' resource (current value: " + max + ")");
  }

  static Refusal connectTimeout(int hostgroup, long millis) {
    return new Refusal("HY000", 9001, "Max connect timeout reached while reaching hostgroup "
        + hostgroup + " after " + millis + "ms");
  }

  static Refusal connectFailure(int hostgroup) {
    return new Refusal("HY000", 9002,
        "Max connect failure while reaching hostgroup " + hostgroup);
  }

  static Refusal unknownThread(long id) {
    return new Refusal("HY000", 1094, "Unknown thread id: " + id);
  }

  static Refusal unknownStatement(String command) {
    return new Refusal("HY000", 1243,
        "Unknown prepared statement handler (0) given to " + command);
  }
}
