package dev.weir.mysql.packet;

import io.netty.buffer.ByteBuf;

/**
 * How far a MariaDB is with a statement; looks like an {@link Err} and ends nothing.
 *
 * @param thousandths of a percent
 */
public record Progress(int stage, int stages, int thousandths, String info)
    implements
      ServerPacket {
  private static final int STRINGS = 1;

  public static Progress decode(ByteBuf body) {
    Wire.requireHeader(body, Err.HEADER, "Progress");
    if (Wire.readShort(body, "Progress.code") != Err.PROGRESS_CODE) {
      throw Wire.malformed("Progress.code", "is not " + Err.PROGRESS_CODE);
    }
    Wire.skip(body, 1, "Progress.strings"); // how many texts there are, always one
    int stage = Wire.readByte(body, "Progress.stage");
    int stages = Wire.readByte(body, "Progress.stages");
    int thousandths = Wire.readMedium(body, "Progress.thousandths");
    String info = Wire.readLenencText(body, "Progress.info");
    Wire.requireEnd(body, "Progress");
    return new Progress(stage, stages, thousandths, info);
  }

  @Override
  public void encode(ByteBuf out, long capabilities) {
    out.writeByte(Err.HEADER).writeShortLE(Err.PROGRESS_CODE).writeByte(STRINGS);
    out.writeByte(stage).writeByte(stages).writeMediumLE(thousandths);
    Wire.writeLenencText(out, info);
  }
}
