package dev.weir.app.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The process's log. {@link #install} takes over java.util.logging, to which slf4j is bound; {@link #apply} opens every
 * destination anew, which is how a log file is rotated. Methods may be called from any thread, one at a time.
 */
public final class Logs implements AutoCloseable {
  static final String DEV_LOG = "/dev/log";

  /**
   * What the log is to be.
   *
   * @param toStderr false for {@code -q} and for a daemon
   * @param file appended to; null for none
   * @param json one JSON object a line instead of PgBouncer's lines
   * @param syslog null for none
   */
  public record Plan(boolean toStderr, @Nullable Path file, boolean json,
      @Nullable SyslogPlan syslog, int verbose) {}

  /** @param facility syslog's number of it: 3 is daemon (RFC 3164, 4.1.1) */
  public record SyslogPlan(String path, String ident, int facility) {}

  private final LogHandler handler;
  /** Held, because java.util.logging forgets the level of a logger that nobody holds. */
  private final Logger ours = Logger.getLogger("dev.weir");
  private final Logger root = Logger.getLogger("");

  private Logs(LogHandler handler) {
    this.handler = handler;
  }

  /** Until the configuration is read, lines go to standard error or nowhere. */
  public static Logs install(boolean toStderr, int verbose) {
    LogManager.getLogManager().reset();
    Logs logs = new Logs(new LogHandler(
        new LogHandler.Destinations(TextLayout.in(ZoneId.systemDefault()),
            toStderr ? List.of(stderr()) : List.of(), null)));
    logs.root.addHandler(logs.handler);
    logs.root.setLevel(Level.WARNING); // libraries: what they find normal is noise here
    logs.verbose(verbose);
    return logs;
  }

  /** Switches the level at run time: 0 is LOG, 1 is DEBUG, more is NOISE. */
  public void verbose(int verbose) {
    ours.setLevel(Severity.leastOf(verbose).level());
  }

  /** Opens all destinations anew and closes the old ones. One that cannot be opened is left out, and the others say so. */
  public void apply(Plan plan) {
    List<OutputStream> streams = new ArrayList<>();
    List<String> complaints = new ArrayList<>();
    if (plan.toStderr()) {
      streams.add(stderr());
    }
    if (plan.file() != null) {
      try {
        streams.add(new FileOutputStream(plan.file().toFile(), true));
      } catch (IOException e) {
        complaints.add("cannot open logfile: " + e.getMessage());
      }
    }
    Syslog syslog = null;
    if (plan.syslog() != null) {
      try {
        syslog = Syslog.open(plan.syslog().path(), plan.syslog().ident(), plan.syslog().facility());
      } catch (IOException e) {
        complaints.add("cannot log to syslog at " + plan.syslog().path() + ": " + e.getMessage());
      }
    }
    verbose(plan.verbose());
    Layout layout = plan.json() ? new JsonLayout() : TextLayout.in(ZoneId.systemDefault());
    shut(handler.replace(new LogHandler.Destinations(layout, streams, syslog)));
    complaints.forEach(complaint -> handler.publish(new LogRecord(Level.WARNING, complaint)));
  }

  /** The line before an exit with status 1. */
  public void fatal(String message) {
    handler.publish(new LogRecord(Severity.FATAL.level(), message));
  }

  /** Closes files; what is logged afterwards is lost. */
  @Override
  public void close() {
    root.removeHandler(handler);
    shut(handler.replace(new LogHandler.Destinations(new JsonLayout(), List.of(), null)));
  }

  private static OutputStream stderr() {
    return new FileOutputStream(FileDescriptor.err);
  }

  private static void shut(LogHandler.Destinations old) {
    for (OutputStream stream : old.streams()) {
      try {
        if (!(stream instanceof FileOutputStream file) || file.getFD() != FileDescriptor.err) {
          stream.close();
        }
      } catch (IOException _) {
        // it held nothing back
      }
    }
    if (old.syslog() != null) {
      old.syslog().close();
    }
  }
}
