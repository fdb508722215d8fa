package dev.weir.core.pg;

import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.pool.Budget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A database entry at run time: its pools, counts and switches. Thread-safe; the entry is swapped by a reload. */
final class Database {
  private final String name;
  private final boolean auto;
  private final Budget servers;
  private final AtomicInteger clients = new AtomicInteger();
  private final Map<String, PgPool> pools = new ConcurrentHashMap<>();
  private volatile DatabaseEntry entry;
  private volatile boolean paused;
  private volatile boolean disabled;
  private volatile boolean removed;
  private volatile long unusedSinceNanos = System.nanoTime();

  Database(DatabaseEntry entry, boolean auto, int maxConnections) {
    this.name = entry.name();
    this.entry = entry;
    this.auto = auto;
    this.servers = new Budget(maxConnections);
  }

  String name() {
    return name;
  }

  DatabaseEntry entry() {
    return entry;
  }

  void entry(DatabaseEntry changed) {
    entry = changed;
  }

  /** Made from the {@code *} entry. */
  boolean auto() {
    return auto;
  }

  Budget servers() {
    return servers;
  }

  AtomicInteger clients() {
    return clients;
  }

  /** By server user. */
  Map<String, PgPool> pools() {
    return pools;
  }

  boolean paused() {
    return paused;
  }

  void paused(boolean on) {
    paused = on;
  }

  boolean disabled() {
    return disabled;
  }

  void disabled(boolean on) {
    disabled = on;
  }

  boolean removed() {
    return removed;
  }

  void markRemoved() {
    removed = true;
  }

  /** Nobody uses it: no client and no server. */
  boolean unused() {
    return clients.get() == 0 && servers.used() == 0;
  }

  long unusedSinceNanos() {
    return unusedSinceNanos;
  }

  void touched(long now) {
    unusedSinceNanos = now;
  }
}
