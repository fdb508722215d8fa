package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** Connection attributes: a length in bytes, then names and values in turn. */
final class Attributes {
  /** As many as performance_schema may be told to keep. */
  private static final int MAX_BYTES = 65_536;

  private Attributes() {}

  static SequencedMap<String, String> read(ByteBuf in, String field) {
    int length = Wire.readLength(in, field);
    if (length > MAX_BYTES) {
      throw Wire.malformed(field, "are longer than " + MAX_BYTES + " bytes");
    }
    ByteBuf part = in.readSlice(length);
    SequencedMap<String, String> attributes = new LinkedHashMap<>();
    while (part.isReadable()) {
      String name = Wire.readLenencText(part, field);
      attributes.put(name, Wire.readLenencText(part, field));
    }
    return Collections.unmodifiableSequencedMap(attributes);
  }

  static void write(ByteBuf out, Map<String, String> attributes) {
    ByteBuf part = Unpooled.buffer();
    attributes.forEach((name, value) -> {
      Wire.writeLenencText(part, name);
      Wire.writeLenencText(part, value);
    });
    Wire.writeLenenc(out, part.readableBytes());
    out.writeBytes(part);
  }

  static SequencedMap<String, String> copy(Map<String, String> attributes) {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attributes));
  }
}
