package dev.weir.core.mysql;

import dev.weir.core.pool.PooledConnection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Which idle connections are too many. A pure function. */
final class RestingConnections {
  /** What was in use a moment ago will be again: a pool under load is not emptied between two statements. */
  static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

  private RestingConnections() {}

  /**
   * Those beyond {@code kept} that nobody has used for a while, the longest unused first.
   *
   * @param idle all idle connections to one server, in any order
   */
  static Set<PooledConnection> surplus(List<PooledConnection> idle, long kept, long now) {
    long tooMany = idle.size() - kept;
    if (tooMany <= 0) {
      return Set.of();
    }
    Set<PooledConnection> chosen = new HashSet<>();
    idle.stream().filter(connection -> now - connection.usedNanos() >= REST_NANOS)
        .sorted(Comparator.comparingLong(connection -> connection.usedNanos() - now))
        .limit(tooMany).forEach(chosen::add);
    return chosen;
  }
}
