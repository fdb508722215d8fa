package dev.weir.app.log;

import java.util.logging.Level;

/** PgBouncer's levels, with syslog's priorities (RFC 3164, 4.1.1). */
enum Severity {
  FATAL(2), ERROR(3), WARNING(4), LOG(6), DEBUG(7), NOISE(7);

  private final int syslogPriority;

  Severity(int syslogPriority) {
    this.syslogPriority = syslogPriority;
  }

  int syslogPriority() {
    return syslogPriority;
  }

  /** The level of java.util.logging that slf4j's bridge uses; it knows none above "error". */
  Level level() {
    return switch (this) {
      case FATAL -> Fatal.LEVEL;
      case ERROR -> Level.SEVERE;
      case WARNING -> Level.WARNING;
      case LOG -> Level.INFO;
      case DEBUG -> Level.FINE;
      case NOISE -> Level.FINEST;
    };
  }

  static Severity of(Level level) {
    for (Severity severity : values()) {
      if (level.intValue() >= severity.level().intValue()) {
        return severity;
      }
    }
    return NOISE;
  }

  /** The level that a {@code verbose} setting lets through: 0 is LOG, 1 is DEBUG, more is NOISE. */
  static Severity leastOf(int verbose) {
    if (verbose <= 0) {
      return LOG;
    }
    return verbose == 1 ? DEBUG : NOISE;
  }

  private static final class Fatal extends Level {
    static final Level LEVEL = new Fatal();
    private static final long serialVersionUID = 1L;

    private Fatal() {
      super("FATAL", Level.SEVERE.intValue() + 100);
    }
  }
}
