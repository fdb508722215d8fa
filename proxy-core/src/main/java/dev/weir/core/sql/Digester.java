package dev.weir.core.sql;

import java.util.Arrays;

/**
 * Makes digests: the reading half, which finds values and comments. Confined to its worker and used again for each
 * statement; one pass, linear in the statement, and only the result is allocated.
 *
 * <p>This is not the lexer: ProxySQL's reader knows no quoted identifiers and has its own idea of numbers and comments,
 * and its hashes have to come out the same.
 */
public final class Digester {
  private static final int NONE = -1;
  /** Comments are kept up to here by ProxySQL; what stands behind is lost. */
  private static final int MAX_COMMENT = 1023;

  private final DigestOptions options;
  private final DigestShaper shaper;
  private final byte[] comment = new byte[MAX_COMMENT + 1];
  private byte[] in = {};
  private int at;
  private int end;
  private int start;
  private byte previous;
  private boolean wroteAny;
  private byte wroteLast;
  private int firstCommentFrom = NONE;
  private int firstCommentTo = NONE;

  public Digester(DigestOptions options) {
    this.options = options;
    this.shaper = new DigestShaper(options);
  }

  /** Reads {@code sql} from {@code from} up to {@code to}; keeps no reference to it. */
  public Digest digest(byte[] sql, int from, int to) {
    in = sql;
    at = from;
    start = from;
    end = to;
    previous = 0;
    wroteAny = false;
    wroteLast = 0;
    firstCommentFrom = NONE;
    firstCommentTo = NONE;
    shaper.reset();
    while (at < end && !shaper.isFull()) {
      step();
    }
    int length = shaper.finish();
    in = comment;
    byte[] text = Arrays.copyOf(shaper.bytes(), length);
    int stored = Math.min(length, options.maxDigestLength());
    return new Digest(text, stored, SpookyHash.hash64(text, 0, stored, 0));
  }

  /** Where the content of the last statement's first block comment begins; -1 without one. */
  public int firstCommentFrom() {
    return firstCommentFrom;
  }

  /** Where the content of the last statement's first block comment ends; -1 without one. */
  public int firstCommentTo() {
    return firstCommentTo;
  }

  static boolean isBlank(byte c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isHex(byte c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }

  private void write(byte c) {
    shaper.accept(c);
    wroteAny = true;
    wroteLast = c;
  }

  private void step() {
    byte c = in[at];
    if (c == '/' && at < end - 2 && in[at + 1] == '*') {
      blockComment();
    } else if (c == '#') {
      lineComment(at + 1);
    } else if (c == '-' && at < end - 2 && in[at + 1] == '-' && isBlank(in[at + 2])
        && (previous != '-' || at == start)) {
      dashComment();
    } else if (c == '\'' || c == '"') {
      string(c);
    } else if (isDigit(c) && !DigestShaper.isWordByte(previous)) {
      number();
    } else if ((c == 'n' || c == 'N') && options.replaceNull() && isNull()) {
      write((byte) '?');
      previous = '?';
      at += 4;
    } else {
      copy(c);
    }
  }

  private void copy(byte c) {
    if (isBlank(c)) {
      if (!wroteAny) {
        at++;
        return;
      }
      if (isBlank(previous)) {
        if (wroteLast != ' ') {
          write((byte) ' ');
        }
        previous = ' ';
        at++;
        return;
      }
    }
    writeCopy(c);
    previous = c;
    at++;
  }

  private void writeCopy(byte c) {
    if (isBlank(c)) {
      write((byte) ' ');
    } else {
      write(options.lowercase() && c >= 'A' && c <= 'Z' ? (byte) (c + 'a' - 'A') : c);
    }
  }

  private boolean isNull() {
    return !DigestShaper.isWordByte(previous) && end - at >= 4 && (in[at + 1] | 0x20) == 'u'
        && (in[at + 2] | 0x20) == 'l' && (in[at + 3] | 0x20) == 'l'
        && (end - at == 4 || !DigestShaper.isWordByte(in[at + 4]));
  }

  private void lineComment(int from) {
    int i = from;
    while (i < end && in[i] != '\n' && in[i] != '\r') {
      i++;
    }
    at = Math.min(i + 1, end);
    previous = ' ';
  }

  /** Like the original, jumps over the blank behind each {@code --}, be it the end of the line. */
  private void dashComment() {
    int i = at;
    while (i < end) {
      if (i <= end - 4 && in[i] == '-' && in[i + 1] == '-' && isBlank(in[i + 2])) {
        i += 3;
      }
      if (in[i] == '\n' || in[i] == '\r') {
        break;
      }
      i++;
    }
    at = Math.min(i + 1, end);
    previous = ' ';
  }

  private void string(byte quote) {
    int opened = at;
    byte last = quote;
    for (int i = at + 1; i < end; i++) {
      byte c = in[i];
      boolean escaped = i > opened + 1
          && ((last == '\\' && (c == '\\' || c == quote)) || (last == quote && c == quote));
      if (escaped) {
        last = 'X';
      } else if (c == quote && (i + 1 == end || in[i + 1] != quote)) {
        write((byte) '?');
        previous = 0;
        at = i + 1;
        return;
      } else {
        last = c;
      }
    }
    at = end;
  }

  private void number() {
    int from = at;
    byte last = previous;
    int i = from;
    while (i < end) {
      byte c = in[i];
      boolean belongs = DigestShaper.isWordByte(c) || c == '.'
          || ((last | 0x20) == 'e' && (c == '+' || c == '-'));
      if (!belongs || i + 1 == end) {
        break;
      }
      last = c;
      i++;
    }
    // i is the first byte behind, or the last byte of the statement
    if (isNumber(from, i)) {
      write((byte) '?');
      previous = '?';
      at = i < end && DigestShaper.isWordByte(in[i]) && i + 1 == end ? end : i;
    } else {
      for (int k = from; k < i; k++) {
        writeCopy(in[k]);
      }
      previous = last;
      at = i;
    }
  }

  private boolean isNumber(int from, int to) {
    boolean hex = false;
    for (int i = from; i < to; i++) {
      byte c = in[i];
      if (i == from + 1 && in[from] == '0' && (c == 'x' || c == 'X')) {
        hex = true;
      } else if (hex ? !isHex(c) : !isDigit(c) && !isFloat(c, i > from ? in[i - 1] : 0)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFloat(byte c, byte last) {
    return c == '.' || (c | 0x20) == 'e' || ((last | 0x20) == 'e' && (c == '+' || c == '-'));
  }

  private void blockComment() {
    boolean first = firstCommentTo == NONE;
    boolean code = in[at + 2] == '!';
    int copied = options.keepComment() ? begunComment() : 0;
    at += code ? 3 : 2;
    if (at >= end - 1) {
      return;
    }
    int from = at;
    byte last = previous;
    while (at < end) {
      byte c = in[at];
      if (at > from && c == '/' && at <= end - 2 && in[at + 1] == '*') { // begins anew
        copied = options.keepComment() ? begunComment() : 0;
        code |= at != end - 2 && in[at + 2] == '!';
        at += code ? 3 : 2;
        if (at >= end - 1) {
          return;
        }
        c = in[at];
      }
      if ((code || options.keepComment()) && copied < MAX_COMMENT) {
        comment[copied++] = c;
      }
      if (last == '*' && c == '/') {
        if (first) {
          firstCommentFrom = from;
          firstCommentTo = Math.max(from, at - 1);
        }
        at++;
        endComment(code, copied);
        return;
      }
      last = c;
      at++;
    }
  }

  private int begunComment() {
    comment[0] = '/';
    comment[1] = '*';
    return 2;
  }

  private void endComment(boolean code, int copied) {
    if ((code || options.keepComment()) && copied >= 2) {
      int length = options.keepComment() ? copied : copied - 2;
      int head = 0;
      while (head < length && isHead(comment[head])) {
        head++;
      }
      if (head < length) {
        for (int i = options.keepComment() ? 0 : head; i < length && !shaper.isFull(); i++) {
          write(comment[i]);
        }
      }
    }
    if (wroteAny && wroteLast != ' ') {
      write((byte) ' ');
    }
    previous = ' ';
  }

  private static boolean isHead(byte c) {
    return c == '/' || c == '*' || c == '!' || c == ' ' || isDigit(c);
  }
}
