package dev.weir.core.config;

import java.util.List;

/** Logging, statistics and the console. */
public final class LogSettings {
  public static final Setting<Integer> VERBOSE = Setting.whole("verbose", 0, Integer.MAX_VALUE)
      .startsAs(0, "0").keptWhenUnnamed()
      .doc("How much is logged: 0 is normal, 1 debug, 2 and more everything; at start the number "
          + "of -v.");

  public static final Setting<Boolean> SYSLOG = Setting.flag("syslog").defaultsTo("0")
      .doc("Sends log lines to syslog.");

  public static final Setting<String> SYSLOG_IDENT = Setting.text("syslog_ident")
      .defaultsTo("pgbouncer")
      .doc("Name of the program in syslog.");

  public static final Setting<SyslogFacility> SYSLOG_FACILITY = Setting
      .oneOf("syslog_facility", SyslogFacility.class).defaultsTo("daemon")
      .doc("Facility of the lines in syslog.");

  public static final Setting<Boolean> LOG_CONNECTIONS = Setting.flag("log_connections")
      .defaultsTo("1")
      .doc("Logs every login.");

  public static final Setting<Boolean> LOG_DISCONNECTIONS = Setting.flag("log_disconnections")
      .defaultsTo("1")
      .doc("Logs every end of a connection, with its reason.");

  public static final Setting<Boolean> LOG_POOLER_ERRORS = Setting.flag("log_pooler_errors")
      .defaultsTo("1")
      .doc("Logs the errors sent to clients.");

  public static final Setting<Boolean> LOG_STATS = Setting.flag("log_stats").defaultsTo("1")
      .doc("Logs a line of statistics every stats_period.");

  public static final Setting<Integer> STATS_PERIOD = Setting
      .whole("stats_period", 1, Integer.MAX_VALUE).defaultsTo("60")
      .doc("Seconds over which averages are made and after which they are logged.");

  public static final Setting<List<String>> ADMIN_USERS = Setting.words("admin_users")
      .defaultsTo("")
      .doc("Users that may do everything at the console.");

  public static final Setting<List<String>> STATS_USERS = Setting.words("stats_users")
      .defaultsTo("")
      .doc("Users that may read at the console.");

  public static final Setting<String> LOGIN_NOTIFY_MESSAGE = Setting.text("login_notify_message")
      .defaultsTo("")
      .doc("Text of a notice every client gets after its login; empty for none.");

  /** All of them, in the order of the manual. */
  static final List<Setting<?>> ALL = List.of(
      VERBOSE, SYSLOG, SYSLOG_IDENT, SYSLOG_FACILITY, LOG_CONNECTIONS, LOG_DISCONNECTIONS,
      LOG_POOLER_ERRORS, LOG_STATS, STATS_PERIOD, ADMIN_USERS, STATS_USERS, LOGIN_NOTIFY_MESSAGE);

  private LogSettings() {}
}
