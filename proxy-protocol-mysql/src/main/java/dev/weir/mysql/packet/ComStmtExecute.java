package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs a prepared statement.
 *
 * @param flags  of {@link #READ_ONLY_CURSOR} and the like
 * @param nulls  a bit for each parameter, those of query attributes included
 * @param types  null when they are those of the execution before
 * @param values of the parameters that are neither NULL nor sent before as long data, one behind the
 *          other
 */
public record ComStmtExecute(int statementId, int flags, int iterations, ByteString nulls,
    @Nullable List<ParameterType> types, ByteString values) implements ClientPacket {
  public static final int READ_ONLY_CURSOR = 1;
  public static final int FOR_UPDATE_CURSOR = 2;
  public static final int SCROLLABLE_CURSOR = 4;
  /** The number of parameters is sent, because attributes come on top of those of the statement. */
  public static final int PARAMETER_COUNT_AVAILABLE = 8;
  /** Where the statement's id stands in the payload of this and of the other commands with one. */
  public static final int STATEMENT_ID = 1;
  /** Where the flags stand in the payload. */
  public static final int FLAGS = 5;
  /** Where the parameters begin in the payload. */
  public static final int PARAMETERS = 10;

  public ComStmtExecute {
    types = types == null ? null : List.copyOf(types);
  }

  /** Needs to know how many {@code parameters} the statement has. */
  public static ComStmtExecute decode(ByteBuf body, int parameters, long capabilities) {
    Wire.requireHeader(body, Command.STMT_EXECUTE.code(), "ComStmtExecute");
    int id = Wire.readInt(body, "ComStmtExecute.statementId");
    int flags = Wire.readByte(body, "ComStmtExecute.flags");
    int iterations = Wire.readInt(body, "ComStmtExecute.iterations");
    boolean named = Capabilities.has(capabilities, Capabilities.QUERY_ATTRIBUTES);
    int count = parameters;
    if (named && (flags & PARAMETER_COUNT_AVAILABLE) != 0) {
      count = (int) Wire.readLenenc(body, "ComStmtExecute.parameterCount");
      if (count < parameters || count > 0xffff) {
        throw Wire.malformed("ComStmtExecute.parameterCount", "is " + count);
      }
    }
    if (count == 0) {
      Wire.requireEnd(body, "ComStmtExecute");
      return new ComStmtExecute(id, flags, iterations, ByteString.EMPTY, null, ByteString.EMPTY);
    }
    byte[] nulls = Wire.readBytes(body, Parameters.nullBytes(count), "ComStmtExecute.nulls");
    List<ParameterType> types = Wire.readByte(body, "ComStmtExecute.newParameters") == 1
        ? Parameters.readTypes(body, count, named, "ComStmtExecute.types")
        : null;
    return new ComStmtExecute(id, flags, iterations, ByteString.of(nulls), types,
        ByteString.of(Wire.readRest(body)));
  }

  /** Whether parameter {@code index} is NULL. */
  public boolean isNull(int index) {
    return Parameters.isNull(nulls.array(), index);
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.STMT_EXECUTE.code()).writeIntLE(statementId).writeByte(flags);
    out.writeIntLE(iterations);
    boolean named = Capabilities.has(capabilities, Capabilities.QUERY_ATTRIBUTES);
    if (named && (flags & PARAMETER_COUNT_AVAILABLE) != 0) {
      Wire.writeLenenc(out, types == null ? 0 : types.size());
    }
    if (nulls.isEmpty()) {
      return;
    }
    out.writeBytes(nulls.array()).writeByte(types == null ? 0 : 1);
    if (types != null) {
      Parameters.writeTypes(out, types, named);
    }
    out.writeBytes(values.array());
  }
}
