package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code 'p'}: a further step of the SASL exchange. */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
public record SaslResponse(byte[] data) implements FrontendMessage {
  public static final byte TAG = 'p';

  public static SaslResponse decode(ByteBuf body) {
    return new SaslResponse(Wire.readRest(body));
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeBytes(data);
    Wire.end(out, start);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof SaslResponse that
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }

  /** Hides the data. */
  @Override
  public String toString() {
    return "SaslResponse[" + data.length + " bytes]";
  }
}
