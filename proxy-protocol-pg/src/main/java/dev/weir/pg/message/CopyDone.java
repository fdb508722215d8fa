package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'c'}: the COPY data are complete. */
public record CopyDone() implements FrontendMessage, BackendMessage {
  public static final byte TAG = 'c';

  public static CopyDone decode(ByteBuf body) {
    Wire.requireEnd(body, "CopyDone");
    return new CopyDone();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
