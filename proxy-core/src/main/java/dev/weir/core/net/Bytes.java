package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;

/** Joins what arrived in pieces. */
public final class Bytes {
  /** Below this, copying costs less than a buffer of buffers. */
  private static final int SMALL = 4096;
  private static final int MAX_PIECES = 1 << 20;

  private Bytes() {}

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
