package dev.weir.core.sql.pg;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The tokens of a query string as PostgreSQL's scanner cuts it (manual, "Lexical Structure"): nested comments, dollar
 * quotes, {@code E''} and {@code U&}, both meanings of a backslash in a plain string. Texts are ISO-8859-1: a character a
 * byte, whatever the client's encoding is. Mutable, used again for the next text; confined to its worker.
 */
final class PgTokens {
  /** What a token is. */
  enum Kind {
    /** An identifier or key word without quotes; its text is in lower case. */
    WORD,
    /** An identifier in double quotes, its quotes taken away. */
    QUOTED,
    /** A string whose value is known. */
    STRING,
    /** A string or identifier that would have to be decoded first. */
    OPAQUE, NUMBER, PARAMETER,
    /** A single character of anything else. */
    SYMBOL, END
  }

  private final boolean backslashes;
  private Kind[] kinds = new Kind[64];
  private String[] texts = new String[64];
  private int count;
  private byte[] sql = {};
  private int at;

  /** @param backslashes whether a backslash in a plain string escapes: {@code standard_conforming_strings = off} */
  PgTokens(boolean backslashes) {
    this.backslashes = backslashes;
  }

  int count() {
    return count;
  }

  Kind kind(int index) {
    return index < count ? kinds[index] : Kind.END;
  }

  String text(int index) {
    return index < count ? texts[index] : "";
  }

  boolean word(int index, String word) {
    return index < count && kinds[index] == Kind.WORD && texts[index].equals(word);
  }

  boolean symbol(int index, char symbol) {
    return index < count && kinds[index] == Kind.SYMBOL && texts[index].charAt(0) == symbol;
  }

  /** Reads a text; false when it ends inside of a string, a comment or an identifier: the server will refuse it. */
  boolean read(byte[] text) {
    sql = text;
    at = 0;
    count = 0;
    boolean whole = true;
    while (whole && at < sql.length) {
      whole = next();
    }
    return whole;
  }

  private boolean next() {
    int c = sql[at] & 0xff;
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      at++;
      return true;
    } else if (c == '-' && peek(1) == '-') {
      while (at < sql.length && sql[at] != '\n' && sql[at] != '\r') {
        at++;
      }
      return true;
    } else if (c == '/' && peek(1) == '*') {
      return comment();
    } else if (c == '\'') {
      return string(backslashes, backslashes);
    } else if ((c == 'e' || c == 'E') && peek(1) == '\'') {
      at++;
      return string(true, true);
    } else if ((c == 'b' || c == 'B' || c == 'x' || c == 'X') && peek(1) == '\'') {
      at++;
      return opaque(string(false, false));
    } else if ((c == 'n' || c == 'N') && peek(1) == '\'') {
      at++;
      return string(backslashes, backslashes);
    } else if ((c == 'u' || c == 'U') && peek(1) == '&' && peek(2) == '\'') {
      at += 2;
      return opaque(string(false, false));
    } else if ((c == 'u' || c == 'U') && peek(1) == '&' && peek(2) == '"') {
      at += 2;
      return opaque(identifier());
    } else if (c == '"') {
      return identifier();
    } else if (c == '$') {
      return dollar();
    } else if (starts(c)) {
      return word();
    } else if (digit(c) || (c == '.' && digit(peek(1)))) {
      return number();
    }
    add(Kind.SYMBOL, at, ++at);
    return true;
  }

  private boolean opaque(boolean whole) {
    kinds[count - 1] = Kind.OPAQUE;
    return whole;
  }

  private boolean comment() {
    int depth = 0;
    while (at < sql.length) {
      if (sql[at] == '/' && peek(1) == '*') {
        depth++;
        at += 2;
      } else if (sql[at] == '*' && peek(1) == '/') {
        depth--;
        at += 2;
        if (depth == 0) {
          return true;
        }
      } else {
        at++;
      }
    }
    return false;
  }

  private boolean string(boolean escapes, boolean unknownWhenEscaped) {
    StringBuilder value = new StringBuilder();
    boolean known = true;
    at++;
    while (at < sql.length) {
      int c = sql[at] & 0xff;
      if (c == '\\' && escapes) {
        known &= !unknownWhenEscaped;
        at += 2;
      } else if (c == '\'' && peek(1) == '\'') {
        value.append('\'');
        at += 2;
      } else if (c == '\'') {
        at++;
        add(known ? Kind.STRING : Kind.OPAQUE, value.toString());
        return true;
      } else {
        value.append((char) c);
        at++;
      }
    }
    add(Kind.OPAQUE, "");
    return false;
  }

  private boolean identifier() {
    StringBuilder name = new StringBuilder();
    at++;
    while (at < sql.length) {
      int c = sql[at] & 0xff;
      if (c == '"' && peek(1) == '"') {
        name.append('"');
        at += 2;
      } else if (c == '"') {
        at++;
        add(Kind.QUOTED, name.toString());
        return true;
      } else {
        name.append((char) c);
        at++;
      }
    }
    add(Kind.OPAQUE, "");
    return false;
  }

  /** A dollar-quoted string, a parameter, or a lone dollar. */
  private boolean dollar() {
    if (digit(peek(1))) {
      int from = at++;
      while (at < sql.length && digit(sql[at] & 0xff)) {
        at++;
      }
      add(Kind.PARAMETER, from, at);
      return true;
    }
    int end = at + 1;
    while (end < sql.length && continues(sql[end] & 0xff) && sql[end] != '$') {
      end++;
    }
    if (end >= sql.length || sql[end] != '$') {
      add(Kind.SYMBOL, at, ++at);
      return true;
    }
    int tag = end + 1 - at;
    int from = end + 1;
    for (int close = from; close + tag <= sql.length; close++) {
      if (sql[close] == '$' && Arrays.equals(sql, at, at + tag, sql, close, close + tag)) {
        add(Kind.STRING, from, close);
        at = close + tag;
        return true;
      }
    }
    at = sql.length;
    add(Kind.OPAQUE, "");
    return false;
  }

  private boolean word() {
    int from = at;
    while (at < sql.length && continues(sql[at] & 0xff)) {
      at++;
    }
    add(Kind.WORD, new String(sql, from, at - from, StandardCharsets.ISO_8859_1));
    int i = count - 1;
    texts[i] = lower(texts[i]);
    return true;
  }

  /** ASCII letters only: what the server folds beyond them hangs on its locale, and no word of interest has others. */
  private static String lower(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        StringBuilder out = new StringBuilder(word);
        for (int k = i; k < word.length(); k++) {
          char d = word.charAt(k);
          out.setCharAt(k, d >= 'A' && d <= 'Z' ? (char) (d + 32) : d);
        }
        return out.toString();
      }
    }
    return word;
  }

  private boolean number() {
    int from = at;
    while (at < sql.length && (continues(sql[at] & 0xff) || sql[at] == '.' || exponentSign())) {
      at++;
    }
    add(Kind.NUMBER, from, at);
    return true;
  }

  /** The sign in {@code 1.5e-3}: with digits on both sides of it and the letter. */
  private boolean exponentSign() {
    return (sql[at] == '+' || sql[at] == '-') && (sql[at - 1] == 'e' || sql[at - 1] == 'E')
        && at >= 2 && (digit(sql[at - 2] & 0xff) || sql[at - 2] == '.') && digit(peek(1));
  }

  private int peek(int ahead) {
    return at + ahead < sql.length ? sql[at + ahead] & 0xff : -1;
  }

  private static boolean digit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean starts(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
  }

  private static boolean continues(int c) {
    return starts(c) || digit(c) || c == '$';
  }

  private void add(Kind kind, int from, int to) {
    add(kind, new String(sql, from, to - from, StandardCharsets.ISO_8859_1));
  }

  private void add(Kind kind, String text) {
    if (count == kinds.length) {
      kinds = Arrays.copyOf(kinds, count * 2);
      texts = Arrays.copyOf(texts, count * 2);
    }
    kinds[count] = kind;
    texts[count] = text;
    count++;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%d tokens", count);
  }
}
