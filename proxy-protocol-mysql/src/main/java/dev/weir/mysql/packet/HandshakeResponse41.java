package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The client's answer to the greeting: who it is and what it can do.
 *
 * @param collation    an id below 256; a client sends no other
 * @param authResponse of {@link #plugin}; may be empty, then the server asks again
 * @param database     null when none is asked for
 * @param plugin       null when the client knows no plugins: mysql_native_password
 * @param attributes   in the order sent
 * @param zstdLevel    0 unless ZSTD_COMPRESSION is on
 */
public record HandshakeResponse41(long capabilities, long maxPacketSize, int collation, String user,
    ByteString authResponse, @Nullable String database, @Nullable String plugin,
    Map<String, String> attributes, int zstdLevel) implements ClientPacket {

  public HandshakeResponse41 {
    attributes = Attributes.copy(attributes);
  }

  /**
   * Servers do without fields at the end that are announced and missing, and clients rely on it; so do
   * we.
   *
   * @throws MalformedPacketException also for a client that speaks the protocol before MySQL 4.1
   */
  public static HandshakeResponse41 decode(ByteBuf body) {
    SslRequest head = SslRequest.readHead(body);
    long capabilities = head.capabilities();
    String user = Wire.readNulText(body, "HandshakeResponse41.user");
    byte[] auth = readAuth(body, capabilities);
    String database = null;
    if (Capabilities.has(capabilities, Capabilities.CONNECT_WITH_DB) && body.isReadable()) {
      database = Wire.readLastText(body, "HandshakeResponse41.database");
    }
    String plugin = null;
    if (Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH) && body.isReadable()) {
      plugin = Wire.readLastText(body, "HandshakeResponse41.plugin");
    }
    Map<String, String> attributes = new LinkedHashMap<>();
    if (Capabilities.has(capabilities, Capabilities.CONNECT_ATTRS) && body.isReadable()) {
      attributes = Attributes.read(body, "HandshakeResponse41.attributes");
    }
    int zstdLevel = 0;
    if (Capabilities.has(capabilities, Capabilities.ZSTD_COMPRESSION) && body.isReadable()) {
      zstdLevel = Wire.readByte(body, "HandshakeResponse41.zstdLevel");
    }
    // what follows is of a capability that we did not offer, or a stray zero of a client: no server minds
    body.skipBytes(body.readableBytes());
    return new HandshakeResponse41(capabilities, head.maxPacketSize(), head.collation(), user,
        ByteString.of(auth), emptyToNull(database), plugin, attributes, zstdLevel);
  }

  private static byte[] readAuth(ByteBuf body, long capabilities) {
    String field = "HandshakeResponse41.authResponse";
    if (Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH_LENENC)) {
      return Wire.readLenencBytes(body, field);
    }
    if (Capabilities.has(capabilities, Capabilities.SECURE_CONNECTION)) {
      return Wire.readBytes(body, Wire.readByte(body, field), field);
    }
    return WireText.encode(Wire.readNulText(body, field));
  }

  private static @Nullable String emptyToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  /** What to send before TLS starts. */
  public SslRequest sslRequest() {
    return new SslRequest(capabilities | Capabilities.SSL, maxPacketSize, collation);
  }

  /** Writes its own {@link #capabilities}; a field that they do not announce is left out. */
  @Override
  public void encode(ByteBuf out, long unused) {
    new SslRequest(capabilities, maxPacketSize, collation).encode(out, capabilities);
    Wire.writeNulText(out, user);
    if (Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH_LENENC)) {
      Wire.writeLenencBytes(out, authResponse.array());
    } else if (Capabilities.has(capabilities, Capabilities.SECURE_CONNECTION)) {
      writeShortAuth(out, authResponse);
    } else {
      Wire.writeNulText(out, authResponse.text());
    }
    if (Capabilities.has(capabilities, Capabilities.CONNECT_WITH_DB)) {
      Wire.writeNulText(out, database == null ? "" : database);
    }
    if (Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH)) {
      Wire.writeNulText(out, plugin == null ? "" : plugin);
    }
    if (Capabilities.has(capabilities, Capabilities.CONNECT_ATTRS)) {
      Attributes.write(out, attributes);
    }
    if (Capabilities.has(capabilities, Capabilities.ZSTD_COMPRESSION)) {
      out.writeByte(zstdLevel);
    }
  }

  /** An answer behind a length of one byte. */
  static void writeShortAuth(ByteBuf out, ByteString auth) {
    if (auth.length() > 255) {
      throw new IllegalArgumentException("this form holds 255 bytes, not " + auth.length());
    }
    out.writeByte(auth.length()).writeBytes(auth.array());
  }
}
