package dev.weir.mysql.codec;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A packet is one frame (RFC 8878). Its header is looked at before the library sees it: who asks for a window beyond the
 * longest packet, or for a dictionary, is refused, so that a few bytes cannot take much memory. What a long frame took is
 * given back when it ends.
 */
final class ZstdInflation implements Inflation {
  /** Shortest frame: magic number, descriptor, one byte of size, a block's header. */
  private static final int SHORTEST = 9;
  private static final int MAGIC = 0xfd2fb528;
  /** Magic number, descriptor, and a size of eight bytes. */
  private static final int HEADER = 13;
  private static final int MAX_WINDOW = 1 << 24;
  private static final int PIECE = 16_384;
  /** Content of a frame after which its memory is not kept. */
  private static final int LONG = 256 * 1024;

  private final ByteBuffer excess = ByteBuffer.allocateDirect(1);
  private @Nullable ZstdDecompressCtx context;
  private @Nullable ByteBuffer copy; // the library takes direct buffers only
  private int packed;
  private int unpacked;
  private boolean headerSeen;
  private boolean finished;

  @Override
  public void begin(int packedLength, int unpackedLength) {
    if (packedLength < SHORTEST) {
      throw new MalformedPacketException("compressed packet is too short for zstd");
    }
    packed = packedLength;
    unpacked = unpackedLength;
    headerSeen = false;
    finished = false;
  }

  @Override
  public int inflate(ByteBuf in, int available, ByteBuf out, int max) {
    if (!headerSeen && !readHeader(in, available)) {
      return 0;
    }
    int piece = Math.min(max, PIECE);
    out.ensureWritable(piece);
    int made = inflate(in, available, out.nioBuffer(out.writerIndex(), piece));
    out.writerIndex(out.writerIndex() + made);
    return made;
  }

  /** False when it has not come whole. */
  private boolean readHeader(ByteBuf in, int available) {
    if (available < Math.min(HEADER, packed)) {
      return false;
    }
    int at = in.readerIndex();
    int descriptor = in.getUnsignedByte(at + 4);
    if (in.getIntLE(at) != MAGIC || (descriptor & 0x08) != 0) {
      throw new MalformedPacketException("compressed packet is not zstd");
    }
    if ((descriptor & 0x03) != 0) {
      throw new MalformedPacketException("compressed packet wants a dictionary");
    }
    boolean wholeIsWindow = (descriptor & 0x20) != 0;
    long window = wholeIsWindow ? contentSize(in, at, descriptor >> 6) : window(in, at);
    if (window < 0 || window > MAX_WINDOW) {
      throw new MalformedPacketException(
          "compressed packet wants a window of " + Long.toUnsignedString(window) + " bytes");
    }
    headerSeen = true;
    return true;
  }

  private long contentSize(ByteBuf in, int at, int code) {
    int size = 1 << code;
    if (packed < 5 + size) {
      throw new MalformedPacketException("compressed packet is cut");
    }
    return switch (code) {
      case 0 -> in.getUnsignedByte(at + 5);
      case 1 -> in.getUnsignedShortLE(at + 5) + 256L;
      case 2 -> in.getUnsignedIntLE(at + 5);
      default -> in.getLongLE(at + 5);
    };
  }

  private static long window(ByteBuf in, int at) {
    int code = in.getUnsignedByte(at + 5);
    long base = 1L << (10 + (code >> 3));
    return base + (base >> 3) * (code & 7);
  }

  @Override
  public boolean hasExcess(ByteBuf in, int available) {
    return (headerSeen || readHeader(in, available)) && inflate(in, available, excess.clear()) > 0;
  }

  private int inflate(ByteBuf in, int available, ByteBuffer target) {
    if (finished) {
      return 0;
    }
    ZstdDecompressCtx with = context;
    if (with == null) {
      with = new ZstdDecompressCtx();
      context = with;
    }
    ByteBuffer source = source(in, Math.min(available, PIECE));
    int from = source.position();
    int before = target.position();
    try {
      finished = with.decompressDirectByteBufferStream(target, source);
    } catch (ZstdException e) {
      throw new MalformedPacketException("compressed packet: " + e.getMessage());
    }
    in.skipBytes(source.position() - from);
    if (finished && unpacked > LONG) {
      close();
    }
    return target.position() - before;
  }

  private ByteBuffer source(ByteBuf in, int length) {
    ByteBuffer here = in.nioBuffer(in.readerIndex(), length);
    if (here.isDirect()) {
      return here;
    }
    ByteBuffer to = copy;
    if (to == null) {
      to = ByteBuffer.allocateDirect(PIECE);
      copy = to;
    }
    return to.clear().put(here).flip();
  }

  @Override
  public boolean isFinished() {
    return finished;
  }

  @Override
  public void close() {
    if (context != null) {
      context.close();
      context = null;
    }
  }
}
