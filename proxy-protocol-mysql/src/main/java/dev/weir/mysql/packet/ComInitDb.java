package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Another database becomes the default one. */
public record ComInitDb(String database) implements ClientPacket {

  public static ComInitDb decode(ByteBuf body) {
    Wire.requireHeader(body, Command.INIT_DB.code(), "ComInitDb");
    return new ComInitDb(Wire.readRestText(body));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.INIT_DB.code());
    Wire.writeText(out, database);
  }
}
