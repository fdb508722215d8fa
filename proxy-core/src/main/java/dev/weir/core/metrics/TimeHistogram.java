package dev.weir.core.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * How long something took, in microseconds: log-linear buckets, eight to each power of two, from 1 µs to about 71
 * minutes. Values are exact below 16 µs and within an eighth above. Written by one thread only, read by any.
 *
 * <p>Why not HdrHistogram: its plain histogram may not be read while it is written, and its recorder pays two locked
 * instructions per value for that. Here a value costs a bit scan, an add and an opaque store, and the first value alone
 * allocates (2 KiB), so that a worker which never serves a pool pays nothing for it.
 */
public final class TimeHistogram {
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int SUB_BITS = 3;
  private static final int SUB_BUCKETS = 1 << SUB_BITS;
  private static final int MAX_BITS = 32;
  /** The largest value kept apart, in microseconds; anything longer counts as this. */
  public static final long MAX_MICROS = (1L << MAX_BITS) - 1;
  static final int BUCKETS = (MAX_BITS - SUB_BITS + 1) * SUB_BUCKETS;
  private static final int SUM = BUCKETS;

  private volatile long @Nullable [] cells;

  /** Counts one value; negative ones (a clock that stepped back) count as 0. Only the owner calls this. */
  public void record(long micros) {
    long value = Math.min(Math.max(micros, 0), MAX_MICROS);
    long[] own = cells;
    if (own == null) {
      own = new long[BUCKETS + 1];
      cells = own;
    }
    int at = bucketOf(value);
    LONGS.setOpaque(own, at, own[at] + 1);
    LONGS.setOpaque(own, SUM, own[SUM] + value);
  }

  /** What has been recorded so far; callable from any thread. Values recorded meanwhile may be missing. */
  public Snapshot snapshot() {
    long[] own = cells;
    if (own == null) {
      return Snapshot.EMPTY;
    }
    long sum = (long) LONGS.getOpaque(own, SUM);
    long[] counts = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] = (long) LONGS.getOpaque(own, i);
    }
    return new Snapshot(counts, sum);
  }

  static int bucketOf(long value) {
    if (value < SUB_BUCKETS) {
      return (int) value;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(value); // at least SUB_BITS
    int shift = exponent - SUB_BITS;
    return ((shift + 1) << SUB_BITS) + (int) ((value >>> shift) & (SUB_BUCKETS - 1));
  }

  /** The largest value that falls into the bucket. */
  static long upperEnd(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    int shift = (bucket >>> SUB_BITS) - 1;
    long sub = bucket & (SUB_BUCKETS - 1);
    return ((SUB_BUCKETS + sub + 1) << shift) - 1;
  }

  /** The recorded values at one moment. Immutable. */
  public static final class Snapshot {
    public static final Snapshot EMPTY = new Snapshot(new long[BUCKETS], 0);

    private final long[] counts;
    private final long sumMicros;
    private final long count;

    private Snapshot(long[] counts, long sumMicros) {
      this.counts = counts;
      this.sumMicros = sumMicros;
      long all = 0;
      for (long n : counts) {
        all += n;
      }
      this.count = all;
    }

    public long count() {
      return count;
    }

    /** Sum of all values in microseconds. */
    public long sumMicros() {
      return sumMicros;
    }

    /** How many values were below {@code 2^exponent} microseconds; exact, as powers of two bound buckets. */
    public long countBelowPowerOfTwo(int exponent) {
      long bound = 1L << Math.min(Math.max(exponent, 0), MAX_BITS);
      long below = 0;
      for (int i = 0; i < BUCKETS && upperEnd(i) < bound; i++) {
        below += counts[i];
      }
      return below;
    }

    /** The value in microseconds that the given share (0 to 1) of values does not exceed; 0 when there are none. */
    public long percentileMicros(double share) {
      long wanted = Math.max(1, (long) Math.ceil(Math.min(Math.max(share, 0), 1) * count));
      long seen = 0;
      for (int i = 0; i < BUCKETS; i++) {
        seen += counts[i];
        if (seen >= wanted) {
          return upperEnd(i);
        }
      }
      return 0;
    }

    public Snapshot plus(Snapshot other) {
      if (other.count == 0) {
        return this;
      }
      if (count == 0) {
        return other;
      }
      long[] both = counts.clone();
      for (int i = 0; i < BUCKETS; i++) {
        both[i] += other.counts[i];
      }
      return new Snapshot(both, sumMicros + other.sumMicros);
    }
  }
}
