package dev.weir.app.log;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * {@code YYYY-MM-DD HH:MM:SS.mmm TZ [PID] LEVEL message}, as PgBouncer writes it. A line end inside the message becomes
 * a line end and a tab, so that a line without a leading tab is always a new event.
 */
record TextLayout(DateTimeFormatter times) implements Layout {
  static TextLayout in(ZoneId zone) {
    return new TextLayout(
        DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS zzz", Locale.ENGLISH).withZone(zone));
  }

  @Override
  public String format(LogLine line) {
    return times.format(line.time()) + " [" + line.pid() + "] " + line.severity() + " "
        + continued(line.message());
  }

  static String continued(String message) {
    return message.indexOf('\n') < 0 ? message : message.replace("\n", "\n\t");
  }
}
