package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Logs in again on the same connection.
 *
 * @param database  null when none is asked for
 * @param collation 16 bits here, unlike in the login
 * @param plugin    null when the client names none
 */
public record ComChangeUser(String user, ByteString authResponse, @Nullable String database,
    int collation, @Nullable String plugin, Map<String, String> attributes)
    implements
      ClientPacket {

  public ComChangeUser {
    attributes = Attributes.copy(attributes);
  }

  /** Fields at the end may be missing, as in a login. */
  public static ComChangeUser decode(ByteBuf body, long capabilities) {
    Wire.requireHeader(body, Command.CHANGE_USER.code(), "ComChangeUser");
    String user = Wire.readNulText(body, "ComChangeUser.user");
    String field = "ComChangeUser.authResponse";
    byte[] auth = Capabilities.has(capabilities, Capabilities.SECURE_CONNECTION)
        ? Wire.readBytes(body, Wire.readByte(body, field), field)
        : WireText.encode(Wire.readNulText(body, field));
    String database = Wire.readNulText(body, "ComChangeUser.database");
    int collation = 0;
    String plugin = null;
    Map<String, String> attributes = new LinkedHashMap<>();
    if (body.isReadable()) {
      collation = Wire.readShort(body, "ComChangeUser.collation");
    }
    if (Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH) && body.isReadable()) {
      plugin = Wire.readLastText(body, "ComChangeUser.plugin");
    }
    if (Capabilities.has(capabilities, Capabilities.CONNECT_ATTRS) && body.isReadable()) {
      attributes = Attributes.read(body, "ComChangeUser.attributes");
    }
    body.skipBytes(body.readableBytes());
    return new ComChangeUser(user, ByteString.of(auth), database.isEmpty() ? null : database,
        collation, plugin, attributes);
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Command.CHANGE_USER.code());
    Wire.writeNulText(out, user);
    if (Capabilities.has(capabilities, Capabilities.SECURE_CONNECTION)) {
      HandshakeResponse41.writeShortAuth(out, authResponse);
    } else {
      Wire.writeNulText(out, authResponse.text());
    }
    Wire.writeNulText(out, database == null ? "" : database);
    out.writeShortLE(collation);
    if (Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH)) {
      Wire.writeNulText(out, plugin == null ? "" : plugin);
    }
    if (Capabilities.has(capabilities, Capabilities.CONNECT_ATTRS)) {
      Attributes.write(out, attributes);
    }
  }
}
