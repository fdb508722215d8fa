package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'H'}: asks the server to send what it has; has no answer of its own. */
public record Flush() implements FrontendMessage {
  public static final byte TAG = 'H';

  public static Flush decode(ByteBuf body) {
    Wire.requireEnd(body, "Flush");
    return new Flush();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
