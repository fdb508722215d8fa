package dev.weir.core.mysql;

import dev.weir.core.backend.ServerStatus;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Servers that are as good as each other, by weight. Immutable; a change of membership or of a status makes a new one.
 *
 * @param closed more servers are ONLINE than may be, so that nobody is served: they may be two halves of what was one
 */
record Hostgroup(int id, List<Target> targets, boolean closed) {
  static Hostgroup empty(int id) {
    return new Hostgroup(id, List.of(), false);
  }

  static Hostgroup of(int id, List<Target> targets, HostgroupRules rules) {
    return new Hostgroup(id, List.copyOf(targets), online(targets) > rules.maxOnlineServers());
  }

  private static long online(List<Target> targets) {
    return targets.stream().filter(target -> target.status() == ServerStatus.ONLINE).count();
  }

  long online() {
    return online(targets);
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
    if (closed) {
      return null;
    }
    if (targets.size() == 1) {
      Target only = targets.getFirst();
      return only.eligible() ? only : null;
    }
    Target free = choose(random, true);
    return free != null ? free : choose(random, false);
  }

  private @Nullable Target choose(RandomGenerator random, boolean withRoom) {
    long sum = 0;
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      if (target.eligible() && (!withRoom || target.hasRoom())) {
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
      if (target.eligible() && (!withRoom || target.hasRoom())) {
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
