package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The first message of a session: the protocol version and the parameters in the order sent (of a
 * key sent twice the last value counts, as in PostgreSQL). Untagged.
 */
public record StartupMessage(int major, int minor, SequencedMap<String, String> parameters)
    implements
      FrontendMessage {
  private static final String NO_TERMINATOR = "invalid startup packet layout: expected terminator as last byte";

  public StartupMessage {
    parameters = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parameters));
  }

  /** A message of protocol 3.0. */
  public static StartupMessage of(SequencedMap<String, String> parameters) {
    return new StartupMessage(3, 0, parameters);
  }

  /**
   * Decodes the packet after its length, beginning with the version. Whatever the version is, the
   * parameters are read in the layout of version 3: look at the version first.
   */
  public static StartupMessage decode(ByteBuf body) {
    int version = Wire.readInt(body, "StartupMessage.version");
    if (!body.isReadable() || body.getByte(body.writerIndex() - 1) != 0) {
      throw new MalformedMessageException(NO_TERMINATOR);
    }
    SequencedMap<String, String> parameters = new LinkedHashMap<>();
    while (body.getByte(body.readerIndex()) != 0) {
      String key = Wire.readCString(body, "StartupMessage.key");
      if (body.readableBytes() < 2) { // a value's terminator and the packet's
        throw new MalformedMessageException(NO_TERMINATOR);
      }
      parameters.put(key, Wire.readCString(body, "StartupMessage.value"));
      if (!body.isReadable()) {
        throw new MalformedMessageException(NO_TERMINATOR);
      }
    }
    if (body.readableBytes() != 1) {
      throw new MalformedMessageException(NO_TERMINATOR);
    }
    body.skipBytes(1);
    return new StartupMessage(version >>> 16, version & 0xffff, parameters);
  }

  /** The value of a parameter, null when the client sent none. */
  public @Nullable String parameter(String key) {
    return parameters.get(key);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.beginUntagged(out);
    out.writeInt(major << 16 | minor);
    parameters.forEach((key, value) -> {
      if (key.isEmpty()) {
        throw new IllegalArgumentException("a startup parameter without a name ends the list");
      }
      Wire.writeCString(out, key);
      Wire.writeCString(out, value);
    });
    out.writeByte(0);
    Wire.end(out, start);
  }
}
