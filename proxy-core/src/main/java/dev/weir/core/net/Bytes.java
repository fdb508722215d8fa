package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;

/** Joins what arrived in pieces. */
public final class Bytes {
  /** Below this, copying costs less than a buffer of buffers. */
  private static final int SMALL = 4096;
  /** Memory kept for a byte at most, but for what is left of a single read. */
  private static final int WASTE = 4;
  private static final int MAX_PIECES = 1 << 20;

  private Bytes() {}

  /**
   * The bytes from {@code at} on, to be kept; ownership of {@code all} does not pass. A few bytes get a buffer of their
   * size: what was read has room for thousands, and many who wait keep a little each.
   */
  public static ByteBuf kept(ByteBuf all, int at) {
    int length = all.writerIndex() - at;
    if (length <= memory(all) / WASTE) {
      return all.alloc().directBuffer(length, length).writeBytes(all, at, length);
    }
    return at == all.readerIndex() ? all.retain() : all.retainedSlice(at, length);
  }

  /** Bytes that are not free as long as this view of them is there. */
  private static int memory(ByteBuf view) {
    int most = view.capacity();
    for (ByteBuf below = view.unwrap(); below != null; below = below.unwrap()) {
      most = Math.max(most, below.capacity());
    }
    return most;
  }

  /**
   * One buffer with the bytes of both; takes ownership of both. A message of many megabytes that arrives in thousands of
   * pieces is not copied again for each.
   */
  public static ByteBuf join(ByteBuf first, ByteBuf second) {
    if (!first.isReadable()) {
      first.release();
      return second;
    }
    if (first instanceof CompositeByteBuf pieces && pieces.refCnt() == 1) {
      return pieces.addComponent(true, second);
    }
    if (first.readableBytes() <= SMALL) {
      ByteBuf both = second.alloc().directBuffer(first.readableBytes() + second.readableBytes());
      both.writeBytes(first).writeBytes(second);
      first.release();
      second.release();
      return both;
    }
    return second.alloc().compositeDirectBuffer(MAX_PIECES).addComponent(true, first)
        .addComponent(true, second);
  }
}
