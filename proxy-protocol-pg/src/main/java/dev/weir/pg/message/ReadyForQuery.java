package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'Z'}: the server waits for the next query. */
public record ReadyForQuery(TxStatus status) implements BackendMessage {
  public static final byte TAG = 'Z';

  public static ReadyForQuery decode(ByteBuf body) {
    TxStatus status = TxStatus.of(Wire.readByte(body, "ReadyForQuery.status"));
    Wire.requireEnd(body, "ReadyForQuery");
    return new ReadyForQuery(status);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeByte(status.code());
    Wire.end(out, start);
  }
}
