package dev.weir.core.route;

import dev.weir.core.sql.Digest;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A rule with its patterns compiled. Immutable but for its counter, which threads share without contention. */
final class CompiledRule {
  final QueryRule rule;
  final QueryRule.Conditions when;
  final QueryRule.Actions then;
  final @Nullable RulePattern matchDigest;
  final @Nullable RulePattern matchPattern;
  final @Nullable FlagOutChoice flagOuts;
  final LongAdder hits = new LongAdder();
  private final boolean hasDigest;
  private final long digest;
  private final int clientPrefix;

  private static final int EXACT = -1;

  CompiledRule(QueryRule rule, RouteOptions.Engine engine) throws InvalidRuleException {
    this.rule = rule;
    this.when = rule.conditions();
    this.then = rule.actions();
    int id = rule.ruleId();
    this.matchDigest = pattern(id, "match_digest", when.matchDigest(), when, engine);
    this.matchPattern = pattern(id, "match_pattern", when.matchPattern(), when, engine);
    this.flagOuts = FlagOutChoice.of(id, then.attributes());
    String hex = when.digest();
    this.hasDigest = hex != null;
    this.digest = hex == null ? 0 : digest(id, hex);
    String address = when.clientAddr();
    this.clientPrefix = address != null && address.endsWith("%") ? address.length() - 1 : EXACT;
  }

  private static @Nullable RulePattern pattern(int id, String column, @Nullable String pattern,
      QueryRule.Conditions when, RouteOptions.Engine engine) throws InvalidRuleException {
    return pattern == null
        ? null
        : RulePattern.compile(id, column, pattern, when.reModifiers(), engine);
  }

  private static long digest(int id, String hex) throws InvalidRuleException {
    try {
      return Digest.parseHex(hex);
    } catch (NumberFormatException e) {
      throw new InvalidRuleException(id,
          "digest must be a hexadecimal number of 16 digits, not " + hex);
    }
  }

  /** The first test that fails, by its column; null if all hold but those on the text. */
  @Nullable
  String failsOn(SessionFacts facts, int flag, @Nullable Digest own) {
    if (when.flagIn() != flag) {
      return "flagIN";
    }
    if (when.username() != null && !when.username().equals(facts.username())) {
      return "username";
    }
    if (when.schemaname() != null && !when.schemaname().equals(facts.schemaname())) {
      return "schemaname";
    }
    if (when.clientAddr() != null && !isClient(when.clientAddr(), facts.clientAddr())) {
      return "client_addr";
    }
    if (facts.proxyAddr() != null && when.proxyAddr() != null
        && !when.proxyAddr().equals(facts.proxyAddr())) {
      return "proxy_addr";
    }
    if (facts.proxyPort() > 0 && when.proxyPort() != null
        && !Objects.equals(when.proxyPort(), facts.proxyPort())) {
      return "proxy_port";
    }
    return hasDigest && own != null && own.hash() != digest ? "digest" : null;
  }

  private boolean isClient(String wanted, String address) {
    return clientPrefix == EXACT
        ? wanted.equals(address)
        : address.regionMatches(0, wanted, 0, clientPrefix);
  }
}
