package dev.weir.core.route;

import java.nio.charset.StandardCharsets;

/**
 * Letters that stand in every match of a pattern: those of a leading {@code ^} and the longest run elsewhere. Looking for
 * them costs a fraction of what an engine costs, and most rules do not match most texts. Groups and classes are
 * stepped over; a pattern with alternatives outside of groups requires nothing. Immutable.
 */
final class RequiredText {
  static final RequiredText NONE = new RequiredText(new byte[0], new byte[0], false, false);

  private final byte[] prefix;
  private final byte[] inner;
  private final boolean caseless;
  private final boolean all;

  private RequiredText(byte[] prefix, byte[] inner, boolean caseless, boolean all) {
    this.prefix = prefix;
    this.inner = inner;
    this.caseless = caseless;
    this.all = all;
  }

  static RequiredText of(String pattern, boolean caseless) {
    boolean anchored = pattern.startsWith("^");
    StringBuilder run = new StringBuilder();
    String prefix = "";
    String longest = "";
    boolean atStart = anchored;
    boolean plain = true;
    int i = anchored ? 1 : 0;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      int next = i + 1;
      char literal = c;
      boolean isLiteral = isPlain(c);
      if (c == '\\' && next < pattern.length() && isPunctuation(pattern.charAt(next))) {
        literal = pattern.charAt(next);
        isLiteral = true;
        next++;
      } else if (c == '\\' && next < pattern.length()
          && "sSdDwWbB".indexOf(pattern.charAt(next)) >= 0) {
        next++;
      } else if (c == '(' || c == '[') {
        next = skip(pattern, i);
        if (next < 0) {
          return NONE;
        }
      } else if (!isLiteral && c != '.' && c != '$') {
        return NONE; // alternatives, other escapes
      }
      boolean quantified = next < pattern.length() && "*+?{".indexOf(pattern.charAt(next)) >= 0;
      if (quantified && pattern.charAt(next) == '{') {
        return NONE;
      }
      boolean atLeastOnce = !quantified || pattern.charAt(next) == '+';
      if (isLiteral && atLeastOnce) {
        run.append(literal);
      }
      if (!isLiteral || quantified) {
        prefix = atStart ? run.toString() : prefix;
        atStart = false;
        plain = false;
        longest = run.length() > longest.length() ? run.toString() : longest;
        run.setLength(0);
      }
      while (next < pattern.length() && "*+?".indexOf(pattern.charAt(next)) >= 0) {
        next++;
      }
      i = next;
    }
    prefix = atStart ? run.toString() : prefix;
    longest = run.length() > longest.length() ? run.toString() : longest;
    return new RequiredText(bytes(prefix, caseless), bytes(longest, caseless), caseless, plain);
  }

  /** Where a group or class ends, whose letters may or may not be there; -1 if it is more than that. */
  private static int skip(String pattern, int open) {
    if (pattern.startsWith("(?", open) && !pattern.startsWith("(?:", open)) {
      return -1; // may change how the rest is read
    }
    int depth = 0;
    int i = open;
    while (i < pattern.length()) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        if (pattern.startsWith("Q", i + 1)) {
          return -1;
        }
        i++;
      } else if (c == '[') {
        i = classEnd(pattern, i);
      } else if (c == '(') {
        depth++;
      } else if (c == ')') {
        depth--;
      }
      i++;
      if (depth == 0) {
        return Math.min(i, pattern.length());
      }
    }
    return -1;
  }

  private static int classEnd(String pattern, int open) {
    int i = open + 1;
    i += pattern.startsWith("^", i) ? 1 : 0;
    i += pattern.startsWith("]", i) ? 1 : 0;
    while (i < pattern.length() && pattern.charAt(i) != ']') {
      if (pattern.startsWith("[:", i)) {
        return pattern.length(); // [:alpha:] has brackets of its own
      }
      i += pattern.charAt(i) == '\\' ? 2 : 1;
    }
    return i;
  }

  private static boolean isPlain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
        || " _-,;:=<>@!#%&'\"/~`".indexOf(c) >= 0;
  }

  private static boolean isPunctuation(char c) {
    return "\\.*+?()[]{}|^$/-@ ".indexOf(c) >= 0;
  }

  private static byte[] bytes(String text, boolean caseless) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; caseless && i < bytes.length; i++) {
      bytes[i] = lower(bytes[i]);
    }
    return bytes;
  }

  private static byte lower(byte c) {
    return c >= 'A' && c <= 'Z' ? (byte) (c + 'a' - 'A') : c;
  }

  /** Whether the required text is the whole pattern, so that a text that has it matches. */
  boolean isAll() {
    return all;
  }

  boolean isIn(byte[] text) {
    if (!standsAt(prefix, text, 0)) {
      return false;
    }
    if (inner.length == 0) {
      return true;
    }
    byte first = inner[0];
    int last = text.length - inner.length;
    for (int i = 0; i <= last; i++) {
      byte c = caseless ? lower(text[i]) : text[i];
      if (c == first && standsAt(inner, text, i)) {
        return true;
      }
    }
    return false;
  }

  private boolean standsAt(byte[] word, byte[] text, int at) {
    if (word.length > text.length - at) {
      return false;
    }
    for (int i = 0; i < word.length; i++) {
      byte c = text[at + i];
      if (word[i] != (caseless ? lower(c) : c)) {
        return false;
      }
    }
    return true;
  }
}
