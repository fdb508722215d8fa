package dev.weir.core.sql;

import java.util.ArrayList;
import java.util.List;

/** The effects found so far, up to {@link Classification#MAX_EFFECTS}. Belongs to one classifier. */
final class EffectList {
  private final List<Effect> effects = new ArrayList<>();
  private boolean overflowed;

  void clear() {
    effects.clear();
    overflowed = false;
  }

  void add(Effect effect) {
    if (effects.size() < Classification.MAX_EFFECTS) {
      effects.add(effect);
    } else {
      overflowed = true;
    }
  }

  int size() {
    return effects.size();
  }

  /** Drops what came after the first {@code size}. */
  void truncate(int size) {
    effects.subList(size, effects.size()).clear();
  }

  /** What was found; if that is not all, the last says so. */
  List<Effect> toList() {
    if (!overflowed) {
      return List.copyOf(effects);
    }
    List<Effect> all = new ArrayList<>(effects);
    all.add(new Effect.Unknown("more than " + Classification.MAX_EFFECTS + " effects"));
    return all;
  }
}
