package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** A piece of a parameter's value, sent before the execution. Not answered. */
public record ComStmtSendLongData(int statementId, int parameter, ByteString data)
    implements
      ClientPacket {
  /** Where the data begin in the payload. */
  public static final int DATA = 7;

  public static ComStmtSendLongData decode(ByteBuf body) {
    Wire.requireHeader(body, Command.STMT_SEND_LONG_DATA.code(), "ComStmtSendLongData");
    int id = Wire.readInt(body, "ComStmtSendLongData.statementId");
    int parameter = Wire.readShort(body, "ComStmtSendLongData.parameter");
    return new ComStmtSendLongData(id, parameter, ByteString.of(Wire.readRest(body)));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.STMT_SEND_LONG_DATA.code()).writeIntLE(statementId);
    out.writeShortLE(parameter).writeBytes(data.array());
  }
}
