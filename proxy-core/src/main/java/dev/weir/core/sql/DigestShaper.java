package dev.weir.core.sql;

import java.util.Arrays;

/**
 * The writing half of {@link Digester}: takes the statement with its values already replaced by {@code ?}, byte by
 * byte, and drops blanks and signs, shortens lists of values and lists of rows. Confined to its digester.
 *
 * <p>ProxySQL does this in passes over a buffer: blanks and signs, then lists, then rows. Here each pass is a small
 * state machine that hands its output to the next, so that nothing is written twice and a list of a million values
 * takes no more room than its shortened form. The passes look at their neighbours in ways that show in the text (what
 * stands left and right of a blank decides, and a list is only recognised in parentheses); those rules are kept to the
 * letter, since hashes of the text stand in people's configurations.
 */
final class DigestShaper {
  private static final byte NOTHING = '0';

  /** Where the second pass stands in a list of values. */
  private enum Place {
    /** Not in one. */
    OUTSIDE,
    /** Behind a mark that may begin or continue one. */
    MARK,
    /** Behind a comma of it. */
    COMMA,
    /** Behind a comma and one byte that is no mark; a closing parenthesis would make it a value. */
    STRANGER
  }

  private final DigestOptions options;
  private final int limit;
  private final int rowLimit;
  private final int rowLength;
  private byte[] out = new byte[512];
  private int length;
  private boolean hasNul;

  // first pass: blanks and signs
  private boolean holding;
  private byte held;
  private byte left;
  private byte secondLeft;
  private byte lastKept;
  private boolean keptAny;
  private boolean droppedAny;

  // second pass: lists of values
  private Place list = Place.OUTSIDE;
  private boolean inParentheses;
  private byte before;
  private int pairs;
  private byte stranger;

  // third pass: lists of rows
  private int matched;
  private int rows;
  private int rowsStart;
  private boolean afterRow;

  DigestShaper(DigestOptions options) {
    this.options = options;
    limit = options.groupingLimit();
    rowLimit = limit == 0 ? 0 : options.groupsGroupingLimit();
    rowLength = 2 * limit + 5;
  }

  void reset() {
    length = 0;
    hasNul = false;
    holding = false;
    left = NOTHING;
    secondLeft = NOTHING;
    keptAny = false;
    droppedAny = false;
    list = Place.OUTSIDE;
    inParentheses = false;
    before = NOTHING;
    matched = 0;
    rows = 0;
    afterRow = false;
  }

  boolean isFull() {
    return length >= options.maxQueryLength();
  }

  void accept(byte c) {
    if (holding) {
      settle(held, c);
    }
    holding = true;
    held = c;
  }

  /** Ends the text; what stands in {@link #bytes} then is the digest. */
  int finish() {
    if (holding) {
      settle(held, (byte) 0);
      holding = false;
    }
    endList();
    endRows();
    int end = Math.min(length, options.maxQueryLength());
    if (hasNul) { // ProxySQL's texts end at the first
      for (int i = 0; i < end; i++) {
        if (out[i] == 0) {
          end = i;
        }
      }
    }
    while (end > 1 && (out[end - 1] == ' ' || out[end - 1] == ';')) {
      end--;
    }
    return end;
  }

  byte[] bytes() {
    return out;
  }

  static boolean isWordByte(byte c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
        || c == '$';
  }

  private static boolean isOperator(byte c) {
    return c == '+' || c == '-' || c == '*' || c == '/' || c == '%';
  }

  /** Decides on one byte, knowing its neighbours. */
  private void settle(byte c, byte right) {
    byte seenAs = c;
    if (c == ' ') {
      keepIf(keepsBlank(right), c);
    } else if (c == '+' || c == '-') {
      keepIf(keepsSign(right), c);
    } else if (options.noDigits() && c >= '0' && c <= '9') {
      // the original writes in place: until something was dropped, neighbours see the mark and not the digit
      if (!droppedAny) {
        seenAs = '?';
      }
      keepIf(keptAny && lastKept != '?', (byte) '?');
    } else {
      keepIf(true, c);
    }
    secondLeft = left;
    left = seenAs;
  }

  private void keepIf(boolean kept, byte c) {
    if (kept) {
      keptAny = true;
      lastKept = c;
      values(c);
    } else {
      droppedAny = true;
    }
  }

  private boolean keepsBlank(byte right) {
    if (left == '(' || right == ')') {
      return false;
    }
    if ((isOperator(left) && right == '?') || left == ',' || right == ',') {
      return options.keepComment() && secondLeft == '*' && left == '/';
    }
    return !(isOperator(right) && left == '?');
  }

  private boolean keepsSign(byte right) {
    byte operand = left;
    if (left == ' ') {
      if (isWordByte(secondLeft)) {
        return false;
      }
      operand = secondLeft;
    }
    boolean operandExpected = !isWordByte(operand) && operand != '?' && operand != ')';
    return !(operandExpected && (right == '?' || right == ' '));
  }

  /** Second pass. A list is held back as a number of pairs {@code ?,} and written when its length is known. */
  private void values(byte c) {
    if (limit == 0) {
      rows(c);
      return;
    }
    switch (list) {
      case OUTSIDE -> {
        if (inParentheses && c == '?' && !isOperator(before)) {
          list = Place.MARK;
          pairs = 0;
        } else {
          passOn(c);
        }
        before = c;
      }
      case MARK -> {
        if (c == ',') {
          pairs++;
          list = Place.COMMA;
        } else {
          afterMark(c);
        }
      }
      case COMMA -> {
        if (c == '?') {
          list = Place.MARK;
        } else {
          stranger = c;
          list = Place.STRANGER;
        }
      }
      case STRANGER -> afterStranger(c);
    }
  }

  private void afterMark(byte c) {
    list = Place.OUTSIDE;
    if (c == ')' && pairs > limit) {
      writeShortened();
    } else if (c != ')' && pairs > limit + 1) {
      writeShortened();
      passOn((byte) ',');
      passOn((byte) '?');
    } else {
      writePairs();
      passOn((byte) '?');
    }
    before = '?';
    values(c);
  }

  private void afterStranger(byte c) {
    list = Place.OUTSIDE;
    if (c == ')' && pairs > limit) {
      writeShortened(); // and the stranger counts as a value
    } else {
      if (pairs > limit + 1) {
        writeShortened();
        passOn((byte) ',');
      } else {
        writePairs();
      }
      before = ',';
      values(stranger);
    }
    values(c);
  }

  private void endList() {
    switch (list) {
      case OUTSIDE -> {
      }
      case MARK, COMMA, STRANGER -> {
        if (pairs > limit + 1) {
          writeShortened();
          passOn((byte) ',');
        } else {
          writePairs();
        }
        if (list == Place.MARK) {
          passOn((byte) '?');
        } else if (list == Place.STRANGER) {
          passOn(stranger);
        }
      }
    }
  }

  private void writePairs() {
    for (int i = 0; i < pairs; i++) {
      passOn((byte) '?');
      passOn((byte) ',');
    }
  }

  private void writeShortened() {
    for (int i = 0; i < limit; i++) {
      passOn((byte) '?');
      passOn((byte) ',');
    }
    for (int i = 0; i < 3; i++) {
      rows((byte) '.');
    }
  }

  private void passOn(byte c) {
    if (c == '(') {
      inParentheses = true;
    } else if (c == ')') {
      inParentheses = false;
    }
    rows(c);
  }

  /** Third pass: counts rows that are equal and shortened, and keeps {@code rowLimit} of them. */
  private void rows(byte c) {
    if (rowLimit == 0) {
      append(c);
      return;
    }
    if (c == rowByte(matched)) {
      if (matched == 0 && rows == 0) {
        rowsStart = length;
      }
      append(c);
      afterRow = false;
      if (++matched == rowLength) {
        matched = 0;
        rows++;
        afterRow = true;
        if (rows > rowLimit) {
          length = Math.min(length, rowsStart + rowLimit * (rowLength + 1));
        }
      }
      return;
    }
    if (afterRow && c == ',') {
      afterRow = false;
      append(c);
      return;
    }
    endRows();
    if (c == '(') {
      rows(c);
    } else {
      append(c);
    }
  }

  private void endRows() {
    if (rows > rowLimit) {
      length = Math.min(length, rowsStart + rowLimit * (rowLength + 1));
      append((byte) '.');
      append((byte) '.');
      append((byte) '.');
      for (int i = 0; i < matched; i++) {
        append(rowByte(i));
      }
    }
    rows = 0;
    matched = 0;
    afterRow = false;
  }

  private byte rowByte(int at) {
    if (at == 0) {
      return '(';
    }
    if (at <= 2 * limit) {
      return (byte) (at % 2 == 1 ? '?' : ',');
    }
    return (byte) (at < rowLength - 1 ? '.' : ')');
  }

  private void append(byte c) {
    if (c == 0) {
      hasNul = true;
    }
    if (length == out.length) {
      out = Arrays.copyOf(out, length * 2);
    }
    out[length++] = c;
  }
}
