package dev.weir.core.mysql;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a session's last command came and its transaction began, and which of them is too long ago. Confined to the
 * session's worker, but for a glance.
 */
final class SessionTimes {
  private final long createdNanos = System.nanoTime();
  private long lastCommandNanos = createdNanos;
  /** 0 outside a transaction. */
  private long transactionNanos;

  void command(long now) {
    lastCommandNanos = now;
  }

  /** A command is over. */
  void settled(boolean inTransaction) {
    if (inTransaction && transactionNanos == 0) {
      transactionNanos = System.nanoTime();
    } else if (!inTransaction) {
      transactionNanos = 0;
    }
  }

  void noTransaction() {
    transactionNanos = 0;
  }

  long createdNanos() {
    return createdNanos;
  }

  /** Any thread: a glance at what may change meanwhile. */
  long lastCommandNanos() {
    return lastCommandNanos;
  }

  /** Which limit a session between commands has reached; null when none. */
  @Nullable
  String overdue(long now, boolean inTransaction, MysqlSettings limits) {
    long idle = TimeUnit.NANOSECONDS.toMillis(now - lastCommandNanos);
    if (limits.waitTimeoutMillis() > 0 && idle >= limits.waitTimeoutMillis()) {
      return "wait_timeout";
    } else if (inTransaction && idle >= limits.maxTransactionIdleMillis()) {
      return "max_transaction_idle_time";
    } else if (inTransaction && TimeUnit.NANOSECONDS.toMillis(now - transactionNanos) >= limits
        .maxTransactionMillis()) {
      return "max_transaction_time";
    }
    return null;
  }
}
