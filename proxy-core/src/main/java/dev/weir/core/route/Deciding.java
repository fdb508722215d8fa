package dev.weir.core.route;

import dev.weir.core.sql.Annotations;
import dev.weir.core.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A decision in the making: what the rules so far said. Belongs to one call of {@link Router}. */
final class Deciding {
  private static final int UNSET = RouteDecision.UNSET;

  int flag;
  int hostgroup = UNSET;
  boolean fastRouted;
  private @Nullable RewrittenText rewritten;
  private int nextFlagIn = UNSET;
  private int lastRule = UNSET;
  private int cacheTtl = UNSET;
  private int cacheEmptyResult = UNSET;
  private int cacheTimeout = UNSET;
  private int reconnect = UNSET;
  private int timeout = UNSET;
  private int retries = UNSET;
  private int delay = UNSET;
  private int mirrorHostgroup = UNSET;
  private int mirrorFlagOut = UNSET;
  private @Nullable String errorMessage;
  private @Nullable String okMessage;
  private int stickyConnection = UNSET;
  private int multiplex = UNSET;
  private int gtidFromHostgroup = UNSET;
  private int log = UNSET;
  private int maxLag = UNSET;
  private long minEpoch = UNSET;
  private @Nullable String minGtid;
  private boolean newConnection;
  private boolean repeatable = true;
  private @Nullable List<CompiledRule> matched;

  Deciding(int flag) {
    this.flag = flag;
  }

  /** From now on the rules that match are listed, for who wants to count them again. */
  Deciding recording() {
    matched = new ArrayList<>(4);
    return this;
  }

  void matched(CompiledRule rule) {
    if (matched != null) {
      matched.add(rule);
    }
  }

  /** The rules that matched, in order, each as often as it did; empty unless {@link #recording}. */
  List<CompiledRule> matches() {
    return matched == null ? List.of() : matched;
  }

  /** The same statement of the same session may be decided otherwise, or counted otherwise. */
  void unrepeatable() {
    repeatable = false;
  }

  boolean repeatable() {
    return repeatable;
  }

  /** Bytes of the rewritten text; 0 when there is none. */
  int rewrittenBytes() {
    return rewritten == null ? 0 : rewritten.bytes().length;
  }

  /** The statement as rewritten so far. */
  byte[] text(Statement statement) {
    RewrittenText own = rewritten;
    return own == null ? statement.bytes() : own.bytes();
  }

  private static int or(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }

  /** Takes over what a matching rule says; true if it has a flagOUT. */
  boolean obey(CompiledRule rule, Statement statement, RandomGenerator random) {
    QueryRule.Actions then = rule.then;
    lastRule = rule.rule.ruleId();
    int destination = or(then.destinationHostgroup(), UNSET);
    hostgroup = destination >= 0 ? destination : hostgroup;
    cacheTtl = or(then.cacheTtl(), cacheTtl);
    cacheEmptyResult = or(then.cacheEmptyResult(), cacheEmptyResult);
    cacheTimeout = or(then.cacheTimeout(), cacheTimeout);
    reconnect = or(then.reconnect(), reconnect);
    timeout = or(then.timeout(), timeout);
    retries = or(then.retries(), retries);
    delay = or(then.delay(), delay);
    nextFlagIn = or(then.nextQueryFlagIn(), nextFlagIn);
    mirrorHostgroup = or(then.mirrorHostgroup(), mirrorHostgroup);
    mirrorFlagOut = or(then.mirrorFlagOut(), mirrorFlagOut);
    errorMessage = then.errorMsg() == null ? errorMessage : then.errorMsg();
    okMessage = then.okMsg() == null ? okMessage : then.okMsg();
    stickyConnection = or(then.stickyConn(), stickyConnection);
    multiplex = or(then.multiplex(), multiplex);
    gtidFromHostgroup = or(then.gtidFromHostgroup(), gtidFromHostgroup);
    log = or(then.log(), log);
    String replacement = then.replacePattern();
    if (replacement != null && rule.matchPattern != null) {
      rewritten = new RewrittenText(rule.matchPattern.replace(text(statement), replacement));
    }
    if (then.flagOut() != null) {
      flag = then.flagOut();
      return true;
    }
    if (rule.flagOuts != null) {
      flag = rule.flagOuts.draw(random);
      unrepeatable();
      return true;
    }
    return false;
  }

  /** Takes over what the comment asks for; it comes last and so has the last word. */
  void obey(Annotations wishes) {
    hostgroup = orKeep(wishes.hostgroup(), hostgroup);
    cacheTtl = orKeep(wishes.cacheTtlMillis(), cacheTtl);
    timeout = orKeep(wishes.timeoutMillis(), timeout);
    retries = orKeep(wishes.retries(), retries);
    delay = orKeep(wishes.delayMillis(), delay);
    mirrorHostgroup = orKeep(wishes.mirror(), mirrorHostgroup);
    maxLag = orKeep(wishes.maxLagMillis(), maxLag);
    minEpoch = wishes.minEpochMillis() >= 0 ? wishes.minEpochMillis() : minEpoch;
    minGtid = wishes.minGtid() == null ? minGtid : wishes.minGtid();
    newConnection |= wishes.newConnection();
  }

  private static int orKeep(int value, int otherwise) {
    return value >= 0 ? value : otherwise;
  }

  RouteDecision toDecision() {
    return new RouteDecision(hostgroup, rewritten, flag, nextFlagIn, lastRule, fastRouted, cacheTtl,
        cacheEmptyResult, cacheTimeout, reconnect, timeout, retries, delay, mirrorHostgroup,
        mirrorFlagOut, errorMessage, okMessage, stickyConnection, multiplex, gtidFromHostgroup, log,
        maxLag, minEpoch, minGtid, newConnection);
  }
}
