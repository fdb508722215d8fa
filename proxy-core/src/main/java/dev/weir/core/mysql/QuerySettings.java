package dev.weir.core.mysql;

import dev.weir.core.config.mysql.MysqlVariables;

/**
 * The variables of the query cache and of what is noted about queries, resolved when they are loaded.
 *
 * @param cacheBytes what all cached results may take; 0 keeps none
 * @param cacheSoftTtlPercent share of its time after which one session renews a result; 0 is never
 * @param cacheStoresEmpty whether results without rows are kept where no rule says
 * @param cacheWarnings whether results with warnings are kept
 * @param largestResult bytes; a longer result is not kept
 * @param digestsByHost whether digests are counted for each client address
 * @param logsErrors whether an error of a server is logged with its statement's digest
 */
record QuerySettings(long cacheBytes, int cacheSoftTtlPercent, boolean cacheStoresEmpty,
    boolean cacheWarnings, int largestResult, boolean digestsByHost, boolean logsErrors) {

  static QuerySettings of(MysqlVariables v) {
    return new QuerySettings(v.whole("mysql-query_cache_size_MB") << 20,
        (int) v.whole("mysql-query_cache_soft_ttl_pct"),
        v.flag("mysql-query_cache_stores_empty_result"),
        v.whole("mysql-query_cache_handle_warnings") == 1,
        (int) v.whole("mysql-threshold_resultset_size"),
        v.flag("mysql-query_digests_track_hostname"),
        v.flag("mysql-verbose_query_error"));
  }
}
