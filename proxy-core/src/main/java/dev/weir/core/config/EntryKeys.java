package dev.weir.core.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys that may stand in a line of {@code [databases]}, {@code [mysql_databases]}, {@code [users]} and {@code
 * [peers]}. */
final class EntryKeys {
  /**
   * One key.
   *
   * @param absent what holds when it is left out
   */
  record Key(String name, String absent, String doc) {}

  static final List<Key> DATABASES = List.of(
      new Key("dbname", "the entry's name", "Name sent to the server."),
      new Key("host", "Unix socket in unix_socket_dir",
          "Name, literal address or Unix socket directory (/ or @); several with commas between them."),
      new Key("port", "5432", "Port, the same on all hosts; 1 to 65535."),
      new Key("user", "the client's user", "Login all clients share on the server."),
      new Key("password", "from auth_file", "Secret of that login; at most 65530 bytes."),
      new Key("auth_user", "auth_user", "User that runs auth_query on this database."),
      new Key("auth_dbname", "auth_dbname", "Database entry where auth_query runs."),
      new Key("auth_query", "auth_query", "Text of auth_query."),
      new Key("client_encoding", "not sent", "Sent to the server at login."),
      new Key("datestyle", "not sent", "Sent to the server at login."),
      new Key("timezone", "not sent", "Sent to the server at login."),
      new Key("application_name", "not sent", "Sent to the server at login."),
      new Key("pool_size", "default_pool_size",
          "Most servers for each user; 0 is no limit, -1 inherits."),
      new Key("min_pool_size", "min_pool_size", "Servers a pool keeps at least; -1 inherits."),
      new Key("reserve_pool_size", "reserve_pool_size", "Servers beyond pool_size; -1 inherits."),
      new Key("reserve_pool", "reserve_pool_size", "Older name of reserve_pool_size."),
      new Key("max_db_connections", "max_db_connections",
          "Most servers of this database; 0 inherits."),
      new Key("max_db_client_connections", "max_db_client_connections",
          "Most clients of this database; 0 inherits."),
      new Key("server_lifetime", "server_lifetime",
          "Whole seconds until an unused server is closed; 0 inherits."),
      new Key("query_wait_timeout", "query_wait_timeout",
          "Whole seconds a client may wait for a server; 0 is no limit, -1 inherits."),
      new Key("pool_mode", "pool_mode", "session, transaction or statement."),
      new Key("load_balance_hosts", "round-robin",
          "round-robin takes the next host for each connect, disable stays until a connect fails."),
      new Key("connect_query", "none",
          "Query sent after each login at the server; its errors are ignored."),
      new Key("session_state", "session_state", "track or off."));

  static final List<Key> MYSQL_DATABASES = List.of(
      new Key("dbname", "the entry's name", "Schema on the server."),
      new Key("host", "required",
          "Name, literal address or path of a Unix socket; several with commas between them, each with a port of its own if need be: db1:3307, [::1]:3307."),
      new Key("port", "3306", "Port of hosts that say none; 1 to 65535."),
      new Key("user", "the client's user", "Login all clients share on the server."),
      new Key("password", "from auth_file", "Secret of that login; at most 65530 bytes."),
      new Key("topology", "single",
          "What the hosts are to each other: single (all alike), galera, replication (read_only tells who writes) or group_replication."),
      new Key("read_write_split", "off",
          "on sends plain reads outside of transactions to readers; all else goes to the writer."),
      new Key("max_writers", "1", "Members of a cluster that take writes at the same time."),
      new Key("use_ssl", "off", "on talks to servers by TLS."),
      new Key("pool_size", "default_pool_size",
          "Most servers for each user, over all hosts; 0 is no limit, -1 inherits."),
      new Key("min_pool_size", "min_pool_size",
          "Servers kept open for each user at each host, once it has been used; -1 inherits."),
      new Key("max_db_connections", "max_db_connections",
          "Most servers of this database; 0 inherits."),
      new Key("max_db_client_connections", "max_db_client_connections",
          "Most clients of this database; 0 inherits."),
      new Key("server_lifetime", "server_lifetime",
          "Whole seconds until an unused server is closed; 0 inherits."),
      new Key("query_wait_timeout", "query_wait_timeout",
          "Whole seconds a command may wait for a server; 0 is no limit, -1 inherits."),
      new Key("pool_mode", "pool_mode", "session, transaction or statement."),
      new Key("connect_query", "none",
          "Statement run after each login at the server; its errors are ignored."));

  static final List<Key> USERS = List.of(
      new Key("pool_mode", "as the database", "session, transaction or statement."),
      new Key("pool_size", "as the database",
          "Most servers in each pool of this user; 0 is no limit, -1 inherits."),
      new Key("reserve_pool_size", "as the database", "Servers beyond pool_size; -1 inherits."),
      new Key("max_user_connections", "max_user_connections",
          "Most servers of this user; 0 inherits."),
      new Key("transaction_timeout", "transaction_timeout", "Whole seconds; 0 inherits."),
      new Key("idle_transaction_timeout", "idle_transaction_timeout", "Whole seconds; 0 inherits."),
      new Key("query_timeout", "query_timeout", "Whole seconds; 0 inherits."),
      new Key("query_wait_timeout", "as the database",
          "Whole seconds; 0 is no limit, -1 inherits."),
      new Key("client_idle_timeout", "client_idle_timeout", "Whole seconds; 0 inherits."),
      new Key("max_user_client_connections", "max_user_client_connections",
          "Most clients of this user; 0 inherits."),
      new Key("session_state", "as the database", "track or off."));

  static final List<Key> PEERS = List.of(
      new Key("host", "required", "Name, literal address or Unix socket directory."),
      new Key("port", "6432", "Port; 1 to 65535."),
      new Key("pool_size", "default_pool_size",
          "Most connections for cancel requests; 0 is no limit."));

  private EntryKeys() {}

  static Set<String> names(List<Key> keys) {
    return keys.stream().map(Key::name).collect(Collectors.toUnmodifiableSet());
  }
}
