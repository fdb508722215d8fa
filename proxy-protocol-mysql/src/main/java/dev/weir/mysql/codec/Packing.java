package dev.weir.mysql.codec;

import io.netty.buffer.ByteBuf;

/** Makes the content of a compressed packet shorter. */
interface Packing extends AutoCloseable {
  /**
   * Appends what the next {@code length} bytes of {@code in} become, whose reader index stays, to {@code out}.
   *
   * @return how many bytes that is; 0, with nothing appended, when they do not become shorter
   */
  int pack(ByteBuf in, int length, ByteBuf out);

  @Override
  void close();
}
