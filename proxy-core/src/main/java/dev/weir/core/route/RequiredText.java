package dev.weir.core.route;

import java.nio.charset.StandardCharsets;

/**
 * Letters that stand in every match of a pattern: those of a leading {@code ^} and the longest run elsewhere. Looking for
 * them costs a fraction of what an engine costs, and most rules do not match most texts. Only plain patterns are looked
 * into; for all others nothing is required. Immutable.
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
      } else if (!isLiteral && c != '.' && c != '$') {
        return NONE; // groups, alternatives, classes
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
