package dev.weir.app.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Takes every record of java.util.logging and writes it, with one write and no buffer, to each destination. Its own lock
 * keeps lines whole and destinations from being closed under a writer.
 */
final class LogHandler extends Handler {
  /** Where lines go; streams are unbuffered. */
  record Destinations(Layout layout, List<OutputStream> streams, @Nullable Syslog syslog) {}

  private final Object lock = new Object();
  private final long pid = ProcessHandle.current().pid();
  private final SimpleFormatter parameters = new SimpleFormatter();
  private Destinations destinations;

  LogHandler(Destinations destinations) {
    this.destinations = destinations;
  }

  /** Returns what was there before, for the caller to close. */
  Destinations replace(Destinations next) {
    synchronized (lock) {
      Destinations old = destinations;
      destinations = next;
      return old;
    }
  }

  @Override
  public void publish(LogRecord event) {
    LogLine line = new LogLine(event.getInstant(), pid, Severity.of(event.getLevel()),
        message(event));
    synchronized (lock) {
      byte[] bytes = (destinations.layout().format(line) + "\n").getBytes(StandardCharsets.UTF_8);
      for (OutputStream stream : destinations.streams()) {
        try {
          stream.write(bytes);
        } catch (IOException _) {
          // a full disk or a closed terminal must not stop the proxy
        }
      }
      if (destinations.syslog() != null) {
        destinations.syslog().write(line);
      }
    }
  }

  private String message(LogRecord event) {
    String message = parameters.formatMessage(event);
    Throwable thrown = event.getThrown();
    if (thrown == null) {
      return String.valueOf(message);
    }
    StringWriter trace = new StringWriter();
    thrown.printStackTrace(new PrintWriter(trace));
    return message + "\n" + trace.toString().strip().replace("\n\t", "\n");
  }

  @Override
  public void flush() {
    // nothing is held back
  }

  @Override
  public void close() {
    // The JVM's logging shuts handlers while our last lines are still to come; Logs.close is what ends us.
  }
}
