package dev.weir.core.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What PgBouncer has no word for: the section {@code [weir]}. */
public final class WeirSettings {
  public static final Setting<Integer> WORKERS = Setting.whole("workers", 0, 1024).defaultsTo("0")
      .notReloadable().weir()
      .doc("Event loops that carry connections; 0 is one for each core.");

  public static final Setting<@Nullable HostPort> HTTP_LISTEN = Setting.listen("http_listen")
      .defaultsTo("").notReloadable().weir()
      .doc("Address of metrics and health; empty for none.");

  public static final Setting<LogFormat> LOG_FORMAT = Setting.oneOf("log_format", LogFormat.class)
      .defaultsTo("text").weir()
      .doc("Shape of log lines.");

  public static final Setting<PreparedStatementErrors> PREPARED_STATEMENT_ERRORS = Setting
      .oneOf("prepared_statement_errors", PreparedStatementErrors.class).defaultsTo("pgbouncer")
      .weir()
      .doc("What a client sees that uses a prepared statement wrongly: the end of its connection "
          + "or the server's error.");

  public static final Setting<Integer> MAX_UNAUTHENTICATED_CONN = Setting
      .whole("max_unauthenticated_conn", 1, Integer.MAX_VALUE).defaultsTo("1000").weir()
      .doc("Most clients that have not finished their login.");

  public static final Setting<Integer> LOGIN_PACKET_LIMIT = Setting
      .whole("login_packet_limit", 1024, 16 * 1024 * 1024).defaultsTo("131072").weir()
      .doc("Largest packet of a client that has not finished its login, in bytes.");

  public static final Setting<Boolean> CANCEL_QUEUED = Setting.flag("cancel_queued").defaultsTo("0")
      .weir()
      .doc("Lets a cancel request end a query that still waits for a server.");

  public static final Setting<TransportChoice> TRANSPORT = Setting
      .oneOf("transport", TransportChoice.class).defaultsTo("auto").notReloadable().weir()
      .doc("System interface for sockets.");

  public static final Setting<TlsProviderChoice> TLS_PROVIDER = Setting
      .oneOf("tls_provider", TlsProviderChoice.class).defaultsTo("auto").notReloadable().weir()
      .doc("Implementation of TLS.");

  public static final Setting<String> PROXYSQL_CONFIG = Setting.text("proxysql_config")
      .defaultsTo("").notReloadable().weir()
      .doc("ProxySQL's configuration file: MySQL clients are served as it says; empty for none.");

  public static final Setting<Integer> MYSQL_LISTEN_PORT = Setting
      .whole("mysql_listen_port", 1, 65535).defaultsTo("6033").notReloadable().weir()
      .doc("Port of clients of [mysql_databases], on the addresses of listen_addr; with "
          + "proxysql_config, mysql-interfaces counts instead.");

  public static final Setting<Integer> MYSQL_ADMIN_PORT = Setting
      .whole("mysql_admin_port", 0, 65535).defaultsTo("6032").notReloadable().weir()
      .doc("Port of the console for MySQL's clients, beside mysql_listen_port; 0 is none. With "
          + "proxysql_config, admin-mysql_ifaces counts instead.");

  public static final Setting<String> MYSQL_MONITOR_USER = Setting.text("mysql_monitor_user")
      .defaultsTo("").notReloadable().weir()
      .doc("Account that checks MySQL servers, with its password in auth_file; empty for no "
          + "checks. With proxysql_config, mysql-monitor_username counts instead.");

  public static final Setting<SessionState> SESSION_STATE = Setting
      .oneOf("session_state", SessionState.class).defaultsTo("track").weir()
      .doc("What becomes of a session's state when its server goes back after each transaction: "
          + "track carries it along, off leaves it to the application, as PgBouncer does.");

  public static final Setting<Integer> MAX_PINNED_SHARE = Setting
      .whole("max_pinned_share", 0, 100).defaultsTo("0").weir()
      .doc("Most servers of a pool that sessions may keep between transactions for their state, in "
          + "percent of pool_size, rounded down; 0 and 100 are no limit. MySQL's sessions only.");

  public static final Setting<Duration> PIN_TIMEOUT = Setting.time("pin_timeout").defaultsTo("0")
      .weir()
      .doc("How long a session that keeps its server for its state may be idle between "
          + "transactions before it is ended; 0 is no limit. MySQL's sessions only.");

  /** All of them, in the order of the manual. */
  static final List<Setting<?>> ALL = List.of(
      WORKERS, HTTP_LISTEN, LOG_FORMAT, PREPARED_STATEMENT_ERRORS, MAX_UNAUTHENTICATED_CONN,
      LOGIN_PACKET_LIMIT, CANCEL_QUEUED, TRANSPORT, TLS_PROVIDER, PROXYSQL_CONFIG,
      MYSQL_LISTEN_PORT, MYSQL_ADMIN_PORT, MYSQL_MONITOR_USER, SESSION_STATE,
      MAX_PINNED_SHARE, PIN_TIMEOUT);

  private WeirSettings() {}
}
