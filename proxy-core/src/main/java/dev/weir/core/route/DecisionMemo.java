package dev.weir.core.route;

import dev.weir.core.sql.Digest;
import dev.weir.core.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decisions made before: what {@link Router} would say again it says without running a rule. Confined to its worker.
 *
 * <p>While no rule looks at texts, statements with one digest are one and the same, so that it helps those too that are
 * never sent twice; else a statement is itself and no other. Of the session only what rules ask about tells two apart. A
 * decision that was drawn, or for which an expression was given up, is not kept; neither is one with wishes in its
 * comment. Rules are counted for a decision from here as for any other.
 *
 * <p>Bounded: a table of so many places, two for each hash, for statements and digests up to a size. It belongs to one
 * rule set and is emptied when another comes.
 */
public final class DecisionMemo {
  private static final int PLACES = 4096;
  /** What a statement or digest, or its rewritten text, may take; about 32 MiB for all in the worst case. */
  private static final int LARGEST = 8 * 1024;
  private static final int MOST_MATCHES = 64;
  private static final int MULTIPLIER = 0x9E3779B9;

  /** What was decided about a digest, or else about one statement. */
  private static final class Entry {
    final @Nullable Digest digest;
    final @Nullable Statement statement;
    final SessionFacts facts;
    final RouteDecision decision;
    final CompiledRule[] matched;

    Entry(@Nullable Digest digest, @Nullable Statement statement, SessionFacts facts,
        RouteDecision decision, CompiledRule[] matched) {
      this.digest = digest;
      this.statement = statement;
      this.facts = facts;
      this.decision = decision;
      this.matched = matched;
    }
  }

  private final @Nullable Entry[] table = new @Nullable Entry[PLACES];
  private RuleSet set = RuleSet.EMPTY;

  /** As {@link Router#decide}; a decision that is known allocates nothing. */
  public RouteDecision decide(RuleSet now, Statement statement, SessionFacts facts,
      RandomGenerator random) {
    forget(now);
    Digest digest = now.asksText ? null : statement.digest();
    int size = digest == null ? statement.weight() : digest.bytes().length;
    if (now.rules.length == 0 || size > LARGEST || !statement.annotations().isEmpty()) {
      return Router.decide(now, statement, facts, random);
    }
    int hash = digest == null ? System.identityHashCode(statement) : digest.hashCode();
    int place = (((hash * 31 + now.hash(facts)) * MULTIPLIER) >>> 16) & (PLACES - 1);
    Entry known = find(place, digest, statement, facts);
    if (known == null) {
      return decideAnew(place, digest, statement, facts, random);
    }
    for (CompiledRule rule : known.matched) {
      rule.hits.increment();
    }
    return known.decision;
  }

  private @Nullable Entry find(int place, @Nullable Digest digest, Statement statement,
      SessionFacts facts) {
    Entry first = table[place];
    if (first != null && is(first, digest, statement, facts)) {
      return first;
    }
    Entry second = table[place ^ 1];
    return second != null && is(second, digest, statement, facts) ? second : null;
  }

  private boolean is(Entry entry, @Nullable Digest digest, Statement statement,
      SessionFacts facts) {
    boolean same = digest == null
        ? statement.equals(entry.statement) // itself: texts are not compared
        : entry.digest != null && digest.equals(entry.digest);
    return same && set.alike(entry.facts, facts);
  }

  private RouteDecision decideAnew(int place, @Nullable Digest digest, Statement statement,
      SessionFacts facts, RandomGenerator random) {
    Deciding deciding = new Deciding(facts.flagIn()).recording();
    Router.decide(set, statement, facts, random, deciding, null);
    RouteDecision decision = deciding.toDecision();
    List<CompiledRule> matched = deciding.matches();
    if (deciding.repeatable() && matched.size() <= MOST_MATCHES
        && deciding.rewrittenBytes() <= LARGEST) {
      table[place ^ 1] = table[place];
      table[place] = new Entry(digest, digest == null ? statement : null, facts, decision,
          matched.toArray(CompiledRule[]::new));
    }
    return decision;
  }

  /** Drops what other rules have decided; nothing when these are the ones it knows. */
  public void forget(RuleSet butFor) {
    if (!butFor.equals(set)) { // the same object
      set = butFor;
      Arrays.fill(table, null);
    }
  }
}
