package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** {@code 'H'}: COPY data of the server follow. Formats: 0 text, 1 binary. */
public record CopyOutResponse(byte format, List<Integer> columnFormats) implements BackendMessage {
  public static final byte TAG = 'H';

  public CopyOutResponse {
    columnFormats = List.copyOf(columnFormats);
  }

  public static CopyOutResponse decode(ByteBuf body) {
    byte format = Wire.readByte(body, "CopyOutResponse.format");
    List<Integer> columnFormats = Wire.readShorts(body, "CopyOutResponse.columnFormats");
    Wire.requireEnd(body, "CopyOutResponse");
    return new CopyOutResponse(format, columnFormats);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeByte(format);
    Wire.writeShorts(out, columnFormats);
    Wire.end(out, start);
  }
}
