package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code 'P'}: prepares a statement; the empty name is the unnamed one. The query text stays raw: it is
 * in the session's encoding and compared byte by byte.
 *
 * @param parameterTypes OIDs; 0, or fewer than there are parameters, leaves the type to the server
 */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
public record Parse(String name, byte[] query, int[] parameterTypes) implements FrontendMessage {
  public static final byte TAG = 'P';

  public static Parse decode(ByteBuf body) {
    String name = Wire.readCString(body, "Parse.name");
    int length = body.bytesBefore((byte) 0);
    if (length < 0) {
      throw Wire.malformed("Parse.query", "has no terminator");
    }
    byte[] query = Wire.readBytes(body, length, "Parse.query");
    body.skipBytes(1);
    int[] parameterTypes = Wire.readInts(body, "Parse.parameterTypes");
    Wire.requireEnd(body, "Parse");
    return new Parse(name, query, parameterTypes);
  }

  /**
   * The index behind the name of a Parse whose body starts at {@code from}: there the query text and
   * the parameter types begin, which together say what is prepared. -1 when the name's end is not
   * before {@code to}. Allocates nothing.
   */
  public static int nameEnd(ByteBuf in, int from, int to) {
    int end = Wire.cStringEnd(in, from, to);
    return end < 0 ? -1 : end + 1;
  }

  /**
   * Writes tag, length and name of a Parse of which {@code restLength} bytes, query text and parameter
   * types, are sent separately.
   */
  public static void encodeHead(ByteBuf out, String name, int restLength) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, name);
    out.setInt(start, Math.addExact(out.writerIndex() - start, restLength));
  }

  /** The query as text, for logs and classification. */
  public String text() {
    return WireText.decode(query);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, name);
    out.writeBytes(query);
    out.writeByte(0);
    Wire.writeInts(out, parameterTypes);
    Wire.end(out, start);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof Parse that
        && Objects.equals(name, that.name)
        && Arrays.equals(query, that.query)
        && Arrays.equals(parameterTypes, that.parameterTypes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, Arrays.hashCode(query), Arrays.hashCode(parameterTypes));
  }

  @Override
  public String toString() {
    return "Parse[name=" + name + ", query=" + text() + ", parameterTypes="
        + Arrays.toString(parameterTypes) + "]";
  }
}
