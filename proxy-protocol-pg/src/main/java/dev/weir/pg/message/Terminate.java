package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'X'}: the client leaves. */
public record Terminate() implements FrontendMessage {
  public static final byte TAG = 'X';

  public static Terminate decode(ByteBuf body) {
    Wire.requireEnd(body, "Terminate");
    return new Terminate();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
