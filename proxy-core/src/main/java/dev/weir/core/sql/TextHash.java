package dev.weir.core.sql;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A hash of texts that others write. It starts from a number that they do not know, so that nobody can choose texts that
 * fall into one bucket. Never decides whether two texts are equal.
 */
public final class TextHash {
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
      ByteOrder.LITTLE_ENDIAN);
  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private TextHash() {}

  /** Of the bytes from {@code from} up to {@code to}. */
  public static long of(long seed, byte[] text, int from, int to) {
    long hash = seed ^ (to - from);
    int at = from;
    for (; to - at >= Long.BYTES; at += Long.BYTES) {
      hash = mix(hash ^ (long) LONGS.get(text, at));
    }
    long rest = 0;
    for (; at < to; at++) {
      rest = rest << 8 | (text[at] & 0xff);
    }
    return mix(hash ^ rest);
  }

  private static long mix(long value) {
    long product = value * MULTIPLIER;
    return product ^ Math.unsignedMultiplyHigh(value, MULTIPLIER);
  }
}
