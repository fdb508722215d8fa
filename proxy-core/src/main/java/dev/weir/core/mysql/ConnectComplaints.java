package dev.weir.core.mysql;

import dev.weir.core.error.Refusal;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log why connections to one server fail: each reason at once, and again when it has lasted; sessions try so
 * often that a line for each would bury it. Thread-safe.
 */
final class ConnectComplaints {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectComplaints.class);
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private @Nullable String last;
  private long saidNanos;
  private long unsaid;

  void failed(Target server, String user, Refusal why, long now) {
    long before;
    synchronized (this) {
      if (why.message().equals(last) && now - saidNanos < AGAIN_NANOS) {
        unsaid++;
        return;
      }
      before = unsaid;
      last = why.message();
      saidNanos = now;
      unsaid = 0;
    }
    LOG.warn("{}: user {}: no connection: error {}: {}{}", server, user, why.mysqlErrno(),
        why.message(), before == 0 ? "" : " (and " + before + " times before)");
  }

  /** A connection was made and set up: the next failure is news again. */
  synchronized void over() {
    last = null;
    unsaid = 0;
  }
}
