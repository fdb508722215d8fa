package dev.weir.core.pg;

import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.error.Refusal;
import dev.weir.core.metrics.PoolMetrics;
import dev.weir.core.metrics.TrafficCounters;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a session's packet, wait, query and transaction began, and which of them takes too long. In nanoseconds, 0 when
 * the thing is not happening. Confined to the session's worker.
 */
final class SessionTimes {
  private final Instant connectTime = Instant.now();
  private final long createdNanos = System.nanoTime();
  private long lastPacketNanos = createdNanos;
  private long queryStartNanos;
  private long transactionStartNanos;
  private long waitStartNanos;
  /** When the request came that is waiting for a server, or has just got one: its time counts from there. */
  private long askedNanos;
  private boolean notified;
  /** Stays after the query is over; 0 before the first one. */
  private long lastQueryNanos;

  // --- what happens ---

  void packet(long now) {
    lastPacketNanos = now;
  }

  /** A request needs a server. */
  void asked(long now) {
    waitStartNanos = now;
    askedNanos = now;
    notified = false;
  }

  /** There is a server; gives how long that took. */
  long served(long now) {
    long waited = now - waitStartNanos;
    waitStartNanos = 0;
    return waited;
  }

  /** The request does not need a server any more, or has given it back. */
  void unasked() {
    waitStartNanos = 0;
    askedNanos = 0;
  }

  /** A query, and perhaps a transaction, begins. */
  void begin(long now, TrafficCounters traffic) {
    long start = askedNanos != 0 ? askedNanos : now;
    askedNanos = 0;
    queryStartNanos = start;
    lastQueryNanos = now;
    traffic.addQueries(1);
    if (transactionStartNanos == 0) {
      transactionStartNanos = start;
      traffic.addTransactions(1);
    }
  }

  /** All is answered. */
  void ready(long now, boolean transactionOver, PoolMetrics.Worker metrics) {
    if (queryStartNanos != 0) {
      metrics.queryTook((now - queryStartNanos) / 1000);
      queryStartNanos = 0;
    }
    if (transactionOver && transactionStartNanos != 0) {
      metrics.transactionTook((now - transactionStartNanos) / 1000);
      transactionStartNanos = 0;
    }
  }

  /** A statement for the console has come. */
  void consoleAsked() {
    lastQueryNanos = System.nanoTime();
  }

  boolean queryRuns() {
    return queryStartNanos != 0;
  }

  // --- what takes too long: asked every 333 ms ---

  boolean idleTooLong(long now, long limit) {
    return limit > 0 && now - lastPacketNanos > limit;
  }

  /** Why a client that waits for a server has to go, or null. */
  @Nullable
  Refusal waitedTooLong(long now, PgTimeouts limits, String loginUser, DatabaseEntry database) {
    long waited = now - waitStartNanos;
    long limit = limits.queryWaitNanos(loginUser, database);
    if (limit > 0 && waited > limit) {
      return Refusal.QUERY_WAIT_TIMEOUT;
    }
    return limits.queryNanos() > 0 && waited > limits.queryNanos()
        ? Refusal.QUERY_TIMEOUT_QUEUED
        : null;
  }

  /** True once a wait, when the client is to be told that it waits. */
  boolean toBeNotified(long now, PgTimeouts limits) {
    long after = limits.queryWaitNotifyNanos();
    if (notified || after <= 0 || now - waitStartNanos <= after) {
      return false;
    }
    notified = true;
    return true;
  }

  /** Why the server of a session has to be closed, or null. */
  @Nullable
  Refusal servedTooLong(long now, PgTimeouts limits, String serverUser, PgServer server) {
    long query = limits.queryNanos(serverUser);
    long idle = limits.idleTransactionNanos(serverUser);
    long transaction = limits.transactionNanos(serverUser);
    if (query > 0 && queryStartNanos != 0 && now - queryStartNanos > query) {
      return Refusal.QUERY_TIMEOUT;
    } else if (idle > 0 && server.ready() && server.tx() != PgServer.IDLE
        && now - server.lastReadyNanos() > idle) {
      return Refusal.IDLE_TRANSACTION_TIMEOUT;
    } else if (transaction > 0 && transactionStartNanos != 0
        && now - transactionStartNanos > transaction) {
      return Refusal.TRANSACTION_TIMEOUT;
    }
    return null;
  }

  // --- view ---

  Instant connectTime() {
    return connectTime;
  }

  long createdNanos() {
    return createdNanos;
  }

  long ageSeconds() {
    return (System.nanoTime() - createdNanos) / 1_000_000_000L;
  }

  /** When the last query came, or null. */
  @Nullable
  Instant requestTime() {
    return lastQueryNanos == 0
        ? null
        : Instant.now().minusNanos(System.nanoTime() - lastQueryNanos);
  }

  /** When the present query began, its wait for a server included; 0 when there is none. */
  long busySinceNanos() {
    return askedNanos != 0 ? askedNanos : queryStartNanos;
  }
}
