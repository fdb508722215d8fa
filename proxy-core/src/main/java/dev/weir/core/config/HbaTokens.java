package dev.weir.core.config;

/**
 * The words of a line of an HBA or ident file. Blanks separate words, a comma is a word of its own, {@code "..."} is a
 * literal word with {@code ""} for a quote, {@code #} ends the line outside of quotes.
 */
final class HbaTokens {
  enum Kind {
    WORD, QUOTED, COMMA, BROKEN, END
  }

  private final String line;
  private int next;
  private int start;
  private Kind kind = Kind.END;
  private String text = "";

  HbaTokens(String line) {
    this.line = line;
    advance();
  }

  Kind kind() {
    return kind;
  }

  String text() {
    return text;
  }

  boolean isWord(String word) {
    return kind == Kind.WORD && text.equals(word);
  }

  boolean isName() {
    return kind == Kind.WORD || kind == Kind.QUOTED;
  }

  /** Steps over the current word if it is this one. */
  boolean take(String word) {
    if (!isWord(word)) {
      return false;
    }
    advance();
    return true;
  }

  boolean take(Kind wanted) {
    if (kind != wanted) {
      return false;
    }
    advance();
    return true;
  }

  /** The current word and everything after it, without comment. */
  String rest() {
    boolean quoted = false;
    for (int i = start; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '#' && !quoted) {
        return line.substring(start, i).strip();
      }
    }
    return line.substring(start).strip();
  }

  void advance() {
    while (next < line.length() && space(line.charAt(next))) {
      next++;
    }
    start = next;
    text = "";
    if (next == line.length() || line.charAt(next) == '#') {
      next = line.length();
      start = next;
      kind = Kind.END;
    } else if (line.charAt(next) == ',') {
      next++;
      kind = Kind.COMMA;
    } else if (line.charAt(next) == '"') {
      quoted();
    } else {
      while (next < line.length() && !endsWord(line.charAt(next))) {
        next++;
      }
      text = line.substring(start, next);
      kind = Kind.WORD;
    }
  }

  private void quoted() {
    StringBuilder value = new StringBuilder();
    for (next++; next < line.length(); next++) {
      char c = line.charAt(next);
      if (c != '"') {
        value.append(c);
      } else if (next + 1 < line.length() && line.charAt(next + 1) == '"') {
        value.append(c);
        next++;
      } else {
        next++;
        text = value.toString();
        kind = Kind.QUOTED;
        return;
      }
    }
    kind = Kind.BROKEN;
  }

  private static boolean endsWord(char c) {
    return c == ',' || c == '#' || c == '"' || space(c);
  }

  private static boolean space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
  }
}
