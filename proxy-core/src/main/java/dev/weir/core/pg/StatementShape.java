package dev.weir.core.pg;

import io.netty.buffer.ByteBuf;

/** The beginning of a statement for an operator's eye: values are left out, blanks are one. */
final class StatementShape {
  private static final int LONGEST = 120;

  private StatementShape() {}

  static String of(ByteBuf in, int from, int to) {
    StringBuilder shape = new StringBuilder(LONGEST);
    int at = from;
    while (at < to && shape.length() < LONGEST) {
      char c = (char) (in.getByte(at) & 0xff);
      if (c == '\'') {
        shape.append('?');
        at++;
        while (at < to && in.getByte(at) != '\'') {
          at++;
        }
      } else if (c <= ' ') {
        if (!shape.isEmpty() && shape.charAt(shape.length() - 1) != ' ') {
          shape.append(' ');
        }
      } else if (c >= '0' && c <= '9' && !inWord(shape)) {
        shape.append('?');
        while (at + 1 < to && in.getByte(at + 1) >= '0' && in.getByte(at + 1) <= '9') {
          at++;
        }
      } else {
        shape.append(c < 0x7f ? c : '.');
      }
      at++;
    }
    return shape.toString();
  }

  private static boolean inWord(StringBuilder shape) {
    return !shape.isEmpty() && (Character.isLetterOrDigit(shape.charAt(shape.length() - 1))
        || shape.charAt(shape.length() - 1) == '_');
  }
}
