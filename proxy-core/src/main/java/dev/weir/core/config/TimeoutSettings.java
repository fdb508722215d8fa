package dev.weir.core.config;

import java.time.Duration;
import java.util.List;

/** How long things may take. */
public final class TimeoutSettings {
  public static final Setting<Duration> SERVER_CONNECT_TIMEOUT = Setting
      .time("server_connect_timeout").defaultsTo("15")
      .doc("Longest time for a connection to a server and its login; "
          + "also for a check, connect or reset query.");

  public static final Setting<Duration> SERVER_LOGIN_RETRY = Setting.time("server_login_retry")
      .defaultsTo("15")
      .doc("Pause after a server could not be reached or refused the login.");

  public static final Setting<Duration> CLIENT_LOGIN_TIMEOUT = Setting.time("client_login_timeout")
      .defaultsTo("60")
      .doc("Longest time for a client's login; 0 is no limit.");

  public static final Setting<Duration> CLIENT_IDLE_TIMEOUT = Setting.time("client_idle_timeout")
      .defaultsTo("0")
      .doc("Idle time after which a client without a server is closed; 0 is never.");

  public static final Setting<Duration> QUERY_TIMEOUT = Setting.time("query_timeout")
      .defaultsTo("0")
      .doc("Longest time for a query; client and server are closed after it; 0 is no limit.");

  public static final Setting<Duration> QUERY_WAIT_TIMEOUT = Setting.time("query_wait_timeout")
      .defaultsTo("120")
      .doc("Longest wait for a server; 0 is no limit.");

  public static final Setting<Integer> QUERY_WAIT_NOTIFY = Setting
      .whole("query_wait_notify", -1, Integer.MAX_VALUE).defaultsTo("5")
      .doc("Seconds of waiting after which a client gets a notice; 0 or less is no notice.");

  public static final Setting<Duration> IDLE_TRANSACTION_TIMEOUT = Setting
      .time("idle_transaction_timeout").defaultsTo("0")
      .doc("Longest idle time inside a transaction; 0 is no limit.");

  public static final Setting<Duration> TRANSACTION_TIMEOUT = Setting.time("transaction_timeout")
      .defaultsTo("0")
      .doc("Longest time for a transaction; 0 is no limit.");

  public static final Setting<Duration> CANCEL_WAIT_TIMEOUT = Setting.time("cancel_wait_timeout")
      .defaultsTo("10")
      .doc("Longest wait of a cancel request for a connection; 0 is no limit.");

  /** All of them, in the order of the manual. */
  static final List<Setting<?>> ALL = List.of(
      SERVER_CONNECT_TIMEOUT, SERVER_LOGIN_RETRY, CLIENT_LOGIN_TIMEOUT, CLIENT_IDLE_TIMEOUT,
      QUERY_TIMEOUT, QUERY_WAIT_TIMEOUT, QUERY_WAIT_NOTIFY, IDLE_TRANSACTION_TIMEOUT,
      TRANSACTION_TIMEOUT, CANCEL_WAIT_TIMEOUT);

  private TimeoutSettings() {}
}
