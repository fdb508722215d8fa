package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Asks for the next rows of a statement's cursor. */
public record ComStmtFetch(int statementId, long rows) implements ClientPacket {

  public static ComStmtFetch decode(ByteBuf body) {
    Wire.requireHeader(body, Command.STMT_FETCH.code(), "ComStmtFetch");
    int id = Wire.readInt(body, "ComStmtFetch.statementId");
    ComStmtFetch fetch = new ComStmtFetch(id, Wire.readUnsignedInt(body, "ComStmtFetch.rows"));
    Wire.requireEnd(body, "ComStmtFetch");
    return fetch;
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.STMT_FETCH.code()).writeIntLE(statementId).writeIntLE((int) rows);
  }
}
