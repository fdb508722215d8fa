package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/** Ends column definitions and rows where DEPRECATE_EOF is off. */
public record Eof(int warnings, int status) implements ServerPacket {
  public static final int HEADER = 0xfe;
  /** Payload bytes. */
  public static final int LENGTH = 5;
  /** A packet that begins as this one and is as long or longer is a row. */
  public static final int TOO_LONG = 9;

  public static Eof decode(ByteBuf body) {
    Wire.requireHeader(body, HEADER, "Eof");
    Eof eof = new Eof(Wire.readShort(body, "Eof.warnings"), Wire.readShort(body, "Eof.status"));
    Wire.requireEnd(body, "Eof");
    return eof;
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(HEADER).writeShortLE(warnings).writeShortLE(status);
  }
}
