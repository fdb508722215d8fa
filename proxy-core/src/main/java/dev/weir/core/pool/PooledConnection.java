package dev.weir.core.pool;

import dev.weir.core.net.Worker;

/**
 * A server connection as its pool sees it. State and idle time are guarded by the pool's lock; everything else belongs
 * to the connection's worker.
 */
public abstract class PooledConnection {
  private final Pool pool;
  private final long createdNanos;
  private volatile boolean closeNeeded;
  private volatile ServerState state;
  private volatile long usedNanos;
  boolean tendedTo;
  long idleSinceNanos;

  protected PooledConnection(Pool pool, ServerState first, long nowNanos) {
    this.pool = pool;
    this.state = first;
    this.createdNanos = nowNanos;
    this.idleSinceNanos = nowNanos;
    this.usedNanos = nowNanos;
  }

  /** The pool it belongs to, for ever. */
  public final Pool pool() {
    return pool;
  }

  /** Changed by the pool only, under its lock; a glance from elsewhere may be late. */
  public final ServerState state() {
    return state;
  }

  final void state(ServerState to) {
    state = to;
  }

  public final long createdNanos() {
    return createdNanos;
  }

  /** Whether nobody has it and it is ready for anybody; a glance that may be late. Any thread. */
  public final boolean isResting() {
    ServerState now = state;
    return now == ServerState.IDLE || now == ServerState.USED;
  }

  /** When somebody last gave it back; being tested to be kept alive is no use. Any thread. */
  public final long usedNanos() {
    return usedNanos;
  }

  final void used(long now) {
    usedNanos = now;
  }

  /** True when it is to be closed as soon as nobody uses it: its target or credentials are out of date. */
  public final boolean closeNeeded() {
    return closeNeeded;
  }

  public final void markCloseNeeded() {
    closeNeeded = true;
  }

  /** The worker it lives on. Any thread. */
  public abstract Worker worker();

  /** Moves to another worker, then runs the task there. Called on any thread while nobody uses the connection. */
  protected abstract void moveTo(Worker target, Runnable arrived);

  /** Closes, with the reason for the log. Any thread; the pool has already forgotten the connection. */
  protected abstract void retire(String reason);

  /** Runs the check query and hands itself back through {@link Pool#put}. Any thread. */
  protected abstract void check();
}
