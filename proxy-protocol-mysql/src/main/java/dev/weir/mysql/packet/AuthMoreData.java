package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** What a plugin of the server says to that of the client. */
public record AuthMoreData(ByteString data) implements ServerPacket {
  public static final int HEADER = 0x01;

  public static AuthMoreData decode(ByteBuf body) {
    Wire.requireHeader(body, HEADER, "AuthMoreData");
    return new AuthMoreData(ByteString.of(Wire.readRest(body)));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(HEADER).writeBytes(data.array());
  }
}
