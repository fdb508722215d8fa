package dev.weir.core.mysql;

import java.util.concurrent.atomic.LongAdder;

/** What {@code stats_mysql_global} counts for the whole process. Thread-safe; adds never contend. */
final class MysqlCounters {
  final LongAdder clientsCreated = new LongAdder();
  final LongAdder clientsAborted = new LongAdder();
  final LongAdder wrongPasswords = new LongAdder();
  final LongAdder refusedMaxConnections = new LongAdder();
  final LongAdder refusedMaxUserConnections = new LongAdder();
  final LongAdder connectsDelayed = new LongAdder();
  final LongAdder connectTimeouts = new LongAdder();
  final LongAdder generatedErrors = new LongAdder();
  final LongAdder questions = new LongAdder();
  final LongAdder firewallBlocked = new LongAdder();
  final LongAdder firewallDetected = new LongAdder();
  final LongAdder gtidsCollected = new LongAdder();
  final LongAdder gtidQueries = new LongAdder();
  final LongAdder slowQueries = new LongAdder();
  final LongAdder hostsKeptOut = new LongAdder();
}
