package dev.weir.core.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of {@code auth_hba_file}, in order; empty when the file is not used or holds none. Immutable. */
public final class HbaRules {
  static final HbaRules NONE = new HbaRules(List.of(), List.of());

  private final List<HbaRule> rules;
  private final List<Warning> warnings;

  /** A line that was left out or may not mean what its writer thinks; line 0 is the file itself. */
  public record Warning(int line, String text) {}

  HbaRules(List<HbaRule> rules, List<Warning> warnings) {
    this.rules = List.copyOf(rules);
    this.warnings = List.copyOf(warnings);
  }

  /** The first rule that matches; null when none does and the client is to be refused. */
  public @Nullable HbaRule match(HbaQuestion question) {
    for (HbaRule rule : rules) {
      if (rule.matches(question)) {
        return rule;
      }
    }
    return null;
  }

  /** The rules in the order of the file. */
  public List<HbaRule> rules() {
    return rules;
  }

  /** What was wrong with the file. */
  public List<Warning> warnings() {
    return warnings;
  }
}
