package dev.weir.mysql.codec;

import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the compressed packets that one side of a connection sends. Streams: neither a packet nor what
 * it becomes is held, and no call makes more bytes than its caller allows, so a packet that inflates a
 * thousandfold costs time but no memory. Confined to its connection's event loop; {@link #close} frees
 * what lies outside the heap.
 */
public final class Decompressor implements AutoCloseable {
  /** Bytes of a header: length of what it carries, sequence number, length of what that becomes. */
  static final int HEADER = 7;

  private final Supplier<Inflation> inflations;
  private final CompressedNumbers numbers;
  private @Nullable Inflation inflation; // of the first packet that needs it
  private int packed; // bytes of the packet still to come
  private int unpacked; // bytes that it still has to become
  private boolean isInflating;

  private Decompressor(Supplier<Inflation> inflations, CompressedNumbers numbers) {
    this.inflations = inflations;
    this.numbers = numbers;
  }

  public static Decompressor zlib(CompressedNumbers numbers) {
    return new Decompressor(ZlibInflation::new, numbers);
  }

  /** Of zstd, which {@link ZstdLibrary} must have loaded. */
  public static Decompressor zstd(CompressedNumbers numbers) {
    return new Decompressor(ZstdInflation::new, numbers);
  }

  /**
   * Moves what {@code in} holds, which stays the caller's, to {@code out}, until {@code in} is used up
   * but for the beginning of a header that is not whole, or {@code limit} bytes were written. As long as a call writes as
   * many as it may, there can be more, even when {@code in} is used up.
   *
   * @return how many bytes were written
   * @throws MalformedPacketException for content that is no compressed data, or becomes more or less than
   *           announced, and for packets out of order; the connection is of no use any more
   */
  public int decode(ByteBuf in, ByteBuf out, int limit) {
    int written = 0;
    while (written < limit) {
      int before = in.readerIndex();
      int made = isInflating
          ? inflate(in, out, limit - written)
          : packed > 0 ? copy(in, out, limit - written) : begin(in);
      written += made;
      if (made == 0 && in.readerIndex() == before && needsInput(in)) {
        break;
      }
    }
    return written;
  }

  private boolean needsInput(ByteBuf in) {
    return isInflating || packed > 0 || in.readableBytes() < HEADER;
  }

  private int begin(ByteBuf in) {
    if (in.readableBytes() >= HEADER) {
      packed = in.readUnsignedMediumLE();
      numbers.took(in.readUnsignedByte());
      unpacked = in.readUnsignedMediumLE();
      isInflating = unpacked > 0;
      if (isInflating) {
        inflation().begin(packed, unpacked);
      }
    }
    return 0;
  }

  private Inflation inflation() {
    Inflation with = inflation;
    if (with == null) {
      with = inflations.get();
      inflation = with;
    }
    return with;
  }

  private int copy(ByteBuf in, ByteBuf out, int limit) {
    int part = Math.min(packed, Math.min(in.readableBytes(), limit));
    out.writeBytes(in, part);
    packed -= part;
    return part;
  }

  private int inflate(ByteBuf in, ByteBuf out, int limit) {
    Inflation with = inflation();
    int before = in.readerIndex();
    int available = Math.min(packed, in.readableBytes());
    int made = 0;
    if (unpacked > 0) {
      made = with.inflate(in, available, out, Math.min(unpacked, limit));
    } else if (with.hasExcess(in, available)) {
      throw new MalformedPacketException("compressed packet becomes more than announced");
    }
    int taken = in.readerIndex() - before;
    packed -= taken;
    unpacked -= made;
    if (with.isFinished()) {
      if (unpacked > 0) {
        throw new MalformedPacketException("compressed packet becomes less than announced");
      }
      if (packed > 0) {
        throw new MalformedPacketException("compressed packet goes on after its content");
      }
      isInflating = false;
    } else if (packed == 0 && taken == 0 && made == 0) {
      throw new MalformedPacketException("compressed packet is cut");
    }
    return made;
  }

  @Override
  public void close() {
    if (inflation != null) {
      inflation.close();
      inflation = null;
    }
  }
}
