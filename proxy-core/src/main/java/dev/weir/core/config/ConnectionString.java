package dev.weir.core.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The {@code key=value} pairs that describe a database, a user or a peer. Pairs are separated by spaces only; spaces
 * around {@code =} are allowed; a value is everything up to the next space, or stands between single quotes, where two
 * of them mean one. Empty values are refused. No backslash, no URI.
 */
final class ConnectionString {
  static final String SYNTAX_ERROR = "syntax error in connection string";

  record Pair(String key, String value) {}

  private final String text;
  private int at;

  private ConnectionString(String text) {
    this.text = text;
  }

  /** @throws BadValueException with PgBouncer's text */
  static List<Pair> parse(String text) throws BadValueException {
    return new ConnectionString(text).pairs();
  }

  private List<Pair> pairs() throws BadValueException {
    List<Pair> pairs = new ArrayList<>();
    skipSpaces();
    while (at < text.length()) {
      pairs.add(pair());
      skipSpaces();
    }
    return pairs;
  }

  private Pair pair() throws BadValueException {
    int start = at;
    while (at < text.length() && text.charAt(at) != '=' && text.charAt(at) != ' ') {
      at++;
    }
    String key = text.substring(start, at);
    skipSpaces();
    if (at == text.length() || text.charAt(at) != '=') {
      throw BadValueException.original(SYNTAX_ERROR);
    }
    at++;
    skipSpaces();
    String value = at < text.length() && text.charAt(at) == '\'' ? quoted() : unquoted();
    if (value.isEmpty()) {
      throw BadValueException.original(SYNTAX_ERROR);
    }
    return new Pair(key, value);
  }

  private String unquoted() {
    int start = at;
    while (at < text.length() && text.charAt(at) != ' ') {
      at++;
    }
    return text.substring(start, at);
  }

  private String quoted() throws BadValueException {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c != '\'') {
        value.append(c);
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '\'') {
        value.append(c);
        at++;
      } else {
        at++;
        if (at < text.length() && text.charAt(at) != ' ') {
          throw BadValueException.original(SYNTAX_ERROR);
        }
        return value.toString();
      }
    }
    throw BadValueException.original(SYNTAX_ERROR);
  }

  private void skipSpaces() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }
}
