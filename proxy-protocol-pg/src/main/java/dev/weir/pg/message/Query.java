package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'Q'}: runs the statements of {@code sql} by the simple protocol. */
public record Query(String sql) implements FrontendMessage {
  public static final byte TAG = 'Q';

  public static Query decode(ByteBuf body) {
    String sql = Wire.readCString(body, "Query.sql");
    Wire.requireEnd(body, "Query");
    return new Query(sql);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, sql);
    Wire.end(out, start);
  }
}
