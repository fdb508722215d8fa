package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Parameters as commands carry them: a bit for each that is NULL, types, then the values of the others. */
final class Parameters {
  private static final int UNSIGNED_BIT = 0x8000;

  private Parameters() {}

  static int nullBytes(int parameters) {
    return (parameters + 7) / 8;
  }

  static boolean isNull(byte[] nulls, int parameter) {
    return (nulls[parameter / 8] >> parameter % 8 & 1) != 0;
  }

  /** A number of parameters of which each takes {@code size} bytes or more of what follows. */
  static int readCount(ByteBuf in, int size, String field) {
    long count = Wire.readLenenc(in, field);
    if (count < 0 || count > 0xffff || count > in.readableBytes() / size) {
      throw Wire.malformed(field, "announces " + Long.toUnsignedString(count)
          + " parameters, more than the packet holds");
    }
    return (int) count;
  }

  /** Types, each with its name where query attributes are on. */
  static List<ParameterType> readTypes(ByteBuf in, int count, boolean named, String field) {
    List<ParameterType> types = new ArrayList<>();
    for (int i = 0; i < count; i++) { // ends early: each takes two bytes
      int type = Wire.readShort(in, field);
      types.add(new ParameterType(type & 0xff, (type & UNSIGNED_BIT) != 0,
          named ? Wire.readLenencText(in, field) : null));
    }
    return types;
  }

  static void writeTypes(ByteBuf out, List<ParameterType> types, boolean named) {
    for (ParameterType type : types) {
      out.writeShortLE(type.code() | (type.unsigned() ? UNSIGNED_BIT : 0));
      if (named) {
        Wire.writeLenencText(out, type.name() == null ? "" : type.name());
      }
    }
  }

  /** The bytes of a value, its length included. */
  static byte[] readValue(ByteBuf in, int type, String field) {
    return Wire.readBytes(in, valueLength(in, type, field), field);
  }

  private static int valueLength(ByteBuf in, int type, String field) {
    int size = FieldType.binarySize(type);
    if (size >= 0) {
      return size;
    }
    int at = in.readerIndex();
    if (size == -2) {
      if (!in.isReadable()) {
        throw Wire.malformed(field, "is cut");
      }
      return 1 + in.getUnsignedByte(at);
    }
    long length = Wire.getLenenc(in, at, in.writerIndex(), field);
    int prefix = Wire.lenencSize(in.getByte(at));
    if (length < 0 || length > in.readableBytes() - prefix) {
      throw Wire.malformed(field, "is longer than the packet");
    }
    return prefix + (int) length;
  }
}
