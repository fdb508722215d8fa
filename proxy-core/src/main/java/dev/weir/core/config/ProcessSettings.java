package dev.weir.core.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Process, files and listening. */
public final class ProcessSettings {
  public static final Setting<String> CONFFILE = Setting.text("conffile").startsAs("", "")
      .keptWhenUnnamed()
      .doc("Configuration file that the next RELOAD reads; at start the one of the command line.");

  public static final Setting<String> PIDFILE = Setting.text("pidfile").defaultsTo("")
      .notReloadable()
      .doc("File for the process id; needed to run in the background.");

  public static final Setting<String> LOGFILE = Setting.text("logfile").defaultsTo("")
      .doc("File log lines are appended to; opened anew at every load, so a RELOAD finishes a "
          + "rotation.");

  public static final Setting<@Nullable String> USER = Setting.text("user").unset().notReloadable()
      .doc("System user to become after start; the command line's -u wins.");

  public static final Setting<String> JOB_NAME = Setting.text("job_name").defaultsTo("pgbouncer")
      .notReloadable()
      .doc("Name of the service, used in the log on Windows.");

  public static final Setting<@Nullable String> SERVICE_NAME = Setting.text("service_name").unset()
      .notReloadable().windowsOnly()
      .doc("Another name of job_name; exists on Windows only.");

  public static final Setting<List<String>> LISTEN_ADDR = Setting.list("listen_addr").defaultsTo("")
      .notReloadable()
      .doc("TCP addresses or names to listen on; * is all of them, empty is none (Unix socket "
          + "only).");

  public static final Setting<Integer> LISTEN_PORT = Setting.whole("listen_port", 0, 65535)
      .defaultsTo("6432").notReloadable()
      .doc("TCP port; also part of the Unix socket's file name.");

  public static final Setting<Integer> LISTEN_BACKLOG = Setting
      .whole("listen_backlog", 0, Integer.MAX_VALUE).defaultsTo("128").notReloadable()
      .doc("Connections the system may hold until they are accepted.");

  public static final Setting<String> UNIX_SOCKET_DIR = Setting.text("unix_socket_dir")
      .defaultsTo(Platform.unixSocketDirectory()).notReloadable()
      .doc("Directory of the Unix socket; empty for no socket, a leading @ for an abstract one.");

  public static final Setting<Integer> UNIX_SOCKET_MODE = Setting
      .whole("unix_socket_mode", 0, 07777).defaultsTo("0777").notReloadable()
      .doc("Mode of the Unix socket's file; ignored for an abstract one.");

  public static final Setting<String> UNIX_SOCKET_GROUP = Setting.text("unix_socket_group")
      .defaultsTo("").notReloadable()
      .doc("Group of the Unix socket's file, by name or number.");

  public static final Setting<Boolean> SO_REUSEPORT = Setting.flag("so_reuseport").defaultsTo("0")
      .notReloadable()
      .doc("Lets several processes listen on the same port.");

  public static final Setting<Integer> PEER_ID = Setting.whole("peer_id", 0, 65535).defaultsTo("0")
      .doc("Own number in the group of [peers]; 0 is outside of any group.");

  public static final Setting<Integer> MAX_CLIENT_CONN = Setting
      .whole("max_client_conn", 0, Integer.MAX_VALUE).defaultsTo("100")
      .doc("Most client connections at a time; the console is exempt.");

  public static final Setting<Integer> PKT_BUF = Setting.whole("pkt_buf", 1, Integer.MAX_VALUE)
      .defaultsTo("4096").notReloadable()
      .doc("Without effect: buffers grow and shrink with what a connection moves.");

  public static final Setting<Long> MAX_PACKET_SIZE = Setting
      .unsigned("max_packet_size", 0, 0xFFFF_FFFFL).defaultsTo("2147483647")
      .doc("Largest packet that is let through, in bytes.");

  public static final Setting<Integer> SBUF_LOOPCNT = Setting
      .whole("sbuf_loopcnt", 0, Integer.MAX_VALUE).defaultsTo("5")
      .doc("How often a connection is read before the others have their turn; 0 sets no bound.");

  public static final Setting<Duration> SUSPEND_TIMEOUT = Setting.time("suspend_timeout")
      .defaultsTo("10")
      .doc("Longest wait for buffers to empty during SUSPEND; connections that are not done are "
          + "closed.");

  public static final Setting<Boolean> DISABLE_PQEXEC = Setting.flag("disable_pqexec")
      .defaultsTo("0").notReloadable()
      .doc("Refuses simple Query messages, which may hold several statements; the console takes "
          + "them all the same.");

  /** All of them, in the order of the manual. */
  static final List<Setting<?>> ALL = List.of(
      CONFFILE, PIDFILE, LOGFILE, USER, JOB_NAME, SERVICE_NAME, LISTEN_ADDR, LISTEN_PORT,
      LISTEN_BACKLOG, UNIX_SOCKET_DIR, UNIX_SOCKET_MODE, UNIX_SOCKET_GROUP, SO_REUSEPORT,
      PEER_ID, MAX_CLIENT_CONN, PKT_BUF, MAX_PACKET_SIZE, SBUF_LOOPCNT, SUSPEND_TIMEOUT,
      DISABLE_PQEXEC);

  private ProcessSettings() {}
}
