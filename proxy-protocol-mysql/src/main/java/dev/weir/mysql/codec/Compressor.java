package dev.weir.mysql.codec;

import io.netty.buffer.ByteBuf;

/**
 * Packs what one side of a connection sends into compressed packets. Packets of the protocol may lie in
 * them in any way, several in one or one in several. Keeps nothing from one call to the next, so one can
 * serve all connections of an event loop, to which it is confined; {@link #close} frees what lies outside
 * the heap.
 */
public final class Compressor implements AutoCloseable {
  /** Level of zlib that clients and servers use. */
  public static final int ZLIB_LEVEL = 6;
  /** Shorter content goes as it is, as in every client and server. */
  private static final int WORTH_IT = 50;
  /** Most content of a packet: bounds what a receiver that holds it needs. */
  static final int PIECE = 1 << 16;

  private final Packing packing;

  private Compressor(Packing packing) {
    this.packing = packing;
  }

  /** With a {@code level} of 0 to 9 of zlib. */
  public static Compressor zlib(int level) {
    return new Compressor(new ZlibPacking(level));
  }

  /** With a {@code level} of 1 to 22 of zstd, which {@link ZstdLibrary} must have loaded. */
  public static Compressor zstd(int level) {
    return new Compressor(new ZstdPacking(level));
  }

  /** Appends all that {@code in} holds, which stays the caller's, to {@code out}. */
  public void encode(ByteBuf in, ByteBuf out, CompressedNumbers numbers) {
    while (in.isReadable()) {
      int part = Math.min(PIECE, in.readableBytes());
      int start = out.writerIndex();
      out.writeMediumLE(part).writeByte(numbers.give()).writeMediumLE(0);
      int made = part < WORTH_IT ? 0 : packing.pack(in, part, out);
      if (made == 0) {
        out.writeBytes(in, in.readerIndex(), part);
      } else {
        out.setMediumLE(start, made).setMediumLE(start + 4, part);
      }
      in.skipBytes(part);
    }
  }

  @Override
  public void close() {
    packing.close();
  }
}
