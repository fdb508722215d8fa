package dev.weir.core.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

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
  /** Which of what rules may ask about these ask: the rest makes no difference to any decision. */
  final boolean asksText;
  private final boolean asksUser;
  private final boolean asksSchema;
  private final boolean asksClient;
  private final boolean asksProxy;

  private RuleSet(CompiledRule[] rules, FastRoutes fastRoutes, RouteOptions options) {
    this.rules = rules;
    this.fastRoutes = fastRoutes;
    this.options = options;
    boolean routes = fastRoutes.size() > 0;
    this.asksText = any(rules, rule -> rule.matchPattern != null);
    this.asksUser = routes || any(rules, rule -> rule.when.username() != null);
    this.asksSchema = routes || any(rules, rule -> rule.when.schemaname() != null);
    this.asksClient = any(rules, rule -> rule.when.clientAddr() != null);
    this.asksProxy = any(rules,
        rule -> rule.when.proxyAddr() != null || rule.when.proxyPort() != null);
  }

  private static boolean any(CompiledRule[] rules, Predicate<CompiledRule> what) {
    return Arrays.stream(rules).anyMatch(what);
  }

  /** Whether no rule can tell these two from one another. Allocates nothing. */
  boolean alike(SessionFacts one, SessionFacts other) {
    return one.flagIn() == other.flagIn()
        && (!asksUser || one.username().equals(other.username()))
        && (!asksSchema || one.schemaname().equals(other.schemaname()))
        && (!asksClient || one.clientAddr().equals(other.clientAddr()))
        && (!asksProxy || (one.proxyPort() == other.proxyPort()
            && Objects.equals(one.proxyAddr(), other.proxyAddr())));
  }

  /** The same for facts that are {@link #alike}. */
  int hash(SessionFacts facts) {
    int hash = facts.flagIn();
    hash = asksUser ? hash * 31 + facts.username().hashCode() : hash;
    hash = asksSchema ? hash * 31 + facts.schemaname().hashCode() : hash;
    return asksClient ? hash * 31 + facts.clientAddr().hashCode() : hash;
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
