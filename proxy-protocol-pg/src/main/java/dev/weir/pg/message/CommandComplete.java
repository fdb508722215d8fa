package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'C'}: a statement succeeded; {@code tag} says which and how many rows. */
public record CommandComplete(String tag) implements BackendMessage {
  public static final byte TAG = 'C';

  public static CommandComplete decode(ByteBuf body) {
    String tag = Wire.readCString(body, "CommandComplete.tag");
    Wire.requireEnd(body, "CommandComplete");
    return new CommandComplete(tag);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, tag);
    Wire.end(out, start);
  }
}
