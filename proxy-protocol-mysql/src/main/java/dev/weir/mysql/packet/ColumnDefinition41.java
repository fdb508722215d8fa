package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A column of a result or a parameter of a statement.
 *
 * @param catalog      always {@code def}
 * @param extended     MariaDB's extended metadata, undecoded; empty where it is off
 * @param collation    an id of {@link Collation}
 * @param length       most bytes of a value
 * @param type         of {@link FieldType}
 * @param defaultValue only in the answer to COM_FIELD_LIST
 */
public record ColumnDefinition41(String catalog, String schema, String table, String orgTable,
    String name, String orgName, ByteString extended, int collation, long length, int type,
    int flags, int decimals, @Nullable ByteString defaultValue) implements ServerPacket {
  public static final String CATALOG = "def";
  public static final int NOT_NULL = 1;
  public static final int PRIMARY_KEY = 1 << 1;
  public static final int UNSIGNED = 1 << 5;
  public static final int BINARY = 1 << 7;

  private static final int FIXED = 12; // bytes of the fields behind the texts
  private static final int ANY_DECIMALS = 31;

  /** A column of text in a result that we make ourselves. */
  public static ColumnDefinition41 text(String name, int collation, long length) {
    return of(name, collation, length, FieldType.VAR_STRING, 0, ANY_DECIMALS);
  }

  /** A column of whole numbers of 64 bits, as of a function that is never null, in a result that we make ourselves. */
  public static ColumnDefinition41 number(String name) {
    return of(name, Collation.BINARY, 21, FieldType.LONGLONG, NOT_NULL | BINARY, 0);
  }

  public static ColumnDefinition41 of(String name, int collation, long length, int type, int flags,
      int decimals) {
    return new ColumnDefinition41(CATALOG, "", "", "", name, "", ByteString.EMPTY, collation,
        length, type, flags, decimals, null);
  }

  public static ColumnDefinition41 decode(ByteBuf body, long capabilities) {
    String catalog = Wire.readLenencText(body, "ColumnDefinition41.catalog");
    String schema = Wire.readLenencText(body, "ColumnDefinition41.schema");
    String table = Wire.readLenencText(body, "ColumnDefinition41.table");
    String orgTable = Wire.readLenencText(body, "ColumnDefinition41.orgTable");
    String name = Wire.readLenencText(body, "ColumnDefinition41.name");
    String orgName = Wire.readLenencText(body, "ColumnDefinition41.orgName");
    ByteString extended = ByteString.EMPTY;
    if (Capabilities.has(capabilities, Capabilities.MARIADB_EXTENDED_METADATA)) {
      extended = ByteString.of(Wire.readLenencBytes(body, "ColumnDefinition41.extended"));
    }
    long fixed = Wire.readLenenc(body, "ColumnDefinition41.fixed");
    if (fixed != FIXED) {
      throw Wire.malformed("ColumnDefinition41.fixed", "is not " + FIXED);
    }
    int collation = Wire.readShort(body, "ColumnDefinition41.collation");
    long length = Wire.readUnsignedInt(body, "ColumnDefinition41.length");
    int type = Wire.readByte(body, "ColumnDefinition41.type");
    int flags = Wire.readShort(body, "ColumnDefinition41.flags");
    int decimals = Wire.readByte(body, "ColumnDefinition41.decimals");
    Wire.skip(body, 2, "ColumnDefinition41.filler");
    ByteString defaultValue = null;
    if (body.isReadable()) {
      byte[] bytes = Wire.readNullableBytes(body, "ColumnDefinition41.defaultValue");
      defaultValue = bytes == null ? null : ByteString.of(bytes);
    }
    Wire.requireEnd(body, "ColumnDefinition41");
    return new ColumnDefinition41(catalog, schema, table, orgTable, name, orgName, extended,
        collation, length, type, flags, decimals, defaultValue);
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    Wire.writeLenencText(out, catalog);
    Wire.writeLenencText(out, schema);
    Wire.writeLenencText(out, table);
    Wire.writeLenencText(out, orgTable);
    Wire.writeLenencText(out, name);
    Wire.writeLenencText(out, orgName);
    if (Capabilities.has(capabilities, Capabilities.MARIADB_EXTENDED_METADATA)) {
      Wire.writeLenencBytes(out, extended.array());
    }
    out.writeByte(FIXED).writeShortLE(collation).writeIntLE((int) length).writeByte(type);
    out.writeShortLE(flags).writeByte(decimals).writeZero(2);
    if (defaultValue != null) {
      Wire.writeLenencBytes(out, defaultValue.array());
    }
  }
}
