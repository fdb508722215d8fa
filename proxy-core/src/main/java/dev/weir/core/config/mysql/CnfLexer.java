package dev.weir.core.config.mysql;

import java.util.Locale;

/**
 * Cuts the text of a libconfig file into words. Comments are {@code #}, {@code //} and {@code /* *}{@code /}; adjacent
 * strings are one.
 */
final class CnfLexer {
  enum Kind {
    NAME, NUMBER, STRING, BOOLEAN, INCLUDE, SYMBOL, END
  }

  record Token(Kind kind, String text, int line) {
    boolean is(char symbol) {
      return kind == Kind.SYMBOL && text.charAt(0) == symbol;
    }

    String shown() {
      return kind == Kind.END ? "the end of the file" : "'" + text + "'";
    }
  }

  private static final int LONGEST_NAME = 255;
  private static final int LONGEST_STRING = 1024 * 1024;

  private final String file;
  private final String text;
  private int at;
  private int line = 1;

  CnfLexer(String file, String text) {
    this.file = file;
    this.text = text;
  }

  Token next() throws CnfException {
    blanks();
    if (at == text.length()) {
      return new Token(Kind.END, "", line);
    }
    char c = text.charAt(at);
    if (c == '"') {
      return strings();
    }
    if (isNameStart(c)) {
      return name();
    }
    if (isNumberStart(c)) {
      return number();
    }
    if (c == '@' && text.startsWith("@include", at)) {
      at += "@include".length();
      return new Token(Kind.INCLUDE, "@include", line);
    }
    if ("=:;,{}()[]".indexOf(c) >= 0) {
      at++;
      return new Token(Kind.SYMBOL, String.valueOf(c), line);
    }
    throw error("unexpected character '" + c + "'");
  }

  /** Skips blanks and comments. */
  private void blanks() throws CnfException {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#' || text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw error("a comment does not end");
        }
        count(at, end);
        at = end + 2;
      } else if (c <= ' ') {
        if (c == '\n') {
          line++;
        }
        at++;
      } else {
        return;
      }
    }
  }

  private void count(int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
    }
  }

  private Token strings() throws CnfException {
    int first = line;
    StringBuilder out = new StringBuilder();
    while (at < text.length() && text.charAt(at) == '"') {
      string(out);
      blanks();
    }
    return new Token(Kind.STRING, out.toString(), first);
  }

  private void string(StringBuilder out) throws CnfException {
    int first = line;
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return;
      }
      if (c == '\n') {
        line++;
      }
      if (c == '\\' && at < text.length()) {
        escape(out);
      } else {
        out.append(c);
      }
      if (out.length() > LONGEST_STRING) {
        throw new CnfException(file, first, "a string is longer than " + LONGEST_STRING);
      }
    }
    throw new CnfException(file, first, "a string does not end");
  }

  private void escape(StringBuilder out) throws CnfException {
    char c = text.charAt(at++);
    switch (c) {
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'f' -> out.append('\f');
      case 'v' -> out.append('\u000b');
      case 'a' -> out.append('\u0007');
      case 'b' -> out.append('\b');
      case '\\', '"' -> out.append(c);
      case 'x' -> out.append(hexadecimal());
      default -> { // the original keeps what it does not know
        out.append('\\').append(c);
        if (c == '\n') {
          line++;
        }
      }
    }
  }

  private char hexadecimal() throws CnfException {
    if (at + 2 > text.length()) {
      throw error("\\x needs two digits");
    }
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    if (high < 0 || low < 0 || high * 16 + low == 0) {
      throw error("\\x needs two digits, and not 00");
    }
    at += 2;
    return (char) (high * 16 + low);
  }

  private Token name() throws CnfException {
    int from = at;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    if (at - from > LONGEST_NAME) {
      throw error("a name is longer than " + LONGEST_NAME);
    }
    String word = text.substring(from, at);
    String lower = word.toLowerCase(Locale.ROOT);
    return lower.equals("true") || lower.equals("false")
        ? new Token(Kind.BOOLEAN, lower, line)
        : new Token(Kind.NAME, word, line);
  }

  private Token number() throws CnfException {
    int from = at;
    at++;
    while (at < text.length() && isNumberPart(at)) {
      at++;
    }
    return new Token(Kind.NUMBER, normal(text.substring(from, at)), line);
  }

  private boolean isNumberPart(int index) {
    char c = text.charAt(index);
    char before = Character.toLowerCase(text.charAt(index - 1));
    return (c < 128 && Character.isLetterOrDigit(c)) || c == '.'
        || ((c == '+' || c == '-') && before == 'e');
  }

  /** Decimal, hexadecimal, binary and octal numbers with or without L come out decimal. */
  private String normal(String number) throws CnfException {
    String digits = number.replaceFirst("[lL]{1,2}$", "");
    try {
      if (digits.matches("[+-]?[0-9]+")) {
        return Long.toString(Long.parseLong(digits));
      }
      if (digits.matches("0[xX][0-9a-fA-F]+")) {
        return Long.toString(Long.parseUnsignedLong(digits.substring(2), 16));
      }
      if (digits.matches("0[bB][01]+")) {
        return Long.toString(Long.parseUnsignedLong(digits.substring(2), 2));
      }
      if (digits.matches("0[oOqQ][0-7]+")) {
        return Long.toString(Long.parseUnsignedLong(digits.substring(2), 8));
      }
      if (digits.matches("[+-]?([0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+)([eE][+-]?[0-9]+)?")) {
        return digits;
      }
    } catch (NumberFormatException e) {
      throw error("'" + number + "' is too large a number");
    }
    throw error("'" + (number.length() > 100 ? number.substring(0, 100) + "..." : number)
        + "' is not a number");
  }

  private CnfException error(String problem) {
    return new CnfException(file, line, problem);
  }

  private static boolean isNameStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
  }

  private static boolean isNumberStart(char c) {
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.';
  }
}
