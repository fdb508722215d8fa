package dev.weir.mysql.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.zip.Deflater;

/**
 * Packs what one side of a connection sends into compressed packets. Packets of the protocol may lie in
 * them in any way, several in one or one in several. Confined to its connection's event loop;
 * {@link #close} frees what lies outside the heap.
 */
public final class Compressor implements AutoCloseable {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
  /** Shorter content goes as it is, as in every client and server. */
  private static final int WORTH_IT = 50;
  /** Most content of a packet: bounds what a receiver that holds it needs. */
  private static final int PIECE = 1 << 16;

  private final Deflater deflater;

  private Compressor(int level) {
    deflater = new Deflater(level);
  }

  /** With a {@code level} of 0 to 9 of zlib; servers use 6. */
  public static Compressor zlib(int level) {
    return new Compressor(level);
  }

  /**
   * Appends all that {@code in} holds, which stays the caller's, to {@code out}, in packets from number
   * {@code sequence} on, and returns the number for the next.
   */
  public int encode(ByteBuf in, ByteBuf out, int sequence) {
    int number = sequence;
    while (in.isReadable()) {
      int part = Math.min(PIECE, in.readableBytes());
      int start = out.writerIndex();
      out.writeMediumLE(part).writeByte(number).writeMediumLE(0);
      if (part < WORTH_IT || !deflate(in, part, out, start)) {
        out.writeBytes(in, in.readerIndex(), part);
      }
      in.skipBytes(part);
      number = Packets.next(number);
    }
    return number;
  }

  /** False, with nothing written, when the content does not become shorter. */
  private boolean deflate(ByteBuf in, int length, ByteBuf out, int start) {
    int content = out.writerIndex();
    out.ensureWritable(length);
    deflater.reset();
    deflater.setInput(in.nioBuffer(in.readerIndex(), length));
    deflater.finish();
    int made = deflater.deflate(out.nioBuffer(content, length));
    boolean isShorter = deflater.finished() && made < length;
    deflater.setInput(NOTHING); // it must not look at a buffer that is not ours any more
    if (isShorter) {
      out.writerIndex(content + made);
      out.setMediumLE(start, made).setMediumLE(start + 4, length);
    }
    return isShorter;
  }

  @Override
  public void close() {
    deflater.end();
  }
}
