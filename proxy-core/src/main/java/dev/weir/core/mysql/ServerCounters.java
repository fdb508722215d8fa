package dev.weir.core.mysql;

import java.util.concurrent.atomic.LongAdder;

/** What {@code stats_mysql_connection_pool} counts of one server. Thread-safe; adds never contend. */
final class ServerCounters {
  final LongAdder connectsOk = new LongAdder();
  final LongAdder connectsFailed = new LongAdder();
  final LongAdder queries = new LongAdder();
  /** Given to this server because it had executed a transaction. */
  final LongAdder gtidQueries = new LongAdder();
  final LongAdder bytesSent = new LongAdder();
  final LongAdder bytesReceived = new LongAdder();
  private volatile int maxUsed;

  /** The most connections that were in use at once. A race may lose one: it is a high-water mark for people. */
  void used(int now) {
    if (now > maxUsed) {
      maxUsed = now;
    }
  }

  int maxUsed(boolean reset) {
    int most = maxUsed;
    if (reset) {
      maxUsed = 0;
    }
    return most;
  }
}
