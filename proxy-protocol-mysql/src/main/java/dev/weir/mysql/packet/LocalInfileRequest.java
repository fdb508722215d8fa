package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** The server asks for a file of the client; its content follows in packets up to an empty one. */
public record LocalInfileRequest(String file) implements ServerPacket {
  public static final int HEADER = 0xfb;

  public static LocalInfileRequest decode(ByteBuf body) {
    Wire.requireHeader(body, HEADER, "LocalInfileRequest");
    return new LocalInfileRequest(Wire.readRestText(body));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(HEADER);
    Wire.writeText(out, file);
  }
}
