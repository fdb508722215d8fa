package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What happens on a {@link Link}. Called on the link's worker. */
public interface LinkHandler {
  /** Bytes arrived; ownership passes to the handler. */
  void onBytes(ByteBuf bytes);

  /** What was waiting to be sent has drained. */
  void onWritable();

  /** The other side is gone or the socket failed; called once, never after our own close. */
  void onClosed(@Nullable Throwable cause);
}
