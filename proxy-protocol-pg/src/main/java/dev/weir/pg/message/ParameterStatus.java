package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'S'}: the server reports the value of a setting. */
public record ParameterStatus(String name, String value) implements BackendMessage {
  public static final byte TAG = 'S';

  public static ParameterStatus decode(ByteBuf body) {
    String name = Wire.readCString(body, "ParameterStatus.name");
    String value = Wire.readCString(body, "ParameterStatus.value");
    Wire.requireEnd(body, "ParameterStatus");
    return new ParameterStatus(name, value);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, name);
    Wire.writeCString(out, value);
    Wire.end(out, start);
  }
}
