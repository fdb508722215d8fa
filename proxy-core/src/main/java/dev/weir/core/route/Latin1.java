package dev.weir.core.route;

import java.nio.charset.StandardCharsets;

/** Bytes seen as characters, one each, as PCRE sees them outside its UTF-8 mode. No copy is made. */
final class Latin1 implements CharSequence {
  private final byte[] bytes;
  private final int from;
  private final int to;

  Latin1(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  /** A text as the characters of its UTF-8 bytes. */
  static String ofUtf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  @Override
  public int length() {
    return to - from;
  }

  @Override
  public char charAt(int index) {
    return (char) (bytes[from + index] & 0xff);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new Latin1(bytes, from + start, from + end);
  }

  @Override
  public String toString() {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
