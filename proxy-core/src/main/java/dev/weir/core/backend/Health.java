package dev.weir.core.backend;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What ails a server, each with the time since when (microseconds since 1970).
 *
 * @param ailments empty for a server that is well; unmodifiable
 */
public record Health(Map<Ailment, Long> ailments) {
  public static final Health WELL = new Health(Map.of());

  public boolean has(Ailment ailment) {
    return ailments.containsKey(ailment);
  }

  public @Nullable Long since(Ailment ailment) {
    return ailments.get(ailment);
  }

  public boolean isUnreachable() {
    return ailments.keySet().stream().anyMatch(Ailment::meansUnreachable);
  }

  /** What is true of the server in every hostgroup; how much lag is too much, each says for itself. */
  Health everywhere() {
    return without(Ailment.REPLICATION_LAG);
  }

  /** Keeps the earlier time when it has it already. */
  public Health with(Ailment ailment, long sinceMicros) {
    if (has(ailment)) {
      return this;
    }
    EnumMap<Ailment, Long> more = new EnumMap<>(Ailment.class);
    more.putAll(ailments);
    more.put(ailment, sinceMicros);
    return new Health(Collections.unmodifiableMap(more));
  }

  public Health without(Ailment ailment) {
    if (!has(ailment)) {
      return this;
    }
    EnumMap<Ailment, Long> fewer = new EnumMap<>(ailments);
    fewer.remove(ailment);
    return fewer.isEmpty() ? WELL : new Health(Collections.unmodifiableMap(fewer));
  }
}
