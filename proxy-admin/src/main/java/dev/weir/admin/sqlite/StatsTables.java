package dev.weir.admin.sqlite;

import dev.weir.core.control.MysqlView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The schema {@code stats}: counters as they are when they are read; a table that ends in {@code _reset} clears them. */
final class StatsTables {
  private static final String STATS = "stats";
  private static final String PAIRS = "Variable_Name VARCHAR NOT NULL PRIMARY KEY, Variable_Value VARCHAR NOT NULL";
  private static final String SERVER = "hostname VARCHAR NOT NULL, port INT NOT NULL, ";

  private StatsTables() {}

  static List<ComputedTable> all() {
    List<ComputedTable> tables = new ArrayList<>();
    tables.add(table("stats_mysql_global", PAIRS, (facts, _) -> pairs(facts.view().globals())));
    tables.add(table("stats_memory_metrics", PAIRS, (facts, _) -> pairs(facts.view().memory())));
    both(tables, "stats_mysql_connection_pool",
        "hostgroup INT, srv_host VARCHAR, srv_port INT, status VARCHAR, ConnUsed INT, ConnFree INT, ConnOK INT, ConnERR INT, MaxConnUsed INT, Queries INT, Queries_GTID_sync INT, Bytes_data_sent INT, Bytes_data_recv INT, Latency_us INT",
        StatsTables::connectionPools);
    tables.add(table("stats_mysql_processlist",
        "ThreadID INT NOT NULL, SessionID INTEGER PRIMARY KEY, user VARCHAR, db VARCHAR, cli_host VARCHAR, cli_port INT, hostgroup INT, l_srv_host VARCHAR, l_srv_port INT, srv_host VARCHAR, srv_port INT, command VARCHAR, time_ms INT NOT NULL, info VARCHAR, status_flags INT, extended_info VARCHAR",
        (facts, _) -> processes(facts)));
    both(tables, "stats_mysql_query_digest",
        "hostgroup INT, schemaname VARCHAR NOT NULL, username VARCHAR NOT NULL, client_address VARCHAR NOT NULL, digest VARCHAR NOT NULL, digest_text VARCHAR NOT NULL, count_star INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, sum_time INTEGER NOT NULL, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL, sum_rows_affected INTEGER NOT NULL, sum_rows_sent INTEGER NOT NULL, PRIMARY KEY (hostgroup, schemaname, username, client_address, digest)",
        StatsTables::digests);
    tables.add(table("stats_mysql_commands_counters",
        "Command VARCHAR NOT NULL PRIMARY KEY, Total_Time_us INT NOT NULL, Total_cnt INT NOT NULL, cnt_100us INT NOT NULL, cnt_500us INT NOT NULL, cnt_1ms INT NOT NULL, cnt_5ms INT NOT NULL, cnt_10ms INT NOT NULL, cnt_50ms INT NOT NULL, cnt_100ms INT NOT NULL, cnt_500ms INT NOT NULL, cnt_1s INT NOT NULL, cnt_5s INT NOT NULL, cnt_10s INT NOT NULL, cnt_INFs INT NOT NULL",
        (facts, _) -> commands(facts)));
    tables.add(table("stats_mysql_users",
        "username VARCHAR PRIMARY KEY, frontend_connections INT NOT NULL, frontend_max_connections INT NOT NULL",
        (facts, _) -> facts.view().userConnections().stream()
            .map(user -> Cells.of(user.user(), user.connections(), user.most())).toList()));
    tables.add(table("stats_mysql_query_rules", "rule_id INTEGER PRIMARY KEY, hits INT NOT NULL",
        (facts, _) -> facts.view().ruleHits().stream()
            .map(rule -> Cells.of(rule.ruleId(), rule.hits())).toList()));
    both(tables, "stats_mysql_errors",
        "hostgroup INT NOT NULL, hostname VARCHAR NOT NULL, port INT NOT NULL, username VARCHAR NOT NULL, client_address VARCHAR NOT NULL, schemaname VARCHAR NOT NULL, errno INT NOT NULL, count_star INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, last_error VARCHAR NOT NULL DEFAULT '', PRIMARY KEY (hostgroup, hostname, port, username, schemaname, errno)",
        StatsTables::errors);
    tables.add(table("stats_mysql_free_connections",
        "fd INT NOT NULL, hostgroup INT NOT NULL, srv_host VARCHAR NOT NULL, srv_port INT NOT NULL, user VARCHAR NOT NULL, schema VARCHAR, init_connect VARCHAR, time_zone VARCHAR, sql_mode VARCHAR, autocommit VARCHAR, idle_ms INT, statistics VARCHAR, mysql_info VARCHAR",
        (facts, _) -> freeConnections(facts)));
    tables.add(table("stats_mysql_prepared_statements_info",
        "global_stmt_id INT NOT NULL, schemaname VARCHAR NOT NULL, username VARCHAR NOT NULL, digest VARCHAR NOT NULL, ref_count_client INT NOT NULL, ref_count_server INT NOT NULL, num_columns INT NOT NULL, num_params INT NOT NULL, query VARCHAR NOT NULL",
        (facts, _) -> preparedStatements(facts)));
    tables.add(table("stats_mysql_gtid_executed",
        SERVER + "gtid_executed VARCHAR, events INT NOT NULL",
        (facts, _) -> facts.view().gtidSets().stream()
            .map(set -> Cells.of(set.host(), set.port(), set.executed(), set.events())).toList()));
    both(tables, "stats_mysql_client_host_cache",
        "client_address VARCHAR NOT NULL, error_count INT NOT NULL, last_updated BIGINT NOT NULL",
        (facts, reset) -> facts.view().clientHosts(reset).stream()
            .map(host -> Cells.of(host.clientAddress(), host.errors(), host.lastUpdatedSeconds()))
            .toList());
    tables.addAll(states());
    tables.addAll(cluster());
    return tables;
  }

  /** What clients of both protocols carry along, and what binds them to a server: no tables of the original's. */
  private static List<ComputedTable> states() {
    return List.of(
        table("stats_weir_pins",
            "protocol VARCHAR NOT NULL, SessionID INTEGER NOT NULL, db VARCHAR NOT NULL, user VARCHAR NOT NULL, reason VARCHAR NOT NULL, digest_text VARCHAR NOT NULL, since INTEGER NOT NULL, ends_with VARCHAR NOT NULL",
            (facts, _) -> facts.states().pins().stream()
                .map(pin -> Cells.of(pin.protocol().label(), pin.clientId(), pin.database(),
                    pin.user(), pin.reason(), pin.digest(), pin.since().getEpochSecond(),
                    pin.endsWith()))
                .toList()),
        table("stats_weir_ledger",
            "SessionID INTEGER NOT NULL, kind VARCHAR NOT NULL, name VARCHAR NOT NULL, value VARCHAR NOT NULL",
            (facts, _) -> facts.states().ledgers().stream()
                .map(row -> Cells.of(row.clientId(), row.kind(), row.name(), row.value()))
                .toList()));
  }

  /** Tables of ProxySQL's cluster and of its source; there, so that tools find them, and empty. */
  private static List<ComputedTable> cluster() {
    List<ComputedTable> tables = new ArrayList<>();
    tables.add(empty("stats_proxysql_servers_metrics", SERVER
        + "weight INT NOT NULL DEFAULT 0, comment VARCHAR NOT NULL DEFAULT '', response_time_ms INT NOT NULL, Uptime_s INT NOT NULL, last_check_ms INT NOT NULL, Queries INT NOT NULL, Client_Connections_connected INT NOT NULL, Client_Connections_created INT NOT NULL, PRIMARY KEY (hostname, port)"));
    tables.add(empty("stats_proxysql_servers_checksums", SERVER
        + "name VARCHAR NOT NULL, version INT NOT NULL, epoch INT NOT NULL, checksum VARCHAR NOT NULL, changed_at INT NOT NULL, updated_at INT NOT NULL, diff_check INT NOT NULL, PRIMARY KEY (hostname, port, name)"));
    tables.add(empty("stats_proxysql_servers_clients_status",
        "uuid VARCHAR NOT NULL, hostname VARCHAR NOT NULL, port INT NOT NULL, admin_mysql_ifaces VARCHAR NOT NULL, last_seen_at INT NOT NULL, PRIMARY KEY (uuid, hostname, port)"));
    tables.add(empty("stats_proxysql_servers_status", SERVER
        + "weight INT NOT NULL DEFAULT 0, master VARCHAR NOT NULL, global_version INT NOT NULL, check_age_us INT NOT NULL, ping_time_us INT NOT NULL, checks_OK INT NOT NULL, checks_ERR INT NOT NULL, PRIMARY KEY (hostname, port)"));
    both(tables, "stats_proxysql_message_metrics",
        "message_id VARCHAR NOT NULL, filename VARCHAR NOT NULL, line INT NOT NULL, func VARCHAR NOT NULL, count_star INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, PRIMARY KEY (filename, line, func)",
        StatsTables::messages);
    return tables;
  }

  private static ComputedTable table(String name, String columns,
      BiFunction<RuntimeFacts, Boolean, List<List<@Nullable Object>>> rows) {
    return new ComputedTable(STATS, name, columns, facts -> rows.apply(facts, false));
  }

  private static ComputedTable empty(String name, String columns) {
    return new ComputedTable(STATS, name, columns, facts -> List.of());
  }

  /** The table and its twin that clears the counters. */
  private static void both(List<ComputedTable> into, String name, String columns,
      BiFunction<RuntimeFacts, Boolean, List<List<@Nullable Object>>> rows) {
    into.add(table(name, columns, rows));
    into.add(new ComputedTable(STATS, name + "_reset", columns, facts -> rows.apply(facts, true)));
  }

  private static List<List<@Nullable Object>> pairs(Map<String, Long> values) {
    return values.entrySet().stream()
        .map(entry -> Cells.of(entry.getKey(), Long.toString(entry.getValue()))).toList();
  }

  private static List<List<@Nullable Object>> connectionPools(RuntimeFacts facts, boolean reset) {
    return facts.view().connectionPools(reset).stream()
        .map(p -> Cells.of(p.hostgroup(), p.host(), p.port(), p.status(), p.used(), p.free(),
            p.ok(), p.errors(), p.mostUsed(), p.queries(), p.queriesWithGtid(), p.bytesSent(),
            p.bytesReceived(), p.latencyMicros()))
        .toList();
  }

  private static List<List<@Nullable Object>> processes(RuntimeFacts facts) {
    return facts.view().processes().stream()
        .map(p -> Cells.of(p.threadId(), p.sessionId(), p.user(), p.database(), p.clientHost(),
            p.clientPort(), p.hostgroup(), p.localHost(), p.localPort(), p.serverHost(),
            p.serverPort(), p.command(), p.timeMillis(), p.info(), p.statusFlags(),
            p.extendedInfo()))
        .toList();
  }

  private static List<List<@Nullable Object>> digests(RuntimeFacts facts, boolean reset) {
    return facts.view().queryDigests(reset).stream()
        .map(d -> Cells.of(d.hostgroup(), d.schema(), d.user(), d.clientAddress(), d.digest(),
            d.text(), d.count(), d.firstSeenSeconds(), d.lastSeenSeconds(), d.sumMicros(),
            d.minMicros(), d.maxMicros(), d.rowsAffected(), d.rowsSent()))
        .toList();
  }

  private static List<List<@Nullable Object>> commands(RuntimeFacts facts) {
    return facts.view().commandCounters().stream().map(counter -> {
      List<@Nullable Object> row = Cells.of(counter.command(), counter.totalMicros(),
          counter.total());
      row.addAll(counter.upTo());
      return row;
    }).toList();
  }

  private static List<List<@Nullable Object>> errors(RuntimeFacts facts, boolean reset) {
    return facts.view().errors(reset).stream()
        .map(e -> Cells.of(e.hostgroup(), e.host(), e.port(), e.user(), e.clientAddress(),
            e.schema(), e.errno(), e.count(), e.firstSeenSeconds(), e.lastSeenSeconds(),
            e.lastError()))
        .toList();
  }

  private static List<List<@Nullable Object>> freeConnections(RuntimeFacts facts) {
    return facts.view().freeConnections().stream()
        .map(c -> Cells.of(c.fd(), c.hostgroup(), c.host(), c.port(), c.user(), c.schema(),
            c.initConnect(), c.timeZone(), c.sqlMode(), c.autocommit(), c.idleMillis(),
            c.statistics(), c.mysqlInfo()))
        .toList();
  }

  private static List<List<@Nullable Object>> messages(RuntimeFacts facts, boolean reset) {
    return facts.messages().counts(reset).stream()
        .map(m -> Cells.of(m.place().id(), m.place().file(), m.place().line(), m.place().method(),
            m.count(), m.firstSeen(), m.lastSeen()))
        .toList();
  }

  private static List<List<@Nullable Object>> preparedStatements(RuntimeFacts facts) {
    List<MysqlView.PreparedStatement> statements = facts.view().preparedStatements();
    return statements.stream()
        .map(s -> Cells.of(s.id(), s.schema(), s.user(), s.digest(), s.clients(), s.servers(),
            s.columns(), s.parameters(), s.query()))
        .toList();
  }
}
