package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Turns an option on or off; there are two, for one thing. */
public record ComSetOption(int option) implements ClientPacket {
  public static final int MULTI_STATEMENTS_ON = 0;
  public static final int MULTI_STATEMENTS_OFF = 1;

  public static ComSetOption decode(ByteBuf body) {
    Wire.requireHeader(body, Command.SET_OPTION.code(), "ComSetOption");
    ComSetOption set = new ComSetOption(Wire.readShort(body, "ComSetOption.option"));
    Wire.requireEnd(body, "ComSetOption");
    return set;
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.SET_OPTION.code()).writeShortLE(option);
  }
}
