package dev.weir.mysql.codec;

import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;

/** Inflates one packet after the other, in pieces. */
interface Inflation extends AutoCloseable {
  /**
   * Another packet begins.
   *
   * @param packed bytes that it has
   * @param unpacked bytes that it says it becomes
   */
  void begin(int packed, int unpacked);

  /**
   * Takes at most {@code available} bytes of {@code in}, moving its reader index, and appends at most
   * {@code max} to {@code out}, as many as it returns. May take nothing while less is there than it has to
   * see at once, unless that is all of the packet.
   *
   * @throws MalformedPacketException for what is no compressed data
   */
  int inflate(ByteBuf in, int available, ByteBuf out, int max);

  /** As {@link #inflate}, where nothing should come any more: whether something did. */
  boolean hasExcess(ByteBuf in, int available);

  /** Whether the packet's content has ended. */
  boolean isFinished();

  @Override
  void close();
}
