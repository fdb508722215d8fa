package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code 'K'}: the key a later CancelRequest must show. Protocol 3.2 allows secrets of 4 to 256
 * bytes, earlier ones have 4.
 */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
public record BackendKeyData(int processId, byte[] secret) implements BackendMessage {
  public static final byte TAG = 'K';
  /** Length of the secret up to protocol 3.0. */
  public static final int SHORT_SECRET = 4;
  static final int MAX_SECRET = 256;

  public static BackendKeyData decode(ByteBuf body) {
    int processId = Wire.readInt(body, "BackendKeyData.processId");
    int length = body.readableBytes();
    if (length < SHORT_SECRET || length > MAX_SECRET) {
      throw Wire.malformed("BackendKeyData.secret", "has " + length + " bytes, not 4 to 256");
    }
    return new BackendKeyData(processId, Wire.readRest(body));
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeInt(processId);
    out.writeBytes(secret);
    Wire.end(out, start);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof BackendKeyData that
        && processId == that.processId
        && Arrays.equals(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return Objects.hash(processId, Arrays.hashCode(secret));
  }

  /** Hides the secret. */
  @Override
  public String toString() {
    return "BackendKeyData[processId=" + processId + ", secret=***]";
  }
}
