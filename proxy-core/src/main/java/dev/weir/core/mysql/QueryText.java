package dev.weir.core.mysql;

import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ComQuery;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;

/** Where the statement is in a packet that has one: behind the command's byte, and behind a query's attributes. */
final class QueryText {
  private QueryText() {}

  /**
   * The index of its first byte.
   *
   * @param packet with its header at the reader index, as much of it as is looked at
   * @param agreed the client's capabilities
   * @throws MalformedPacketException when the attributes are cut
   */
  static int from(ByteBuf packet, Command command, long agreed) {
    int payload = packet.readerIndex() + Packets.HEADER;
    return command == Command.QUERY && Capabilities.has(agreed, Capabilities.QUERY_ATTRIBUTES)
        ? ComQuery.textStart(packet, payload, packet.writerIndex(), agreed)
        : payload + 1;
  }

  /** Whether the attributes, if there are any, are all in what is looked at. */
  static boolean isThere(ByteBuf packet, boolean whole, Command command, long agreed) {
    if (whole || !Capabilities.has(agreed, Capabilities.QUERY_ATTRIBUTES)) {
      return true;
    }
    try {
      return from(packet, command, agreed) > 0;
    } catch (MalformedPacketException _) {
      return false;
    }
  }
}
