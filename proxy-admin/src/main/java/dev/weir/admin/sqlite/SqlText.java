package dev.weir.admin.sqlite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A statement cut into words the way SQLite does, comments left out: what it begins with, which names it holds, whether
 * it ends. Immutable; reading never fails.
 */
public final class SqlText {
  /** What a word is; a quoted one may be a name or a text, only SQLite knows. */
  public enum Kind {
    WORD, QUOTED, NUMBER, PLACEHOLDER, SYMBOL
  }

  /** @param text without its quotes */
  public record Word(Kind kind, String text, int start, int end) {
    /** Whether this is that keyword, however it is written. */
    public boolean is(String keyword) {
      return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
    }
  }

  private final String text;
  private final List<Word> words;

  private SqlText(String text, List<Word> words) {
    this.text = text;
    this.words = words;
  }

  public static SqlText of(String text) {
    List<Word> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      at = word(text, at, words);
    }
    return new SqlText(text, List.copyOf(words));
  }

  /** The statement as it came. */
  public String text() {
    return text;
  }

  public List<Word> words() {
    return words;
  }

  /** The first keyword in capitals; empty when there is none. */
  public String verb() {
    return words.isEmpty() || words.getFirst().kind() != Kind.WORD
        ? ""
        : words.getFirst().text().toUpperCase(Locale.ROOT);
  }

  /** Whether a name or a text in it is this, whatever the case. */
  public boolean names(String name) {
    for (Word word : words) {
      if ((word.kind() == Kind.WORD || word.kind() == Kind.QUOTED)
          && word.text().equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }

  public int placeholders() {
    return (int) words.stream().filter(word -> word.kind() == Kind.PLACEHOLDER).count();
  }

  /** Whether a second statement follows the first. */
  public boolean holdsSeveral() {
    boolean ended = false;
    for (Word word : words) {
      boolean semicolon = word.kind() == Kind.SYMBOL && word.text().equals(";");
      if (ended && !semicolon) {
        return true;
      }
      ended |= semicolon;
    }
    return false;
  }

  /** Words with one blank between them and no semicolon at the end, as commands are compared; quotes are kept. */
  public String normal() {
    StringBuilder out = new StringBuilder();
    int end = words.size();
    while (end > 0 && words.get(end - 1).text().equals(";")
        && words.get(end - 1).kind() == Kind.SYMBOL) {
      end--;
    }
    for (int i = 0; i < end; i++) {
      Word word = words.get(i);
      if (i > 0 && word.start() > words.get(i - 1).end()) {
        out.append(' ');
      }
      out.append(text, word.start(), word.end());
    }
    return out.toString();
  }

  private static int word(String text, int at, List<Word> words) {
    char c = text.charAt(at);
    if (c <= ' ') {
      return at + 1;
    }
    if (text.startsWith("--", at) || c == '#') {
      int end = text.indexOf('\n', at);
      return end < 0 ? text.length() : end + 1;
    }
    if (text.startsWith("/*", at)) {
      int end = text.indexOf("*/", at + 2);
      return end < 0 ? text.length() : end + 2;
    }
    if (c == '\'' || c == '"' || c == '`') {
      return quoted(text, at, c, words);
    }
    if (c == '[') {
      int close = text.indexOf(']', at);
      int end = close < 0 ? text.length() : close + 1;
      words.add(new Word(Kind.QUOTED, text.substring(at + 1, close < 0 ? end : close), at, end));
      return end;
    }
    int end = at + 1;
    if (isNamePart(c)) {
      while (end < text.length() && isNamePart(text.charAt(end))) {
        end++;
      }
      words.add(new Word(Character.isDigit(c) ? Kind.NUMBER : Kind.WORD, text.substring(at, end),
          at, end));
      return end;
    }
    words.add(new Word(c == '?' ? Kind.PLACEHOLDER : Kind.SYMBOL, String.valueOf(c), at, end));
    return end;
  }

  private static int quoted(String text, int from, char quote, List<Word> words) {
    StringBuilder out = new StringBuilder();
    int at = from + 1;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != quote) {
        out.append(c);
      } else if (at < text.length() && text.charAt(at) == quote) {
        out.append(c);
        at++;
      } else {
        break;
      }
    }
    words.add(new Word(Kind.QUOTED, out.toString(), from, at));
    return at;
  }

  private static boolean isNamePart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c == '@' || c > 127;
  }
}
