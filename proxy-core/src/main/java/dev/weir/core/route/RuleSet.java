package dev.weir.core.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The rules in force, compiled: active query rules in order of their ids, fast routing, options. Immutable but for its
 * counters; a new one is made for each LOAD and swapped in whole.
 */
public final class RuleSet {
  public static final RuleSet EMPTY = new RuleSet(new CompiledRule[0], new FastRoutes(List.of()),
      RouteOptions.DEFAULTS);

  final CompiledRule[] rules;
  final FastRoutes fastRoutes;
  final RouteOptions options;
  final LongAdder givenUp = new LongAdder();

  private RuleSet(CompiledRule[] rules, FastRoutes fastRoutes, RouteOptions options) {
    this.rules = rules;
    this.fastRoutes = fastRoutes;
    this.options = options;
  }

  /**
   * Compiles the active rules; those that are not active are not looked at.
   *
   * @throws InvalidRuleException naming the first rule that cannot be obeyed
   */
  public static RuleSet compile(List<QueryRule> rules, List<FastRoute> fastRoutes,
      RouteOptions options) throws InvalidRuleException {
    List<QueryRule> active = new ArrayList<>(rules.stream().filter(QueryRule::active).toList());
    active.sort(Comparator.comparingInt(QueryRule::ruleId));
    Set<Integer> ids = new HashSet<>();
    CompiledRule[] compiled = new CompiledRule[active.size()];
    for (int i = 0; i < compiled.length; i++) {
      QueryRule rule = active.get(i);
      if (!ids.add(rule.ruleId())) {
        throw new InvalidRuleException(rule.ruleId(), "there is another rule with this rule_id");
      }
      compiled[i] = new CompiledRule(rule, options.engine());
    }
    return new RuleSet(compiled, new FastRoutes(fastRoutes), options);
  }

  /** The active rules, in order. */
  public List<QueryRule> rules() {
    List<QueryRule> all = new ArrayList<>(rules.length);
    for (CompiledRule rule : rules) {
      all.add(rule.rule);
    }
    return all;
  }

  /** How often each rule matched, by its id: {@code stats_mysql_query_rules}. */
  public Map<Integer, Long> hits() {
    Map<Integer, Long> all = new TreeMap<>();
    for (CompiledRule rule : rules) {
      all.put(rule.rule.ruleId(), rule.hits.sum());
    }
    return all;
  }

  /** How often the backtracking engine was stopped. */
  public long givenUp() {
    return givenUp.sum();
  }

  /** The rules whose patterns RE2 cannot run, by their ids. */
  public List<Integer> backtrackingRules() {
    List<Integer> ids = new ArrayList<>();
    for (CompiledRule rule : rules) {
      if ((rule.matchDigest != null && rule.matchDigest.isBacktracking())
          || (rule.matchPattern != null && rule.matchPattern.isBacktracking())) {
        ids.add(rule.rule.ruleId());
      }
    }
    return ids;
  }

  public int fastRouteCount() {
    return fastRoutes.size();
  }
}
