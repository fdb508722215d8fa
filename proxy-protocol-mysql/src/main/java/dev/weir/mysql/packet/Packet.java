package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** The payload of one packet, whose form depends on what both sides can do ({@link Capabilities}). */
public sealed interface Packet permits ClientPacket, ServerPacket {
  /** Appends the payload, without header. */
  void encode(ByteBuf out, long capabilities);
}
