package dev.weir.mysql.packet;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Immutable bytes that compare by content, so that records of them do. Never printed: they may be secrets. */
public final class ByteString {
  public static final ByteString EMPTY = new ByteString(new byte[0]);

  private final byte[] bytes;

  private ByteString(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes ownership of {@code bytes}. */
  public static ByteString of(byte[] bytes) {
    return bytes.length == 0 ? EMPTY : new ByteString(bytes);
  }

  /** The bytes of {@code text} as they go onto the wire. */
  public static ByteString of(String text) {
    return of(WireText.encode(text));
  }

  public int length() {
    return bytes.length;
  }

  public boolean isEmpty() {
    return bytes.length == 0;
  }

  public byte[] toArray() {
    return bytes.clone();
  }

  /** For this package, which only reads it. */
  byte[] array() {
    return bytes;
  }

  /** The bytes as text, see {@link WireText}. */
  public String text() {
    return WireText.decode(bytes);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof ByteString that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
