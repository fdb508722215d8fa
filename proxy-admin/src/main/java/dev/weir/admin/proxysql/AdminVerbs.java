package dev.weir.admin.proxysql;

import dev.weir.admin.sqlite.StoreException;
import dev.weir.core.control.Answer;
import dev.weir.core.control.MysqlControl;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code PROXYSQL …}, {@code KILL CONNECTION}, {@code LOGENTRY} and their like. Confined to the admin thread. */
final class AdminVerbs {
  private static final Logger LOG = LoggerFactory.getLogger(AdminVerbs.class);
  private static final Pattern KILL = Pattern.compile("(?i)KILL (?:CONNECTION )?([0-9]{1,18})");
  /** As it is with and without the word in front. */
  private static final String FLUSH = "FLUSH MYSQL QUERY CACHE";
  private static final Pattern TRUNCATE = Pattern
      .compile("(?i)TRUNCATE (?:TABLE )?(?:stats\\.)?`?stats_mysql_query_digest(?:_reset)?`?");
  private static final String SAVE_DIGESTS = "SAVE MYSQL DIGEST TO DISK";
  private static final String SIGNAL = "SIGNAL MYSQL THREADS";

  private final RuntimeLink runtime;
  private final AdminState state;
  private final History history;

  AdminVerbs(RuntimeLink runtime, AdminState state, History history) {
    this.runtime = runtime;
    this.state = state;
    this.history = history;
  }

  /** Whether such a statement is one of these. */
  static boolean knows(String normal) {
    return normal.toUpperCase(Locale.ROOT).startsWith("PROXYSQL ")
        || KILL.matcher(normal).matches()
        || TRUNCATE.matcher(normal).matches() || ForeignCommands.reason(normal) != null
        || normal.equalsIgnoreCase(SAVE_DIGESTS) || normal.equalsIgnoreCase(SIGNAL)
        || FLUSH.equalsIgnoreCase(normal)
        || normal.toUpperCase(Locale.ROOT).startsWith("LOGENTRY ");
  }

  /** Null when the statement is none of these. */
  @Nullable
  Answer run(String normal) throws StoreException {
    Matcher kill = KILL.matcher(normal);
    if (kill.matches()) {
      return kill(Long.parseLong(kill.group(1)));
    }
    if (TRUNCATE.matcher(normal).matches()) {
      return Answer.Done.of("TRUNCATE", runtime.ask(runtime.control()::forgetQueryDigests));
    }
    String reason = ForeignCommands.reason(normal);
    if (reason != null) {
      return Replies.failed(reason);
    }
    if (normal.equalsIgnoreCase(SAVE_DIGESTS)) {
      return Answer.Done.of("SAVE", history.saveDigests(Instant.now().getEpochSecond()));
    }
    if (normal.equalsIgnoreCase(SIGNAL)) {
      return Answer.Done.of("SIGNAL"); // it wakes threads there; here none sleeps while there is work
    }
    String upper = normal.toUpperCase(Locale.ROOT);
    if (upper.startsWith("LOGENTRY ")) {
      LOG.info("LOGENTRY: {}", normal.substring("LOGENTRY ".length()));
      return Answer.Done.of("LOGENTRY");
    }
    if (FLUSH.equalsIgnoreCase(normal)) {
      return proxysql(normal, upper);
    }
    return upper.startsWith("PROXYSQL ") ? proxysql(normal, upper.substring(9)) : null;
  }

  private Answer kill(long session) {
    return runtime.ask(() -> runtime.control().killSession(session))
        ? Answer.Done.of("KILL")
        : new Answer.Failed("HY000", 1094, "Unknown thread id: " + session);
  }

  private Answer proxysql(String normal, String verb) throws StoreException {
    MysqlControl control = runtime.control();
    LOG.info("{}", normal);
    switch (verb) {
      case "START" -> runtime.tell(control::startTraffic);
      case "STOP" -> runtime.tell(control::stopTraffic);
      case "RESTART" -> {
        runtime.tell(control::stopTraffic);
        runtime.tell(control::startTraffic);
      }
      case "PAUSE" -> runtime.tell(control::pauseTraffic);
      case "RESUME" -> runtime.tell(control::resumeTraffic);
      case "SHUTDOWN", "KILL" -> {
        runtime.tell(() -> control.shutdown(false));
        return new Answer.Hangup();
      }
      case "SHUTDOWN SLOW" -> runtime.tell(() -> control.shutdown(true));
      case "READONLY" -> state.readOnly(true);
      case "READWRITE" -> state.readOnly(false);
      case "FLUSH LOGS" -> runtime.tell(control::flushLogs);
      case "FLUSH QUERY CACHE", FLUSH -> {
        return Answer.Done.of("PROXYSQL", runtime.ask(control::flushQueryCache));
      }
      case "FLUSH MYSQL CLIENT HOSTS" -> runtime.tell(control::flushClientHosts);
      case "FLUSH CONFIGDB" -> state.store.reopenDisk();
      case "RELOAD TLS" -> runtime.tell(control::reloadTls);
      default -> {
        return Replies.failed("near \"PROXYSQL\": syntax error");
      }
    }
    return Answer.Done.of("PROXYSQL");
  }
}
