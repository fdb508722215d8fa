package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** A statement is prepared; definitions of its parameters, then of its columns follow. */
public record StmtPrepareOk(int statementId, int columns, int parameters, int warnings)
    implements
      ServerPacket {
  public static final int HEADER = 0x00;
  /** Payload bytes, without the one that OPTIONAL_RESULTSET_METADATA puts behind. */
  public static final int LENGTH = 12;
  /** Where the statement's id stands in the payload. */
  public static final int STATEMENT_ID = 1;
  /** Where the number of columns stands in the payload. */
  public static final int COLUMNS = 5;
  /** Where the number of parameters stands in the payload. */
  public static final int PARAMETERS = 7;
  /** Where the number of warnings stands in the payload. */
  public static final int WARNINGS = 10;

  public static StmtPrepareOk decode(ByteBuf body) {
    Wire.requireHeader(body, HEADER, "StmtPrepareOk");
    int id = Wire.readInt(body, "StmtPrepareOk.statementId");
    int columns = Wire.readShort(body, "StmtPrepareOk.columns");
    int parameters = Wire.readShort(body, "StmtPrepareOk.parameters");
    Wire.skip(body, 1, "StmtPrepareOk.filler");
    int warnings = Wire.readShort(body, "StmtPrepareOk.warnings");
    Wire.requireEnd(body, "StmtPrepareOk");
    return new StmtPrepareOk(id, columns, parameters, warnings);
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(HEADER).writeIntLE(statementId).writeShortLE(columns).writeShortLE(parameters);
    out.writeByte(0).writeShortLE(warnings);
  }
}
