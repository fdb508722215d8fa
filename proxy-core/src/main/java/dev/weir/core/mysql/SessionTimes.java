package dev.weir.core.mysql;

import dev.weir.core.metrics.PoolMetrics;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a session's last command came and its transaction began, and which of them is too long ago. Confined to the
 * session's worker, but for a glance.
 */
final class SessionTimes {
  private final long createdNanos = System.nanoTime();
  private final Instant connectTime = Instant.now();
  private long lastCommandNanos = createdNanos;
  private long lastAnswerNanos = createdNanos;
  /** 0 outside a transaction. */
  private long transactionNanos;

  void command(long now) {
    lastCommandNanos = now;
  }

  /**
   * A server has answered a command.
   *
   * @param since when the command came
   * @param to counts it
   */
  void answered(long since, long now, boolean inTransaction, PoolMetrics.Worker to) {
    lastAnswerNanos = now;
    to.traffic().addQueries(1);
    to.queryTook((now - since) / 1000);
    if (transactionNanos == 0) {
      transactionNanos = since;
      to.traffic().addTransactions(1);
    }
    if (!inTransaction) {
      to.transactionTook((now - transactionNanos) / 1000);
      transactionNanos = 0;
    }
  }

  void noTransaction() {
    transactionNanos = 0;
  }

  long createdNanos() {
    return createdNanos;
  }

  Instant connectTime() {
    return connectTime;
  }

  /** When the last command came. */
  Instant requestTime(long now) {
    return Instant.now().minusNanos(now - lastCommandNanos);
  }

  /** Any thread: a glance at what may change meanwhile. */
  long lastCommandNanos() {
    return lastCommandNanos;
  }

  /** When the last command came or was answered. */
  long lastBusyNanos() {
    return lastAnswerNanos - lastCommandNanos > 0 ? lastAnswerNanos : lastCommandNanos;
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
