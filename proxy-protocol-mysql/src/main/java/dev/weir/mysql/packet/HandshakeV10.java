package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The server's greeting.
 *
 * @param serverVersion as sent: a MariaDB puts {@value #MARIADB_PREFIX} in front of its own, see
 *          {@link #version}
 * @param threadId      32 bits
 * @param capabilities  MariaDB's extended bits included, see {@link Capabilities}
 * @param collation     an id below 256
 * @param challenge     20 bytes for all plugins of today; without the zero behind them
 * @param plugin        empty when the server does not know plugins
 */
public record HandshakeV10(String serverVersion, int threadId, long capabilities, int collation,
    int status, ByteString challenge, String plugin) implements ServerPacket {
  public static final int PROTOCOL = 10;
  /** What MariaDB puts in front so that old replicas take it for a MySQL that they know. */
  public static final String MARIADB_PREFIX = "5.5.5-";

  private static final int FIRST_PART = 8;
  private static final int SHORTEST_SECOND_PART = 13;
  private static final int FILLER = 6;

  public static HandshakeV10 decode(ByteBuf body) {
    int protocol = Wire.readByte(body, "HandshakeV10.protocol");
    if (protocol != PROTOCOL) {
      throw Wire.malformed("HandshakeV10.protocol", "is " + protocol + ", not " + PROTOCOL);
    }
    String version = Wire.readNulText(body, "HandshakeV10.serverVersion");
    int threadId = Wire.readInt(body, "HandshakeV10.threadId");
    byte[] first = Wire.readBytes(body, FIRST_PART, "HandshakeV10.challenge");
    Wire.skip(body, 1, "HandshakeV10.filler");
    long low = Wire.readShort(body, "HandshakeV10.capabilities");
    int collation = Wire.readByte(body, "HandshakeV10.collation");
    int status = Wire.readShort(body, "HandshakeV10.status");
    low |= (long) Wire.readShort(body, "HandshakeV10.capabilities") << 16;
    int challengeLength = Wire.readByte(body, "HandshakeV10.challengeLength");
    Wire.skip(body, FILLER, "HandshakeV10.filler");
    long extended = Wire.readUnsignedInt(body, "HandshakeV10.extendedCapabilities");
    long capabilities = Capabilities.join(low, extended);
    byte[] second = new byte[0];
    if (Capabilities.has(low, Capabilities.SECURE_CONNECTION | Capabilities.PLUGIN_AUTH)) {
      int length = Math.max(SHORTEST_SECOND_PART, challengeLength - FIRST_PART);
      second = Wire.withoutTrailingZero(Wire.readBytes(body, length, "HandshakeV10.challenge"));
    }
    String plugin = Capabilities.has(low, Capabilities.PLUGIN_AUTH)
        ? Wire.readLastText(body, "HandshakeV10.plugin") // MySQL 5.5.7 to 5.5.9 end it with the packet
        : "";
    Wire.requireEnd(body, "HandshakeV10");
    byte[] challenge = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, challenge, first.length, second.length);
    return new HandshakeV10(version, threadId, capabilities, collation, status,
        ByteString.of(challenge), plugin);
  }

  /** The version without what MariaDB puts in front of it. */
  public String version() {
    return serverVersion.startsWith(MARIADB_PREFIX)
        ? serverVersion.substring(MARIADB_PREFIX.length())
        : serverVersion;
  }

  public boolean isMariaDb() {
    return !Capabilities.has(capabilities, Capabilities.MYSQL)
        || serverVersion.startsWith(MARIADB_PREFIX) || serverVersion.contains("MariaDB");
  }

  /** Writes its own {@link #capabilities}, whatever those of the connection will be. */
  @Override
  public void encode(ByteBuf out, long unused) {
    byte[] bytes = challenge.array();
    if (bytes.length < FIRST_PART + SHORTEST_SECOND_PART - 1) {
      throw new IllegalArgumentException("a challenge has 20 bytes or more");
    }
    out.writeByte(PROTOCOL);
    Wire.writeNulText(out, serverVersion);
    out.writeIntLE(threadId);
    out.writeBytes(bytes, 0, FIRST_PART).writeByte(0);
    out.writeShortLE((int) capabilities);
    out.writeByte(collation);
    out.writeShortLE(status);
    out.writeShortLE((int) (capabilities >>> 16));
    boolean plugins = Capabilities.has(capabilities, Capabilities.PLUGIN_AUTH);
    out.writeByte(plugins ? bytes.length + 1 : 0);
    out.writeZero(FILLER).writeIntLE(Capabilities.extended(capabilities));
    out.writeBytes(bytes, FIRST_PART, bytes.length - FIRST_PART).writeByte(0);
    if (plugins) {
      Wire.writeNulText(out, plugin);
    }
  }
}
