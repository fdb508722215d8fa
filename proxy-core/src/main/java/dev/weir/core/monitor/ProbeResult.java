package dev.weir.core.monitor;

import dev.weir.core.backend.ServerAddress;

/**
 * A check of a server, done.
 *
 * @param startedMicros since 1970
 */
public record ProbeResult<T>(ProbeKind kind, ServerAddress address, long startedMicros,
    long tookMicros, Outcome<T> outcome) {
  public boolean timedOut() {
    return outcome instanceof Outcome.TimedOut;
  }

  /** Whether the last {@code count} results of {@code newestFirst}, and there are as many, timed out. */
  static <T> boolean allTimedOut(java.util.List<ProbeResult<T>> newestFirst, int count) {
    return newestFirst.size() >= count
        && newestFirst.subList(0, count).stream().allMatch(ProbeResult::timedOut);
  }
}
