package dev.weir.pg.codec;

/** An immutable set of message tags. {@link #has} allocates nothing. */
public final class TagSet {
  private final long low;
  private final long high;

  private TagSet(long low, long high) {
    this.low = low;
    this.high = high;
  }

  /** Tags are ASCII: a negative byte is refused. */
  public static TagSet of(byte... tags) {
    long low = 0;
    long high = 0;
    for (byte tag : tags) {
      if (tag < 0) {
        throw new IllegalArgumentException("not a message tag: " + tag);
      }
      if (tag < Long.SIZE) {
        low |= 1L << tag;
      } else {
        high |= 1L << tag;
      }
    }
    return new TagSet(low, high);
  }

  /** The tags of both. */
  public TagSet and(byte... more) {
    TagSet other = of(more);
    return new TagSet(low | other.low, high | other.high);
  }

  /** True when {@code tag}, any byte of the wire, is in the set. */
  public boolean has(byte tag) {
    if (tag < 0) {
      return false;
    }
    long word = tag < Long.SIZE ? low : high;
    return (word >>> tag & 1) != 0; // a shift by a long counts modulo 64
  }
}
