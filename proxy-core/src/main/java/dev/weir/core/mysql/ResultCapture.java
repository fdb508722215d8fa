package dev.weir.core.mysql;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A result that is to be kept, copied while it is on its way to the client. Gives up when it becomes too long, or when
 * there is no room for more: the client gets it all the same. Belongs to its session's current command.
 */
final class ResultCapture {
  private static final int FIRST = 512;

  private final QueryCache cache;
  private final CacheKey key;
  private final int ttlMillis;
  private final boolean storesEmpty;
  private final int largest;
  private final int flushes;
  private final @Nullable CachedResult renews;
  private byte @Nullable [] bytes;
  private int length;
  private boolean stored;

  /**
   * @param largest bytes; a longer result is not kept
   * @param renews the result that this one is to replace, which others are served meanwhile
   */
  ResultCapture(QueryCache cache, CacheKey key, int ttlMillis, boolean storesEmpty, int largest,
      @Nullable CachedResult renews) {
    this.cache = cache;
    this.key = key;
    this.ttlMillis = ttlMillis;
    this.storesEmpty = storesEmpty;
    this.largest = largest;
    this.flushes = cache.flushes();
    this.renews = renews;
    this.bytes = cache.reserve(FIRST) ? new byte[FIRST] : null;
  }

  CacheKey key() {
    return key;
  }

  boolean storesEmpty() {
    return storesEmpty;
  }

  /** A part has come; it stays the caller's, unread. */
  void add(ByteBuf part) {
    byte[] mine = bytes;
    if (mine == null) {
      return;
    }
    int more = part.readableBytes();
    if (more > largest - length) {
      giveUp();
      return;
    }
    if (more > mine.length - length) {
      int room = (int) Math.min(largest, Math.max(mine.length * 2L, (long) length + more));
      if (!cache.reserve(room - mine.length)) {
        giveUp();
        return;
      }
      mine = Arrays.copyOf(mine, room);
      bytes = mine;
    }
    part.getBytes(part.readerIndex(), mine, length, more);
    length += more;
  }

  private void giveUp() {
    byte[] mine = bytes;
    if (mine != null) {
      bytes = null;
      cache.free(mine.length);
    }
  }

  /** The packets as they went to the client; null when it has given up. */
  byte @Nullable [] packets() {
    byte[] mine = bytes;
    return mine == null ? null : Arrays.copyOf(mine, length);
  }

  void store(byte[] packets, long rows) {
    stored = true;
    cache.put(key, new CachedResult(packets, rows, cache.now(), ttlMillis * 1_000_000L), flushes);
  }

  /** The command is over, however it went. */
  void close() {
    giveUp();
    if (!stored && renews != null) {
      renews.notRenewed();
    }
  }
}
