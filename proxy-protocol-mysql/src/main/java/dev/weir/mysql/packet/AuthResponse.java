package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** What a client answers in a login after its first packet: bytes that only the plugin understands. */
public record AuthResponse(ByteString data) implements ClientPacket {

  public static AuthResponse decode(ByteBuf body) {
    return new AuthResponse(ByteString.of(Wire.readRest(body)));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeBytes(data.array());
  }
}
