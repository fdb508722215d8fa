package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;

/** {@code 'A'}: a NOTIFY of the session with {@code processId} on {@code channel}. */
public record NotificationResponse(int processId, String channel,
    String payload) implements BackendMessage {
  public static final byte TAG = 'A';

  public static NotificationResponse decode(ByteBuf body) {
    int processId = Wire.readInt(body, "NotificationResponse.processId");
    String channel = Wire.readCString(body, "NotificationResponse.channel");
    String payload = Wire.readCString(body, "NotificationResponse.payload");
    Wire.requireEnd(body, "NotificationResponse");
    return new NotificationResponse(processId, channel, payload);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeInt(processId);
    Wire.writeCString(out, channel);
    Wire.writeCString(out, payload);
    Wire.end(out, start);
  }
}
