package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** Asks for GSSAPI encryption; the answer is one byte, {@code G} or {@code N}. Untagged. */
public record GssEncRequest() implements FrontendMessage {

  /** Decodes the packet after its length. */
  public static GssEncRequest decode(ByteBuf body) {
    if (Wire.readInt(body, "GssEncRequest.code") != StartupCodes.GSSENC_REQUEST) {
      throw Wire.malformed("GssEncRequest.code", "is another");
    }
    Wire.requireEnd(body, "GssEncRequest");
    return new GssEncRequest();
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.beginUntagged(out);
    out.writeInt(StartupCodes.GSSENC_REQUEST);
    Wire.end(out, start);
  }
}
