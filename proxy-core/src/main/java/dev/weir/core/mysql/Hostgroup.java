package dev.weir.core.mysql;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Servers that are as good as each other, by weight. Immutable; a change of membership makes a new one. */
record Hostgroup(int id, List<Target> targets) {
  static Hostgroup empty(int id) {
    return new Hostgroup(id, List.of());
  }

  /** Whether any server may be used. */
  boolean hasUsable() {
    for (int i = 0; i < targets.size(); i++) {
      if (targets.get(i).usable()) {
        return true;
      }
    }
    return false;
  }

  /**
   * The server for the next statement: by weight among those that can serve it at once; when all are full, among all
   * that are usable; null when none is.
   */
  @Nullable
  Target choose(RandomGenerator random) {
    if (targets.size() == 1) {
      Target only = targets.getFirst();
      return only.usable() ? only : null;
    }
    Target free = choose(random, true);
    return free != null ? free : choose(random, false);
  }

  private @Nullable Target choose(RandomGenerator random, boolean withRoom) {
    long sum = 0;
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      if (target.usable() && (!withRoom || target.hasRoom())) {
        sum += target.row().weight();
      }
    }
    if (sum == 0) {
      return null;
    }
    long at = random.nextLong(sum);
    Target last = null;
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      if (target.usable() && (!withRoom || target.hasRoom())) {
        last = target;
        at -= target.row().weight();
        if (at < 0) {
          return target;
        }
      }
    }
    return last; // a status changed while we counted
  }
}
