package dev.weir.core.mysql;

import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Placement;
import dev.weir.core.backend.ReadOnlyCheck;
import dev.weir.core.backend.ReplicationHostgroups;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.ServerAttributes;
import dev.weir.core.backend.Topologies;
import dev.weir.core.backend.Topology;
import dev.weir.core.backend.WriterIsAlsoReader;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.DeclaredHostgroups;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.monitor.Monitor;
import dev.weir.core.monitor.MonitorSettings;
import dev.weir.core.monitor.ProbeKind;
import dev.weir.core.mysql.probe.JdbcProbes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers as configured and as they are seen: feeds {@link Monitor} from the tables, and brings the hostgroups of the
 * runtime after each decision. Thread-safe; decisions come one at a time.
 */
public final class MysqlWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlWatch.class);

  private final Topologies topologies;
  private final Monitor monitor;
  private volatile boolean stopped;

  private MysqlWatch(Topologies topologies, Monitor monitor) {
    this.topologies = topologies;
    this.monitor = monitor;
  }

  /** Puts the configured servers into the runtime and begins to watch them. */
  public static MysqlWatch start(MysqlRuntime runtime, MysqlConfig config) {
    Topologies topologies = new Topologies(topology(config));
    topologies.listen((now, changes) -> {
      int verbose = runtime.side().settings().serversVerbose();
      if (verbose > 0) {
        changes.forEach(change -> LOG.info("{}", change));
      }
      if (verbose > 1) {
        now.servers().forEach(server -> LOG.info("server {}", row(server)));
      }
      runtime.servers(now);
    });
    runtime.servers(topologies.current());
    Monitor monitor = Monitor.start(topologies, JdbcProbes::of, settings(config));
    MysqlWatch watch = new MysqlWatch(topologies, monitor);
    runtime.watchedBy(watch);
    return watch;
  }

  /** The operator has loaded servers. */
  public void load(MysqlConfig config) {
    monitor.load(withKnownWriters(topology(config), topologies.current()));
  }

  /** Databases are declared anew; what the tables say is as it was, and so is what monitoring has made of it. */
  void loadDeclared(MysqlConfig config) {
    Topology now = topologies.current();
    Topology next = withKnownWriters(topology(config), now);
    for (Server row : next.servers()) {
      if (!DeclaredHostgroups.isReserved(row.hostgroup())) {
        next = next.without(row.hostgroup(), row.address());
      }
    }
    for (Server row : now.servers()) {
      if (!DeclaredHostgroups.isReserved(row.hostgroup())) {
        next = next.with(row);
      }
    }
    monitor.load(next);
  }

  /**
   * A declared database says no more than who its servers are; what read_only has told of them before holds until it
   * tells something else. Rows of tables begin anew where the operator put them, as in the original.
   */
  private static Topology withKnownWriters(Topology next, Topology now) {
    Topology known = next;
    for (ReplicationHostgroups pair : next.replication()) {
      if (!DeclaredHostgroups.isReserved(pair.writer())) {
        continue;
      }
      for (Server writer : now.in(pair.writer())) {
        if (next.server(pair.reader(), writer.address()) != null) {
          known = known.placed(pair.writer(), writer.address(), writer.placement());
          known = known.without(pair.reader(), writer.address());
        }
      }
    }
    return known;
  }

  /** The operator has loaded variables. */
  public void variables(MysqlConfig config) {
    MonitorSettings wanted = settings(config);
    monitor.settings(stopped ? wanted.withEnabled(false) : wanted);
  }

  /** Stops all checks, or lets those be made again that are configured. */
  void checks(boolean wanted, MysqlConfig config) {
    stopped = !wanted;
    variables(config);
  }

  Monitor monitor() {
    return monitor;
  }

  /** Servers of the hostgroup that are out for failures, and have rested long enough to be tried when nobody else is there. */
  List<Server> lastResort(int hostgroup) {
    long rest = monitor.settings().shunning().lastResortAfter().toNanos() / 1000;
    return topologies.current().lastResort(hostgroup, System.currentTimeMillis() * 1000, rest);
  }

  // --- from tables ---

  private static Topology topology(MysqlConfig config) {
    List<Server> servers = new ArrayList<>();
    for (ServerRow row : config.servers()) {
      servers.add(Server.of(row.hostgroupId(), new ServerAddress(row.hostname(), row.port()),
          attributes(row)).with(placement(row.status())));
    }
    List<ReplicationHostgroups> replication = new ArrayList<>();
    for (dev.weir.core.config.mysql.ReplicationHostgroups row : config
        .rows(ConfigTables.REPLICATION_HOSTGROUPS)) {
      replication.add(new ReplicationHostgroups(row.writerHostgroup(), row.readerHostgroup(),
          ReadOnlyCheck.of(row.checkType()).orElse(ReadOnlyCheck.READ_ONLY), row.comment(),
          DeclaredHostgroups.isReserved(row.writerHostgroup())));
    }
    List<ClusterHostgroups> clusters = new ArrayList<>();
    config.rows(ConfigTables.GALERA_HOSTGROUPS)
        .forEach(row -> clusters.add(cluster(ClusterHostgroups.Kind.GALERA, row)));
    config.rows(ConfigTables.GROUP_REPLICATION_HOSTGROUPS)
        .forEach(row -> clusters.add(cluster(ClusterHostgroups.Kind.GROUP_REPLICATION, row)));
    return Topology.of(servers, replication, clusters);
  }

  private static ClusterHostgroups cluster(ClusterHostgroups.Kind kind,
      dev.weir.core.config.mysql.ClusterHostgroups row) {
    return new ClusterHostgroups(kind, row.writerHostgroup(), row.backupWriterHostgroup(),
        row.readerHostgroup(), row.offlineHostgroup(), row.active(), row.maxWriters(),
        writerIsAlsoReader(row.writerIsAlsoReader()), bounded(row.maxTransactionsBehind()),
        row.comment() == null ? "" : row.comment());
  }

  private static WriterIsAlsoReader writerIsAlsoReader(int code) {
    for (WriterIsAlsoReader value : WriterIsAlsoReader.values()) {
      if (value.code() == code) {
        return value;
      }
    }
    throw new IllegalArgumentException("writer_is_also_reader: " + code); // the table has a check
  }

  private static ServerAttributes attributes(ServerRow row) {
    return new ServerAttributes(row.gtidPort(), row.weight(), row.compression(),
        bounded(row.maxConnections()), bounded(row.maxReplicationLag()), row.useSsl(),
        bounded(row.maxLatencyMs()), row.comment());
  }

  private static int bounded(long value) {
    return (int) Math.min(Integer.MAX_VALUE, value);
  }

  private static Placement placement(String status) {
    return switch (status.toUpperCase(Locale.ROOT)) {
      case "OFFLINE_SOFT" -> Placement.OFFLINE_SOFT;
      case "OFFLINE_HARD" -> Placement.OFFLINE_HARD;
      default -> Placement.ONLINE; // SHUNNED is for us to find out
    };
  }

  /** The row that tables show of a server. */
  static ServerRow row(Server server) {
    ServerAttributes a = server.attributes();
    return new ServerRow(server.hostgroup(), server.address().host(), server.address().port(),
        a.gtidPort(), server.status().shown(), a.weight(), a.compression(), a.maxConnections(),
        a.maxReplicationLagSeconds(), a.useSsl(), a.maxLatencyMs(), a.comment());
  }

  private static MonitorSettings settings(MysqlConfig config) {
    MysqlVariables v = config.variables();
    MonitorSettings.Cluster cluster = MonitorSettings.DEFAULTS.cluster();
    return MonitorSettings.DEFAULTS
        .withEnabled(v.flag("mysql-monitor_enabled"))
        .withAccount(v.text("mysql-monitor_username"), v.text("mysql-monitor_password"))
        .withHistory(Duration.ofMillis(v.whole("mysql-monitor_history")))
        .with(new MonitorSettings.Ping((int) v.whole("mysql-monitor_ping_max_failures")))
        .with(new MonitorSettings.OnServers(waitTimeoutSeconds(v),
            v.whole("mysql-evaluate_replication_lag_on_servers_load") == 1))
        .with(ProbeKind.CONNECT, v.whole("mysql-monitor_connect_interval"),
            v.whole("mysql-monitor_connect_timeout"))
        .with(ProbeKind.PING, v.whole("mysql-monitor_ping_interval"),
            v.whole("mysql-monitor_ping_timeout"))
        .with(ProbeKind.READ_ONLY, v.whole("mysql-monitor_read_only_interval"),
            v.whole("mysql-monitor_read_only_timeout"))
        .with(ProbeKind.REPLICATION_LAG, v.whole("mysql-monitor_replication_lag_interval"),
            v.whole("mysql-monitor_replication_lag_timeout"))
        .with(ProbeKind.GALERA, v.whole("mysql-monitor_galera_healthcheck_interval"),
            v.whole("mysql-monitor_galera_healthcheck_timeout"))
        .with(ProbeKind.GROUP_REPLICATION,
            v.whole("mysql-monitor_groupreplication_healthcheck_interval"),
            v.whole("mysql-monitor_groupreplication_healthcheck_timeout"))
        .with(new MonitorSettings.Replication(
            (int) v.whole("mysql-monitor_read_only_max_timeout_count"),
            v.flag("mysql-monitor_writer_is_also_reader"),
            (int) v.whole("mysql-monitor_replication_lag_count"),
            (int) v.whole("mysql-monitor_slave_lag_when_null"), HostgroupJson.lagWhenNull(config),
            v.text("mysql-monitor_replication_lag_use_percona_heartbeat")))
        .with(new MonitorSettings.Cluster(v.flag("mysql-weir_sticky_writer"),
            (int) v.whole("mysql-monitor_galera_healthcheck_max_timeout_count"),
            cluster.writerLagCount(),
            (int) v.whole("mysql-monitor_groupreplication_healthcheck_max_timeout_count"),
            (int) v.whole("mysql-monitor_groupreplication_max_transactions_behind_count"),
            behindRule((int) v.whole(
                "mysql-monitor_groupreplication_max_transactions_behind_for_read_only"))))
        .with(MonitorSettings.Shunning.of((int) v.whole("mysql-shun_on_failures"),
            (int) v.whole("mysql-connect_retries_on_failure"),
            (int) v.whole("mysql-shun_recovery_time_sec"),
            (int) v.whole("mysql-connect_timeout_server_max")));
  }

  private static MonitorSettings.BehindRule behindRule(int code) {
    return switch (code) {
      case 0 -> MonitorSettings.BehindRule.WRITERS;
      case 1 -> MonitorSettings.BehindRule.READERS;
      default -> MonitorSettings.BehindRule.BOTH;
    };
  }

  /** Ten intervals of pings, as in ProxySQL: servers soon end what a monitor that is gone has left behind. */
  private static int waitTimeoutSeconds(MysqlVariables v) {
    return v.flag("mysql-monitor_wait_timeout")
        ? (int) Math.max(1, v.whole("mysql-monitor_ping_interval") * 10 / 1000)
        : 0;
  }

  @Override
  public void close() {
    monitor.close();
  }
}
