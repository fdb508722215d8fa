package dev.weir.admin.http;

import dev.weir.core.control.DatabaseTraffic;
import dev.weir.core.control.DatabaseView;
import dev.weir.core.control.ListCounts;
import dev.weir.core.control.PoolView;
import dev.weir.core.metrics.PoolHistograms.PinTimes;
import java.util.Map;

/**
 * Every metric we offer, each declared once. Names that begin with {@code pgbouncer_} are those of the Prometheus
 * community's pgbouncer_exporter, with its labels and units and the label {@code protocol} beside them, so that its
 * dashboards and alerts go on working; what it has no name for begins with {@code weir_}.
 */
final class MetricCatalogue {
  static final String PROTOCOL = "protocol";
  private static final double MICROS_PER_SECOND = 1e6;

  static final MetricGroup<PoolView> POOLS = MetricGroup.<PoolView>of()
      .label(PROTOCOL, pool -> pool.protocol().label())
      .label("database", PoolView::database)
      .label("user", PoolView::user)
      .gauge("pgbouncer_pools_client_active_connections", "Clients linked to a server or idle.",
          PoolView::clActive)
      .gauge("pgbouncer_pools_client_waiting_connections", "Clients waiting for a server.",
          PoolView::clWaiting)
      .gauge("pgbouncer_pools_client_active_cancel_connections",
          "Clients whose cancel request has been sent on.", PoolView::clActiveCancelReq)
      .gauge("pgbouncer_pools_client_waiting_cancel_connections",
          "Clients whose cancel request waits to be sent on.", PoolView::clWaitingCancelReq)
      .gauge("pgbouncer_pools_server_active_connections", "Servers linked to a client.",
          PoolView::svActive)
      .gauge("pgbouncer_pools_server_active_cancel_connections",
          "Server connections that carry a cancel request.", PoolView::svActiveCancel)
      .gauge("pgbouncer_pools_server_being_canceled_connections",
          "Servers kept back until the cancel requests for them are over.",
          PoolView::svBeingCanceled)
      .gauge("pgbouncer_pools_server_idle_connections", "Servers ready for the next client.",
          PoolView::svIdle)
      .gauge("pgbouncer_pools_server_used_connections",
          "Servers idle so long that they are to be checked before use.", PoolView::svUsed)
      .gauge("pgbouncer_pools_server_testing_connections", "Servers being reset or checked.",
          PoolView::svTested)
      .gauge("pgbouncer_pools_server_login_connections", "Servers being logged in to.",
          PoolView::svLogin)
      .gauge("pgbouncer_pools_client_maxwait_seconds",
          "Whole seconds that the first client in the queue has waited.",
          pool -> Math.floor(pool.maxWaitMicros() / MICROS_PER_SECOND))
      .gauge("weir_pool_client_maxwait_seconds",
          "Time that the first client in the queue has waited.",
          pool -> pool.maxWaitMicros() / MICROS_PER_SECOND)
      .gauge("weir_pool_size", "Most servers that the pool may open; 0 is unlimited.",
          PoolView::poolSize);

  static final MetricGroup<DatabaseView> DATABASES = MetricGroup.<DatabaseView>of()
      .label(PROTOCOL, database -> database.protocol().label())
      .label("name", DatabaseView::name)
      .label("host", DatabaseView::host)
      .label("port", database -> Integer.toString(database.port()))
      .label("database", DatabaseView::database)
      .label("force_user", DatabaseView::forceUser)
      .label("pool_mode", DatabaseView::poolMode)
      .gauge("pgbouncer_databases_pool_size", "Most servers for each pool of the database.",
          DatabaseView::poolSize)
      .gauge("pgbouncer_databases_reserve_pool",
          "Further servers for clients that have waited long.", DatabaseView::reservePoolSize)
      .gauge("pgbouncer_databases_max_connections",
          "Most servers for the whole database; 0 is unlimited.", DatabaseView::maxConnections)
      .gauge("pgbouncer_databases_current_connections", "Servers of the database.",
          DatabaseView::currentConnections)
      .gauge("pgbouncer_databases_paused", "1 while the database is paused.",
          database -> flag(database.paused()))
      .gauge("pgbouncer_databases_disabled", "1 while the database refuses logins.",
          database -> flag(database.disabled()))
      .gauge("weir_databases_current_client_connections", "Clients of the database.",
          DatabaseView::currentClientConnections)
      .gauge("weir_databases_max_client_connections",
          "Most clients of the database; 0 is unlimited.", DatabaseView::maxClientConnections);

  static final MetricGroup<DatabaseTraffic> TRAFFIC = MetricGroup.<DatabaseTraffic>of()
      .label(PROTOCOL, row -> row.protocol().label())
      .label("database", DatabaseTraffic::database)
      .counter("pgbouncer_stats_totals_queries_pooled_total", "Queries.",
          row -> row.total().queries())
      .counter("pgbouncer_stats_totals_queries_duration_seconds_total", "Time spent in queries.",
          row -> row.total().queryMicros() / MICROS_PER_SECOND)
      .counter("pgbouncer_stats_totals_received_bytes_total", "Bytes received from clients.",
          row -> row.total().received())
      .counter("pgbouncer_stats_totals_sent_bytes_total", "Bytes received from servers.",
          row -> row.total().sent())
      .counter("pgbouncer_stats_totals_client_wait_seconds_total",
          "Time that clients waited for a server.",
          row -> row.total().waitMicros() / MICROS_PER_SECOND)
      .counter("pgbouncer_stats_totals_sql_transactions_pooled_total", "Transactions.",
          row -> row.total().transactions())
      .counter("pgbouncer_stats_totals_server_in_transaction_seconds_total",
          "Time spent in transactions.", row -> row.total().transactionMicros() / MICROS_PER_SECOND)
      .counter("pgbouncer_stats_totals_client_parses_total", "Statements that clients prepared.",
          row -> row.total().clientParses())
      .counter("pgbouncer_stats_totals_server_parses_total", "Statements prepared on servers.",
          row -> row.total().serverParses())
      .counter("pgbouncer_stats_totals_binds_total", "Prepared statements bound for a run.",
          row -> row.total().binds())
      .counter("weir_stats_server_assignments_total", "How often a server was linked to a client.",
          row -> row.total().serverAssignments())
      .counter("weir_stats_client_logins_total", "Clients that logged in.",
          row -> row.total().clientLogins());

  static final MetricGroup<PinTimes> PINS = MetricGroup.<PinTimes>of()
      .label(PROTOCOL, pins -> pins.protocol().label())
      .label("reason", PinTimes::reason)
      .gauge("weir_pinned_sessions",
          "Clients that keep their server between transactions for this reason.", PinTimes::active)
      .counter("weir_pins_total", "How often clients have begun to.", PinTimes::begun);

  static final MetricGroup<ListCounts> LISTS = MetricGroup.<ListCounts>of()
      .gauge("pgbouncer_databases", "Databases.", ListCounts::databases)
      .gauge("pgbouncer_users", "Users.", ListCounts::users)
      .gauge("pgbouncer_pools", "Pools.", ListCounts::pools)
      .gauge("pgbouncer_free_clients", "Client objects kept for reuse.", ListCounts::freeClients)
      .gauge("pgbouncer_used_clients", "Clients that are connected.", ListCounts::usedClients)
      .gauge("pgbouncer_login_clients", "Clients that are logging in.", ListCounts::loginClients)
      .gauge("pgbouncer_free_servers", "Server objects kept for reuse.",
          ListCounts::freeServers)
      .gauge("pgbouncer_used_servers", "Server connections.", ListCounts::usedServers)
      .gauge("pgbouncer_cached_dns_names", "Names in the DNS cache.", ListCounts::dnsNames)
      .gauge("pgbouncer_cached_dns_zones", "Zones in the DNS cache.", ListCounts::dnsZones)
      .gauge("pgbouncer_in_flight_dns_queries", "DNS queries not yet answered.",
          ListCounts::dnsQueries)
      .gauge("weir_peers", "Configured peers.", ListCounts::peers);

  /** Settings by name; one that is not a number is left out. */
  static final MetricGroup<Map<String, Double>> CONFIG = MetricGroup.<Map<String, Double>>of()
      .gauge("pgbouncer_config_max_client_connections", "Setting max_client_conn.",
          values -> values.getOrDefault("max_client_conn", Double.NaN))
      .gauge("pgbouncer_config_max_user_connections", "Setting max_user_connections.",
          values -> values.getOrDefault("max_user_connections", Double.NaN));

  static final MetricGroup<ScrapeFacts> STATE = MetricGroup.<ScrapeFacts>of()
      .gauge("weir_paused", "1 while everything is paused.", facts -> flag(facts.paused()))
      .gauge("weir_suspended", "1 while suspended.", facts -> flag(facts.suspended()))
      .gauge("weir_shutting_down", "1 after a graceful shutdown has begun.",
          facts -> flag(facts.shuttingDown()))
      .gauge("weir_start_time_seconds", "When the proxy began to serve, in seconds since 1970.",
          ScrapeFacts::startedEpochSeconds);

  /** What a scrape had to leave out. */
  record LeftOut(String what, int count) {}

  static final MetricGroup<LeftOut> LEFT_OUT = MetricGroup.<LeftOut>of()
      .label("what", LeftOut::what)
      .gauge("weir_metrics_left_out",
          "Pools, databases, or pools' histograms that this page leaves out because there are too many.",
          LeftOut::count);

  static final String UP = "pgbouncer_up";
  static final String UP_HELP = "1 when the facts on this page could be read.";
  static final String VERSION = "pgbouncer_version";
  static final String VERSION_HELP = "The answer of SHOW VERSION.";

  static final String WAIT = "weir_client_wait_seconds";
  static final String WAIT_HELP = "How long clients waited for a server, 0 when one was free at once.";
  static final String QUERY = "weir_query_seconds";
  static final String QUERY_HELP = "How long queries took, from their first packet to the end of their answer.";
  static final String TRANSACTION = "weir_transaction_seconds";
  static final String TRANSACTION_HELP = "How long transactions took, from their first packet to the end of their last answer.";

  static final String PIN = "weir_pin_seconds";
  static final String PIN_HELP = "How long clients kept their server for this reason, of those that have let it go.";

  private MetricCatalogue() {}

  private static double flag(boolean value) {
    return value ? 1 : 0;
  }
}
