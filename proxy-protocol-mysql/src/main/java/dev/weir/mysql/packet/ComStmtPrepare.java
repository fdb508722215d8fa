package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Prepares a statement for the binary protocol. */
public record ComStmtPrepare(ByteString sql) implements ClientPacket {

  public static ComStmtPrepare decode(ByteBuf body) {
    Wire.requireHeader(body, Command.STMT_PREPARE.code(), "ComStmtPrepare");
    return new ComStmtPrepare(ByteString.of(Wire.readRest(body)));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.STMT_PREPARE.code()).writeBytes(sql.array());
  }
}
