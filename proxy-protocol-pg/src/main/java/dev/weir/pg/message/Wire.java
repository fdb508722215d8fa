package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the primitive types of the protocol. Every bounds check of the decoders is here;
 * each names the field at fault. Nothing here keeps or releases a buffer.
 */
public final class Wire {
  private Wire() {}

  // ---- reading: all move the reader index past what they return

  public static byte readByte(ByteBuf in, String field) {
    need(in, 1, field);
    return in.readByte();
  }

  /** A signed 16-bit integer. */
  public static int readShort(ByteBuf in, String field) {
    need(in, 2, field);
    return in.readShort();
  }

  public static int readInt(ByteBuf in, String field) {
    need(in, 4, field);
    return in.readInt();
  }

  /** A 16-bit number of elements that follow, each at least {@code elementSize} bytes long. */
  public static int readCount(ByteBuf in, int elementSize, String field) {
    need(in, 2, field);
    int count = in.readUnsignedShort();
    if (count > in.readableBytes() / elementSize) {
      throw malformed(field, "announces " + count + " elements, more than the message holds");
    }
    return count;
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

  /** Everything up to the end of the body. */
  public static byte[] readRest(ByteBuf in) {
    byte[] bytes = new byte[in.readableBytes()];
    in.readBytes(bytes);
    return bytes;
  }

  /** A 32-bit length and that many bytes; the length -1 stands for null. */
  public static byte @Nullable [] readNullableBytes(ByteBuf in, String field) {
    int length = readInt(in, field);
    return length == -1 ? null : readBytes(in, length, field);
  }

  /** A zero-terminated text. Bytes that are not UTF-8 survive, see {@link WireText}. */
  public static String readCString(ByteBuf in, String field) {
    int length = in.bytesBefore((byte) 0);
    if (length < 0) {
      throw malformed(field, "has no terminator");
    }
    String text = WireText.decode(in, in.readerIndex(), length);
    in.skipBytes(length + 1);
    return text;
  }

  /**
   * The index of the zero that ends the string starting at {@code from}, or -1 when there is none
   * before {@code to}. Allocates nothing and moves no index.
   */
  public static int cStringEnd(ByteBuf in, int from, int to) {
    return from >= to ? -1 : in.indexOf(from, to, (byte) 0);
  }

  /** The text between two indexes, its terminator excluded; moves no index. */
  public static String text(ByteBuf in, int from, int to) {
    return WireText.decode(in, from, to - from);
  }

  static int[] readInts(ByteBuf in, String field) {
    int[] values = new int[readCount(in, 4, field)];
    for (int i = 0; i < values.length; i++) {
      values[i] = in.readInt();
    }
    return values;
  }

  static List<Integer> readShorts(ByteBuf in, String field) {
    int count = readCount(in, 2, field);
    List<Integer> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add((int) in.readShort());
    }
    return values;
  }

  static List<byte @Nullable []> readValues(ByteBuf in, String field) {
    int count = readCount(in, 4, field);
    List<byte @Nullable []> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(readNullableBytes(in, field));
    }
    return values;
  }

  /** Refuses a body that goes on after its last field. */
  public static void requireEnd(ByteBuf in, String message) {
    if (in.isReadable()) {
      throw malformed(message, "has " + in.readableBytes() + " bytes too many");
    }
  }

  private static void need(ByteBuf in, int length, String field) {
    if (length > in.readableBytes()) {
      throw malformed(field, "is cut: needs " + length + " bytes, has " + in.readableBytes());
    }
  }

  static MalformedMessageException malformed(String field, String fault) {
    return new MalformedMessageException(field + " " + fault);
  }

  // ---- writing

  /** Starts a message; give the result to {@link #end}. */
  public static int begin(ByteBuf out, byte tag) {
    out.writeByte(tag);
    return beginUntagged(out);
  }

  /** Starts a message of the startup phase, which has a length but no tag. */
  public static int beginUntagged(ByteBuf out) {
    int start = out.writerIndex();
    out.writeInt(0);
    return start;
  }

  /** Fills in the length of the message that {@code begin} started at {@code start}. */
  public static void end(ByteBuf out, int start) {
    out.setInt(start, out.writerIndex() - start);
  }

  /** A message that is only its tag. */
  static void writeEmpty(ByteBuf out, byte tag) {
    end(out, begin(out, tag));
  }

  /**
   * Writes {@code text} and a zero.
   *
   * @throws IllegalArgumentException if the text holds a zero itself: the rest of it would be read as
   *           other fields
   */
  public static void writeCString(ByteBuf out, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("text holds a zero byte");
    }
    WireText.write(out, text);
    out.writeByte(0);
  }

  static void writeNullableBytes(ByteBuf out, byte @Nullable [] bytes) {
    if (bytes == null) {
      out.writeInt(-1);
    } else {
      out.writeInt(bytes.length);
      out.writeBytes(bytes);
    }
  }

  static void writeValues(ByteBuf out, List<byte @Nullable []> values) {
    writeCount(out, values.size());
    for (byte[] value : values) {
      writeNullableBytes(out, value);
    }
  }

  static void writeInts(ByteBuf out, int[] values) {
    writeCount(out, values.length);
    for (int value : values) {
      out.writeInt(value);
    }
  }

  static void writeShorts(ByteBuf out, List<Integer> values) {
    writeCount(out, values.size());
    for (int value : values) {
      out.writeShort(value);
    }
  }

  static void writeCount(ByteBuf out, int count) {
    if (count > 0xffff) {
      throw new IllegalArgumentException("the protocol counts to 65535, not to " + count);
    }
    out.writeShort(count);
  }
}
