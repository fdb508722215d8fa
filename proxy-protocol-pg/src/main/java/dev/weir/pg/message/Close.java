package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'C'}: drops a statement or portal; an unknown name is no error. */
public record Close(byte kind, String name) implements FrontendMessage {
  public static final byte TAG = 'C';
  /** {@code kind} of a prepared statement. */
  public static final byte STATEMENT = 'S';
  /** {@code kind} of a portal. */
  public static final byte PORTAL = 'P';

  public static Close decode(ByteBuf body) {
    byte kind = Wire.readByte(body, "Close.kind");
    if (kind != STATEMENT && kind != PORTAL) {
      throw Wire.malformed("Close.kind", "is neither 'S' nor 'P'");
    }
    String name = Wire.readCString(body, "Close.name");
    Wire.requireEnd(body, "Close");
    return new Close(kind, name);
  }

  public boolean ofStatement() {
    return kind == STATEMENT;
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeByte(kind);
    Wire.writeCString(out, name);
    Wire.end(out, start);
  }
}
