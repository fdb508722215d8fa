package dev.weir.app.log;

import dev.weir.app.host.UnixDatagram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The local system log, in the form of RFC 3164 that syslog(3) writes: {@code <PRI>Mmm dd hh:mm:ss IDENT[PID]: text}.
 * A daemon that restarts gets a new connection with the next line; lines in between are lost, as with syslog(3).
 * Confined to the lock of {@link LogHandler}.
 */
final class Syslog implements AutoCloseable {
  private static final DateTimeFormatter TIMES = DateTimeFormatter
      .ofPattern("MMM ppd HH:mm:ss", Locale.ENGLISH).withZone(ZoneId.systemDefault());

  private final String path;
  private final String ident;
  private final int facility;
  private @Nullable UnixDatagram socket;

  private Syslog(String path, String ident, int facility) {
    this.path = path;
    this.ident = ident;
    this.facility = facility;
  }

  /** @throws IOException when no syslog daemon listens at {@code path} */
  static Syslog open(String path, String ident, int facility) throws IOException {
    Syslog syslog = new Syslog(path, ident, facility);
    syslog.socket = UnixDatagram.to(path);
    return syslog;
  }

  void write(LogLine line) {
    int priority = facility * 8 + line.severity().syslogPriority();
    byte[] message = ("<" + priority + ">" + TIMES.format(line.time()) + " " + ident + "["
        + line.pid() + "]: "
        + line.message()).getBytes(StandardCharsets.UTF_8);
    try {
      send(message);
    } catch (IOException _) {
      close();
      try {
        send(message);
      } catch (IOException _) {
        close(); // the daemon is down or full: logging must not stop the proxy
      }
    }
  }

  private void send(byte[] message) throws IOException {
    UnixDatagram open = socket;
    if (open == null) {
      open = UnixDatagram.to(path);
      socket = open;
    }
    open.send(message);
  }

  @Override
  public void close() {
    if (socket != null) {
      socket.close();
      socket = null;
    }
  }
}
