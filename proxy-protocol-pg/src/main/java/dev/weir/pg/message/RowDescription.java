package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** {@code 'T'}: the columns of the rows that follow. */
public record RowDescription(List<Field> fields) implements BackendMessage {
  public static final byte TAG = 'T';
  private static final int LEAST_FIELD = 19;

  public RowDescription {
    fields = List.copyOf(fields);
  }

  /**
   * A column.
   *
   * @param tableOid the table it comes from, or 0
   * @param column its number in that table, or 0
   * @param size bytes of a value; negative when they vary
   * @param modifier the type's modifier, -1 without one
   * @param format 0 text, 1 binary
   */
  public record Field(String name, int tableOid, int column, int typeOid, int size, int modifier,
      int format) {

    /** A column that belongs to no table and is sent as text. */
    public static Field text(String name, int typeOid, int size) {
      return new Field(name, 0, 0, typeOid, size, -1, 0);
    }
  }

  public static RowDescription decode(ByteBuf body) {
    int count = Wire.readCount(body, LEAST_FIELD, "RowDescription.fields");
    List<Field> fields = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = Wire.readCString(body, "RowDescription.name");
      int tableOid = Wire.readInt(body, "RowDescription.tableOid");
      int column = Wire.readShort(body, "RowDescription.column");
      int typeOid = Wire.readInt(body, "RowDescription.typeOid");
      int size = Wire.readShort(body, "RowDescription.size");
      int modifier = Wire.readInt(body, "RowDescription.modifier");
      int format = Wire.readShort(body, "RowDescription.format");
      fields.add(new Field(name, tableOid, column, typeOid, size, modifier, format));
    }
    Wire.requireEnd(body, "RowDescription");
    return new RowDescription(fields);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCount(out, fields.size());
    for (Field field : fields) {
      Wire.writeCString(out, field.name);
      out.writeInt(field.tableOid);
      out.writeShort(field.column);
      out.writeInt(field.typeOid);
      out.writeShort(field.size);
      out.writeInt(field.modifier);
      out.writeShort(field.format);
    }
    Wire.end(out, start);
  }
}
