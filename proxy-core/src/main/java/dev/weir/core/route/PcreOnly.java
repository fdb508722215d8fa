package dev.weir.core.route;

import org.jspecify.annotations.Nullable;

/** Names what a pattern has that RE2 lacks, for the error that says so. */
final class PcreOnly {
  private PcreOnly() {}

  /** The first construct that RE2 does not have; null if none is recognised. */
  static @Nullable String find(String pattern) {
    boolean inClass = false;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        String found = inClass ? null : escape(pattern, i + 1);
        if (found != null) {
          return found;
        }
        i++;
      } else if (inClass) {
        inClass = c != ']';
      } else if (c == '[') {
        inClass = true;
        i += pattern.startsWith("^]", i + 1) ? 2 : pattern.startsWith("]", i + 1) ? 1 : 0;
      } else if (c == '(') {
        String found = group(pattern, i);
        if (found != null) {
          return found;
        }
      } else if (c == '+' && i > 1 && isQuantifier(pattern, i - 1)) {
        return "a possessive quantifier (" + pattern.charAt(i - 1) + "+)";
      }
    }
    return null;
  }

  private static boolean isQuantifier(String pattern, int at) {
    char c = pattern.charAt(at);
    int backslashes = 0;
    while (at - 1 - backslashes >= 0 && pattern.charAt(at - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 0 && (c == '*' || c == '+' || c == '?' || c == '}');
  }

  private static @Nullable String escape(String pattern, int at) {
    if (at >= pattern.length()) {
      return null;
    }
    char c = pattern.charAt(at);
    return switch (c) {
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> "a back-reference (\\" + c + ")";
      case 'k', 'g' -> "a back-reference (\\" + c + ")";
      case 'G', 'Z', 'K', 'R', 'X', 'h', 'H', 'V', 'N', 'e', 'c' -> "the escape \\" + c;
      default -> null;
    };
  }

  private static @Nullable String group(String pattern, int at) {
    if (!pattern.startsWith("(?", at)) {
      return pattern.startsWith("(*", at) ? "a verb ((*...)" : null;
    }
    String rest = pattern.substring(at + 2, Math.min(pattern.length(), at + 4));
    if (rest.startsWith("=")) {
      return "look-ahead ((?=)";
    }
    if (rest.startsWith("!")) {
      return "negative look-ahead ((?!)";
    }
    if (rest.startsWith("<=")) {
      return "look-behind ((?<=)";
    }
    if (rest.startsWith("<!")) {
      return "negative look-behind ((?<!)";
    }
    if (rest.startsWith(">")) {
      return "an atomic group ((?>)";
    }
    if (rest.startsWith("(")) {
      return "a conditional ((?()";
    }
    if (rest.startsWith("|")) {
      return "a branch reset ((?|)";
    }
    if (rest.startsWith("#")) {
      return "a comment ((?#)";
    }
    if (rest.startsWith("x")) {
      return "the modifier x";
    }
    return rest.startsWith("R") || rest.startsWith("&") || rest.startsWith("P>")
        ? "recursion"
        : null;
  }
}
