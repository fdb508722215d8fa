package dev.weir.core.pool;

import dev.weir.core.error.Refusal;
import dev.weir.core.net.Worker;
import dev.weir.core.pool.Ticket.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One logical pool over all workers: which connections exist, who has one, who waits. Thread-safe through one private
 * lock that is held for a few instructions; it is never held while calling a connection or a waiter.
 *
 * <p>Invariant: a connection that may be handed out and a waiter never stand in the pool together, unless the pool is
 * held (PAUSE).
 *
 * <p>Order of service: first come, first served. A connection that becomes free serves the oldest waiter on its own
 * worker as long as that one came within {@link #FAIRNESS_NANOS} of the oldest of all; else it moves to the oldest.
 * Moving costs a wake-up of the other worker, more than a query does, so it is not done for every hand-over.
 */
public final class Pool {
  /** How much later than the oldest waiter a local one may have come and still go first. */
  static final long FAIRNESS_NANOS = 1_000_000;

  /** Told when somebody waits, or a place became free, so that a connection may be opened. Called without the lock. */
  public interface Demand {
    void onDemand(Pool pool);
  }

  /** What the pool consists of at one moment. */
  public record Census(int active, int idle, int used, int tested, int login, int beingCanceled,
      int cancels,
      int waiting, long oldestWaitNanos) {
    public int total() {
      return active + idle + used + tested + login + beingCanceled + cancels;
    }

    /** Of several pools; the longest wait of all. */
    public Census plus(Census o) {
      return new Census(active + o.active, idle + o.idle, used + o.used, tested + o.tested,
          login + o.login, beingCanceled + o.beingCanceled, cancels + o.cancels,
          waiting + o.waiting, Math.max(oldestWaitNanos, o.oldestWaitNanos));
    }
  }

  private final Object lock = new Object();
  private final String name;
  private final Demand demand;
  private final Budget[] budgets;
  private final Set<PooledConnection> all = new LinkedHashSet<>();
  private final IdleServers idle;
  private final ArrayDeque<PooledConnection> used = new ArrayDeque<>();
  private final WaitingLine waiting;
  private final int[] counts = new int[ServerState.values().length];
  private boolean held;
  private long lastLifetimeCloseNanos;
  private volatile int total;
  private volatile PoolLimits limits;

  public Pool(String name, int workers, PoolLimits limits, Demand demand, Budget... budgets) {
    this.name = name;
    this.limits = limits;
    this.demand = demand;
    this.budgets = budgets;
    this.idle = new IdleServers(workers);
    this.waiting = new WaitingLine(workers);
    for (Budget budget : budgets) {
      budget.join(this);
    }
  }

  /** The pool will not be used again. */
  public void dissolve() {
    for (Budget budget : budgets) {
      budget.leave(this);
    }
  }

  Budget[] budgets() {
    return budgets;
  }

  public PoolLimits limits() {
    return limits;
  }

  public void limits(PoolLimits changed) {
    limits = changed;
  }

  /** Open connections in any state. */
  public int total() {
    return total;
  }

  /**
   * Gives a connection at once, in state ACTIVE, or queues the ticket and returns null; then {@link
   * Ticket.Waiter#onGranted} follows. Call on the waiter's worker.
   */
  public @Nullable PooledConnection checkout(Ticket ticket, long now) {
    PooledConnection travelling = null;
    PooledConnection stale = null;
    synchronized (lock) {
      if (!held) {
        int here = ticket.worker().index();
        PooledConnection found = waiting.isEmpty() ? takeIdle(here) : null;
        if (found != null && !mustBeChecked(found, now)) {
          become(found, ServerState.ACTIVE);
          if (found.worker().index() == here) {
            ticket.place = Place.NOWHERE;
            return found;
          }
          ticket.place = Place.MOVING;
          ticket.sinceNanos = now;
          travelling = found;
        } else {
          stale = found != null ? found : used.pollLast();
          if (stale != null) {
            become(stale, ServerState.TESTED);
          }
        }
      }
      if (travelling == null) {
        waiting.add(ticket, now);
      }
    }
    if (travelling != null) {
      send(travelling, ticket);
    } else if (stale != null) {
      stale.check();
    } else {
      demand.onDemand(this);
    }
    return null;
  }

  /** The next to serve on this worker: one that is there already, unless the whole pool takes turns. */
  private @Nullable PooledConnection takeIdle(int worker) {
    if (limits.roundRobin()) {
      return idle.takeLongestRested();
    }
    PooledConnection local = idle.takeWarmest(worker);
    return local != null ? local : idle.takeAnywhere();
  }

  private boolean mustBeChecked(PooledConnection connection, long now) {
    long delay = limits.checkDelayNanos();
    return delay >= 0 && now - connection.idleSinceNanos >= delay;
  }

  /** The waiter leaves; a connection that is on its way to him goes to the next. Call on the waiter's worker. */
  public void abandon(Ticket ticket) {
    synchronized (lock) {
      switch (ticket.place) {
        case QUEUED -> waiting.remove(ticket);
        case MOVING -> ticket.place = Place.NOWHERE;
        case NOWHERE -> {
        }
      }
    }
  }

  /** Sends everybody in the queue away with the same refusal. Any thread. */
  public void dismissAll(Refusal why) {
    List<Ticket> gone;
    synchronized (lock) {
      gone = waiting.removeAll();
    }
    gone.forEach(t -> t.worker().execute(() -> t.waiter().onRefused(why)));
  }

  /**
   * The connection is ready for anybody: serves the next waiter in this very turn, or rests. Call on the connection's
   * worker.
   */
  public void put(PooledConnection connection, long now) {
    Ticket next = null;
    boolean refuse = false;
    synchronized (lock) {
      if (connection.state() == ServerState.CLOSED) {
        return;
      }
      if (held) {
        forget(connection);
        refuse = true;
      } else {
        next = waiting.next(connection.worker().index());
        if (next == null) {
          rest(connection, now);
        } else {
          waiting.remove(next);
          connection.tendedTo = false;
          become(connection, ServerState.ACTIVE);
          if (!next.worker().equals(connection.worker())) {
            next.place = Place.MOVING;
          }
        }
      }
    }
    if (refuse) {
      connection.retire("pause mode");
      demand.onDemand(this);
    } else if (next != null) {
      deliver(connection, next);
    } else {
      wakeOthers();
    }
  }

  /** A connection that nobody here needs may make room for one that another pool may not open. */
  private void wakeOthers() {
    for (Budget budget : budgets) {
      if (budget.contended()) {
        budget.wake(this);
      }
    }
  }

  /** Asks again for who was refused because a shared limit was reached. */
  void askAgain() {
    if (isWaiting()) {
      demand.onDemand(this);
    }
  }

  private void rest(PooledConnection connection, long now) {
    connection.idleSinceNanos = now;
    if (connection.tendedTo) {
      connection.tendedTo = false;
    } else {
      connection.used(now);
    }
    if (limits.checkDelayNanos() == 0) {
      become(connection, ServerState.USED);
      used.addLast(connection);
    } else {
      become(connection, ServerState.IDLE);
      idle.add(connection);
    }
  }

  private void deliver(PooledConnection connection, Ticket ticket) {
    if (ticket.worker().equals(connection.worker())) {
      ticket.waiter().onGranted(connection);
    } else {
      send(connection, ticket);
    }
  }

  private void send(PooledConnection connection, Ticket ticket) {
    connection.moveTo(ticket.worker(), () -> arrived(connection, ticket));
  }

  /**
   * A connection has come to the waiter's worker. He may have left meanwhile, and even stand in the queue again: then any
   * connection is as good as the one that was meant for him now. The connection may have died on its way.
   */
  private void arrived(PooledConnection connection, Ticket ticket) {
    boolean dead;
    boolean welcome;
    synchronized (lock) {
      dead = connection.state() == ServerState.CLOSED;
      welcome = !dead && ticket.place != Place.NOWHERE;
      if (welcome && ticket.place == Place.QUEUED) {
        waiting.remove(ticket);
      } else if (dead && ticket.place == Place.MOVING) {
        waiting.addAgain(ticket);
      } else if (welcome) {
        ticket.place = Place.NOWHERE;
      }
    }
    if (dead) {
      serveIdle();
      demand.onDemand(this);
    } else if (welcome) {
      ticket.waiter().onGranted(connection);
    } else {
      put(connection, System.nanoTime());
    }
  }

  /** Somebody came back to the queue: gives him what has become idle since he left it. */
  private void serveIdle() {
    PooledConnection found;
    Ticket oldest;
    synchronized (lock) {
      oldest = held ? null : waiting.oldest();
      found = oldest == null ? null : takeIdle(oldest.worker().index());
      if (found == null || oldest == null) {
        return;
      }
      waiting.remove(oldest);
      oldest.place = Place.MOVING;
      become(found, ServerState.ACTIVE);
    }
    send(found, oldest);
  }

  // --- birth, change and death of connections ---

  /** A connection comes into being; its place was granted by {@link PoolDirectory}. */
  public void add(PooledConnection connection) {
    synchronized (lock) {
      all.add(connection);
      bump(connection.state(), 1);
      total = all.size();
    }
  }

  /** Changes the state of a connection that is in nobody's list: login, reset query, cancel in flight. */
  public void mark(PooledConnection connection, ServerState state) {
    synchronized (lock) {
      if (connection.state() != ServerState.CLOSED) {
        become(connection, state);
      }
    }
  }

  /** The connection is gone. A place became free. Any thread; harmless when repeated. */
  public void remove(PooledConnection connection) {
    boolean wanted;
    boolean freed;
    synchronized (lock) {
      freed = connection.state() != ServerState.CLOSED;
      forget(connection);
      wanted = !waiting.isEmpty();
    }
    if (wanted) {
      demand.onDemand(this);
    }
    if (freed) { // else it was closed by us, perhaps to make room for the very one who was refused
      wakeOthers();
    }
  }

  private void forget(PooledConnection connection) {
    if (connection.state() == ServerState.CLOSED) {
      return;
    }
    switch (connection.state()) {
      case IDLE -> idle.remove(connection);
      case USED -> used.remove(connection);
      case LOGIN, ACTIVE, TESTED, BEING_CANCELED, ACTIVE_CANCEL, CLOSED -> {
      }
    }
    become(connection, ServerState.CLOSED);
    all.remove(connection);
    total = all.size();
  }

  private void become(PooledConnection connection, ServerState to) {
    bump(connection.state(), -1);
    bump(to, 1);
    connection.state(to);
  }

  /** PAUSE: nobody is served, what is idle is closed; false lets everybody go on. */
  public void hold(boolean hold) {
    List<PooledConnection> idlers = new ArrayList<>();
    synchronized (lock) {
      held = hold;
      if (hold) {
        all.stream().filter(c -> switch (c.state()) {
          case IDLE, USED, LOGIN -> true;
          case ACTIVE, TESTED, BEING_CANCELED, ACTIVE_CANCEL, CLOSED -> false;
        }).forEach(idlers::add);
        idlers.forEach(this::forget);
      }
    }
    idlers.forEach(c -> c.retire("pause mode"));
    if (!hold && isWaiting()) {
      demand.onDemand(this);
    }
  }

  /** The worker of the one who has waited longest, null when nobody waits: a good place for a new connection. */
  public @Nullable Worker hungriest() {
    synchronized (lock) {
      Ticket oldest = waiting.oldest();
      return oldest == null ? null : oldest.worker();
    }
  }

  /** Who has waited longest, for the log; empty when nobody waits any more. */
  public String longestWaiting() {
    Ticket oldest;
    synchronized (lock) {
      oldest = waiting.oldest();
    }
    return oldest == null ? "" : oldest.waiter().toString();
  }

  public boolean held() {
    synchronized (lock) {
      return held;
    }
  }

  public boolean isWaiting() {
    synchronized (lock) {
      return !waiting.isEmpty();
    }
  }

  /** True when a connection past login exists, whatever it does. */
  public boolean hasUsable() {
    synchronized (lock) {
      return all.size() > count(ServerState.LOGIN)
          + count(ServerState.ACTIVE_CANCEL);
    }
  }

  public Census census(long now) {
    synchronized (lock) {
      Ticket oldest = waiting.oldest();
      return new Census(count(ServerState.ACTIVE), count(ServerState.IDLE), count(ServerState.USED),
          count(ServerState.TESTED), count(ServerState.LOGIN), count(ServerState.BEING_CANCELED),
          count(ServerState.ACTIVE_CANCEL), waiting.size(),
          oldest == null ? 0 : now - oldest.sinceNanos);
    }
  }

  @SuppressWarnings("EnumOrdinal") // an array of counters, never stored: an EnumMap would box on every checkout
  private void bump(ServerState state, int by) {
    counts[state.ordinal()] += by;
  }

  @SuppressWarnings("EnumOrdinal") // as above
  private int count(ServerState state) {
    return counts[state.ordinal()];
  }

  /** All open connections, oldest first. */
  public List<PooledConnection> connections() {
    synchronized (lock) {
      return List.copyOf(all);
    }
  }

  /** Takes every idle or used connection that matches out of the pool and closes it. */
  public void closeIdle(Predicate<PooledConnection> which, String reason) {
    List<PooledConnection> chosen = new ArrayList<>();
    synchronized (lock) {
      for (PooledConnection c : all) {
        if ((c.state() == ServerState.IDLE || c.state() == ServerState.USED) && which.test(c)) {
          chosen.add(c);
        }
      }
      chosen.forEach(this::forget);
    }
    retireAll(chosen, reason);
  }

  private void retireAll(List<PooledConnection> chosen, String reason) {
    chosen.forEach(c -> c.retire(reason));
    if (!chosen.isEmpty() && isWaiting()) {
      demand.onDemand(this);
    }
  }

  /** The connection that has been idle longest, or null; {@code tested} ones count only when nobody waits. */
  @Nullable
  PooledConnection mostIdle() {
    synchronized (lock) {
      PooledConnection most = null;
      for (PooledConnection c : all) {
        boolean candidate = c.state() == ServerState.IDLE
            || (c.state() == ServerState.USED && waiting.isEmpty());
        if (candidate && (most == null || c.idleSinceNanos - most.idleSinceNanos < 0)) {
          most = c;
        }
      }
      return most;
    }
  }

  /** Closes a connection found by {@link #mostIdle} unless it was taken meanwhile. */
  boolean evict(PooledConnection connection) {
    synchronized (lock) {
      if (connection.state() != ServerState.IDLE && connection.state() != ServerState.USED) {
        return false;
      }
      forget(connection);
    }
    connection.retire("evicted");
    return true;
  }

  /** Makes room for a connection that must be opened in this very pool; false when none is idle. */
  public boolean evictOne() {
    PooledConnection idlest = mostIdle();
    return idlest != null && evict(idlest);
  }

  // --- housekeeping, every 333 ms ---

  /** Closes what is too old, idle for too long or too many; lets long idle ones be tested before use. */
  void keepHouse(long now) {
    PoolLimits l = limits;
    closeIdle(PooledConnection::closeNeeded, "close_needed");
    List<PooledConnection> old = new ArrayList<>();
    List<PooledConnection> lazy = new ArrayList<>();
    List<PooledConnection> surplus = new ArrayList<>();
    synchronized (lock) {
      int connected = all.size() - count(ServerState.LOGIN) - count(ServerState.ACTIVE_CANCEL);
      for (PooledConnection c : List.copyOf(all)) {
        if (c.state() != ServerState.IDLE && c.state() != ServerState.USED) {
          continue;
        }
        long rested = now - c.idleSinceNanos;
        if (l.size() > 0 && all.size() > l.size() + l.reserve()) {
          drop(c, surplus);
          connected--;
        } else if (l.idleTimeoutNanos() > 0 && rested >= l.idleTimeoutNanos()
            && connected > l.minSize()) {
          drop(c, lazy);
          connected--;
        } else if (lifetimeOver(c, now)) {
          drop(c, old);
          connected--;
        } else if (c.state() == ServerState.IDLE && mustBeChecked(c, now)) {
          idle.remove(c);
          become(c, ServerState.USED);
          used.addLast(c);
        }
      }
    }
    checkForWaiter();
    retireAll(surplus, "too many servers in the pool");
    retireAll(lazy, "server idle timeout");
    retireAll(old, "server lifetime over");
  }

  /**
   * Tests connections that have rested for longer than the check delay, so that they stay alive although nobody uses
   * them. Those that answer rest again.
   *
   * @param most as many as are tested at once, the longest rested first
   */
  public void testRested(int most) {
    List<PooledConnection> chosen = new ArrayList<>();
    synchronized (lock) {
      while (!held && chosen.size() < most && !used.isEmpty()) {
        PooledConnection connection = used.pollFirst();
        become(connection, ServerState.TESTED);
        connection.tendedTo = true;
        chosen.add(connection);
      }
    }
    chosen.forEach(PooledConnection::check);
  }

  /** Somebody waits although a connection only needs a test: the one that was tested for him has died or was taken. */
  private void checkForWaiter() {
    PooledConnection stale;
    synchronized (lock) {
      stale = held || waiting.isEmpty() ? null : used.pollLast();
      if (stale == null) {
        return;
      }
      become(stale, ServerState.TESTED);
    }
    stale.check();
  }

  private void drop(PooledConnection connection, List<PooledConnection> into) {
    forget(connection);
    into.add(connection);
  }

  /**
   * Whether the connection's time is up. Closes are spaced, so that a pool that was filled at once is not emptied at
   * once; a true answer counts as a close.
   */
  public boolean lifetimeOver(PooledConnection connection, long now) {
    if (now - connection.createdNanos() < limits.lifetimeNanos()) {
      return false; // without the lock: asked at every release
    }
    synchronized (lock) {
      PoolLimits l = limits;
      long lifetime = l.lifetimeNanos();
      if (lifetime == 0) {
        return true;
      }
      if (now - connection.createdNanos() < lifetime) {
        return false;
      }
      long spacing = l.size() > 0 ? lifetime / l.size() : 0;
      if (lastLifetimeCloseNanos != 0 && now - lastLifetimeCloseNanos < spacing) {
        return false;
      }
      lastLifetimeCloseNanos = now;
      return true;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
