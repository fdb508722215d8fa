package dev.weir.admin.table;

/** Microseconds as the pair of columns that tables print. */
final class Micros {
  private static final long PER_SECOND = 1_000_000;

  private Micros() {}

  static int seconds(long micros) {
    return (int) Math.min(micros / PER_SECOND, Integer.MAX_VALUE);
  }

  static int rest(long micros) {
    return (int) (micros % PER_SECOND);
  }
}
