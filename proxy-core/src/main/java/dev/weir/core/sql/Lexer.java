package dev.weir.core.sql;

import java.nio.charset.StandardCharsets;

/**
 * Cuts SQL into tokens. Confined to its worker and used again for each text; allocates nothing per token, and every
 * text ends in {@link Token#END} after a number of steps that is linear in its length.
 *
 * <p>The contents of MySQL's version comments ({@code /*!40101 ... *}{@code /}, {@code /*M! ... *}{@code /}) are tokens
 * whatever the number: a server may or may not run them, so what they would do has to be reckoned with.
 */
public final class Lexer {
  private final SqlMode mode;
  private final boolean mysql;
  private byte[] in = {};
  private int at;
  private int limit;
  private int start;
  private int end;
  private boolean inVersionComment;
  private Token last = Token.END;
  private int markedStart;
  private int markedEnd;
  private boolean markedInVersionComment;
  private Token marked = Token.END;

  public Lexer(SqlMode mode) {
    this.mode = mode;
    this.mysql = mode.dialect() == SqlMode.Dialect.MYSQL;
  }

  /** Begins with a text; the bytes must not change while it is read. */
  public void open(byte[] sql, int from, int to) {
    in = sql;
    at = from;
    limit = to;
    start = from;
    end = from;
    inVersionComment = false;
    last = Token.END;
  }

  /** Goes to the next token. */
  public Token next() {
    if (!skipBlanks()) {
      return token(Token.BROKEN, limit);
    }
    start = at;
    if (at >= limit) {
      return token(Token.END, limit);
    }
    byte c = in[at];
    return switch (c) {
      case '(' -> token(Token.OPEN, at + 1);
      case ')' -> token(Token.CLOSE, at + 1);
      case ',' -> token(Token.COMMA, at + 1);
      case ';' -> token(Token.SEMICOLON, at + 1);
      case '=' -> token(Token.EQUALS, at + 1);
      case '\'' -> quoted(at, Token.STRING, mode.backslashEscapes());
      case '"' -> mode.ansiQuotes()
          ? quoted(at, Token.QUOTED_NAME, false)
          : quoted(at, Token.STRING, mode.backslashEscapes());
      case '`' -> mysql ? quoted(at, Token.QUOTED_NAME, false) : token(Token.OPERATOR, at + 1);
      case '.' -> at + 1 < limit && isDigit(in[at + 1]) && last != Token.WORD
          && last != Token.QUOTED_NAME && last != Token.SYSTEM_VARIABLE
              ? number()
              : token(Token.DOT, at + 1);
      case '?' -> token(mysql ? Token.PARAMETER : Token.OPERATOR, at + 1);
      case '@' -> mysql ? variable() : token(Token.OPERATOR, at + 1);
      case ':' -> at + 1 < limit && in[at + 1] == '='
          ? token(Token.ASSIGN, at + 2)
          : token(Token.OPERATOR, at + 1);
      case '$' -> mysql ? word() : dollar();
      default -> isDigit(c)
          ? number()
          : isWordByte(c) ? wordOrPrefix() : token(Token.OPERATOR, at + 1);
    };
  }

  public int start() {
    return start;
  }

  public int end() {
    return end;
  }

  /** The kind of the token just read. */
  public Token last() {
    return last;
  }

  Keyword keyword() {
    return last == Token.WORD ? Keyword.of(in, start, end) : Keyword.OTHER;
  }

  boolean isAt(int position, char c) {
    return position < limit && in[position] == c;
  }

  /** Notes the token just read, for {@link #rewind}. */
  void mark() {
    markedStart = start;
    markedEnd = end;
    markedInVersionComment = inVersionComment;
    marked = last;
  }

  /** Goes back to the token noted last. */
  void rewind() {
    start = markedStart;
    end = markedEnd;
    at = markedEnd;
    inVersionComment = markedInVersionComment;
    last = marked;
  }

  /** The bytes from {@code from} to {@code to} as text. */
  String text(int from, int to) {
    return new String(in, from, to - from, StandardCharsets.UTF_8);
  }

  /** The token's text; of strings, names and variables, what they stand for. */
  public String value() {
    return switch (last) {
      case STRING -> in[start] == '$' ? dollarBody() : unquote(quoteStart(), true);
      case QUOTED_NAME -> unquote(quoteStart(), false);
      case USER_VARIABLE -> start + 1 < end && isQuote(in[start + 1])
          ? unquote(start + 1, in[start + 1] != '`')
          : text(start + 1, end);
      case SYSTEM_VARIABLE -> start + 2 < end && in[start + 2] == '`'
          ? unquote(start + 2, false)
          : text(start + 2, end);
      default -> text(start, end);
    };
  }

  private int quoteStart() {
    int i = start;
    while (!isQuote(in[i])) {
      i++;
    }
    return i;
  }

  private String dollarBody() {
    int tag = start + 1;
    while (in[tag] != '$') {
      tag++;
    }
    int length = tag + 1 - start;
    return text(start + length, end - length);
  }

  private String unquote(int from, boolean isString) {
    byte quote = in[from];
    boolean escapes = isString && (mode.backslashEscapes() || (!mysql && from > start));
    byte[] out = new byte[end - from];
    int length = 0;
    for (int i = from + 1; i < end - 1; i++) {
      byte c = in[i];
      if (mode.wideBytes().isLead(c) && i + 1 < end - 1) {
        out[length++] = c;
        c = in[++i];
      } else if (c == '\\' && escapes && i + 1 < end - 1) {
        c = unescape(in[++i]);
      } else if (c == quote) {
        i++;
      }
      out[length++] = c;
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }

  private static byte unescape(byte c) {
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case '0' -> 0;
      case 'Z' -> 26;
      default -> c;
    };
  }

  private Token token(Token kind, int newEnd) {
    end = newEnd;
    at = newEnd;
    last = kind;
    return kind;
  }

  private static boolean isQuote(byte c) {
    return c == '\'' || c == '"' || c == '`';
  }

  private static boolean isDigit(byte c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isBlank(byte c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }

  static boolean isWordByte(byte c) {
    return c < 0 || DigestShaper.isWordByte(c);
  }

  /** Skips blanks and comments; false if a comment does not end. */
  private boolean skipBlanks() {
    while (at < limit) {
      byte c = in[at];
      if (isBlank(c) || (c == 0 && !mysql)) {
        at++;
      } else if (c == '#' && mysql) {
        skipLine();
      } else if (c == '-' && isAt(at + 1, '-') && startsLineComment()) {
        skipLine();
      } else if (c == '/' && isAt(at + 1, '*')) {
        if (!skipBlockComment()) {
          return false;
        }
      } else if (c == '*' && inVersionComment && isAt(at + 1, '/')) {
        inVersionComment = false;
        at += 2;
      } else {
        return true;
      }
    }
    return true;
  }

  private boolean startsLineComment() {
    return !mysql || at + 2 >= limit || (in[at + 2] >= 0 && in[at + 2] <= ' ');
  }

  private void skipLine() {
    while (at < limit && in[at] != '\n' && (mysql || in[at] != '\r')) {
      at++;
    }
  }

  private boolean skipBlockComment() {
    start = at;
    if (mysql && !inVersionComment) {
      int mark = isAt(at + 2, 'M') ? at + 3 : at + 2;
      if (isAt(mark, '!')) {
        inVersionComment = true;
        at = mark + 1;
        for (int i = 0; i < 6 && at < limit && isDigit(in[at]); i++) {
          at++;
        }
        return true;
      }
    }
    int depth = 1;
    int i = at + 2;
    while (i + 1 < limit) {
      if (in[i] == '*' && in[i + 1] == '/') {
        i += 2;
        if (--depth == 0) {
          at = i;
          return true;
        }
      } else if (!mysql && in[i] == '/' && in[i + 1] == '*') {
        depth++;
        i += 2;
      } else {
        i++;
      }
    }
    return false;
  }

  private Token quoted(int open, Token kind, boolean escapes) {
    byte quote = in[open];
    int i = open + 1;
    while (i < limit) {
      byte c = in[i];
      if (c == quote) {
        if (!isAt(i + 1, (char) quote)) {
          return token(kind, i + 1);
        }
        i += 2;
      } else if ((c == '\\' && escapes) || mode.wideBytes().isLead(c)) {
        i += 2;
      } else {
        i++;
      }
    }
    return token(Token.BROKEN, limit);
  }

  private int wordEnd(int from) {
    int i = from;
    while (i < limit && isWordByte(in[i])) {
      i++;
    }
    return i;
  }

  private Token word() {
    return token(Token.WORD, wordEnd(at));
  }

  /** A word, or the prefix of a string. */
  private Token wordOrPrefix() {
    int stop = wordEnd(at);
    if (stop - at == 1 && isAt(stop, '\'')) {
      switch (in[at] | 0x20) {
        case 'e' -> {
          return mysql ? word() : quoted(stop, Token.STRING, true);
        }
        case 'x', 'b', 'n' -> {
          return quoted(stop, Token.STRING, mode.backslashEscapes());
        }
        default -> {
        }
      }
    }
    if (!mysql && stop - at == 1 && (in[at] | 0x20) == 'u' && isAt(stop, '&')
        && (isAt(stop + 1, '\'') || isAt(stop + 1, '"'))) {
      return quoted(stop + 1, isAt(stop + 1, '"') ? Token.QUOTED_NAME : Token.STRING, false);
    }
    return token(Token.WORD, stop);
  }

  /** A number; in MySQL a name may begin with digits. */
  private Token number() {
    int i = at;
    boolean hex = in[i] == '0' && i + 1 < limit && (in[i + 1] | 0x20) == 'x';
    boolean digits = true;
    while (i < limit) {
      byte c = in[i];
      if (c == '.' || isDigit(c)) {
        i++;
      } else if (!hex && (c | 0x20) == 'e' && digits && i + 1 < limit
          && (in[i + 1] == '+' || in[i + 1] == '-') && i + 2 < limit && isDigit(in[i + 2])) {
        i += 2;
      } else if (isWordByte(c)) {
        digits = false;
        i++;
      } else {
        break;
      }
    }
    return token(digits || hex || looksNumeric(at, i) ? Token.NUMBER : Token.WORD, i);
  }

  /** Like {@code 1e5} or {@code 0b101}: digits, a letter, digits. */
  private boolean looksNumeric(int from, int to) {
    int letters = 0;
    for (int i = from; i < to; i++) {
      if (in[i] != '.' && !isDigit(in[i])) {
        letters++;
        int letter = in[i] | 0x20;
        if (letters > 1 || (letter != 'e' && letter != 'b') || i + 1 == to) {
          return false;
        }
      }
    }
    return true;
  }

  private Token variable() {
    boolean glued = at > 0 && at == end && (last == Token.STRING || last == Token.QUOTED_NAME);
    if (glued) { // 'user'@'host'
      return token(Token.OPERATOR, at + 1);
    }
    if (isAt(at + 1, '@')) {
      if (isAt(at + 2, '`')) {
        return quoted(at + 2, Token.SYSTEM_VARIABLE, false);
      }
      return token(Token.SYSTEM_VARIABLE, wordEnd(at + 2));
    }
    if (at + 1 < limit && isQuote(in[at + 1])) {
      return quoted(at + 1, Token.USER_VARIABLE, in[at + 1] != '`' && mode.backslashEscapes());
    }
    int i = at + 1;
    while (i < limit && (isWordByte(in[i]) || in[i] == '.')) {
      i++;
    }
    return token(Token.USER_VARIABLE, i);
  }

  /** PostgreSQL: a parameter or a string in dollar quotes. */
  private Token dollar() {
    int i = at + 1;
    if (i < limit && isDigit(in[i])) {
      while (i < limit && isDigit(in[i])) {
        i++;
      }
      return token(Token.PARAMETER, i);
    }
    while (i < limit && isWordByte(in[i]) && in[i] != '$') {
      i++;
    }
    if (!isAt(i, '$')) {
      return token(Token.OPERATOR, at + 1);
    }
    int tag = i + 1 - at;
    int matched = 0;
    for (int k = i + 1; k < limit; k++) {
      // a tag holds dollars only at its ends, so a mismatch can only begin anew at this byte
      matched = in[k] == in[at + matched] ? matched + 1 : in[k] == '$' ? 1 : 0;
      if (matched == tag) {
        return token(Token.STRING, k + 1);
      }
    }
    return token(Token.BROKEN, limit);
  }
}
