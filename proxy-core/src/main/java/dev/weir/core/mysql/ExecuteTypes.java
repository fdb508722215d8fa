package dev.weir.core.mysql;

import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ComStmtBulkExecute;
import dev.weir.mysql.packet.ComStmtExecute;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Wire;
import io.netty.buffer.ByteBuf;

/**
 * Where in a COM_STMT_EXECUTE or COM_STMT_BULK_EXECUTE the types of its parameters stand, with the names that they have
 * where query attributes are agreed on. One object, used again for each packet. Confined to its session's worker.
 */
final class ExecuteTypes {
  private static final int BULK_FLAGS = 5;
  private static final int BULK_FLAGS_BYTES = 2;
  private static final int TYPE_BYTES = 2;
  private static final int MAX_PARAMETERS = 0xffff;

  private boolean bulk;
  private boolean named;
  private int count;
  private int flagAt;
  private int typesAt;

  /**
   * Finds them.
   *
   * @param packet with its header at the reader index
   * @param parameters of the statement
   * @param agreed the client's capabilities
   * @throws MalformedPacketException when the packet ends before
   */
  void find(ByteBuf packet, Command command, int parameters, long agreed) {
    int payload = packet.readerIndex() + Packets.HEADER;
    bulk = command == Command.STMT_BULK_EXECUTE;
    named = !bulk && Capabilities.has(agreed, Capabilities.QUERY_ATTRIBUTES);
    count = parameters;
    if (bulk) {
      flagAt = payload + BULK_FLAGS;
      typesAt = flagAt + BULK_FLAGS_BYTES;
    } else {
      int at = payload + ComStmtExecute.PARAMETERS;
      require(packet, at);
      int flags = packet.getByte(payload + ComStmtExecute.FLAGS);
      if (named && (flags & ComStmtExecute.PARAMETER_COUNT_AVAILABLE) != 0) {
        long all = Wire.getLenenc(packet, at, packet.writerIndex(),
            "ComStmtExecute.parameterCount");
        if (all < parameters || all > MAX_PARAMETERS) {
          throw new MalformedPacketException("COM_STMT_EXECUTE with " + all + " parameters");
        }
        at += Wire.lenencSize(packet.getByte(at));
        count = (int) all;
      }
      flagAt = at + (count + 7) / 8;
      typesAt = flagAt + 1;
    }
    if (count > 0) {
      require(packet, typesAt);
    }
  }

  private static void require(ByteBuf packet, int end) {
    if (packet.writerIndex() < end) {
      throw new MalformedPacketException("a command to execute a statement is cut");
    }
  }

  /** Parameters, attributes included. */
  int count() {
    return count;
  }

  boolean given(ByteBuf packet) {
    return bulk
        ? (packet.getUnsignedShortLE(flagAt) & ComStmtBulkExecute.SEND_TYPES) != 0
        : packet.getByte(flagAt) != 0;
  }

  /**
   * Types, and names, that are {@link #given}.
   *
   * @throws MalformedPacketException when they are cut
   */
  byte[] read(ByteBuf packet) {
    int end = typesAt;
    for (int i = 0; i < count && named; i++) {
      require(packet, end + TYPE_BYTES + 1);
      long name = Wire.getLenenc(packet, end + TYPE_BYTES, packet.writerIndex(),
          "ComStmtExecute.types");
      end += TYPE_BYTES + Wire.lenencSize(packet.getByte(end + TYPE_BYTES));
      if (name < 0 || name > packet.writerIndex() - end) {
        throw new MalformedPacketException("a command to execute a statement is cut");
      }
      end += (int) name;
    }
    if (!named) {
      end += count * TYPE_BYTES;
    }
    require(packet, end);
    byte[] types = new byte[end - typesAt];
    packet.getBytes(typesAt, types);
    return types;
  }

  /** Appends the packet to {@code out} with these types put in; its payload must stay below 16 MiB. */
  void copyWith(byte[] types, ByteBuf packet, ByteBuf out) {
    int start = packet.readerIndex();
    out.writeMediumLE(Packets.payloadLength(packet, start) + types.length);
    out.writeByte(Packets.sequence(packet, start));
    out.writeBytes(packet, start + Packets.HEADER, flagAt - start - Packets.HEADER);
    if (bulk) {
      out.writeShortLE(packet.getUnsignedShortLE(flagAt) | ComStmtBulkExecute.SEND_TYPES);
    } else {
      out.writeByte(1);
    }
    out.writeBytes(types);
    out.writeBytes(packet, typesAt, packet.writerIndex() - typesAt);
  }
}
