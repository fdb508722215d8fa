package dev.weir.core.config;

import org.jspecify.annotations.Nullable;

/** Literal IP addresses, as {@code inet_pton} reads them: no names, no zones, no octal. */
final class IpAddress {
  private static final int V6_GROUPS = 8;

  private IpAddress() {}

  /** Four or sixteen bytes; null when the text is no address. */
  static byte @Nullable [] parse(String text) {
    return text.indexOf(':') < 0 ? v4(text) : v6(text);
  }

  private static byte @Nullable [] v4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return null;
    }
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      if (!parts[i].matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(parts[i]) > 255) {
        return null;
      }
      bytes[i] = (byte) Integer.parseInt(parts[i]);
    }
    return bytes;
  }

  private static byte @Nullable [] v6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      byte[] all = groups(text);
      return all != null && all.length == 2 * V6_GROUPS ? all : null;
    }
    byte[] head = groups(text.substring(0, gap));
    byte[] tail = groups(text.substring(gap + 2));
    if (head == null || tail == null || head.length + tail.length > 2 * (V6_GROUPS - 1)
        || text.substring(0, gap).indexOf('.') >= 0) {
      return null;
    }
    byte[] bytes = new byte[2 * V6_GROUPS];
    System.arraycopy(head, 0, bytes, 0, head.length);
    System.arraycopy(tail, 0, bytes, bytes.length - tail.length, tail.length);
    return bytes;
  }

  /** Groups between single colons; the last may be an IPv4 address. */
  private static byte @Nullable [] groups(String text) {
    if (text.isEmpty()) {
      return new byte[0];
    }
    String[] parts = text.split(":", -1);
    if (parts.length > V6_GROUPS) {
      return null;
    }
    byte[] last = v4(parts[parts.length - 1]);
    int words = last == null ? parts.length : parts.length - 1;
    byte[] bytes = new byte[2 * words + (last == null ? 0 : 4)];
    for (int i = 0; i < words; i++) {
      if (!parts[i].matches("[0-9a-fA-F]{1,4}")) {
        return null;
      }
      int group = Integer.parseInt(parts[i], 16);
      bytes[2 * i] = (byte) (group >> 8);
      bytes[2 * i + 1] = (byte) group;
    }
    if (last != null) {
      System.arraycopy(last, 0, bytes, 2 * words, 4);
    }
    return bytes;
  }
}
