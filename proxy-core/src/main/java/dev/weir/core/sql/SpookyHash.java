package dev.weir.core.sql;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Bob Jenkins' SpookyHash V2, the 64-bit form, over little-endian bytes: the hash of ProxySQL's digests. */
final class SpookyHash {
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
      ByteOrder.LITTLE_ENDIAN);
  private static final long ARBITRARY = 0xdeadbeefdeadbeefL;
  private static final int LANES = 12;
  private static final int BLOCK = LANES * Long.BYTES;
  /** Shorter messages take the cheaper way with four lanes. */
  private static final int LONG_MESSAGE = 2 * BLOCK;
  private static final int[] MIX_ROTATIONS = {11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46};
  private static final int[] END_ROTATIONS = {44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54};

  private SpookyHash() {}

  static long hash64(byte[] in, int from, int length, long seed) {
    return length < LONG_MESSAGE
        ? shortHash(in, from, length, seed)
        : longHash(in, from, length, seed);
  }

  private static long get(byte[] in, int at) {
    return (long) LONGS.get(in, at);
  }

  /** The {@code count} (below 8) bytes at {@code at} as the low bytes of a number. */
  private static long tail(byte[] in, int at, int count) {
    long value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | (in[at + i] & 0xffL);
    }
    return value;
  }

  private static long shortHash(byte[] in, int from, int length, long seed) {
    long a = seed;
    long b = seed;
    long c = ARBITRARY;
    long d = ARBITRARY;
    int at = from;
    int left = length;
    while (left >= 16) {
      c += get(in, at);
      d += get(in, at + 8);
      c = Long.rotateLeft(c, 50) + d;
      a ^= c;
      d = Long.rotateLeft(d, 52) + a;
      b ^= d;
      a = Long.rotateLeft(a, 30) + b;
      c ^= a;
      b = Long.rotateLeft(b, 41) + c;
      d ^= b;
      c = Long.rotateLeft(c, 54) + d;
      a ^= c;
      d = Long.rotateLeft(d, 48) + a;
      b ^= d;
      a = Long.rotateLeft(a, 38) + b;
      c ^= a;
      b = Long.rotateLeft(b, 37) + c;
      d ^= b;
      c = Long.rotateLeft(c, 62) + d;
      a ^= c;
      d = Long.rotateLeft(d, 34) + a;
      b ^= d;
      a = Long.rotateLeft(a, 5) + b;
      c ^= a;
      b = Long.rotateLeft(b, 36) + c;
      d ^= b;
      if (left >= 32) {
        a += get(in, at + 16);
        b += get(in, at + 24);
        at += 32;
        left -= 32;
      } else {
        at += 16;
        left -= 16;
      }
    }
    d += (long) length << 56;
    if (left == 0) {
      c += ARBITRARY;
      d += ARBITRARY;
    } else if (left < 8) {
      c += tail(in, at, left);
    } else {
      c += get(in, at);
      d += tail(in, at + 8, left - 8);
    }
    return shortEnd(a, b, c, d);
  }

  private static long shortEnd(long first, long second, long third, long fourth) {
    long a = first;
    long b = second;
    long c = third;
    long d = fourth ^ third;
    c = Long.rotateLeft(c, 15);
    d += c;
    a ^= d;
    d = Long.rotateLeft(d, 52);
    a += d;
    b ^= a;
    a = Long.rotateLeft(a, 26);
    b += a;
    c ^= b;
    b = Long.rotateLeft(b, 51);
    c += b;
    d ^= c;
    c = Long.rotateLeft(c, 28);
    d += c;
    a ^= d;
    d = Long.rotateLeft(d, 9);
    a += d;
    b ^= a;
    a = Long.rotateLeft(a, 47);
    b += a;
    c ^= b;
    b = Long.rotateLeft(b, 54);
    c += b;
    d ^= c;
    c = Long.rotateLeft(c, 32);
    d += c;
    a ^= d;
    d = Long.rotateLeft(d, 25);
    a += d;
    b ^= a;
    a = Long.rotateLeft(a, 63);
    return a;
  }

  private static long longHash(byte[] in, int from, int length, long seed) {
    long[] s = new long[LANES];
    for (int i = 0; i < LANES; i += 3) {
      s[i] = seed;
      s[i + 1] = seed;
      s[i + 2] = ARBITRARY;
    }
    int at = from;
    int left = length;
    while (left >= BLOCK) {
      mix(s, in, at);
      at += BLOCK;
      left -= BLOCK;
    }
    byte[] last = new byte[BLOCK];
    System.arraycopy(in, at, last, 0, left);
    last[BLOCK - 1] = (byte) left;
    for (int i = 0; i < LANES; i++) {
      s[i] += get(last, i * Long.BYTES);
    }
    end(s);
    end(s);
    end(s);
    return s[0];
  }

  private static void mix(long[] s, byte[] in, int at) {
    for (int i = 0; i < LANES; i++) {
      int before = (i + LANES - 1) % LANES;
      s[i] += get(in, at + i * Long.BYTES);
      s[(i + 2) % LANES] ^= s[(i + 10) % LANES];
      s[before] ^= s[i];
      s[i] = Long.rotateLeft(s[i], MIX_ROTATIONS[i]);
      s[before] += s[(i + 1) % LANES];
    }
  }

  private static void end(long[] s) {
    for (int i = 0; i < LANES; i++) {
      int before = (i + LANES - 1) % LANES;
      int next = (i + 1) % LANES;
      s[before] += s[next];
      s[(i + 2) % LANES] ^= s[before];
      s[next] = Long.rotateLeft(s[next], END_ROTATIONS[i]);
    }
  }
}
