package dev.weir.core.mysql;

import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.control.MysqlView;
import dev.weir.core.monitor.ProbeKind;
import dev.weir.core.monitor.ProbeResult;
import dev.weir.core.pool.PooledConnection;
import dev.weir.core.sql.Command;
import dev.weir.mysql.packet.ServerStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

/** What ProxySQL's tables show of the running MySQL side. Called on the control thread. */
public final class MysqlViews implements MysqlView {
  private static final int MAX_INFO = 1 << 16;

  private final MysqlRuntime runtime;

  public MysqlViews(MysqlRuntime runtime) {
    this.runtime = runtime;
  }

  private List<Target> targets() {
    List<Target> all = new ArrayList<>();
    runtime.hostgroups().forEach(hostgroup -> all.addAll(hostgroup.targets()));
    return all;
  }

  @Override
  public MysqlConfig inForce() {
    return runtime.config();
  }

  @Override
  public List<ServerRow> servers() {
    return targets().stream().map(Target::row).toList();
  }

  @Override
  public List<ConnectionPool> connectionPools(boolean reset) {
    List<ConnectionPool> rows = new ArrayList<>();
    for (Target target : targets()) {
      ServerCounters c = target.counters();
      ServerRow r = target.row();
      rows.add(new ConnectionPool(r.hostgroupId(), r.hostname(), r.port(),
          target.status().name(), target.used(), target.idle(), read(c.connectsOk, reset),
          read(c.connectsFailed, reset), c.maxUsed(reset), read(c.queries, reset),
          read(c.gtidQueries, reset),
          read(c.bytesSent, reset), read(c.bytesReceived, reset),
          runtime.latencyMicros(target.address())));
    }
    return rows;
  }

  private static long read(java.util.concurrent.atomic.LongAdder counter, boolean reset) {
    return reset ? counter.sumThenReset() : counter.sum();
  }

  @Override
  public List<ClientProcess> processes() {
    List<ClientProcess> rows = new ArrayList<>();
    long now = System.nanoTime();
    for (MysqlSession session : runtime.sessions()) {
      rows.add(SessionView.process(session, now, MAX_INFO,
          runtime.side().settings().processlistJson()));
    }
    return rows;
  }

  @Override
  public List<QueryDigest> queryDigests(boolean reset) {
    Map<String, DigestStatistics.Row> merged = new LinkedHashMap<>();
    for (MysqlWorkerState local : runtime.locals()) {
      for (DigestStatistics.Row row : local.digests().snapshot(reset)) {
        String key = row.hostgroup + "\0" + row.schema + "\0" + row.user + "\0" + row.client
            + "\0" + row.digest;
        DigestStatistics.Row known = merged.putIfAbsent(key, row);
        if (known != null) {
          known.add(row);
        }
      }
    }
    List<QueryDigest> rows = new ArrayList<>(merged.size());
    for (DigestStatistics.Row r : merged.values()) {
      rows.add(new QueryDigest(r.hostgroup, r.schema, r.user, r.client, r.digest, r.text, r.count,
          TimeUnit.MILLISECONDS.toSeconds(r.firstSeenMillis),
          TimeUnit.MILLISECONDS.toSeconds(r.lastSeenMillis), r.sumMicros, r.minMicros, r.maxMicros,
          r.rowsAffected, r.rowsSent));
    }
    return rows;
  }

  @Override
  public List<CommandCounter> commandCounters() {
    List<CommandCounter> rows = new ArrayList<>();
    for (Command command : Command.values()) {
      long[] sums = new long[CommandStatistics.COLUMNS];
      for (MysqlWorkerState local : runtime.locals()) {
        for (int i = 0; i < sums.length; i++) {
          sums[i] += local.commands().get(command, i);
        }
      }
      List<Long> upTo = new ArrayList<>();
      for (int i = 2; i < sums.length; i++) {
        upTo.add(sums[i]);
      }
      rows.add(new CommandCounter(command.name(), sums[0], sums[1], upTo));
    }
    return rows;
  }

  @Override
  public List<UserConnections> userConnections() {
    List<UserConnections> rows = new ArrayList<>();
    for (MysqlUser user : runtime.users()) {
      rows.add(new UserConnections(user.name(), user.clients().get(),
          user.row().maxConnections()));
    }
    return rows;
  }

  @Override
  public List<RuleHits> ruleHits() {
    List<RuleHits> rows = new ArrayList<>();
    runtime.rules().hits().forEach((rule, hits) -> rows.add(new RuleHits(rule, hits)));
    return rows;
  }

  @Override
  public List<ServerError> errors(boolean reset) {
    return runtime.errors().snapshot(reset);
  }

  @Override
  public List<FreeConnection> freeConnections() {
    List<FreeConnection> rows = new ArrayList<>();
    long now = System.nanoTime();
    for (Target target : targets()) {
      for (MysqlPool pool : target.pools()) {
        for (PooledConnection connection : pool.pool().connections()) {
          if (connection instanceof MysqlServer server && server.isFree()) {
            ServerRow r = target.row();
            rows.add(new FreeConnection(server.fd(), r.hostgroupId(), r.hostname(), r.port(),
                pool.user().name(), server.schema(), null, server.variables().get("time_zone"),
                server.variables().get("sql_mode"), server.variables().get("autocommit"),
                TimeUnit.NANOSECONDS.toMillis(now - server.createdNanos()), null, null));
          }
        }
      }
    }
    return rows;
  }

  @Override
  public List<PreparedStatement> preparedStatements() {
    return List.of(); // statements belong to sessions here; there is no global list
  }

  @Override
  public List<GtidSet> gtidSets() {
    return runtime.gtids().rows();
  }

  @Override
  public List<ClientHost> clientHosts(boolean reset) {
    return runtime.side().hosts().snapshot(reset);
  }

  @Override
  public SequencedMap<String, Long> globals() {
    MysqlCounters c = runtime.counters();
    long busy = 0;
    long transactions = 0;
    for (MysqlSession session : runtime.sessions()) {
      MysqlSession.State at = session.state();
      if (at == MysqlSession.State.RUNNING || at == MysqlSession.State.FORWARDING) {
        busy++;
      }
      if (ServerStatus.has(session.status(), ServerStatus.IN_TRANSACTION)) {
        transactions++;
      }
    }
    long open = 0;
    long created = 0;
    long failed = 0;
    long sent = 0;
    long received = 0;
    for (Target target : targets()) {
      open += target.used() + target.idle();
      created += target.counters().connectsOk.sum();
      failed += target.counters().connectsFailed.sum();
      sent += target.counters().bytesSent.sum();
      received += target.counters().bytesReceived.sum();
    }
    SequencedMap<String, Long> all = new LinkedHashMap<>();
    all.put("ProxySQL_Uptime", runtime.uptimeSeconds());
    all.put("Active_Transactions", transactions);
    all.put("Client_Connections_aborted", c.clientsAborted.sum());
    all.put("Client_Connections_connected", (long) runtime.clients());
    all.put("Client_Connections_created", c.clientsCreated.sum());
    all.put("Client_Connections_non_idle", busy);
    all.put("Server_Connections_aborted", failed);
    all.put("Server_Connections_connected", open);
    all.put("Server_Connections_created", created);
    all.put("Server_Connections_delayed", c.connectsDelayed.sum());
    all.put("Queries_backends_bytes_sent", sent);
    all.put("Queries_backends_bytes_recv", received);
    all.put("Questions", c.questions.sum());
    all.put("GTID_consistent_queries", c.gtidQueries.sum());
    all.put("GTID_session_collected", c.gtidsCollected.sum());
    all.put("Slow_queries", c.slowQueries.sum());
    all.put("firewall_blocked_queries", c.firewallBlocked.sum());
    all.put("firewall_detected_queries", c.firewallDetected.sum());
    all.put("max_connect_timeouts", c.connectTimeouts.sum());
    all.put("generated_error_packets", c.generatedErrors.sum());
    all.put("Access_Denied_Wrong_Password", c.wrongPasswords.sum());
    all.put("Access_Denied_Max_Connections", c.refusedMaxConnections.sum());
    all.put("Access_Denied_Max_User_Connections", c.refusedMaxUserConnections.sum());
    all.put("client_host_error_killed_connections", c.hostsKeptOut.sum());
    all.put("Mirror_concurrency", (long) runtime.side().mirrors().running());
    all.put("Mirror_queue_length", (long) runtime.side().mirrors().waiting());
    all.put("Mirror_dropped", runtime.side().mirrors().dropped());
    all.put("Eventslog_events_lost", runtime.side().lostQueryEvents());
    all.put("Auditlog_events_lost", runtime.side().lostAuditEvents());
    all.put("MySQL_Thread_Workers", (long) runtime.workers().count());
    QueryCache cache = runtime.queryCache();
    all.put("Query_Cache_Memory_bytes", cache.memory());
    all.put("Query_Cache_count_GET", cache.gets());
    all.put("Query_Cache_count_GET_OK", cache.hits());
    all.put("Query_Cache_count_SET", cache.sets());
    all.put("Query_Cache_bytes_IN", cache.bytesIn());
    all.put("Query_Cache_bytes_OUT", cache.bytesOut());
    all.put("Query_Cache_Purged", cache.purged());
    all.put("Query_Cache_Entries", cache.entries());
    DerivedCounters.addTo(all, runtime);
    return all;
  }

  @Override
  public SequencedMap<String, Long> memory() {
    SequencedMap<String, Long> all = new LinkedHashMap<>();
    ProcessMemory.addTo(all);
    Firewall firewall = runtime.firewall();
    all.put("mysql_firewall_users_table", firewall.userTableBytes());
    all.put("mysql_firewall_users_config", firewall.userConfigBytes());
    all.put("mysql_firewall_rules_table", firewall.ruleTableBytes());
    all.put("mysql_firewall_rules_config", firewall.ruleConfigBytes());
    return all;
  }

  @Override
  public List<KnownCollation> collations() {
    return CollationRows.all();
  }

  private List<ProbeResult<?>> results(ProbeKind kind) {
    MysqlWatch watch = runtime.watch();
    return watch == null ? List.of() : watch.monitor().log().rows(kind);
  }

  @Override
  public List<Check> connectChecks() {
    return results(ProbeKind.CONNECT).stream().map(MysqlProbeFacts::check).toList();
  }

  @Override
  public List<Check> pingChecks() {
    return results(ProbeKind.PING).stream().map(MysqlProbeFacts::check).toList();
  }

  @Override
  public List<ReadOnlyCheck> readOnlyChecks() {
    return results(ProbeKind.READ_ONLY).stream().map(MysqlProbeFacts::readOnly).toList();
  }

  @Override
  public List<LagCheck> lagChecks() {
    return results(ProbeKind.REPLICATION_LAG).stream().map(MysqlProbeFacts::lag).toList();
  }

  @Override
  public List<GaleraCheck> galeraChecks() {
    return results(ProbeKind.GALERA).stream().map(MysqlProbeFacts::galera).toList();
  }

  @Override
  public List<GroupReplicationCheck> groupReplicationChecks() {
    return results(ProbeKind.GROUP_REPLICATION).stream().map(MysqlProbeFacts::member).toList();
  }
}
