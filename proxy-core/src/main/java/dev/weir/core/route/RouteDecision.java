package dev.weir.core.route;

import org.jspecify.annotations.Nullable;

/**
 * What is to be done with a statement. Numbers that nobody set are {@link #UNSET}. Immutable.
 *
 * @param hostgroup where it goes; unset is the user's default hostgroup
 * @param rewritten the text to send in place of the client's; null to send that
 * @param flag the flag at the end of the rules: fast routing and the firewall go by it
 * @param nextFlagIn where rules begin with the next statement
 * @param lastRule the rule that matched last; unset if none did
 * @param fastRouted whether fast routing chose the hostgroup
 * @param multiplex 0 pins the connection, 1 ends that, 2 lets this statement's variables pin nothing
 */
public record RouteDecision(int hostgroup, @Nullable RewrittenText rewritten, int flag,
    int nextFlagIn,
    int lastRule, boolean fastRouted, int cacheTtlMillis, int cacheEmptyResult,
    int cacheTimeoutMillis, int reconnect, int timeoutMillis, int retries, int delayMillis,
    int mirrorHostgroup, int mirrorFlagOut, @Nullable String errorMessage,
    @Nullable String okMessage, int stickyConnection, int multiplex, int gtidFromHostgroup, int log,
    int maxLagMillis, long minEpochMillis, @Nullable String minGtid, boolean newConnection) {
  public static final int UNSET = -1;

  /**
   * For the copy of a statement: to this hostgroup if nothing else was decided, run once and not copied again.
   *
   * @param otherwise unset is the user's default hostgroup
   */
  public RouteDecision forCopy(int otherwise) {
    return new RouteDecision(hostgroup == UNSET ? otherwise : hostgroup, rewritten, flag,
        nextFlagIn, lastRule, fastRouted, cacheTtlMillis, cacheEmptyResult, cacheTimeoutMillis,
        reconnect, timeoutMillis, 0, delayMillis, UNSET, UNSET, errorMessage, okMessage,
        stickyConnection, multiplex, gtidFromHostgroup, log, maxLagMillis, minEpochMillis, minGtid,
        newConnection);
  }
}
