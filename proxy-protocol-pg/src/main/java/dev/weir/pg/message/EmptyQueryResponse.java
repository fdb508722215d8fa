package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'I'}: stands for CommandComplete when the query text was empty. */
public record EmptyQueryResponse() implements BackendMessage {
  public static final byte TAG = 'I';

  public static EmptyQueryResponse decode(ByteBuf body) {
    Wire.requireEnd(body, "EmptyQueryResponse");
    return new EmptyQueryResponse();
  }

  @Override
  public void encode(ByteBuf out) {
    Wire.writeEmpty(out, TAG);
  }
}
