package dev.weir.core.route;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A statement as rules rewrote it. Immutable. */
public final class RewrittenText {
  private final byte[] bytes;

  RewrittenText(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The text in the client's character set; shared, not to be written to. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RewrittenText that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
