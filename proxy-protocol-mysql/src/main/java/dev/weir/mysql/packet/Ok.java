package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * A command went well. With DEPRECATE_EOF it also ends rows, then under the header of an EOF.
 *
 * @param endsRows     whether the header is that of an EOF
 * @param info         a text for people
 * @param sessionState what {@link #changes} reads; empty unless SESSION_TRACK is on
 */
public record Ok(boolean endsRows, long affectedRows, long lastInsertId, int status, int warnings,
    ByteString info, ByteString sessionState) implements ServerPacket {
  public static final int HEADER = 0x00;

  public static Ok of(int status) {
    return of(0, 0, status, 0);
  }

  public static Ok of(long affectedRows, long lastInsertId, int status, int warnings) {
    return new Ok(false, affectedRows, lastInsertId, status, warnings, ByteString.EMPTY,
        ByteString.EMPTY);
  }

  /** The end of rows where there are no EOFs any more. */
  public static Ok endOfRows(int status, int warnings) {
    return new Ok(true, 0, 0, status, warnings, ByteString.EMPTY, ByteString.EMPTY);
  }

  public static Ok decode(ByteBuf body, long capabilities) {
    int header = Wire.readByte(body, "Ok");
    if (header != HEADER && header != Eof.HEADER) {
      throw Wire.malformed("Ok", "begins with 0x" + Integer.toHexString(header));
    }
    long affectedRows = Wire.readLenenc(body, "Ok.affectedRows");
    long lastInsertId = Wire.readLenenc(body, "Ok.lastInsertId");
    int status = Wire.readShort(body, "Ok.status");
    int warnings = Wire.readShort(body, "Ok.warnings");
    byte[] info = new byte[0];
    byte[] sessionState = new byte[0];
    if (!Capabilities.has(capabilities, Capabilities.SESSION_TRACK)) {
      info = readInfo(body);
    } else if (body.isReadable()) {
      info = Wire.readLenencBytes(body, "Ok.info");
      if (ServerStatus.has(status, ServerStatus.SESSION_STATE_CHANGED) && body.isReadable()) {
        sessionState = Wire.readLenencBytes(body, "Ok.sessionState");
      }
      Wire.requireEnd(body, "Ok");
    }
    return new Ok(header == Eof.HEADER, affectedRows, lastInsertId, status, warnings,
        ByteString.of(info), ByteString.of(sessionState));
  }

  /**
   * The documentation has a text up to the end here; servers send its length too, and clients read it.
   */
  private static byte[] readInfo(ByteBuf body) {
    if (!body.isReadable()) {
      return new byte[0];
    }
    int at = body.readerIndex();
    int first = body.getUnsignedByte(at);
    int size = Wire.lenencSize((byte) first);
    boolean isLength = first != Wire.NULL_VALUE && first != 0xff && size <= body.readableBytes()
        && Wire.getLenenc(body, at, body.writerIndex(), "Ok.info") == body.readableBytes() - size;
    if (!isLength) {
      return Wire.readRest(body);
    }
    return Wire.readLenencBytes(body, "Ok.info");
  }

  /** What the command changed in the session, in the order reported. */
  public List<SessionChange> changes() {
    return SessionChange.decodeAll(sessionState);
  }

  /**
   * A {@link #sessionState} is left out where it was not agreed on, and the flag that announces it with
   * it.
   */
  @Override
  public void encode(ByteBuf out, long capabilities) {
    boolean track = Capabilities.has(capabilities, Capabilities.SESSION_TRACK);
    boolean changed = track && !sessionState.isEmpty();
    out.writeByte(endsRows ? Eof.HEADER : HEADER);
    Wire.writeLenenc(out, affectedRows);
    Wire.writeLenenc(out, lastInsertId);
    out.writeShortLE(changed
        ? status | ServerStatus.SESSION_STATE_CHANGED
        : status & ~ServerStatus.SESSION_STATE_CHANGED);
    out.writeShortLE(warnings);
    if (changed || !info.isEmpty()) {
      Wire.writeLenencBytes(out, info.array());
      if (changed) {
        Wire.writeLenencBytes(out, sessionState.array());
      }
    }
  }
}
