package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code 'd'}: a piece of a COPY stream, cut anywhere. */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
public record CopyData(byte[] data) implements FrontendMessage, BackendMessage {
  public static final byte TAG = 'd';

  public static CopyData decode(ByteBuf body) {
    return new CopyData(Wire.readRest(body));
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeBytes(data);
    Wire.end(out, start);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof CopyData that
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(data);
  }

  /** Hides the data. */
  @Override
  public String toString() {
    return "CopyData[" + data.length + " bytes]";
  }
}
