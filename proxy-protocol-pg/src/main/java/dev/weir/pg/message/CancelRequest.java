package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks to cancel what the session with this key runs. Sent alone on a connection of its own; never
 * answered. Untagged.
 */
@SuppressWarnings("ArrayRecordComponent") // raw bytes of the wire; equals compares contents
public record CancelRequest(int processId, byte[] secret) implements FrontendMessage {
  /** Length of the secret up to protocol 3.0. */
  public static final int SHORT_SECRET = 4;
  static final int MAX_SECRET = 256;

  /** Decodes the packet after its length. */
  public static CancelRequest decode(ByteBuf body) {
    if (Wire.readInt(body, "CancelRequest.code") != StartupCodes.CANCEL_REQUEST) {
      throw Wire.malformed("CancelRequest.code", "is another");
    }
    int processId = Wire.readInt(body, "CancelRequest.processId");
    int length = body.readableBytes();
    if (length < SHORT_SECRET || length > MAX_SECRET) {
      throw Wire.malformed("CancelRequest.secret", "has " + length + " bytes, not 4 to 256");
    }
    return new CancelRequest(processId, Wire.readRest(body));
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.beginUntagged(out);
    out.writeInt(StartupCodes.CANCEL_REQUEST);
    out.writeInt(processId);
    out.writeBytes(secret);
    Wire.end(out, start);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof CancelRequest that
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
    return "CancelRequest[processId=" + processId + ", secret=***]";
  }
}
