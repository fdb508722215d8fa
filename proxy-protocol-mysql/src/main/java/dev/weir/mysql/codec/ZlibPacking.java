package dev.weir.mysql.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/** The JDK's zlib. */
final class ZlibPacking implements Packing {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final Deflater deflater;

  ZlibPacking(int level) {
    deflater = new Deflater(level);
  }

  @Override
  public int pack(ByteBuf in, int length, ByteBuf out) {
    int content = out.writerIndex();
    out.ensureWritable(length);
    deflater.reset();
    deflater.setInput(in.nioBuffer(in.readerIndex(), length));
    deflater.finish();
    int made = deflater.deflate(out.nioBuffer(content, length));
    boolean isShorter = deflater.finished() && made < length;
    deflater.setInput(NOTHING); // it must not look at a buffer that is not ours any more
    if (!isShorter) {
      return 0;
    }
    out.writerIndex(content + made);
    return made;
  }

  @Override
  public void close() {
    deflater.end();
  }
}
