package dev.weir.core.mysql;

import dev.weir.mysql.codec.Compressor;
import dev.weir.mysql.codec.ZstdLibrary;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What packs what a worker's connections send: a compressor takes hundreds of kilobytes outside the heap, and keeps nothing
 * between two packets, so that one of a kind serves all. Confined to its worker.
 */
final class Compressors {
  private final Map<Integer, Compressor> zstd = new HashMap<>();
  private @Nullable Compressor zlib;

  Compressor zlib() {
    Compressor known = zlib;
    if (known == null) {
      known = Compressor.zlib(Compressor.ZLIB_LEVEL);
      zlib = known;
    }
    return known;
  }

  /** Of few levels, however many a client can ask for: see {@link ZstdLibrary#level}. */
  Compressor zstd(int asked) {
    return zstd.computeIfAbsent(ZstdLibrary.level(asked), Compressor::zstd);
  }
}
