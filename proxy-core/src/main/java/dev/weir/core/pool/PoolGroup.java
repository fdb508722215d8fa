package dev.weir.core.pool;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pools that operators name as one, whatever the protocol: a database. Holds its switches and counts; {@link
 * PoolCommands} turns the switches. Thread-safe.
 */
public abstract class PoolGroup {
  /** A pool of the group, as far as operators' commands are concerned. */
  public interface Member {
    Pool pool();

    /** Every server is out of date: closed now when idle or in login, else when it is released. */
    void tagDirty();

    /** Somebody may wait: opens a connection if the limits allow. */
    void demand();
  }

  private final String name;
  private final boolean auto;
  private final Budget servers;
  private final AtomicInteger clients = new AtomicInteger();
  private volatile boolean paused;
  private volatile boolean disabled;
  private volatile boolean removed;
  private volatile long unusedSinceNanos = System.nanoTime();

  /**
   * @param auto made because a client asked for it, by a template; forgotten when nobody uses it
   * @param maxConnections of all its pools together; 0 is unlimited
   */
  protected PoolGroup(String name, boolean auto, int maxConnections) {
    this.name = name;
    this.auto = auto;
    this.servers = new Budget(maxConnections);
  }

  /** A snapshot, or a view that may be walked while it changes. */
  public abstract Collection<? extends Member> members();

  public final String name() {
    return name;
  }

  /** Made from a template. */
  public final boolean auto() {
    return auto;
  }

  public final Budget servers() {
    return servers;
  }

  /** Clients that are logged in to it. */
  public final AtomicInteger clients() {
    return clients;
  }

  /** By its own name; a pause of everything is another matter. */
  public final boolean paused() {
    return paused;
  }

  final void paused(boolean on) {
    paused = on;
  }

  /** Whether logins are refused. */
  public final boolean disabled() {
    return disabled;
  }

  final void disabled(boolean on) {
    disabled = on;
  }

  /** The configuration does not know it any more. */
  public final boolean removed() {
    return removed;
  }

  public final void markRemoved() {
    removed = true;
  }

  /** Nobody uses it: no client and no server. */
  public final boolean unused() {
    return clients.get() == 0 && servers.used() == 0;
  }

  public final long unusedSinceNanos() {
    return unusedSinceNanos;
  }

  public final void touched(long now) {
    unusedSinceNanos = now;
  }
}
