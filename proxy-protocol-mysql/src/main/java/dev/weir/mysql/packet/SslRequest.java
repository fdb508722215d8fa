package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/**
 * The first half of a {@link HandshakeResponse41}: the client starts TLS and sends all of it again
 * inside.
 */
public record SslRequest(long capabilities, long maxPacketSize, int collation)
    implements
      ClientPacket {
  /** Its length, which tells it from a whole response. */
  public static final int LENGTH = 32;

  private static final int FILLER = 19;

  /** Whether {@code body}, the client's first packet, is one. Moves no index. */
  public static boolean is(ByteBuf body) {
    return body.readableBytes() == LENGTH
        && (body.getUnsignedShortLE(body.readerIndex()) & Capabilities.SSL) != 0;
  }

  public static SslRequest decode(ByteBuf body) {
    SslRequest request = readHead(body);
    Wire.requireEnd(body, "SslRequest");
    if (!Capabilities.has(request.capabilities, Capabilities.SSL)) {
      throw Wire.malformed("SslRequest.capabilities", "do not ask for TLS");
    }
    return request;
  }

  /** The fields that it shares with the whole response. */
  static SslRequest readHead(ByteBuf body) {
    if (body.readableBytes() >= 2 && !Capabilities
        .has(body.getUnsignedShortLE(body.readerIndex()), Capabilities.PROTOCOL_41)) {
      throw Wire.malformed("HandshakeResponse", "is of a client older than MySQL 4.1");
    }
    long low = Wire.readUnsignedInt(body, "HandshakeResponse41.capabilities");
    long maxPacketSize = Wire.readUnsignedInt(body, "HandshakeResponse41.maxPacketSize");
    int collation = Wire.readByte(body, "HandshakeResponse41.collation");
    Wire.skip(body, FILLER, "HandshakeResponse41.filler");
    long extended = Wire.readUnsignedInt(body, "HandshakeResponse41.extendedCapabilities");
    return new SslRequest(Capabilities.join(low, extended), maxPacketSize, collation);
  }

  /** Writes its own {@link #capabilities}. */
  @Override
  public void encode(ByteBuf out, long unused) {
    out.writeIntLE((int) capabilities).writeIntLE((int) maxPacketSize).writeByte(collation);
    out.writeZero(FILLER).writeIntLE(Capabilities.extended(capabilities));
  }
}
