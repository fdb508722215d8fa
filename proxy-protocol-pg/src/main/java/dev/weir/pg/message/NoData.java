package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'n'}: answers Describe of something that returns no rows. */
public record NoData() implements BackendMessage {
  public static final byte TAG = 'n';

  public static NoData decode(ByteBuf body) {
    Wire.requireEnd(body, "NoData");
    return new NoData();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
