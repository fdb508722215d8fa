package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'D'}: asks for the shape of a statement or portal. */
public record Describe(byte kind, String name) implements FrontendMessage {
  public static final byte TAG = 'D';
  /** {@code kind} of a prepared statement. */
  public static final byte STATEMENT = 'S';
  /** {@code kind} of a portal. */
  public static final byte PORTAL = 'P';

  public static Describe decode(ByteBuf body) {
    byte kind = Wire.readByte(body, "Describe.kind");
    if (kind != STATEMENT && kind != PORTAL) {
      throw Wire.malformed("Describe.kind", "is neither 'S' nor 'P'");
    }
    String name = Wire.readCString(body, "Describe.name");
    Wire.requireEnd(body, "Describe");
    return new Describe(kind, name);
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
