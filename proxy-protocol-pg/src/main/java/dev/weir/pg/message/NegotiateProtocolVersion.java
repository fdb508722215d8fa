package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code 'v'}: the server knows only an older minor version or not all {@code _pq_.} options.
 *
 * @param version newest version spoken, as in the StartupMessage: the documentation says the minor
 *          number, but servers send, and libpq 18 expects, major and minor together
 * @param options names of the options not known
 */
public record NegotiateProtocolVersion(int version, List<String> options)
    implements
      BackendMessage {
  public static final byte TAG = 'v';

  public NegotiateProtocolVersion {
    options = List.copyOf(options);
  }

  /** The answer of a server of protocol 3.{@code minor}. */
  public static NegotiateProtocolVersion ofMinor(int minor, List<String> options) {
    return new NegotiateProtocolVersion(3 << 16 | minor, options);
  }

  public static NegotiateProtocolVersion decode(ByteBuf body) {
    int version = Wire.readInt(body, "NegotiateProtocolVersion.version");
    int count = Wire.readInt(body, "NegotiateProtocolVersion.options");
    if (count < 0 || count > body.readableBytes()) {
      throw Wire.malformed("NegotiateProtocolVersion.options", "cannot be " + count);
    }
    List<String> options = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      options.add(Wire.readCString(body, "NegotiateProtocolVersion.option"));
    }
    Wire.requireEnd(body, "NegotiateProtocolVersion");
    return new NegotiateProtocolVersion(version, options);
  }

  public int minor() {
    return version & 0xffff;
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeInt(version);
    out.writeInt(options.size());
    options.forEach(option -> Wire.writeCString(out, option));
    Wire.end(out, start);
  }
}
