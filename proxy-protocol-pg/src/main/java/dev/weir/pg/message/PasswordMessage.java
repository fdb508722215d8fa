package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'p'}: a password in clear or the answer to an MD5 challenge. */
public record PasswordMessage(String password) implements FrontendMessage {
  public static final byte TAG = 'p';

  public static PasswordMessage decode(ByteBuf body) {
    String password = Wire.readCString(body, "PasswordMessage.password");
    Wire.requireEnd(body, "PasswordMessage");
    return new PasswordMessage(password);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, password);
    Wire.end(out, start);
  }

  /** Hides the password. */
  @Override
  public String toString() {
    return "PasswordMessage[password=***]";
  }
}
