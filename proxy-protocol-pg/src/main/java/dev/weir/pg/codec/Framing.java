package dev.weir.pg.codec;

import dev.weir.pg.message.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Where messages begin and end. Reads headers in place; moves no index and allocates nothing. */
public final class Framing {
  /** Bytes of tag and length: what must have arrived before {@link #messageLength} may be asked. */
  public static final int HEADER = 5;
  /** Bytes of length and code: what must have arrived before {@link #startupLength} may be asked. */
  public static final int STARTUP_HEADER = 8;
  /** Longest packet of the startup phase PostgreSQL accepts (MAX_STARTUP_PACKET_LENGTH). */
  public static final int MAX_STARTUP = 10_000;

  private static final int LENGTH_FIELD = 4;
  private static final int BYTES_IN_ERROR = 8; // as many as PgBouncer shows

  private Framing() {}

  /** As {@link #messageLength(ByteBuf, int, int)} without a limit but that of an int. */
  public static int messageLength(ByteBuf in, int at) {
    return messageLength(in, at, Integer.MAX_VALUE);
  }

  /**
   * The total length on the wire, tag included, of the message whose header is at {@code at}.
   *
   * @param maxLength largest value allowed in the length field, which does not count the tag
   * @throws MalformedMessageException for a length field below 4 or above {@code maxLength}; the text
   *           is PgBouncer's {@code bad packet header: 'HEX'}
   */
  public static int messageLength(ByteBuf in, int at, int maxLength) {
    int length = in.getInt(at + 1);
    if (length < LENGTH_FIELD || length > maxLength || length == Integer.MAX_VALUE) {
      throw badHeader(in, at);
    }
    return length + 1; // cannot overflow: MAX_VALUE was refused
  }

  /**
   * The total length of the untagged packet of the startup phase whose length field is at
   * {@code at}; at least 8, so that its code can be read.
   *
   * @throws MalformedMessageException for a length below 8 or above {@code maxLength}
   */
  public static int startupLength(ByteBuf in, int at, int maxLength) {
    int length = in.getInt(at);
    if (length < STARTUP_HEADER || length > maxLength) {
      throw badHeader(in, at);
    }
    return length;
  }

  private static MalformedMessageException badHeader(ByteBuf in, int at) {
    int shown = Math.min(BYTES_IN_ERROR, in.writerIndex() - at);
    return new MalformedMessageException(
        "bad packet header: '" + ByteBufUtil.hexDump(in, at, shown) + "'");
  }
}
