package dev.weir.core.backend;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * The topology in force. Read from any thread without a lock; changed by one at a time, under a private lock, so that
 * decisions made from what others saw never overwrite each other.
 */
public final class Topologies {
  /** Told of each change, in order, on the thread that made it, before the next can be made; must not block. */
  public interface Listener {
    void onChange(Topology now, List<Change> changes);
  }

  private final Object lock = new Object();
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile Topology current;

  public Topologies(Topology first) {
    current = first;
  }

  public Topology current() {
    return current;
  }

  public void listen(Listener listener) {
    listeners.add(listener);
  }

  /** Decides on the topology in force and puts the decision in its place. Returns what was decided. */
  public Decision apply(Function<Topology, Decision> decide) {
    synchronized (lock) {
      Decision decision = decide.apply(current);
      if (!decision.topology().equals(current)) {
        current = decision.topology();
        for (Listener listener : listeners) {
          listener.onChange(decision.topology(), decision.changes());
        }
      }
      return decision;
    }
  }

  /** The operator's new configuration, with what we know of the servers. */
  public Decision load(Topology configuration) {
    return apply(before -> {
      Topology after = before.reconfigured(configuration);
      return Decision.of(before, after, "loaded");
    });
  }
}
