package dev.weir.core.config.mysql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule, as {@code mysql_query_rules} holds it; null where a column is unset. */
public record QueryRuleRow(long ruleId, boolean active, @Nullable String username,
    @Nullable String schemaname, int flagIN, @Nullable String clientAddr,
    @Nullable String proxyAddr, @Nullable Integer proxyPort, @Nullable String digest,
    @Nullable String matchDigest, @Nullable String matchPattern, boolean negateMatchPattern,
    @Nullable String reModifiers, @Nullable Integer flagOUT, @Nullable String replacePattern,
    @Nullable Integer destinationHostgroup, @Nullable Long cacheTtl,
    @Nullable Boolean cacheEmptyResult, @Nullable Long cacheTimeout, @Nullable Boolean reconnect,
    @Nullable Long timeout, @Nullable Integer retries, @Nullable Long delay,
    @Nullable Integer nextQueryFlagIN, @Nullable Integer mirrorFlagOUT,
    @Nullable Integer mirrorHostgroup, @Nullable String errorMsg, @Nullable String okMsg,
    @Nullable Boolean stickyConn, @Nullable Integer multiplex, @Nullable Integer gtidFromHostgroup,
    @Nullable Boolean log, boolean apply, String attributes, @Nullable String comment) {

  static QueryRuleRow of(RowValues row) {
    return new QueryRuleRow(row.big("rule_id"), row.flag("active"), row.textOrNull("username"),
        row.textOrNull("schemaname"), row.whole("flagIN"), row.textOrNull("client_addr"),
        row.textOrNull("proxy_addr"), row.wholeOrNull("proxy_port"), row.textOrNull("digest"),
        row.textOrNull("match_digest"), row.textOrNull("match_pattern"),
        row.flag("negate_match_pattern"), row.textOrNull("re_modifiers"),
        row.wholeOrNull("flagOUT"), row.textOrNull("replace_pattern"),
        row.wholeOrNull("destination_hostgroup"), row.bigOrNull("cache_ttl"),
        row.flagOrNull("cache_empty_result"), row.bigOrNull("cache_timeout"),
        row.flagOrNull("reconnect"), row.bigOrNull("timeout"), row.wholeOrNull("retries"),
        row.bigOrNull("delay"), row.wholeOrNull("next_query_flagIN"),
        row.wholeOrNull("mirror_flagOUT"), row.wholeOrNull("mirror_hostgroup"),
        row.textOrNull("error_msg"), row.textOrNull("OK_msg"), row.flagOrNull("sticky_conn"),
        row.wholeOrNull("multiplex"), row.wholeOrNull("gtid_from_hostgroup"), row.flagOrNull("log"),
        row.flag("apply"), row.text("attributes"), row.textOrNull("comment"));
  }

  List<@Nullable String> values() {
    return RowValues.listed(ruleId, active, username, schemaname, flagIN, clientAddr, proxyAddr,
        proxyPort, digest, matchDigest, matchPattern, negateMatchPattern, reModifiers, flagOUT,
        replacePattern, destinationHostgroup, cacheTtl, cacheEmptyResult, cacheTimeout, reconnect,
        timeout, retries, delay, nextQueryFlagIN, mirrorFlagOUT, mirrorHostgroup, errorMsg, okMsg,
        stickyConn, multiplex, gtidFromHostgroup, log, apply, attributes, comment);
  }
}
