package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** {@code 'W'}: COPY data flow both ways (replication). Formats: 0 text, 1 binary. */
public record CopyBothResponse(byte format, List<Integer> columnFormats) implements BackendMessage {
  public static final byte TAG = 'W';

  public CopyBothResponse {
    columnFormats = List.copyOf(columnFormats);
  }

  public static CopyBothResponse decode(ByteBuf body) {
    byte format = Wire.readByte(body, "CopyBothResponse.format");
    List<Integer> columnFormats = Wire.readShorts(body, "CopyBothResponse.columnFormats");
    Wire.requireEnd(body, "CopyBothResponse");
    return new CopyBothResponse(format, columnFormats);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeByte(format);
    Wire.writeShorts(out, columnFormats);
    Wire.end(out, start);
  }
}
