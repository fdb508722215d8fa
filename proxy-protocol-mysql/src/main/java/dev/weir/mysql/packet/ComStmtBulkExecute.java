package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a prepared statement of a MariaDB once for every row of parameters.
 *
 * @param types null when they are those of the execution before
 * @param rows  an indicator and, where that says so, a value for each parameter of each row
 */
public record ComStmtBulkExecute(int statementId, int flags, @Nullable List<ParameterType> types,
    ByteString rows) implements ClientPacket {
  /** The server answers with a result for every row. */
  public static final int SEND_UNIT_RESULTS = 64;
  public static final int SEND_TYPES = 128;

  public ComStmtBulkExecute {
    types = types == null ? null : List.copyOf(types);
  }

  /** Needs to know how many {@code parameters} the statement has. */
  public static ComStmtBulkExecute decode(ByteBuf body, int parameters) {
    Wire.requireHeader(body, Command.STMT_BULK_EXECUTE.code(), "ComStmtBulkExecute");
    int id = Wire.readInt(body, "ComStmtBulkExecute.statementId");
    int flags = Wire.readShort(body, "ComStmtBulkExecute.flags");
    List<ParameterType> types = (flags & SEND_TYPES) == 0
        ? null
        : Parameters.readTypes(body, parameters, false, "ComStmtBulkExecute.types");
    return new ComStmtBulkExecute(id, flags, types, ByteString.of(Wire.readRest(body)));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.STMT_BULK_EXECUTE.code()).writeIntLE(statementId);
    out.writeShortLE(types == null ? flags & ~SEND_TYPES : flags | SEND_TYPES);
    if (types != null) {
      Parameters.writeTypes(out, types, false);
    }
    out.writeBytes(rows.array());
  }
}
