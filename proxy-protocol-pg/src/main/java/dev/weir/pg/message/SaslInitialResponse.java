package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code 'p'}: the mechanism the client chose and, unless null, its first step. */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
public record SaslInitialResponse(String mechanism, byte @Nullable [] data)
    implements
      FrontendMessage {
  public static final byte TAG = 'p';

  public static SaslInitialResponse decode(ByteBuf body) {
    String mechanism = Wire.readCString(body, "SASLInitialResponse.mechanism");
    byte[] data = Wire.readNullableBytes(body, "SASLInitialResponse.data");
    Wire.requireEnd(body, "SASLInitialResponse");
    return new SaslInitialResponse(mechanism, data);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    Wire.writeCString(out, mechanism);
    Wire.writeNullableBytes(out, data);
    Wire.end(out, start);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof SaslInitialResponse that
        && Objects.equals(mechanism, that.mechanism)
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Objects.hash(mechanism, Arrays.hashCode(data));
  }

  /** Hides the data. */
  @Override
  public String toString() {
    return "SaslInitialResponse[mechanism=" + mechanism + "]";
  }
}
