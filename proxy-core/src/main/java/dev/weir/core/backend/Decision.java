package dev.weir.core.backend;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A new topology and what differs from the one it was made of; no changes, same topology. */
public record Decision(Topology topology, List<Change> changes) {
  public static Decision unchanged(Topology topology) {
    return new Decision(topology, List.of());
  }

  /** One reason for everything. */
  public static Decision of(Topology before, Topology after, String reason) {
    return new Decision(after, after.changesFrom(before, reason));
  }

  /** A reason for each server; servers without one have {@code otherwise}. */
  public static Decision of(Topology before, Topology after, Map<ServerAddress, String> reasons,
      String otherwise) {
    List<Change> changes = new ArrayList<>();
    for (Change change : after.changesFrom(before, otherwise)) {
      changes.add(new Change(change.hostgroup(), change.address(), change.before(), change.after(),
          reasons.getOrDefault(change.address(), otherwise)));
    }
    return new Decision(after, List.copyOf(changes));
  }

  public boolean changesNothing() {
    return changes.isEmpty();
  }
}
