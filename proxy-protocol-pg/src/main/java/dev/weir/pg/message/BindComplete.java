package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code '2'}: answers Bind. */
public record BindComplete() implements BackendMessage {
  public static final byte TAG = '2';

  public static BindComplete decode(ByteBuf body) {
    Wire.requireEnd(body, "BindComplete");
    return new BindComplete();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
