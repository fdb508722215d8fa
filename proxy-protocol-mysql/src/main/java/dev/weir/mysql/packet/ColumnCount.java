package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/**
 * The beginning of a result with rows.
 *
 * @param hasDefinitions false when the client has them already, where metadata caching is on
 */
public record ColumnCount(int columns, boolean hasDefinitions) implements ServerPacket {
  /** More than any server allows in a result; MySQL and MariaDB stop at 4096. */
  public static final int MAX = 0xffff;

  public static ColumnCount decode(ByteBuf body, long capabilities) {
    long columns = Wire.readLenenc(body, "ColumnCount.columns");
    boolean hasDefinitions = true;
    if (Capabilities.has(capabilities, Capabilities.MARIADB_CACHE_METADATA)) {
      hasDefinitions = Wire.readByte(body, "ColumnCount.hasDefinitions") != 0;
    }
    Wire.requireEnd(body, "ColumnCount");
    if (columns < 1 || columns > MAX) {
      throw Wire.malformed("ColumnCount.columns", "is " + Long.toUnsignedString(columns));
    }
    return new ColumnCount((int) columns, hasDefinitions);
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    Wire.writeLenenc(out, columns);
    if (Capabilities.has(capabilities, Capabilities.MARIADB_CACHE_METADATA)) {
      out.writeByte(hasDefinitions ? 1 : 0);
    }
  }
}
