package dev.weir.core.pg;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Which statements a server connection knows, the one used longest ago first. Confined to the server's worker. */
final class ServerStatements {
  private final SequencedMap<PreparedStatement, Boolean> known = new LinkedHashMap<>(16, 0.75f,
      true);

  /** Whether the server knows it; knowing counts as use. */
  boolean uses(PreparedStatement statement) {
    return known.get(statement) != null;
  }

  void add(PreparedStatement statement) {
    known.put(statement, Boolean.TRUE);
  }

  void remove(PreparedStatement statement) {
    known.remove(statement);
  }

  /** The one to be closed so that one more fits below the limit; null when there is room. It is removed. */
  @Nullable
  PreparedStatement evict(int limit) {
    if (known.size() < Math.max(1, limit)) {
      return null;
    }
    PreparedStatement oldest = known.firstEntry().getKey();
    known.remove(oldest);
    return oldest;
  }

  void clear() {
    known.clear();
  }

  int size() {
    return known.size();
  }
}
