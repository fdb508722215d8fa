package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Drops the cursor and the long data of a prepared statement. */
public record ComStmtReset(int statementId) implements ClientPacket {

  public static ComStmtReset decode(ByteBuf body) {
    Wire.requireHeader(body, Command.STMT_RESET.code(), "ComStmtReset");
    ComStmtReset command = new ComStmtReset(Wire.readInt(body, "ComStmtReset.statementId"));
    Wire.requireEnd(body, "ComStmtReset");
    return command;
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.STMT_RESET.code()).writeIntLE(statementId);
  }
}
