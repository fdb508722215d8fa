package dev.weir.core.monitor;

import dev.weir.core.backend.ServerAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The last results of one kind of check, newest first, as many as decisions may want. Any thread. */
final class RecentResults<T> {
  /** Twice the largest number of checks in a row that a setting can ask for, and some. */
  private static final int KEPT = 24;

  private final Map<ServerAddress, List<ProbeResult<T>>> results = new ConcurrentHashMap<>();

  void add(ProbeResult<T> result) {
    results.merge(result.address(), List.of(result), (old, newest) -> {
      List<ProbeResult<T>> all = new ArrayList<>(newest);
      all.addAll(old.subList(0, Math.min(old.size(), KEPT - 1)));
      return List.copyOf(all);
    });
  }

  List<ProbeResult<T>> of(ServerAddress address) {
    return results.getOrDefault(address, List.of());
  }

  Map<ServerAddress, List<ProbeResult<T>>> all() {
    return Map.copyOf(results);
  }

  void keepOnly(Collection<ServerAddress> addresses) {
    results.keySet().retainAll(addresses);
  }
}
