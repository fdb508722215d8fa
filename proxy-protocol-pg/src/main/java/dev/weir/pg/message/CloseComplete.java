package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code '3'}: answers Close. */
public record CloseComplete() implements BackendMessage {
  public static final byte TAG = '3';

  public static CloseComplete decode(ByteBuf body) {
    Wire.requireEnd(body, "CloseComplete");
    return new CloseComplete();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
