package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a link's stream passes through between its socket (and TLS) and its handler, such as a compression. Holds no more
 * of the stream than one step needs. Called on the link's worker, wherever the link moves.
 */
public interface StreamStage {
  /**
   * The next piece for the handler, which becomes its owner; null when {@code in} does not suffice. There may be more
   * than one piece in what is read already, so it is asked until it answers null.
   *
   * @param in what was read and not used; its reader index is moved, and it stays the caller's
   * @throws RuntimeException when the other side breaks the stage's protocol; the link is then closed with it as the cause
   */
  @Nullable
  ByteBuf unpack(ByteBuf in);

  /** What goes to the socket for {@code bytes}, which stays the caller's; called once a turn, or for a large piece. */
  ByteBuf pack(ByteBuf bytes);

  /** The link is closed: frees what lies outside the heap. */
  void close();
}
