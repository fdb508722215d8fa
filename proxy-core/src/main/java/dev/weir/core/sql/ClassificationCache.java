package dev.weir.core.sql;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Statements seen before, by their exact bytes. Confined to its worker; bounded in bytes, the least recently used go
 * first. A hit costs a hash over the text, a comparison and a few pointers, and allocates nothing.
 *
 * <p>What decides is the comparison of all bytes, never the hash.
 */
public final class ClassificationCache {
  /** A text larger than this share of the cache is read anew each time. */
  private static final int LARGEST_SHARE = 16;
  private static final int SMALLEST_TABLE = 64;

  private final long maxBytes;
  private final @Nullable Digester digester;
  private final long seed;
  private final Entry ends;
  private @Nullable Entry[] table = new @Nullable Entry[SMALLEST_TABLE];
  private int size;
  private long bytes;
  private long hits;
  private long misses;
  private SqlMode mode = SqlMode.MYSQL;
  private MySqlClassifier classifier = new MySqlClassifier(mode);

  /** A link of the chain of its bucket and of the ring of all entries, most recently used first. */
  private static final class Entry {
    final long hash;
    final SqlMode mode;
    final Statement statement;
    @Nullable Entry inBucket;
    Entry newer = this;
    Entry older = this;

    Entry(long hash, SqlMode mode, Statement statement) {
      this.hash = hash;
      this.mode = mode;
      this.statement = statement;
    }

    void putBefore(Entry next) {
      older = next;
      newer = next.newer;
      newer.older = this;
      next.newer = this;
    }

    void takeOut() {
      newer.older = older;
      older.newer = newer;
    }
  }

  /**
   * @param maxBytes what all entries together may weigh; 0 keeps none
   * @param digests null if digests are switched off
   */
  public ClassificationCache(long maxBytes, @Nullable DigestOptions digests,
      RandomGenerator random) {
    this.maxBytes = maxBytes;
    this.digester = digests == null ? null : new Digester(digests);
    this.seed = random.nextLong();
    this.ends = new Entry(0, mode, new Statement(new byte[0],
        classifier.classify(new byte[0], 0, 0), null, Annotations.NONE));
  }

  /** The statement in the bytes from {@code from} up to {@code to}; keeps no reference to them. */
  public Statement get(SqlMode sqlMode, byte[] sql, int from, int to) {
    long hash = TextHash.of(seed, sql, from, to);
    Entry entry = table[bucket(hash, table.length)];
    while (entry != null) {
      if (entry.hash == hash && Arrays.equals(entry.statement.bytes(), 0,
          entry.statement.bytes().length, sql, from, to) && entry.mode.equals(sqlMode)) {
        if (ends.older != entry) {
          entry.takeOut();
          entry.putBefore(ends.older);
        }
        hits++;
        return entry.statement;
      }
      entry = entry.inBucket;
    }
    misses++;
    Statement statement = read(sqlMode, sql, from, to);
    if (statement.weight() <= maxBytes / LARGEST_SHARE) {
      add(new Entry(hash, sqlMode, statement));
    }
    return statement;
  }

  private Statement read(SqlMode sqlMode, byte[] sql, int from, int to) {
    if (!sqlMode.equals(mode)) {
      classifier = new MySqlClassifier(sqlMode);
      mode = sqlMode;
    }
    byte[] own = Arrays.copyOfRange(sql, from, to);
    Classification classification = classifier.classify(own, 0, own.length);
    if (digester == null) {
      return new Statement(own, classification, null, Annotations.NONE);
    }
    Digest digest = digester.digest(own, 0, own.length);
    int commentFrom = digester.firstCommentFrom();
    return new Statement(own, classification, digest, commentFrom < 0
        ? Annotations.NONE
        : Annotations.read(own, commentFrom, digester.firstCommentTo()));
  }

  private void add(Entry entry) {
    int at = bucket(entry.hash, table.length);
    entry.inBucket = table[at];
    table[at] = entry;
    entry.putBefore(ends.older);
    bytes += entry.statement.weight();
    size++;
    while (bytes > maxBytes) {
      remove(ends.newer);
    }
    if (size > table.length) {
      grow();
    }
  }

  private void remove(Entry entry) {
    entry.takeOut();
    bytes -= entry.statement.weight();
    size--;
    int at = bucket(entry.hash, table.length);
    Entry link = table[at];
    if (link == entry) {
      table[at] = entry.inBucket;
      return;
    }
    while (link != null) {
      if (link.inBucket == entry) {
        link.inBucket = entry.inBucket;
        return;
      }
      link = link.inBucket;
    }
  }

  private void grow() {
    @Nullable Entry[] larger = new @Nullable Entry[table.length * 2];
    for (Entry entry = ends.older; entry != ends; entry = entry.older) {
      int at = bucket(entry.hash, larger.length);
      entry.inBucket = larger[at];
      larger[at] = entry;
    }
    table = larger;
  }

  private static int bucket(long hash, int buckets) {
    return (int) (hash >>> 32) & (buckets - 1);
  }

  public int size() {
    return size;
  }

  public long bytes() {
    return bytes;
  }

  public long hits() {
    return hits;
  }

  public long misses() {
    return misses;
  }
}
