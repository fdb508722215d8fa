package dev.weir.core.route;

import dev.weir.core.sql.Annotations;
import dev.weir.core.sql.Digest;
import dev.weir.core.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a statement goes, in ProxySQL's semantics: rules, then fast routing, then the wishes in its comment. A
 * pure function of its arguments, but for the counters of the rules.
 *
 * <p>One difference is deliberate. ProxySQL skips fast routing when the last rule it <em>looked at</em> has apply=1, even
 * if that rule did not match; here it is skipped only if the last rule that matched has.
 */
public final class Router {
  /** What nothing said anything about. */
  private static final RouteDecision TO_DEFAULT = new Deciding(0).toDecision();

  private Router() {}

  /**
   * Decides; allocates nothing if there is nothing to decide by.
   *
   * @param random draws among weighted flagOUTs
   */
  public static RouteDecision decide(RuleSet set, Statement statement, SessionFacts facts,
      RandomGenerator random) {
    boolean wishes = !facts.mirror() && !statement.annotations().isEmpty();
    if (set.rules.length == 0 && set.fastRoutes.size() == 0 && !wishes && facts.flagIn() == 0) {
      return TO_DEFAULT;
    }
    return decide(set, statement, facts, random, null);
  }

  /** Decides and says why; the rules' counters stay as they are. */
  public static Explanation explain(RuleSet set, Statement statement, SessionFacts facts,
      RandomGenerator random) {
    List<Explanation.Step> steps = new ArrayList<>();
    RouteDecision decision = decide(set, statement, facts, random, steps);
    return new Explanation(decision, steps);
  }

  private static RouteDecision decide(RuleSet set, Statement statement, SessionFacts facts,
      RandomGenerator random, @Nullable List<Explanation.Step> steps) {
    Deciding deciding = new Deciding(facts.flagIn());
    decide(set, statement, facts, random, deciding, steps);
    return deciding.toDecision();
  }

  static void decide(RuleSet set, Statement statement, SessionFacts facts, RandomGenerator random,
      Deciding deciding, @Nullable List<Explanation.Step> steps) {
    boolean applied = runRules(set, statement, facts, random, deciding, steps);
    if (!applied) {
      int hostgroup = set.fastRoutes.find(facts.username(), facts.schemaname(), deciding.flag);
      if (hostgroup != FastRoutes.NONE) {
        deciding.hostgroup = hostgroup;
        deciding.fastRouted = true;
        if (steps != null) {
          steps.add(Explanation.Step.note("fast routing to hostgroup " + hostgroup + " by user "
              + facts.username() + ", schema " + facts.schemaname() + ", flag " + deciding.flag));
        }
      }
    }
    Annotations wishes = statement.annotations();
    if (!facts.mirror() && !wishes.isEmpty()) {
      deciding.obey(wishes);
      if (steps != null) {
        steps.add(Explanation.Step.note("the comment asks for " + wishes));
      }
    }
  }

  /** True if the last match ended the rules. */
  private static boolean runRules(RuleSet set, Statement statement, SessionFacts facts,
      RandomGenerator random, Deciding deciding, @Nullable List<Explanation.Step> steps) {
    int iterations = set.options.iterations();
    int i = 0;
    while (i < set.rules.length) {
      CompiledRule rule = set.rules[i++];
      String failed = failsOn(set, rule, statement, facts, deciding);
      if (steps != null) {
        steps.add(new Explanation.Step(rule.rule.ruleId(), failed == null, failed == null
            ? "matches"
            : failed + " does not match"));
      } else if (failed == null) {
        rule.hits.increment();
        deciding.matched(rule);
      }
      if (failed != null) {
        continue;
      }
      boolean jumps = deciding.obey(rule, statement, random);
      if (rule.then.apply()) {
        return true;
      }
      if (jumps && iterations > 0) {
        iterations--;
        i = 0;
      }
    }
    return false;
  }

  private static @Nullable String failsOn(RuleSet set, CompiledRule rule, Statement statement,
      SessionFacts facts, Deciding deciding) {
    Digest digest = statement.digest();
    String failed = rule.failsOn(facts, deciding.flag, digest);
    if (failed != null) {
      return failed;
    }
    boolean negated = rule.when.negateMatchPattern();
    if (rule.matchDigest != null && digest != null
        && !holds(set, deciding, rule.matchDigest, digest.bytes(), negated)) {
      return "match_digest";
    }
    if (rule.matchPattern != null
        && !holds(set, deciding, rule.matchPattern, deciding.text(statement), negated)) {
      return "match_pattern";
    }
    return null;
  }

  private static boolean holds(RuleSet set, Deciding deciding, RulePattern pattern, byte[] text,
      boolean negated) {
    return switch (pattern.find(text)) {
      case MATCH -> !negated;
      case NO_MATCH -> negated;
      case GIVEN_UP -> {
        set.givenUp.increment();
        deciding.unrepeatable();
        yield false;
      }
    };
  }
}
