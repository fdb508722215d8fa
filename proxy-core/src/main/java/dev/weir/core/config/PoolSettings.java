package dev.weir.core.config;

import java.time.Duration;
import java.util.List;

/** Pools and the servers in them. */
public final class PoolSettings {
  public static final Setting<PoolMode> POOL_MODE = Setting.oneOf("pool_mode", PoolMode.class)
      .defaultsTo("session")
      .doc("When a server goes back to its pool.");

  public static final Setting<Integer> DEFAULT_POOL_SIZE = Setting
      .whole("default_pool_size", -1, Integer.MAX_VALUE).defaultsTo("20")
      .doc("Most servers for each database and user; 0 or less is no limit.");

  public static final Setting<Integer> MIN_POOL_SIZE = Setting
      .whole("min_pool_size", -1, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Servers a pool keeps at least.");

  public static final Setting<Integer> RESERVE_POOL_SIZE = Setting
      .whole("reserve_pool_size", -1, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Servers a pool may open beyond its size when clients wait long; 0 or less is none.");

  public static final Setting<Duration> RESERVE_POOL_TIMEOUT = Setting.time("reserve_pool_timeout")
      .defaultsTo("5")
      .doc("Wait after which the reserve may be used; 0 turns the reserve off.");

  public static final Setting<Integer> MAX_DB_CONNECTIONS = Setting
      .whole("max_db_connections", -1, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Most servers for each database, whatever the user; 0 or less is no limit.");

  public static final Setting<Integer> MAX_DB_CLIENT_CONNECTIONS = Setting
      .whole("max_db_client_connections", -1, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Most clients for each database; 0 or less is no limit.");

  public static final Setting<Integer> MAX_USER_CONNECTIONS = Setting
      .whole("max_user_connections", -1, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Most servers for each user, whatever the database; 0 or less is no limit.");

  public static final Setting<Integer> MAX_USER_CLIENT_CONNECTIONS = Setting
      .whole("max_user_client_connections", -1, Integer.MAX_VALUE).defaultsTo("0")
      .doc("Most clients for each user; 0 or less is no limit.");

  public static final Setting<Boolean> SERVER_ROUND_ROBIN = Setting.flag("server_round_robin")
      .defaultsTo("0")
      .doc("Uses a pool's servers in turn instead of the one used last.");

  public static final Setting<Integer> MAX_PREPARED_STATEMENTS = Setting
      .whole("max_prepared_statements", 0, Integer.MAX_VALUE).defaultsTo("200")
      .doc("Prepared statements kept for each server in transaction and statement mode; 0 turns "
          + "the tracking off.");

  public static final Setting<String> SERVER_RESET_QUERY = Setting.text("server_reset_query")
      .defaultsTo("DISCARD ALL")
      .doc("Query sent to a server when its client has left, in session mode; empty for none.");

  public static final Setting<Boolean> SERVER_RESET_QUERY_ALWAYS = Setting
      .flag("server_reset_query_always").defaultsTo("0")
      .doc("Sends server_reset_query in every pool mode.");

  public static final Setting<Duration> SERVER_CHECK_DELAY = Setting.time("server_check_delay")
      .defaultsTo("30")
      .doc("Idle time after which a server is tested before it is used; 0 tests always.");

  public static final Setting<String> SERVER_CHECK_QUERY = Setting.text("server_check_query")
      .defaultsTo("<empty>")
      .doc("Query that tests a server; <empty> is an empty query, nothing at all is no test.");

  public static final Setting<Boolean> SERVER_FAST_CLOSE = Setting.flag("server_fast_close")
      .defaultsTo("0")
      .doc("In session mode closes a server that is to be replaced as soon as it is idle, and "
          + "its client.");

  public static final Setting<Duration> SERVER_LIFETIME = Setting.time("server_lifetime")
      .defaultsTo("3600")
      .doc("Age after which a server that is not in use is closed; 0 uses each once.");

  public static final Setting<Duration> SERVER_IDLE_TIMEOUT = Setting.time("server_idle_timeout")
      .defaultsTo("600")
      .doc("Idle time after which a server is closed; 0 is never.");

  public static final Setting<Duration> AUTODB_IDLE_TIMEOUT = Setting.time("autodb_idle_timeout")
      .defaultsTo("3600")
      .doc("Idle time after which a database made from the * entry is forgotten; 0 is never.");

  public static final Setting<Duration> POOL_IDLE_TIMEOUT = Setting.time("pool_idle_timeout")
      .defaultsTo("0")
      .doc("Idle time after which a pool without clients and servers is forgotten; 0 is never.");

  public static final Setting<Boolean> APPLICATION_NAME_ADD_HOST = Setting
      .flag("application_name_add_host").defaultsTo("0")
      .doc("Appends the client's address to application_name when it connects.");

  public static final Setting<List<String>> IGNORE_STARTUP_PARAMETERS = Setting
      .words("ignore_startup_parameters").defaultsTo("")
      .doc("Startup parameters that are accepted and dropped; options silences unknown -c keys.");

  public static final Setting<List<String>> TRACK_EXTRA_PARAMETERS = Setting
      .list("track_extra_parameters").defaultsTo("IntervalStyle").notReloadable()
      .doc("Further server parameters kept for each client.");

  /** All of them, in the order of the manual. */
  static final List<Setting<?>> ALL = List.of(
      POOL_MODE, DEFAULT_POOL_SIZE, MIN_POOL_SIZE, RESERVE_POOL_SIZE, RESERVE_POOL_TIMEOUT,
      MAX_DB_CONNECTIONS, MAX_DB_CLIENT_CONNECTIONS, MAX_USER_CONNECTIONS,
      MAX_USER_CLIENT_CONNECTIONS, SERVER_ROUND_ROBIN, MAX_PREPARED_STATEMENTS,
      SERVER_RESET_QUERY, SERVER_RESET_QUERY_ALWAYS, SERVER_CHECK_DELAY, SERVER_CHECK_QUERY,
      SERVER_FAST_CLOSE, SERVER_LIFETIME, SERVER_IDLE_TIMEOUT, AUTODB_IDLE_TIMEOUT,
      POOL_IDLE_TIMEOUT, APPLICATION_NAME_ADD_HOST, IGNORE_STARTUP_PARAMETERS,
      TRACK_EXTRA_PARAMETERS);

  private PoolSettings() {}
}
