package dev.weir.core.mysql;

import dev.weir.core.net.Link;
import dev.weir.core.net.StreamStage;
import dev.weir.mysql.codec.CompressedNumbers;
import dev.weir.mysql.codec.Compressor;
import dev.weir.mysql.codec.Decompressor;
import dev.weir.mysql.codec.ZstdLibrary;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.MalformedPacketException;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compressed protocol (MySQL's manual, "Compression"), from the end of a login on: zlib, or zstd when both sides know
 * it and zlib was not agreed on. Packets are packed by what the link's worker has for all ({@link Compressors}) and
 * unpacked in pieces. Confined to the link's worker.
 */
final class CompressionStage implements StreamStage {
  private static final Logger LOG = LoggerFactory.getLogger(CompressionStage.class);
  /** What is agreed on when packets are compressed. */
  static final long ANY = Capabilities.COMPRESS | Capabilities.ZSTD_COMPRESSION;

  private static final int PIECE = 64 * 1024;
  private static final int FIRST_GUESS = 8 * 1024;
  private static final int HEADERS = 64;

  private final MysqlRuntime runtime;
  private final Object whose;
  private final Link link;
  private final CompressedNumbers numbers;
  private final Decompressor decompressor;
  private final int zstdLevel; // 0 is zlib

  private CompressionStage(MysqlRuntime runtime, Object whose, Link link,
      CompressedNumbers numbers, int zstdLevel) {
    this.runtime = runtime;
    this.whose = whose;
    this.link = link;
    this.numbers = numbers;
    this.zstdLevel = zstdLevel;
    this.decompressor = zstdLevel == 0 ? Decompressor.zlib(numbers) : Decompressor.zstd(numbers);
  }

  /** What may be agreed on with a client or a server; none where the operator does not want it. */
  static long offered(boolean wanted) {
    if (!wanted) {
      return 0;
    }
    return ZstdLibrary.isLoaded() ? ANY : Capabilities.COMPRESS;
  }

  static boolean isAgreed(long capabilities) {
    return Capabilities.has(capabilities, ANY);
  }

  /** Of several that are possible the one both take, as servers do. */
  static long oneOf(long capabilities) {
    return Capabilities.has(capabilities, Capabilities.COMPRESS)
        ? capabilities & ~Capabilities.ZSTD_COMPRESSION
        : capabilities;
  }

  /** For a client that has agreed on one; {@code level} is what it asks for with zstd. */
  static CompressionStage toClient(MysqlRuntime runtime, Object client, Link link, long agreed,
      int level) {
    return new CompressionStage(runtime, client, link, CompressedNumbers.ofClient(),
        level(agreed, level));
  }

  /** For a server with which one was agreed on. */
  static CompressionStage toServer(MysqlRuntime runtime, Object server, Link link, long agreed) {
    return new CompressionStage(runtime, server, link, CompressedNumbers.ofServer(),
        level(agreed, ZstdLibrary.DEFAULT_LEVEL));
  }

  private static int level(long agreed, int level) {
    return Capabilities.has(agreed, Capabilities.COMPRESS) ? 0 : ZstdLibrary.level(level);
  }

  /** What is written next begins a command: its packets are numbered from zero, so it shares none with what was before. */
  void begin() {
    link.flush();
    numbers.begin();
  }

  @Override
  public @Nullable ByteBuf unpack(ByteBuf in) {
    ByteBuf out = link.buffer(FIRST_GUESS);
    boolean any = false;
    try {
      any = decompressor.decode(in, out, PIECE) > 0;
    } catch (MalformedPacketException e) {
      LOG.info("{}: {}", whose, e.getMessage());
      throw e;
    } finally {
      if (!any) {
        out.release();
      }
    }
    return any ? out : null;
  }

  @Override
  public ByteBuf pack(ByteBuf bytes) {
    Compressors here = runtime.local(link.worker()).compressors();
    Compressor with = zstdLevel == 0 ? here.zlib() : here.zstd(zstdLevel);
    ByteBuf out = link.buffer(Math.min(PIECE, bytes.readableBytes()) + HEADERS);
    with.encode(bytes, out, numbers);
    return out;
  }

  @Override
  public void close() {
    decompressor.close();
  }
}
