package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Forgets a prepared statement. Not answered. */
public record ComStmtClose(int statementId) implements ClientPacket {

  public static ComStmtClose decode(ByteBuf body) {
    Wire.requireHeader(body, Command.STMT_CLOSE.code(), "ComStmtClose");
    ComStmtClose command = new ComStmtClose(Wire.readInt(body, "ComStmtClose.statementId"));
    Wire.requireEnd(body, "ComStmtClose");
    return command;
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.STMT_CLOSE.code()).writeIntLE(statementId);
  }
}
