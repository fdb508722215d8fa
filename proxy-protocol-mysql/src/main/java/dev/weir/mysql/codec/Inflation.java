package dev.weir.mysql.codec;

import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;

/** Inflates one packet after the other, in pieces. */
interface Inflation extends AutoCloseable {
  /** Another packet begins. */
  void begin();

  /**
   * Takes at most {@code available} bytes of {@code in}, moving its reader index, and appends at most
   * {@code max} to {@code out}, as many as it returns.
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
