package dev.weir.admin.http;

import java.util.Locale;

/** As much of JSON as the REST port needs: is a text an object, and how is a text quoted. */
final class Json {
  private static final int DEEPEST = 100;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  static boolean isObject(String text) {
    Json json = new Json(text);
    json.blanks();
    if (!json.is('{') || !json.value(0)) {
      return false;
    }
    json.blanks();
    return json.at == text.length();
  }

  static boolean isValue(String text) {
    Json json = new Json(text);
    if (!json.value(0)) {
      return false;
    }
    json.blanks();
    return json.at == text.length();
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  private boolean value(int depth) {
    blanks();
    if (depth > DEEPEST || at == text.length()) {
      return false;
    }
    return switch (text.charAt(at)) {
      case '{' -> members('}', true, depth);
      case '[' -> members(']', false, depth);
      case '"' -> string();
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    };
  }

  private boolean members(char closing, boolean named, int depth) {
    at++;
    blanks();
    if (take(closing)) {
      return true;
    }
    do {
      blanks();
      if (named && !(string() && colon())) {
        return false;
      }
      if (!value(depth + 1)) {
        return false;
      }
      blanks();
    } while (take(','));
    return take(closing);
  }

  private boolean colon() {
    blanks();
    return take(':');
  }

  private boolean string() {
    if (!take('"')) {
      return false;
    }
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return true;
      }
      if (c < ' ' || (c == '\\' && !escape())) {
        return false;
      }
    }
    return false;
  }

  private boolean escape() {
    if (at == text.length()) {
      return false;
    }
    char c = text.charAt(at++);
    if (c != 'u') {
      return "\"\\/bfnrt".indexOf(c) >= 0;
    }
    for (int i = 0; i < 4; i++, at++) {
      if (at == text.length() || Character.digit(text.charAt(at), 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private boolean number() {
    int from = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at - from < 400
        && text.substring(from, at).matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  }

  private boolean word(String word) {
    boolean there = text.startsWith(word, at);
    at += there ? word.length() : 0;
    return there;
  }

  private boolean is(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private boolean take(char c) {
    boolean there = is(c);
    at += there ? 1 : 0;
    return there;
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }
}
