package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A command or the login failed.
 *
 * @param sqlState five characters; null in what a server says before it knows the client
 */
public record Err(int code, @Nullable String sqlState, String message) implements ServerPacket {
  public static final int HEADER = 0xff;
  /** Stands before the SQLSTATE. */
  public static final int MARK = '#';
  public static final int SQLSTATE_LENGTH = 5;
  /** The code that makes it a {@link Progress} where that was agreed on. */
  public static final int PROGRESS_CODE = 0xffff;

  public Err {
    if (sqlState != null && WireText.encode(sqlState).length != SQLSTATE_LENGTH) {
      throw new IllegalArgumentException("a SQLSTATE has five characters: " + sqlState);
    }
  }

  public static Err decode(ByteBuf body) {
    Wire.requireHeader(body, HEADER, "Err");
    int code = Wire.readShort(body, "Err.code");
    String sqlState = null;
    if (body.readableBytes() > SQLSTATE_LENGTH
        && body.getUnsignedByte(body.readerIndex()) == MARK) {
      body.skipBytes(1);
      sqlState = WireText.decode(Wire.readBytes(body, SQLSTATE_LENGTH, "Err.sqlState"));
    }
    return new Err(code, sqlState, Wire.readRestText(body));
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(HEADER).writeShortLE(code);
    if (sqlState != null) {
      out.writeByte(MARK);
      Wire.writeText(out, sqlState);
    }
    Wire.writeText(out, message);
  }
}
