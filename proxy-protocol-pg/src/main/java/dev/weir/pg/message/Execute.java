package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'E'}: runs a bound portal for at most {@code maxRows} rows; 0 asks for all of them. */
public record Execute(String portal, int maxRows) implements FrontendMessage {
  public static final byte TAG = 'E';

  public static Execute decode(ByteBuf body) {
    String portal = Wire.readCString(body, "Execute.portal");
    int maxRows = Wire.readInt(body, "Execute.maxRows");
    Wire.requireEnd(body, "Execute");
    return new Execute(portal, maxRows);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, portal);
    out.writeInt(maxRows);
    Wire.end(out, start);
  }
}
