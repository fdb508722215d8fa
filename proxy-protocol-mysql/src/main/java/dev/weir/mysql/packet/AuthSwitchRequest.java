package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/**
 * The server wants another plugin.
 *
 * @param data the plugin's challenge, without the zero behind it
 */
public record AuthSwitchRequest(String plugin, ByteString data) implements ServerPacket {
  public static final int HEADER = 0xfe;
  /** What a packet without a plugin asks for: the hash of before MySQL 4.1. */
  public static final String OLD_PASSWORD = "mysql_old_password";

  public static AuthSwitchRequest decode(ByteBuf body) {
    Wire.requireHeader(body, HEADER, "AuthSwitchRequest");
    if (!body.isReadable()) {
      return new AuthSwitchRequest(OLD_PASSWORD, ByteString.EMPTY);
    }
    String plugin = Wire.readNulText(body, "AuthSwitchRequest.plugin");
    return new AuthSwitchRequest(plugin,
        ByteString.of(Wire.withoutTrailingZero(Wire.readRest(body))));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(HEADER);
    Wire.writeNulText(out, plugin);
    out.writeBytes(data.array()).writeByte(0);
  }
}
