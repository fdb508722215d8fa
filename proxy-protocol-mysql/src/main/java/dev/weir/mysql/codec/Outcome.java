package dev.weir.mysql.codec;

import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Eof;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.MalformedPacketException;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * How a command went: what the last OK, EOF or ERR of its response says. Overwritten by the next; belongs
 * to its {@link ResponseTracker} and allocates nothing.
 */
public final class Outcome {
  private static final int NONE = -1;
  private static final byte[] UNKNOWN_STATE = "HY000".getBytes(StandardCharsets.US_ASCII);

  private int status;
  private int statusAt = NONE; // in the buffer given to the last scan
  private int hidden; // flags that the packet just read is not to show
  private int warnings;
  private long affectedRows;
  private long lastInsertId;
  private int errorCode;
  private final byte[] sqlState = new byte[Err.SQLSTATE_LENGTH];
  private int from = NONE; // what a packet holds besides numbers
  private int to = NONE;

  Outcome() {}

  /** Forgets all but {@link #status}, which is the session's. */
  void reset() {
    warnings = 0;
    affectedRows = 0;
    lastInsertId = 0;
    errorCode = 0;
    forgetText();
  }

  void forgetText() {
    from = NONE;
    to = NONE;
  }

  void setText(int begin, int end) {
    from = begin;
    to = end;
  }

  void setWarnings(int count) {
    warnings = count;
  }

  void readEof(ByteBuf in, int payload, int end) {
    if (end - payload != Eof.LENGTH) {
      throw new MalformedPacketException("EOF packet of " + (end - payload) + " bytes");
    }
    warnings = in.getUnsignedShortLE(payload + 1);
    statusAt = payload + 3;
    status = in.getUnsignedShortLE(statusAt);
    hidden = ServerStatus.SESSION_STATE_CHANGED; // it has no room for what has changed
    if (ServerStatus.has(status, hidden)) {
      writeStatus(in, 0);
    }
  }

  void readOk(ByteBuf in, int payload, int end, long capabilities) {
    hidden = 0;
    int at = payload + 1;
    affectedRows = Wire.getLenenc(in, at, end, "Ok.affectedRows");
    at += Wire.lenencSize(in.getByte(at));
    lastInsertId = Wire.getLenenc(in, at, end, "Ok.lastInsertId");
    at += Wire.lenencSize(in.getByte(at));
    if (end - at < 4) {
      throw new MalformedPacketException("Ok.status is cut");
    }
    statusAt = at;
    status = in.getUnsignedShortLE(at);
    warnings = in.getUnsignedShortLE(at + 2);
    at += 4;
    if (ServerStatus.has(status, ServerStatus.SESSION_STATE_CHANGED) && at < end
        && Capabilities.has(capabilities, Capabilities.SESSION_TRACK)) {
      at = textEnd(in, at, end, "Ok.info");
      if (at < end) {
        to = textEnd(in, at, end, "Ok.sessionState");
        from = at + Wire.lenencSize(in.getByte(at));
      }
    }
  }

  /** The index behind the length-encoded text at {@code at}. */
  private static int textEnd(ByteBuf in, int at, int end, String field) {
    long length = Wire.getLenenc(in, at, end, field);
    int start = at + Wire.lenencSize(in.getByte(at));
    if (length < 0 || length > end - start) {
      throw new MalformedPacketException(field + " is longer than its packet");
    }
    return start + (int) length;
  }

  /** Adds flags to those in the packet just read, and not to {@link #status}. */
  void writeStatus(ByteBuf in, int added) {
    in.setShortLE(statusAt, (status & ~hidden) | added);
  }

  /** False when it only reports progress. */
  boolean readErr(ByteBuf in, int payload, int end, long capabilities) {
    if (end - payload < 3) {
      throw new MalformedPacketException("Err.code is cut");
    }
    int code = in.getUnsignedShortLE(payload + 1);
    if (code == Err.PROGRESS_CODE
        && Capabilities.has(capabilities, Capabilities.MARIADB_PROGRESS)) {
      return false;
    }
    errorCode = code;
    from = payload + 3;
    to = end;
    if (to - from > Err.SQLSTATE_LENGTH && in.getUnsignedByte(from) == Err.MARK) {
      for (int i = 0; i < sqlState.length; i++) { // getBytes may allocate a view of the buffer
        sqlState[i] = in.getByte(from + 1 + i);
      }
      from += 1 + Err.SQLSTATE_LENGTH;
    } else {
      System.arraycopy(UNKNOWN_STATE, 0, sqlState, 0, sqlState.length);
    }
    return true;
  }

  /** The session's flags as reported last, of {@link ServerStatus}; an error reports none. */
  public int status() {
    return status;
  }

  public int warnings() {
    return warnings;
  }

  /** 64 bits without sign. */
  public long affectedRows() {
    return affectedRows;
  }

  /** 64 bits without sign. */
  public long lastInsertId() {
    return lastInsertId;
  }

  /** 0 when all went well. */
  public int errorCode() {
    return errorCode;
  }

  /** Of the error, if there was one, else empty. Allocates. */
  public String sqlState() {
    return errorCode == 0 ? "" : new String(sqlState, StandardCharsets.ISO_8859_1);
  }

  /**
   * Where the text of the packet before begins in the buffer given to the last scan: of an OK what it
   * changed in the session, of an ERR the message, of a request for a file its name; -1 when there is
   * none.
   */
  public int textFrom() {
    return from;
  }

  /** Where the text of {@link #textFrom} ends. */
  public int textTo() {
    return to;
  }
}
