package dev.weir.core.mysql;

import dev.weir.core.net.Bytes;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Puts the packets of a login together: small, whole, one after the other. Confined to its link's worker. */
final class LoginPackets {
  private final int max;
  private @Nullable ByteBuf held;
  private int sequence = -1;
  /** The number of the packet that has to come next. */
  private int expected;

  /** @param max payload bytes of the longest packet that is believed */
  LoginPackets(int max) {
    this.max = max;
  }

  /** Takes ownership. */
  void add(ByteBuf bytes) {
    held = held == null ? bytes : Bytes.join(held, bytes);
  }

  /**
   * The payload of the next packet, which the caller releases; null when it has not come whole.
   *
   * @throws MalformedPacketException for one that is too long or out of turn; an error packet may come at any time
   */
  @Nullable
  ByteBuf next() {
    ByteBuf in = held;
    if (in == null || in.readableBytes() < Packets.HEADER) {
      return null;
    }
    int at = in.readerIndex();
    int length = Packets.payloadLength(in, at, max);
    if (!Packets.isWhole(in, at, in.writerIndex())) {
      return null;
    }
    sequence = Packets.sequence(in, at);
    boolean complaint = length > 0
        && in.getUnsignedByte(at + Packets.HEADER) == Err.HEADER;
    if (sequence != expected && !complaint) {
      throw new MalformedPacketException(
          "packet number " + sequence + " where " + expected + " is due");
    }
    expected = Packets.next(sequence);
    ByteBuf payload = in.retainedSlice(at + Packets.HEADER, length);
    in.skipBytes(Packets.HEADER + length);
    return payload;
  }

  /** The number that an answer to the last packet has. */
  int nextSequence() {
    return Packets.next(sequence);
  }

  /** The same for an answer that is sent now: one more right behind it has the next number. */
  int takeSequence() {
    sequence = nextSequence();
    sent(sequence);
    return sequence;
  }

  /** A packet with this number goes out: what comes has the next. */
  void sent(int number) {
    expected = Packets.next(number);
  }

  /** What came behind the last packet; the caller owns it. */
  @Nullable
  ByteBuf rest() {
    ByteBuf rest = held;
    held = null;
    if (rest != null && !rest.isReadable()) {
      rest.release();
      return null;
    }
    return rest;
  }

  boolean hasRest() {
    return held != null && held.isReadable();
  }

  void release() {
    if (held != null) {
      held.release();
      held = null;
    }
  }
}
