package dev.weir.mysql.codec;

import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The JDK's zlib. */
final class ZlibInflation implements Inflation {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  private static final int PIECE = 16_384;

  private final Inflater inflater = new Inflater();
  private final ByteBuffer excess = ByteBuffer.allocate(1);

  @Override
  public void begin(int packed, int unpacked) {
    inflater.reset();
  }

  @Override
  public int inflate(ByteBuf in, int available, ByteBuf out, int max) {
    int piece = Math.min(max, PIECE);
    out.ensureWritable(piece);
    int made = inflate(in, available, out.nioBuffer(out.writerIndex(), piece));
    out.writerIndex(out.writerIndex() + made);
    return made;
  }

  @Override
  public boolean hasExcess(ByteBuf in, int available) {
    return inflate(in, available, excess.clear()) > 0;
  }

  private int inflate(ByteBuf in, int available, ByteBuffer target) {
    try {
      int given = Math.min(available, PIECE); // a buffer of many pieces is copied for this
      inflater.setInput(in.nioBuffer(in.readerIndex(), given));
      int made = inflater.inflate(target);
      in.skipBytes(given - inflater.getRemaining());
      inflater.setInput(NOTHING); // it must not look at a buffer that is not ours any more
      if (inflater.needsDictionary()) {
        throw new MalformedPacketException("compressed packet wants a dictionary");
      }
      return made;
    } catch (DataFormatException e) {
      throw new MalformedPacketException("compressed packet: " + e.getMessage());
    }
  }

  @Override
  public boolean isFinished() {
    return inflater.finished();
  }

  @Override
  public void close() {
    inflater.end();
  }
}
