package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 's'}: Execute stopped at its row limit. */
public record PortalSuspended() implements BackendMessage {
  public static final byte TAG = 's';

  public static PortalSuspended decode(ByteBuf body) {
    Wire.requireEnd(body, "PortalSuspended");
    return new PortalSuspended();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
