package dev.weir.core.mysql;

import dev.weir.mysql.packet.ComStmtExecute;
import dev.weir.mysql.packet.FieldType;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.ParameterType;
import dev.weir.mysql.packet.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values of the parameters in a COM_STMT_EXECUTE (manual, "Binary Protocol Value"), for statements we run ourselves. */
final class ExecuteValues {
  private ExecuteValues() {}

  /**
   * Long, Double, String or null for each; null altogether when there is one of another type.
   *
   * @throws MalformedPacketException when the packet is cut
   */
  static @Nullable List<@Nullable Object> read(ByteBuf body, int parameters, long capabilities) {
    ComStmtExecute execute = ComStmtExecute.decode(body.duplicate(), parameters, capabilities);
    List<ParameterType> types = execute.types();
    List<@Nullable Object> values = new ArrayList<>(parameters);
    if (parameters == 0) {
      return values;
    }
    if (types == null) {
      throw new MalformedPacketException("COM_STMT_EXECUTE without types");
    }
    ByteBuf in = Unpooled.wrappedBuffer(execute.values().toArray());
    for (int i = 0; i < parameters; i++) {
      if (execute.isNull(i)) {
        values.add(null);
        continue;
      }
      Object value = read(in, types.get(i));
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return values;
  }

  private static @Nullable Object read(ByteBuf in, ParameterType type) {
    return switch (type.code()) {
      case FieldType.TINY -> type.unsigned()
          ? (long) Wire.readByte(in, "value")
          : (long) (byte) Wire.readByte(in, "value");
      case FieldType.SHORT -> type.unsigned()
          ? (long) Wire.readShort(in, "value")
          : (long) (short) Wire.readShort(in, "value");
      case FieldType.LONG -> type.unsigned()
          ? Wire.readUnsignedInt(in, "value")
          : (long) Wire.readInt(in, "value");
      case FieldType.LONGLONG -> Wire.readLong(in, "value");
      case FieldType.FLOAT -> (double) Float.intBitsToFloat(Wire.readInt(in, "value"));
      case FieldType.DOUBLE -> Double.longBitsToDouble(Wire.readLong(in, "value"));
      case FieldType.VAR_STRING, FieldType.STRING, FieldType.VARCHAR, FieldType.BLOB,
          FieldType.NEWDECIMAL ->
        Wire.readLenencText(in, "value");
      default -> null;
    };
  }
}
