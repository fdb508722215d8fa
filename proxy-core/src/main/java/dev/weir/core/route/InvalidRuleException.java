package dev.weir.core.route;

/** A rule that cannot be obeyed; the message names the rule and what is wrong with it. */
public final class InvalidRuleException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidRuleException(int ruleId, String problem) {
    super("query rule " + ruleId + ": " + problem);
  }
}
