package dev.weir.core.pg;

import com.github.benmanes.caffeine.cache.Interner;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A statement that outlives the server it was prepared on: text and parameter types as the client sent them, and the name
 * under which every server knows it. Immutable; one object for equal texts in the whole process, so that identity is
 * equality.
 */
final class PreparedStatement {
  /** How names on servers begin. */
  static final String PREFIX = "PGBOUNCER_";

  /** Query text, its zero and the parameter types: the body of a Parse after the name. */
  private final byte[] definition;
  private final int hash;
  private final boolean discards;
  private final int textLength;
  private byte[] serverName = {};

  private PreparedStatement(byte[] definition) {
    this.definition = definition;
    this.hash = Arrays.hashCode(definition);
    int end = 0;
    while (end < definition.length && definition[end] != 0) {
      end++;
    }
    this.textLength = end;
    this.discards = DiscardWords.in(Unpooled.wrappedBuffer(definition), 0, definition.length);
  }

  byte[] definition() {
    return definition;
  }

  /** Whether running it may throw prepared statements away. */
  boolean discards() {
    return discards;
  }

  /** Bytes of the query text at the beginning of the definition. */
  int textLength() {
    return textLength;
  }

  /** Name on servers, without its zero. */
  byte[] serverName() {
    return serverName;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o == this
        || (o instanceof PreparedStatement p && Arrays.equals(definition, p.definition));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** All statements that somebody holds; forgotten with their last holder. Thread-safe. */
  static final class Directory {
    private final Interner<PreparedStatement> known = Interner.newWeakInterner();
    private final AtomicLong last = new AtomicLong();

    PreparedStatement of(byte[] definition) {
      PreparedStatement fresh = new PreparedStatement(definition);
      // Named before it is published; an unused number is no loss.
      fresh.serverName = (PREFIX + last.incrementAndGet())
          .getBytes(StandardCharsets.US_ASCII);
      return known.intern(fresh);
    }
  }
}
