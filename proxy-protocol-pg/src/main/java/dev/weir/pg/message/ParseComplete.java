package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code '1'}: answers Parse. */
public record ParseComplete() implements BackendMessage {
  public static final byte TAG = '1';

  public static ParseComplete decode(ByteBuf body) {
    Wire.requireEnd(body, "ParseComplete");
    return new ParseComplete();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
