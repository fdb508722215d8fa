package dev.weir.pg.message;

import io.netty.buffer.ByteBuf;
import java.util.List;

/** {@code 'G'}: the server waits for COPY data of the client. Formats: 0 text, 1 binary. */
public record CopyInResponse(byte format, List<Integer> columnFormats) implements BackendMessage {
  public static final byte TAG = 'G';

  public CopyInResponse {
    columnFormats = List.copyOf(columnFormats);
  }

  public static CopyInResponse decode(ByteBuf body) {
    byte format = Wire.readByte(body, "CopyInResponse.format");
    List<Integer> columnFormats = Wire.readShorts(body, "CopyInResponse.columnFormats");
    Wire.requireEnd(body, "CopyInResponse");
    return new CopyInResponse(format, columnFormats);
  }

  @Override
  public void encode(ByteBuf out) {
    int start = Wire.begin(out, TAG);
    out.writeByte(format);
    Wire.writeShorts(out, columnFormats);
    Wire.end(out, start);
  }
}
