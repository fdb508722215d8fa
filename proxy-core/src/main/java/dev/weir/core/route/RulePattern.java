package dev.weir.core.route;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A rule's regular expression over bytes, found anywhere in the text. Immutable and usable by any thread.
 *
 * <p>RE2 runs whatever it can: its time is linear in the text. What it cannot do (look-around, back-references, possessive
 * and atomic groups) is a matter of {@link RouteOptions.Engine}. Before any engine runs, the text is looked at for letters
 * that every match must contain; most rules and texts part there.
 */
final class RulePattern {
  /** Characters that the backtracking engine may look at per text; about a millisecond. */
  static final int MAX_STEPS = 200_000;
  private static final int MAX_BACKTRACKING_TEXT = 64 * 1024;
  private static final int MAX_PATTERN = 64 * 1024;

  private final boolean global;
  private final RequiredText required;
  private final com.google.re2j.@Nullable Pattern linear;
  private final java.util.regex.@Nullable Pattern backtracking;
  private final boolean endsAtNewline;

  /** What came of looking. */
  enum Result {
    MATCH, NO_MATCH,
    /** The backtracking engine was stopped. */
    GIVEN_UP
  }

  private RulePattern(boolean global, RequiredText required,
      com.google.re2j.@Nullable Pattern linear, java.util.regex.@Nullable Pattern backtracking,
      boolean endsAtNewline) {
    this.global = global;
    this.required = required;
    this.linear = linear;
    this.backtracking = backtracking;
    this.endsAtNewline = endsAtNewline;
  }

  static RulePattern compile(int ruleId, String column, String pattern, String modifiers,
      RouteOptions.Engine engine) throws InvalidRuleException {
    if (pattern.length() > MAX_PATTERN) {
      throw new InvalidRuleException(ruleId, column + " is longer than " + MAX_PATTERN);
    }
    boolean caseless = false;
    boolean global = false;
    for (String modifier : modifiers.split(",", -1)) {
      switch (modifier.strip().toUpperCase(Locale.ROOT)) {
        case "CASELESS" -> caseless = true;
        case "GLOBAL" -> global = true;
        case "" -> {
        }
        default -> throw new InvalidRuleException(ruleId,
            "re_modifiers knows CASELESS and GLOBAL, not " + modifier.strip());
      }
    }
    String bytes = Latin1.ofUtf8(pattern);
    RequiredText required = RequiredText.of(bytes, caseless);
    try {
      int flags = caseless ? com.google.re2j.Pattern.CASE_INSENSITIVE : 0;
      return new RulePattern(global, required, com.google.re2j.Pattern.compile(bytes, flags), null,
          bytes.indexOf('$') >= 0);
    } catch (com.google.re2j.PatternSyntaxException e) {
      String construct = PcreOnly.find(pattern);
      if (construct == null) {
        throw new InvalidRuleException(ruleId, column + " is no regular expression: "
            + e.getDescription());
      }
      if (engine == RouteOptions.Engine.RE2) {
        throw new InvalidRuleException(ruleId, column + " uses " + construct
            + ", which RE2 does not have; query_processor_regex=1 permits it");
      }
      return backtracking(ruleId, column, bytes, caseless, global, construct);
    }
  }

  private static RulePattern backtracking(int ruleId, String column, String bytes, boolean caseless,
      boolean global, String construct) throws InvalidRuleException {
    try {
      int flags = caseless ? java.util.regex.Pattern.CASE_INSENSITIVE : 0;
      return new RulePattern(global, RequiredText.NONE, null,
          java.util.regex.Pattern.compile(bytes, flags | java.util.regex.Pattern.UNIX_LINES),
          false);
    } catch (java.util.regex.PatternSyntaxException e) {
      throw new InvalidRuleException(ruleId,
          column + " uses " + construct + ", which is not supported: " + e.getDescription());
    }
  }

  boolean isBacktracking() {
    return backtracking != null;
  }

  Result find(byte[] text) {
    if (!required.isIn(text)) {
      return Result.NO_MATCH;
    }
    if (required.isAll()) {
      return Result.MATCH;
    }
    if (linear != null) {
      return linear.matcher(new Latin1(text, 0, text.length)).find()
          || (endsInNewline(text) && linear.matcher(new Latin1(text, 0, text.length - 1)).find())
              ? Result.MATCH
              : Result.NO_MATCH;
    }
    if (backtracking == null || text.length > MAX_BACKTRACKING_TEXT) {
      return Result.GIVEN_UP;
    }
    try {
      return backtracking.matcher(new Counted(new Latin1(text, 0, text.length), new Steps())).find()
          ? Result.MATCH
          : Result.NO_MATCH;
    } catch (TooManyStepsException | StackOverflowError e) {
      // the engine recurses; a pattern such as (a|b)* runs out of stack on a long text before it runs out of steps
      return Result.GIVEN_UP;
    }
  }

  /** PCRE's dollar also stands before a last newline; RE2's does not. */
  private boolean endsInNewline(byte[] text) {
    return endsAtNewline && text.length > 0 && text[text.length - 1] == '\n';
  }

  /** The text with its match, or all of them, replaced; the text itself if there is none. */
  byte[] replace(byte[] text, String replacement) {
    String bytes = Latin1.ofUtf8(replacement);
    StringBuilder out = new StringBuilder(text.length + bytes.length());
    Latin1 whole = new Latin1(text, 0, text.length);
    try {
      if (linear != null) {
        boolean cut = endsInNewline(text) && !linear.matcher(whole).find();
        Latin1 in = cut ? new Latin1(text, 0, text.length - 1) : whole;
        replaceAll(new Linear(linear.matcher(in)), in, bytes, out);
        if (cut) {
          out.append('\n');
        }
      } else if (backtracking != null) {
        replaceAll(new Backtracking(backtracking.matcher(new Counted(whole, new Steps()))), whole,
            bytes, out);
      }
    } catch (TooManyStepsException | StackOverflowError e) {
      return text;
    }
    return out.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private void replaceAll(Match match, Latin1 in, String replacement, StringBuilder out) {
    int done = 0;
    while (match.find()) {
      out.append(in, done, match.start(0));
      expand(match, in, replacement, out);
      done = match.end(0);
      if (!global) {
        break;
      }
    }
    out.append(in, done, in.length());
  }

  private static void expand(Match match, Latin1 in, String replacement, StringBuilder out) {
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      if (c != '\\' || i + 1 == replacement.length()) {
        out.append(c);
        continue;
      }
      char next = replacement.charAt(++i);
      if (next >= '0' && next <= '9') {
        int group = next - '0';
        if (group <= match.groups() && match.start(group) >= 0) {
          out.append(in, match.start(group), match.end(group));
        }
      } else {
        out.append(next);
      }
    }
  }

  /** What both engines' matchers can do. */
  private interface Match {
    boolean find();

    int groups();

    int start(int group);

    int end(int group);
  }

  private record Linear(com.google.re2j.Matcher matcher) implements Match {
    @Override
    public boolean find() {
      return matcher.find();
    }

    @Override
    public int groups() {
      return matcher.groupCount();
    }

    @Override
    public int start(int group) {
      return matcher.start(group);
    }

    @Override
    public int end(int group) {
      return matcher.end(group);
    }
  }

  private record Backtracking(java.util.regex.Matcher matcher) implements Match {
    @Override
    public boolean find() {
      return matcher.find();
    }

    @Override
    public int groups() {
      return matcher.groupCount();
    }

    @Override
    public int start(int group) {
      return matcher.start(group);
    }

    @Override
    public int end(int group) {
      return matcher.end(group);
    }
  }

  /** Ends a search that takes too long. */
  private static final class TooManyStepsException extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManyStepsException() {
      super(null, null, false, false);
    }
  }

  /** Counts what the backtracking engine looks at; shared by all parts of one text. */
  private static final class Steps {
    private int taken;

    void take() {
      if (++taken > MAX_STEPS) {
        throw new TooManyStepsException();
      }
    }
  }

  /** A text that can be looked at so often only. */
  private record Counted(CharSequence text, Steps steps) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      steps.take();
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Counted(text.subSequence(start, end), steps);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
