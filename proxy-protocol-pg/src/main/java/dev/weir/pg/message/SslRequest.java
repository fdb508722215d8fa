package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** Asks whether the server speaks TLS; the answer is one byte, {@code S} or {@code N}. Untagged. */
public record SslRequest() implements FrontendMessage {

  /** Decodes the packet after its length. */
  public static SslRequest decode(ByteBuf body) {
    if (Wire.readInt(body, "SslRequest.code") != StartupCodes.SSL_REQUEST) {
      throw Wire.malformed("SslRequest.code", "is another");
    }
    Wire.requireEnd(body, "SslRequest");
    return new SslRequest();
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.beginUntagged(out);
    out.writeInt(StartupCodes.SSL_REQUEST);
    Wire.end(out, start);
  }
}
