package dev.weir.core.route;

import java.util.List;

/** A decision and how it came about, for {@code EXPLAIN ROUTE}. */
public record Explanation(RouteDecision decision, List<Step> steps) {
  public Explanation {
    steps = List.copyOf(steps);
  }

  /**
   * One thing looked at.
   *
   * @param ruleId the rule; {@link RouteDecision#UNSET} for what is no rule
   * @param matched whether it had a say
   */
  public record Step(int ruleId, boolean matched, String why) {
    static Step note(String why) {
      return new Step(RouteDecision.UNSET, true, why);
    }
  }
}
