package dev.weir.core.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** {@code {"flagOUTs":[{"id":N,"weight":W}, ...]}}: flags of which one is drawn by its weight. Immutable. */
final class FlagOutChoice {
  private final int[] flags;
  private final long[] upTo;

  private FlagOutChoice(int[] flags, long[] upTo) {
    this.flags = flags;
    this.upTo = upTo;
  }

  /** Reads a rule's attributes; null if they name no flags. */
  static @Nullable FlagOutChoice of(int ruleId, String attributes) throws InvalidRuleException {
    if (attributes.isBlank()) {
      return null;
    }
    Object json;
    try {
      json = Json.read(attributes);
    } catch (IllegalArgumentException e) {
      throw new InvalidRuleException(ruleId, "attributes are no JSON: " + e.getMessage());
    }
    if (!(json instanceof Map<?, ?> object)) {
      throw new InvalidRuleException(ruleId, "attributes must be a JSON object");
    }
    Object list = object.get("flagOUTs");
    if (list == null) {
      return null;
    }
    if (!(list instanceof List<?> entries)) {
      throw new InvalidRuleException(ruleId, "flagOUTs must be a list");
    }
    List<Integer> flags = new ArrayList<>();
    List<Long> upTo = new ArrayList<>();
    long total = 0;
    for (Object entry : entries) {
      long id = member(ruleId, entry, "id");
      long weight = member(ruleId, entry, "weight");
      if (weight > 0) {
        total += weight;
        flags.add((int) id);
        upTo.add(total);
      }
    }
    return flags.isEmpty()
        ? null
        : new FlagOutChoice(flags.stream().mapToInt(Integer::intValue).toArray(),
            upTo.stream().mapToLong(Long::longValue).toArray());
  }

  private static long member(int ruleId, @Nullable Object entry, String key)
      throws InvalidRuleException {
    if (entry instanceof Map<?, ?> object && object.get(key) instanceof Double number
        && number >= 0 && number <= Integer.MAX_VALUE && number == Math.rint(number)) {
      return number.longValue();
    }
    throw new InvalidRuleException(ruleId,
        "each of flagOUTs needs an id and a weight, whole numbers from 0 to 2147483647");
  }

  int draw(RandomGenerator random) {
    long ticket = random.nextLong(upTo[upTo.length - 1]);
    int at = 0;
    while (ticket >= upTo[at]) {
      at++;
    }
    return flags[at];
  }
}
