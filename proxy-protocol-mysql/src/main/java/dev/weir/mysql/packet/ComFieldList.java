package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Asks for the columns of a table whose names match {@code wildcard}, all of them if it is empty. */
public record ComFieldList(String table, String wildcard) implements ClientPacket {

  public static ComFieldList decode(ByteBuf body) {
    Wire.requireHeader(body, Command.FIELD_LIST.code(), "ComFieldList");
    return new ComFieldList(Wire.readNulText(body, "ComFieldList.table"),
        Wire.readLastText(body, "ComFieldList.wildcard"));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.FIELD_LIST.code());
    Wire.writeNulText(out, table);
    Wire.writeText(out, wildcard);
  }
}
