package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the primitive types of the protocol, all little endian. Every bounds check of the
 * decoders is here; each names the field at fault. Nothing here keeps or releases a buffer.
 */
public final class Wire {
  /** First byte of a length-encoded integer that stands for NULL in a row of text. */
  public static final int NULL_VALUE = 0xfb;
  /** Most bytes that a length-encoded integer takes. */
  public static final int MAX_LENENC = 9;

  private static final int TWO_BYTES = 0xfc;
  private static final int THREE_BYTES = 0xfd;
  private static final int EIGHT_BYTES = 0xfe;

  private Wire() {}

  // ---- reading: all move the reader index past what they return

  /** An unsigned byte. */
  public static int readByte(ByteBuf in, String field) {
    need(in, 1, field);
    return in.readUnsignedByte();
  }

  /** An unsigned 16-bit integer. */
  public static int readShort(ByteBuf in, String field) {
    need(in, 2, field);
    return in.readUnsignedShortLE();
  }

  /** An unsigned 24-bit integer. */
  public static int readMedium(ByteBuf in, String field) {
    need(in, 3, field);
    return in.readUnsignedMediumLE();
  }

  /** The 32 bits of an integer; ids above 2^31 come out negative and are only compared. */
  public static int readInt(ByteBuf in, String field) {
    need(in, 4, field);
    return in.readIntLE();
  }

  /** An unsigned 32-bit integer. */
  public static long readUnsignedInt(ByteBuf in, String field) {
    need(in, 4, field);
    return in.readUnsignedIntLE();
  }

  public static long readLong(ByteBuf in, String field) {
    need(in, 8, field);
    return in.readLongLE();
  }

  /** A length-encoded integer as its 64 bits; NULL and 0xff are refused. */
  public static long readLenenc(ByteBuf in, String field) {
    int first = readByte(in, field);
    return switch (first) {
      case TWO_BYTES -> readShort(in, field);
      case THREE_BYTES -> readMedium(in, field);
      case EIGHT_BYTES -> readLong(in, field);
      case NULL_VALUE, 0xff -> throw malformed(field, "is not a length: 0x"
          + Integer.toHexString(first));
      default -> first;
    };
  }

  /** A length-encoded integer that counts bytes which are there. */
  public static int readLength(ByteBuf in, String field) {
    long length = readLenenc(in, field);
    if (length < 0 || length > in.readableBytes()) { // negative: 2^63 and more
      throw malformed(field, "is cut: needs " + Long.toUnsignedString(length) + " bytes, has "
          + in.readableBytes());
    }
    return (int) length;
  }

  public static byte[] readBytes(ByteBuf in, int length, String field) {
    if (length < 0) {
      throw malformed(field, "has a negative length");
    }
    need(in, length, field);
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return bytes;
  }

  public static byte[] readLenencBytes(ByteBuf in, String field) {
    return readBytes(in, readLength(in, field), field);
  }

  /** As a value of a row of text: 0xfb is null. */
  public static byte @Nullable [] readNullableBytes(ByteBuf in, String field) {
    if (in.isReadable() && in.getUnsignedByte(in.readerIndex()) == NULL_VALUE) {
      in.skipBytes(1);
      return null;
    }
    return readLenencBytes(in, field);
  }

  /** Text behind its length. Bytes that are not UTF-8 survive, see {@link WireText}. */
  public static String readLenencText(ByteBuf in, String field) {
    return readText(in, readLength(in, field), field);
  }

  public static String readText(ByteBuf in, int length, String field) {
    need(in, length, field);
    String text = WireText.decode(in, in.readerIndex(), length);
    in.skipBytes(length);
    return text;
  }

  /** A zero-terminated text. */
  public static String readNulText(ByteBuf in, String field) {
    int length = in.bytesBefore((byte) 0);
    if (length < 0) {
      throw malformed(field, "has no terminator");
    }
    String text = readText(in, length, field);
    in.skipBytes(1);
    return text;
  }

  /** A text that ends with a zero or with the packet, which is how many clients write the last one. */
  public static String readLastText(ByteBuf in, String field) {
    return in.bytesBefore((byte) 0) < 0
        ? readText(in, in.readableBytes(), field)
        : readNulText(in, field);
  }

  /** Everything up to the end of the packet. */
  public static byte[] readRest(ByteBuf in) {
    byte[] bytes = new byte[in.readableBytes()];
    in.readBytes(bytes);
    return bytes;
  }

  /** Everything up to the end of the packet. */
  public static String readRestText(ByteBuf in) {
    return readText(in, in.readableBytes(), "text");
  }

  public static void skip(ByteBuf in, int length, String field) {
    need(in, length, field);
    in.skipBytes(length);
  }

  /** Refuses a packet that does not begin with {@code header}. */
  static void requireHeader(ByteBuf in, int header, String packet) {
    int found = readByte(in, packet);
    if (found != header) {
      throw malformed(packet, "begins with 0x" + Integer.toHexString(found));
    }
  }

  /** Refuses a packet that goes on after its last field. */
  public static void requireEnd(ByteBuf in, String packet) {
    if (in.isReadable()) {
      throw malformed(packet, "has " + in.readableBytes() + " bytes too many");
    }
  }

  private static void need(ByteBuf in, int length, String field) {
    if (length > in.readableBytes()) {
      throw malformed(field, "is cut: needs " + length + " bytes, has " + in.readableBytes());
    }
  }

  /** Not for {@code field}s that hold what the peer sent. */
  public static MalformedPacketException malformed(String field, String fault) {
    return new MalformedPacketException(field + " " + fault);
  }

  // ---- reading in place: neither moves an index nor allocates

  /**
   * How many bytes the length-encoded integer takes that begins with {@code first}; 1 for NULL and for
   * 0xff, which are none.
   */
  public static int lenencSize(byte first) {
    return switch (first & 0xff) {
      case TWO_BYTES -> 3;
      case THREE_BYTES -> 4;
      case EIGHT_BYTES -> 9;
      default -> 1;
    };
  }

  /** The length-encoded integer at {@code at}, which has to end before {@code to}. */
  public static long getLenenc(ByteBuf in, int at, int to, String field) {
    if (at >= to || lenencSize(in.getByte(at)) > to - at) {
      throw malformed(field, "is cut");
    }
    int first = in.getUnsignedByte(at);
    return switch (first) {
      case TWO_BYTES -> in.getUnsignedShortLE(at + 1);
      case THREE_BYTES -> in.getUnsignedMediumLE(at + 1);
      case EIGHT_BYTES -> in.getLongLE(at + 1);
      case NULL_VALUE, 0xff -> throw malformed(field, "is not a length");
      default -> first;
    };
  }

  // ---- writing

  public static void writeLenenc(ByteBuf out, long value) {
    if (value >= 0 && value < NULL_VALUE) {
      out.writeByte((int) value);
    } else if (value >= 0 && value <= 0xffff) {
      out.writeByte(TWO_BYTES).writeShortLE((int) value);
    } else if (value >= 0 && value <= 0xffffff) {
      out.writeByte(THREE_BYTES).writeMediumLE((int) value);
    } else {
      out.writeByte(EIGHT_BYTES).writeLongLE(value);
    }
  }

  public static void writeLenencBytes(ByteBuf out, byte[] bytes) {
    writeLenenc(out, bytes.length);
    out.writeBytes(bytes);
  }

  /** As a value of a row of text: null is 0xfb. */
  public static void writeNullableBytes(ByteBuf out, byte @Nullable [] bytes) {
    if (bytes == null) {
      out.writeByte(NULL_VALUE);
    } else {
      writeLenencBytes(out, bytes);
    }
  }

  public static void writeLenencText(ByteBuf out, String text) {
    writeLenencBytes(out, WireText.encode(text));
  }

  /** Text up to the end of the packet. */
  public static void writeText(ByteBuf out, String text) {
    WireText.write(out, text);
  }

  /**
   * Writes {@code text} and a zero.
   *
   * @throws IllegalArgumentException if the text holds a zero itself: the rest of it would be read as
   *           other fields
   */
  public static void writeNulText(ByteBuf out, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("text holds a zero byte");
    }
    WireText.write(out, text);
    out.writeByte(0);
  }

  /** {@code bytes} without the zero that some servers put behind them. */
  static byte[] withoutTrailingZero(byte[] bytes) {
    int length = bytes.length;
    return length > 0 && bytes[length - 1] == 0 ? Arrays.copyOf(bytes, length - 1) : bytes;
  }
}
