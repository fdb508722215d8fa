package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'S'}: ends an extended-protocol batch; the server answers ReadyForQuery. */
public record Sync() implements FrontendMessage {
  public static final byte TAG = 'S';

  public static Sync decode(ByteBuf body) {
    Wire.requireEnd(body, "Sync");
    return new Sync();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
