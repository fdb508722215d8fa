package dev.weir.core.pg;

import dev.weir.pg.codec.Framing;
import io.netty.buffer.ByteBuf;

/** What a client has sent while it waits for a server. */
final class QueuedRequest {
  private QueuedRequest() {}

  /**
   * Whether the bytes are exactly one request that ends in one ReadyForQuery: a Query, or messages up to a Sync. Only then
   * can it be answered without a server.
   */
  static boolean isWhole(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (end - at >= Framing.HEADER) {
      int length = Framing.messageLength(in, at, Integer.MAX_VALUE);
      if (length > end - at) {
        return false;
      }
      byte tag = in.getByte(at);
      at += length;
      if (tag == 'Q' || tag == 'S') {
        return at == end;
      }
    }
    return false;
  }
}
