package dev.weir.app;

import dev.weir.app.log.Logs;
import dev.weir.core.config.Config;
import dev.weir.core.config.LogFormat;
import dev.weir.core.config.LogSettings;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.SyslogFacility;
import dev.weir.core.config.WeirSettings;
import java.nio.file.Path;

/** What the configuration says about the log. */
final class LogPlans {
  private static final String DEV_LOG = "/dev/log";

  private LogPlans() {}

  static Logs.Plan of(Config config, boolean toStderr) {
    String file = config.get(ProcessSettings.LOGFILE);
    Logs.SyslogPlan syslog = config.get(LogSettings.SYSLOG)
        ? new Logs.SyslogPlan(DEV_LOG, config.get(LogSettings.SYSLOG_IDENT),
            code(config.get(LogSettings.SYSLOG_FACILITY)))
        : null;
    return new Logs.Plan(toStderr, file.isEmpty() ? null : Path.of(file),
        config.get(WeirSettings.LOG_FORMAT) == LogFormat.JSON, syslog,
        config.get(LogSettings.VERBOSE));
  }

  /** RFC 3164, 4.1.1. */
  private static int code(SyslogFacility facility) {
    return switch (facility) {
      case USER -> 1;
      case DAEMON -> 3;
      case AUTH -> 4;
      case AUTHPRIV -> 10;
      case LOCAL0 -> 16;
      case LOCAL1 -> 17;
      case LOCAL2 -> 18;
      case LOCAL3 -> 19;
      case LOCAL4 -> 20;
      case LOCAL5 -> 21;
      case LOCAL6 -> 22;
      case LOCAL7 -> 23;
    };
  }
}
