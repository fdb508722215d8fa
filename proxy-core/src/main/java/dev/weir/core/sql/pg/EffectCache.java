package dev.weir.core.sql.pg;

import dev.weir.core.sql.TextHash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Query strings seen before and what they do to a session, by their exact bytes. Confined to its worker; bounded in
 * bytes. A hit costs a hash over the text and a comparison, and allocates nothing. Nor does a text allocate that plainly
 * does nothing and never comes again, as those with values in them: short ones are looked over each time, long ones are
 * kept when they come for the second time.
 *
 * <p>When it is full, entries that were not used since the hand last came by give way (the clock algorithm).
 */
public final class EffectCache {
  /** Backslashes in plain strings escape. */
  public static final int BACKSLASHES = 1;
  /** The byte of a backslash may be half of a character. */
  public static final int HALF_BACKSLASH = 2;

  /** What may advance a sequence counts. */
  public static final int SEQUENCES = 4;

  private static final int LARGEST_SHARE = 8;
  private static final int OVERHEAD = 96;
  /** Up to so many bytes a look over the text costs no more than finding it. */
  private static final int SHORT = 160;
  /** Hashes of long texts that came once; a power of two. */
  private static final int ONCE = 4096;

  private static final class Entry {
    final long hash;
    final int mode;
    final byte[] text;
    final StatementEffects effects;
    @Nullable Entry inBucket;
    boolean used;

    Entry(long hash, int mode, byte[] text, StatementEffects effects) {
      this.hash = hash;
      this.mode = mode;
      this.text = text;
      this.effects = effects;
    }

    int weight() {
      return OVERHEAD + text.length + effects.weight();
    }
  }

  private final long maxBytes;
  private final long seed;
  private final EffectReader[] readers = new EffectReader[8];
  private final long[] once = new long[ONCE];
  private @Nullable Entry[] table = new @Nullable Entry[256];
  private int hand;
  private int size;
  private long bytes;

  public EffectCache(long maxBytes, long seed) {
    this.maxBytes = maxBytes;
    this.seed = seed;
    for (int mode = 0; mode < readers.length; mode++) {
      readers[mode] = new EffectReader((mode & BACKSLASHES) != 0, (mode & HALF_BACKSLASH) != 0,
          (mode & SEQUENCES) != 0);
    }
  }

  /** The effects of the text in the bytes from {@code from} up to {@code to}; keeps no reference to them. */
  public StatementEffects get(int mode, byte[] text, int from, int to) {
    boolean brief = to - from <= SHORT;
    if (brief && PlainScan.plain(text, from, to, mode)) {
      return StatementEffects.NONE;
    }
    long hash = TextHash.of(seed, text, from, to);
    Entry entry = table[bucket(hash, table.length)];
    while (entry != null) {
      if (entry.hash == hash && entry.mode == mode
          && Arrays.equals(entry.text, 0, entry.text.length, text, from, to)) {
        entry.used = true;
        return entry.effects;
      }
      entry = entry.inBucket;
    }
    if (!brief && firstTime(hash) && PlainScan.plain(text, from, to, mode)) {
      return StatementEffects.NONE;
    }
    return read(mode, hash, Arrays.copyOfRange(text, from, to));
  }

  /** Only a guess: other texts may have the same hash. */
  private boolean firstTime(long hash) {
    int slot = (int) hash & (ONCE - 1);
    boolean first = once[slot] != hash;
    once[slot] = hash;
    return first;
  }

  /**
   * The name of the statement that a text prepares, when it is nothing but one PREPARE that any server understands alike;
   * else null.
   */
  public @Nullable String prepares(byte[] text) {
    return readers[0].prepares(text);
  }

  private StatementEffects read(int mode, long hash, byte[] text) {
    StatementEffects effects = readers[mode].read(text);
    Entry entry = new Entry(hash, mode, text, effects);
    if (entry.weight() <= maxBytes / LARGEST_SHARE) {
      if (size == table.length) {
        grow();
      }
      put(table, entry);
      size++;
      bytes += entry.weight();
      while (bytes > maxBytes) {
        sweep();
      }
    }
    return effects;
  }

  private static void put(@Nullable Entry[] into, Entry entry) {
    int at = bucket(entry.hash, into.length);
    entry.inBucket = into[at];
    into[at] = entry;
  }

  /** The hand moves over one bucket. */
  private void sweep() {
    Entry kept = null;
    Entry entry = table[hand];
    while (entry != null) {
      Entry next = entry.inBucket;
      if (entry.used || bytes <= maxBytes) {
        entry.used = false;
        entry.inBucket = kept;
        kept = entry;
      } else {
        bytes -= entry.weight();
        size--;
      }
      entry = next;
    }
    table[hand] = kept;
    hand = (hand + 1) & (table.length - 1);
  }

  private void grow() {
    @Nullable Entry[] larger = new @Nullable Entry[table.length * 2];
    for (Entry first : table) {
      Entry entry = first;
      while (entry != null) {
        Entry next = entry.inBucket;
        put(larger, entry);
        entry = next;
      }
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
}
