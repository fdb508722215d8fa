package dev.weir.mysql.codec;

import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.Packet;
import io.netty.buffer.ByteBuf;

/**
 * Where packets begin and end: three bytes of payload length and one of sequence number. A payload of
 * {@link #MAX_PAYLOAD} bytes is continued by the next packet, if need be an empty one. Reading is done
 * in place, moves no index and allocates nothing.
 */
public final class Packets {
  /** Bytes of length and sequence number: what must have arrived before the rest may be asked. */
  public static final int HEADER = 4;
  /** Longest payload of one packet; exactly this length says that another one continues it. */
  public static final int MAX_PAYLOAD = 0xffffff;

  private Packets() {}

  /** The payload length of the packet whose header is at {@code at}: 0 to {@link #MAX_PAYLOAD}. */
  public static int payloadLength(ByteBuf in, int at) {
    return in.getUnsignedMediumLE(at);
  }

  /** The sequence number of the packet whose header is at {@code at}. */
  public static int sequence(ByteBuf in, int at) {
    return in.getUnsignedByte(at + 3);
  }

  /** Gives the packet whose header is at {@code at} another sequence number. */
  public static void setSequence(ByteBuf in, int at, int sequence) {
    in.setByte(at + 3, sequence);
  }

  /** The sequence number that follows {@code sequence}. */
  public static int next(int sequence) {
    return sequence + 1 & 0xff;
  }

  /**
   * As {@link #payloadLength(ByteBuf, int)}, where only short packets are expected, as in a login.
   *
   * @throws MalformedPacketException for a payload longer than {@code max}
   */
  public static int payloadLength(ByteBuf in, int at, int max) {
    int length = payloadLength(in, at);
    if (length > max) {
      throw new MalformedPacketException("packet of " + length + " bytes, at most " + max
          + " are allowed here");
    }
    return length;
  }

  /** True when the packet at {@code at} has arrived to its last byte before {@code to}. */
  public static boolean isWhole(ByteBuf in, int at, int to) {
    return to - at >= HEADER && to - at - HEADER >= payloadLength(in, at);
  }

  /** Starts a packet; give the result to {@link #end}. */
  public static int begin(ByteBuf out) {
    int start = out.writerIndex();
    out.writeInt(0);
    return start;
  }

  /**
   * Fills in the header of the packet that {@link #begin} started at {@code start}. A payload too long
   * for one packet is cut into several.
   *
   * @return the sequence number for the next packet
   */
  public static int end(ByteBuf out, int start, int sequence) {
    int length = out.writerIndex() - start - HEADER;
    if (length < MAX_PAYLOAD) {
      out.setMediumLE(start, length);
      setSequence(out, start, sequence);
      return next(sequence);
    }
    return split(out, start, sequence, length);
  }

  private static int split(ByteBuf out, int start, int sequence, int length) {
    ByteBuf payload = out.copy(start + HEADER, length);
    try {
      out.writerIndex(start);
      return write(out, sequence, payload);
    } finally {
      payload.release();
    }
  }

  /** Writes {@code packet} in its frame and returns the sequence number for the next. */
  public static int write(ByteBuf out, int sequence, Packet packet, long capabilities) {
    int start = begin(out);
    packet.encode(out, capabilities);
    return end(out, start, sequence);
  }

  /**
   * Writes what is readable of {@code payload}, which stays the caller's and unread, in as many packets
   * as it takes, and returns the sequence number for the next.
   */
  public static int write(ByteBuf out, int sequence, ByteBuf payload) {
    int at = payload.readerIndex();
    int number = sequence;
    int part;
    do {
      part = Math.min(MAX_PAYLOAD, payload.writerIndex() - at);
      out.writeMediumLE(part).writeByte(number);
      out.writeBytes(payload, at, part);
      at += part;
      number = next(number);
    } while (part == MAX_PAYLOAD);
    return number;
  }
}
