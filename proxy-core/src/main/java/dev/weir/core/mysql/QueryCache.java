package dev.weir.core.mysql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.weir.core.sql.TextHash;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Results of statements that a rule's {@code cache_ttl}, or a comment's, lets be kept. Bounded in bytes: what was of least
 * use goes first. A result ends with its time or with {@link #flush}; nothing else invalidates it, as in ProxySQL.
 * Thread-safe.
 */
final class QueryCache {
  /** Results on their way to clients may take this share of the cache before they are in it. */
  private static final int CAPTURED_SHARE = 4;

  private final LongSupplier clock;
  private final Cache<CacheKey, CachedResult> results;
  private final Policy.Eviction<CacheKey, CachedResult> bound;
  private final AtomicLong captured = new AtomicLong();
  private final AtomicInteger flushes = new AtomicInteger();
  private final LongAdder gets = new LongAdder();
  private final LongAdder hits = new LongAdder();
  private final LongAdder sets = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder purged = new LongAdder();
  private final long seed;
  private volatile long maxBytes;

  /**
   * @param clock nanoseconds, as of {@link System#nanoTime}
   * @param seed a number that nobody knows, for hashes
   */
  QueryCache(LongSupplier clock, long seed, long maxBytes) {
    this.clock = clock;
    this.seed = seed;
    this.maxBytes = maxBytes;
    this.results = Caffeine.newBuilder()
        .maximumWeight(maxBytes)
        .weigher((CacheKey key, CachedResult result) -> key.weight() + result.weight())
        .expireAfter(Expiry.creating(
            (CacheKey key, CachedResult result) -> Duration.ofNanos(result.lifeNanos())))
        .evictionListener(
            (@Nullable CacheKey key, @Nullable CachedResult result, RemovalCause why) -> purged
                .increment())
        .ticker(clock::getAsLong)
        .executor(Runnable::run) // upkeep is short, and belongs to whoever causes it
        .build();
    this.bound = results.policy().eviction().orElseThrow();
  }

  /** What all results may take from now on. */
  void maxBytes(long most) {
    if (most != maxBytes) {
      maxBytes = most;
      bound.setMaximum(most);
    }
  }

  long maxBytes() {
    return maxBytes;
  }

  /** What {@link CacheKey} is to be given of a statement. */
  long hash(byte[] command) {
    return TextHash.of(seed, command, 0, command.length);
  }

  long now() {
    return clock.getAsLong();
  }

  /** The result under this key, if it is not older than the rule that is in force now allows; who serves it says so. */
  @Nullable
  CachedResult find(CacheKey key, long ttlMillis) {
    gets.increment();
    CachedResult found = results.getIfPresent(key);
    return found == null || found.ageNanos(now()) >= TimeUnit.MILLISECONDS.toNanos(ttlMillis)
        ? null
        : found;
  }

  /**
   * Whether the caller is to ask a server although there is a result: after a share of its time one session renews it,
   * while others go on being served.
   */
  boolean isToBeRenewed(CachedResult found, int softPercent) {
    return softPercent > 0
        && found.ageNanos(now()) / 100.0 >= found.lifeNanos() / 10_000.0 * softPercent
        && found.renew();
  }

  /** The result is served. */
  void served(CachedResult found) {
    hits.increment();
    bytesOut.add(found.packets().length);
  }

  /** Keeps a result, unless the cache was flushed since {@code flushesBefore} was asked for. */
  void put(CacheKey key, CachedResult result, int flushesBefore) {
    if (key.weight() + result.weight() > maxBytes || flushes.get() != flushesBefore) {
      return;
    }
    results.put(key, result);
    if (flushes.get() != flushesBefore) {
      results.asMap().remove(key, result);
      return;
    }
    sets.increment();
    bytesIn.add(result.packets().length);
  }

  /** How often it was flushed: what was read before the last time is not to be kept. */
  int flushes() {
    return flushes.get();
  }

  /** Forgets everything; how many results there were. */
  long flush() {
    flushes.incrementAndGet();
    results.cleanUp();
    long count = results.estimatedSize();
    results.invalidateAll();
    return count;
  }

  /** Lets go of what is over. Every now and then. */
  void keepHouse() {
    if (results.estimatedSize() > 0) {
      results.cleanUp();
    }
  }

  /** Room for bytes of a result that is on its way; false when too many are. */
  boolean reserve(long bytes) {
    if (captured.addAndGet(bytes) <= maxBytes / CAPTURED_SHARE) {
      return true;
    }
    captured.addAndGet(-bytes);
    return false;
  }

  void free(long bytes) {
    captured.addAndGet(-bytes);
  }

  // --- stats_mysql_global ---

  long gets() {
    return gets.sum();
  }

  long hits() {
    return hits.sum();
  }

  long sets() {
    return sets.sum();
  }

  long bytesIn() {
    return bytesIn.sum();
  }

  long bytesOut() {
    return bytesOut.sum();
  }

  /** How many results ended by their time or for want of room. */
  long purged() {
    return purged.sum();
  }

  long entries() {
    return results.estimatedSize();
  }

  /** Bytes that results in the cache take, with their keys. */
  long memory() {
    return bound.weightedSize().orElse(0);
  }

  /** Bytes reserved for results on their way. */
  long captured() {
    return captured.get();
  }
}
