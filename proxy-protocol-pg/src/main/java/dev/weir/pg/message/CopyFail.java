package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'f'}: the client gives up its COPY. */
public record CopyFail(String reason) implements FrontendMessage {
  public static final byte TAG = 'f';

  public static CopyFail decode(ByteBuf body) {
    String reason = Wire.readCString(body, "CopyFail.reason");
    Wire.requireEnd(body, "CopyFail");
    return new CopyFail(reason);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, reason);
    Wire.end(out, start);
  }
}
