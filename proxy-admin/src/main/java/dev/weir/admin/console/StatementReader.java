package dev.weir.admin.console;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the console's grammar: {@code WORD [WORD] [;]} or {@code SET WORD (=|TO) (WORD|'string') [;]}, with WORD as
 * letters, digits and underscores or as anything in double quotes. {@code SHOW LEDGER} and {@code
 * EXPLAIN ROUTE}, which the original has not, take all that follows. As in the original, limits count the bytes of a part
 * as it was written, quotes included, and {@code set atob} with another word behind it means {@code set a to b}.
 */
final class StatementReader {
  private static final int LONGEST_STATEMENT = 4096;
  private static final int LONGEST_VERB = 15;
  private static final int LONGEST_ARGUMENT = 63;
  private static final int LONGEST_VALUE = 255;

  private final String text;

  StatementReader(String text) {
    this.text = text;
  }

  /** A Phrase; null when the text is none. */
  private Statement.@Nullable Phrase phrase() {
    int verb = spaces(0);
    int verbEnd = word(verb);
    int item = verbEnd < 0 ? -1 : spaces(verbEnd);
    int itemEnd = item <= verbEnd ? -1 : word(item);
    if (itemEnd < 0 || (itemEnd < text.length() && isWordCharacter(text.charAt(itemEnd)))) {
      return null;
    }
    String first = text.substring(verb, verbEnd);
    String second = text.substring(item, itemEnd);
    boolean known = (first.equalsIgnoreCase("show") && second.equalsIgnoreCase("ledger"))
        || (first.equalsIgnoreCase("explain") && second.equalsIgnoreCase("route"));
    if (!known) {
      return null;
    }
    int end = text.length();
    while (end > itemEnd && " \t\n\r;".indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return new Statement.Phrase(first, second,
        text.substring(Math.min(spaces(itemEnd), end), end));
  }

  Statement read() {
    Statement.Phrase phrase = phrase();
    if (phrase != null) {
      return phrase;
    }
    if (text.length() > LONGEST_STATEMENT) {
      return new Statement.Unknown();
    }
    int verb = spaces(0);
    int verbEnd = word(verb);
    if (verbEnd < 0) {
      return new Statement.Unknown();
    }
    if (atEnd(verbEnd)) {
      return words(verb, verbEnd, verbEnd, verbEnd);
    }
    int argument = spaces(verbEnd);
    int argumentEnd = word(argument);
    if (argument == verbEnd || argumentEnd < 0) {
      return new Statement.Unknown();
    }
    if (atEnd(argumentEnd)) {
      return words(verb, verbEnd, argument, argumentEnd);
    }
    if (!text.substring(verb, verbEnd).equalsIgnoreCase("set")) {
      return new Statement.Unknown();
    }
    return assignment(argument, argumentEnd);
  }

  private Statement words(int verb, int verbEnd, int argument, int argumentEnd) {
    if (bytes(verb, verbEnd) > LONGEST_VERB || bytes(argument, argumentEnd) > LONGEST_ARGUMENT) {
      return new Statement.BadArguments();
    }
    return new Statement.Words(unquoted(verb, verbEnd, '"'), unquoted(argument, argumentEnd, '"'));
  }

  /** The longest key that leaves a sign and a value; a quoted key has one length only. */
  private Statement assignment(int key, int longestEnd) {
    int shortestEnd = text.charAt(key) == '"' ? longestEnd : key + 1;
    for (int keyEnd = longestEnd; keyEnd >= shortestEnd; keyEnd--) {
      int sign = signEnd(spaces(keyEnd));
      if (sign < 0) {
        continue;
      }
      int value = spaces(sign);
      boolean quoted = value < text.length() && text.charAt(value) == '\'';
      int valueEnd = quoted ? quotedEnd(value, '\'') : word(value);
      if (valueEnd >= 0 && atEnd(valueEnd)) {
        return assignment(unquoted(key, keyEnd, '"'), key, keyEnd, value, valueEnd,
            quoted ? '\'' : '"');
      }
    }
    return new Statement.Unknown();
  }

  private Statement assignment(String name, int key, int keyEnd, int value, int valueEnd,
      char quote) {
    if (name.isEmpty() || bytes(key, keyEnd) > LONGEST_ARGUMENT
        || bytes(value, valueEnd) > LONGEST_VALUE) {
      return new Statement.BadArguments();
    }
    return new Statement.Assignment(name, unquoted(value, valueEnd, quote));
  }

  /** End of {@code =} or {@code TO}, or -1. */
  private int signEnd(int at) {
    if (at < text.length() && text.charAt(at) == '=') {
      return at + 1;
    }
    return text.regionMatches(true, at, "to", 0, 2) ? at + 2 : -1;
  }

  /** End of the word that begins here, or -1. */
  private int word(int from) {
    if (from < text.length() && text.charAt(from) == '"') {
      return quotedEnd(from, '"');
    }
    int at = from;
    while (at < text.length() && isWordCharacter(text.charAt(at))) {
      at++;
    }
    return at == from ? -1 : at;
  }

  /** End of the quoted text that begins here, or -1 when it does not end. */
  private int quotedEnd(int from, char quote) {
    int at = from + 1;
    while (at < text.length()) {
      if (text.charAt(at) != quote) {
        at++;
      } else if (at + 1 < text.length() && text.charAt(at + 1) == quote) {
        at += 2;
      } else {
        return at + 1;
      }
    }
    return -1;
  }

  private String unquoted(int from, int to, char quote) {
    if (from == to || text.charAt(from) != quote) {
      return text.substring(from, to);
    }
    String one = String.valueOf(quote);
    return text.substring(from + 1, to - 1).replace(one + one, one);
  }

  /** Whether only blanks and at most one semicolon follow. */
  private boolean atEnd(int from) {
    int at = spaces(from);
    if (at < text.length() && text.charAt(at) == ';') {
      at = spaces(at + 1);
    }
    return at == text.length();
  }

  private int spaces(int from) {
    int at = from;
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return at;
  }

  private int bytes(int from, int to) {
    return text.substring(from, to).getBytes(StandardCharsets.UTF_8).length;
  }

  private static boolean isWordCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
