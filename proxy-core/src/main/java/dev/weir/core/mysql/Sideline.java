package dev.weir.core.mysql;

import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.mysql.log.EventLog;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on beside the way of statements: the query log and the audit log, mirrored copies, hosts that are kept out.
 * Read by all workers, changed on the control thread.
 */
final class Sideline {
  private static final Logger LOG = LoggerFactory.getLogger(Sideline.class);
  private static final long LAST_WORDS_MILLIS = 1000;

  private final MysqlRuntime runtime;
  private final ClientHosts hosts = new ClientHosts();
  private final Mirrors mirrors;
  private final LongAdder lostQueries = new LongAdder();
  private final LongAdder lostAudits = new LongAdder();
  private volatile SideSettings settings;
  private volatile @Nullable EventLog queries;
  private volatile @Nullable EventLog audit;
  private @Nullable Path folder;
  private MysqlVariables variables = MysqlVariables.defaults();

  Sideline(MysqlRuntime runtime) {
    this.runtime = runtime;
    this.mirrors = new Mirrors(runtime);
    this.settings = SideSettings.of(variables);
  }

  /** Takes variables into force. */
  void apply(MysqlVariables changed) {
    variables = changed;
    SideSettings now = SideSettings.of(changed);
    settings = now;
    hosts.limits(now.hostsCounted(), now.hostErrors());
    mirrors.limits(now.mirrorsAtOnce(), now.mirrorsWaiting());
    Path in = folder;
    if (in != null) {
      queries = reopened(queries, "query log", in, changed.text("mysql-eventslog_filename"),
          changed.whole("mysql-eventslog_filesize"), lostQueries);
      audit = reopened(audit, "audit log", in, changed.text("mysql-auditlog_filename"),
          changed.whole("mysql-auditlog_filesize"), lostAudits);
    }
  }

  /** From now on logs are written; names that are not absolute are in this folder. */
  void writeLogsIn(Path datadir) {
    folder = datadir;
    apply(variables);
  }

  private static @Nullable EventLog reopened(@Nullable EventLog open, String name, Path folder,
      String file, long maxSize, LongAdder lost) {
    Path base = file.isEmpty() ? null : base(name, folder, file);
    if (open != null && open.base().equals(base)) {
      open.maxSize(maxSize);
      return open;
    }
    if (open != null) {
      open.end();
    }
    return base == null ? null : EventLog.start(name, base, maxSize, lost);
  }

  private static @Nullable Path base(String name, Path folder, String file) {
    try {
      Path base = folder.toAbsolutePath().resolve(file);
      if (base.getFileName() != null) {
        return base;
      }
    } catch (InvalidPathException _) {
      // said below
    }
    LOG.error("{}: {} is not the name of a file: nothing is logged", name, file);
    return null;
  }

  /** New files for both logs. */
  void rotateLogs() {
    EventLog ofQueries = queries;
    EventLog ofAudit = audit;
    if (ofQueries != null) {
      ofQueries.rotate();
    }
    if (ofAudit != null) {
      ofAudit.rotate();
    }
  }

  /** Waits until the workers have said their last words, then until they are written; for seconds at most. */
  void closeLogs() {
    CountDownLatch said = new CountDownLatch(runtime.workers().count());
    runtime.workers().forEach(worker -> worker.execute(said::countDown));
    try {
      said.await(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    EventLog ofQueries = queries;
    EventLog ofAudit = audit;
    queries = null;
    audit = null;
    if (ofQueries != null) {
      ofQueries.close();
    }
    if (ofAudit != null) {
      ofAudit.close();
    }
  }

  SideSettings settings() {
    return settings;
  }

  /** Null while no query log is written. */
  @Nullable
  EventLog queries() {
    return queries;
  }

  /** Null while no audit log is written. */
  @Nullable
  EventLog audit() {
    return audit;
  }

  long lostQueryEvents() {
    return lostQueries.sum();
  }

  long lostAuditEvents() {
    return lostAudits.sum();
  }

  ClientHosts hosts() {
    return hosts;
  }

  Mirrors mirrors() {
    return mirrors;
  }
}
