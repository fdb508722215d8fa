package dev.weir.mysql.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Each packet a frame of its own that says its length, as MySQL's clients and servers write them. */
final class ZstdPacking implements Packing {
  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private @Nullable ByteBuffer copy; // the library takes direct buffers only

  ZstdPacking(int level) {
    context.setLevel(level);
    context.setContentSize(true);
  }

  @Override
  public int pack(ByteBuf in, int length, ByteBuf out) {
    int content = out.writerIndex();
    int most = (int) Zstd.compressBound(length);
    out.ensureWritable(most);
    ByteBuffer source = source(in, length);
    ByteBuffer target = out.nioBuffer(content, most);
    int made = context.compressDirectByteBuffer(target, target.position(), target.remaining(),
        source, source.position(), source.remaining());
    if (made >= length) {
      return 0;
    }
    out.writerIndex(content + made);
    return made;
  }

  private ByteBuffer source(ByteBuf in, int length) {
    ByteBuffer here = in.nioBuffer(in.readerIndex(), length);
    if (here.isDirect()) {
      return here;
    }
    ByteBuffer to = copy;
    if (to == null) {
      to = ByteBuffer.allocateDirect(Compressor.PIECE);
      copy = to;
    }
    return to.clear().put(here).flip();
  }

  @Override
  public void close() {
    context.close();
  }
}
