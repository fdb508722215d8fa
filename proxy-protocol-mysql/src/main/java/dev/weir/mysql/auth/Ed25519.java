package dev.weir.mysql.auth;

import java.math.BigInteger;

/** The curve of RFC 8032 section 5.1, as far as signing needs it: points times numbers. */
final class Ed25519 {
  /** Of the base point. */
  static final BigInteger ORDER = BigInteger.ONE.shiftLeft(252)
      .add(new BigInteger("27742317777372353535851937790883648493"));

  private static final int BYTES = 32;
  private static final BigInteger P = BigInteger.ONE.shiftLeft(255)
      .subtract(BigInteger.valueOf(19));
  private static final BigInteger D = BigInteger.valueOf(-121665)
      .multiply(BigInteger.valueOf(121666).modInverse(P)).mod(P);

  static final Point BASE = Point.of(
      new BigInteger(
          "15112221349535400772501151409588531511454012693041857206046113283949847762202"),
      BigInteger.valueOf(4).multiply(BigInteger.valueOf(5).modInverse(P)).mod(P));

  private Ed25519() {}

  /** Extended coordinates: x = X/Z, y = Y/Z, T = XY/Z. */
  record Point(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {
    private static final Point NEUTRAL = of(BigInteger.ZERO, BigInteger.ONE);

    static Point of(BigInteger x, BigInteger y) {
      return new Point(x, y, BigInteger.ONE, x.multiply(y).mod(P));
    }

    /** RFC 8032 section 5.1.4; complete, so it doubles too. */
    Point plus(Point that) {
      BigInteger a = y.subtract(x).multiply(that.y.subtract(that.x)).mod(P);
      BigInteger b = y.add(x).multiply(that.y.add(that.x)).mod(P);
      BigInteger c = t.shiftLeft(1).multiply(D).multiply(that.t).mod(P);
      BigInteger d = z.shiftLeft(1).multiply(that.z).mod(P);
      BigInteger e = b.subtract(a);
      BigInteger f = d.subtract(c);
      BigInteger g = d.add(c);
      BigInteger h = b.add(a);
      return new Point(e.multiply(f).mod(P), g.multiply(h).mod(P), f.multiply(g).mod(P),
          e.multiply(h).mod(P));
    }
  }

  /** Adds in every step, whatever the bit, so that the number of steps says nothing. */
  static Point multiply(Point point, BigInteger factor) {
    Point low = Point.NEUTRAL;
    Point high = point;
    for (int bit = 255; bit >= 0; bit--) {
      Point sum = low.plus(high);
      if (factor.testBit(bit)) {
        low = sum;
        high = high.plus(high);
      } else {
        high = sum;
        low = low.plus(low);
      }
    }
    return low;
  }

  /** The y coordinate, little endian, with the lowest bit of x as the highest. */
  static byte[] encode(Point point) {
    BigInteger inverse = point.z.modInverse(P);
    BigInteger x = point.x.multiply(inverse).mod(P);
    byte[] bytes = bytes(point.y.multiply(inverse).mod(P));
    if (x.testBit(0)) {
      bytes[BYTES - 1] |= (byte) 0x80;
    }
    return bytes;
  }

  /** 32 bytes, little endian. */
  static byte[] bytes(BigInteger number) {
    byte[] big = number.toByteArray();
    byte[] little = new byte[BYTES];
    for (int i = 0; i < Math.min(big.length, BYTES); i++) {
      little[i] = big[big.length - 1 - i];
    }
    return little;
  }

  static byte[] reversed(byte[] bytes) {
    byte[] result = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      result[i] = bytes[bytes.length - 1 - i];
    }
    return result;
  }
}
