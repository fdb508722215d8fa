package dev.weir.core.pg;

import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.pool.PoolGroup;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A database entry at run time with its pools. Thread-safe; the entry is swapped by a reload. */
final class Database extends PoolGroup {
  private final Map<String, PgPool> pools = new ConcurrentHashMap<>();
  private volatile DatabaseEntry entry;

  Database(DatabaseEntry entry, boolean auto, int maxConnections) {
    super(entry.name(), auto, maxConnections);
    this.entry = entry;
  }

  DatabaseEntry entry() {
    return entry;
  }

  void entry(DatabaseEntry changed) {
    entry = changed;
  }

  /** By server user. */
  Map<String, PgPool> pools() {
    return pools;
  }

  @Override
  public Collection<PgPool> members() {
    return pools.values();
  }
}
