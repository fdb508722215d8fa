package dev.weir.mysql.codec;

import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ColumnCount;
import dev.weir.mysql.packet.ColumnDefinition41;
import dev.weir.mysql.packet.Eof;
import dev.weir.mysql.packet.FieldType;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.Wire;
import dev.weir.mysql.packet.WireText;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a result with rows that we make ourselves, of the text or of the binary protocol: columns, rows,
 * end, in this order. Owns neither buffer nor packets.
 */
public final class ResultWriter {
  private final ByteBuf out;
  private final long capabilities;
  private final boolean binary;
  private int sequence;
  private List<ColumnDefinition41> columns = List.of();

  private ResultWriter(ByteBuf out, int sequence, long capabilities, boolean binary) {
    this.out = out;
    this.sequence = sequence;
    this.capabilities = capabilities;
    this.binary = binary;
  }

  /** An answer to COM_QUERY; {@code sequence} is 1 unless something was answered before. */
  public static ResultWriter text(ByteBuf out, int sequence, long capabilities) {
    return new ResultWriter(out, sequence, capabilities, false);
  }

  /** An answer to COM_STMT_EXECUTE. */
  public static ResultWriter binary(ByteBuf out, int sequence, long capabilities) {
    return new ResultWriter(out, sequence, capabilities, true);
  }

  /** Writes the column definitions and what ends them. */
  public ResultWriter columns(List<ColumnDefinition41> definitions, int status) {
    columns = List.copyOf(definitions);
    sequence = Packets.write(out, sequence, new ColumnCount(columns.size(), true), capabilities);
    sequence = definitions(out, sequence, capabilities, columns, status);
    return this;
  }

  /**
   * Definitions and, where there are EOFs, one: a part of the answer to COM_STMT_PREPARE, which has it
   * twice, for parameters and for columns. Nothing for no definitions.
   *
   * @return the sequence number for the next packet
   */
  public static int definitions(ByteBuf out, int sequence, long capabilities,
      List<ColumnDefinition41> definitions, int status) {
    int next = sequence;
    for (ColumnDefinition41 definition : definitions) {
      next = Packets.write(out, next, definition, capabilities);
    }
    return definitions.isEmpty() || Capabilities.has(capabilities, Capabilities.DEPRECATE_EOF)
        ? next
        : Packets.write(out, next, new Eof(0, status), capabilities);
  }

  /** A row of values as text; null is NULL. In the binary protocol numbers become binary by their column's type. */
  public ResultWriter row(List<@Nullable String> values) {
    if (values.size() != columns.size()) {
      throw new IllegalArgumentException(
          values.size() + " values for " + columns.size() + " columns");
    }
    int start = Packets.begin(out);
    if (binary) {
      writeBinary(values);
    } else {
      for (String value : values) {
        Wire.writeNullableBytes(out, value == null ? null : WireText.encode(value));
      }
    }
    sequence = Packets.end(out, start, sequence);
    return this;
  }

  private void writeBinary(List<@Nullable String> values) {
    out.writeByte(0);
    int nulls = out.writerIndex();
    out.writeZero((values.size() + 2 + 7) / 8); // the first two bits are not used
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      if (value == null) {
        int at = nulls + (i + 2) / 8;
        out.setByte(at, out.getByte(at) | 1 << (i + 2) % 8);
      } else {
        writeBinary(columns.get(i), value);
      }
    }
  }

  private void writeBinary(ColumnDefinition41 column, String value) {
    switch (column.type()) {
      case FieldType.LONGLONG -> out
          .writeLongLE((column.flags() & ColumnDefinition41.UNSIGNED) == 0
              ? Long.parseLong(value)
              : Long.parseUnsignedLong(value));
      case FieldType.LONG -> out.writeIntLE((int) Long.parseLong(value));
      case FieldType.DOUBLE -> out.writeLongLE(Double.doubleToLongBits(Double.parseDouble(value)));
      case FieldType.VAR_STRING, FieldType.STRING, FieldType.VARCHAR, FieldType.BLOB,
          FieldType.NEWDECIMAL ->
        Wire.writeLenencBytes(out, WireText.encode(value));
      default -> throw new IllegalArgumentException("no column of ours has type " + column.type());
    }
  }

  /**
   * Ends the rows.
   *
   * @return the sequence number for the next packet, if {@code status} says that more results follow
   */
  public int end(int status, int warnings) {
    sequence = Capabilities.has(capabilities, Capabilities.DEPRECATE_EOF)
        ? Packets.write(out, sequence, Ok.endOfRows(status, warnings), capabilities)
        : Packets.write(out, sequence, new Eof(warnings, status), capabilities);
    return sequence;
  }
}
