package dev.weir.core.mysql;

import dev.weir.core.config.Networks;
import dev.weir.core.config.mysql.MysqlVariables;
import java.util.concurrent.TimeUnit;

/**
 * The variables of what goes on beside the way of statements, resolved when they are loaded.
 *
 * @param balancers who may send a header of the PROXY protocol
 * @param hostsCounted client hosts whose failed logins are counted; 0 counts none
 * @param hostErrors so many of them keep a host out; 0 keeps none out
 * @param slowMicros from here on a statement is a slow one
 * @param logAll whether statements are logged of which no rule says anything
 * @param logJson whether as JSON
 * @param mirrorsAtOnce copies of statements that run
 * @param mirrorsWaiting and that wait
 * @param processlistJson 0 shows no JSON in the process list, 1 does, 2 over several lines
 * @param logLost whether a client that goes without a word is logged
 * @param serversVerbose how much is logged of a change of servers, 0 to 3
 */
record SideSettings(Networks balancers, int hostsCounted, int hostErrors, long slowMicros,
    boolean logAll, boolean logJson, int mirrorsAtOnce, int mirrorsWaiting, int processlistJson,
    boolean logLost, int serversVerbose) {
  private static final int JSON = 2;

  static SideSettings of(MysqlVariables v) {
    Networks balancers = Networks.parse(v.text("mysql-proxy_protocol_networks"));
    return new SideSettings(balancers == null ? Networks.NONE : balancers,
        (int) v.whole("mysql-client_host_cache_size"),
        (int) v.whole("mysql-client_host_error_counts"),
        TimeUnit.MILLISECONDS.toMicros(v.whole("mysql-long_query_time")),
        v.whole("mysql-eventslog_default_log") == 1,
        v.whole("mysql-eventslog_format") == JSON,
        (int) v.whole("mysql-mirror_max_concurrency"),
        (int) v.whole("mysql-mirror_max_queue_length"),
        (int) v.whole("mysql-show_processlist_extended"),
        v.flag("mysql-log_unhealthy_connections"),
        (int) v.whole("mysql-hostgroup_manager_verbose"));
  }
}
