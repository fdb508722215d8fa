package dev.weir.core.pg;

import dev.weir.core.sql.pg.EffectCache;
import dev.weir.core.sql.pg.StatementEffects;
import dev.weir.pg.message.WireText;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads what the statements of a worker's sessions do; those seen before cost a look-up. Confined to the worker. */
final class EffectTexts {
  /** A query that is longer is not held until it is whole. */
  static final int LONGEST = 256 * 1024;

  private static final long MAX_BYTES = 16L * 1024 * 1024;

  private final EffectCache cache;
  private final byte[] scratch = new byte[LONGEST];

  EffectTexts(long seed) {
    cache = new EffectCache(MAX_BYTES, seed);
  }

  StatementEffects read(int mode, ByteBuf in, int from, int to) {
    if (in.hasArray()) {
      int offset = in.arrayOffset();
      return cache.get(mode, in.array(), offset + from, offset + to);
    }
    in.getBytes(from, scratch, 0, to - from);
    return cache.get(mode, scratch, 0, to - from);
  }

  StatementEffects read(int mode, byte[] text, int length) {
    return length > LONGEST ? StatementEffects.UNREAD : cache.get(mode, text, 0, length);
  }

  /** @see EffectCache#prepares */
  @Nullable
  String prepares(String sql) {
    return cache.prepares(WireText.encode(sql));
  }
}
