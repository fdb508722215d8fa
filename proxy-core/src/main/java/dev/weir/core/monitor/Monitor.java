package dev.weir.core.monitor;

import dev.weir.core.backend.Ailment;
import dev.weir.core.backend.Change;
import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.ReadOnlyCheck;
import dev.weir.core.backend.ReplicationHostgroups;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topologies;
import dev.weir.core.backend.Topology;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches every server of the topology in force and changes it by what is seen: checks, and what pools tell {@link
 * #health}. Methods may be called from any thread. Checks run on virtual threads; decisions run one at a time, where
 * {@link Topologies} orders them; the set of watches has a lock of its own, and no check or decision is made under it.
 */
public final class Monitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Monitor.class);
  private static final Duration HOUSEKEEPING = Duration.ofMillis(500);

  private final Topologies topologies;
  private final ServerProbes.Factory factory;
  private final ResultLog log = new ResultLog();
  private final ServerHealth health;
  private final RecentResults<Boolean> pings = new RecentResults<>();
  private final Map<ReadOnlyCheck, RecentResults<Boolean>> readOnly = new EnumMap<>(
      ReadOnlyCheck.class);
  private final RecentResults<ReplicationLag> lags = new RecentResults<>();
  private final RecentResults<GaleraState> galera = new RecentResults<>();
  private final RecentResults<GroupMemberState> groups = new RecentResults<>();
  private final Object watchesLock = new Object();
  private final Map<ServerAddress, ServerWatch> watches = new HashMap<>();
  private final Thread housekeeper;
  private volatile MonitorSettings settings;
  private boolean closed;

  private Monitor(Topologies topologies, ServerProbes.Factory factory, MonitorSettings settings) {
    this.topologies = topologies;
    this.factory = factory;
    this.settings = settings;
    for (ReadOnlyCheck check : ReadOnlyCheck.values()) {
      readOnly.put(check, new RecentResults<>());
    }
    this.health = new ServerHealth(new ServerHealth.Consequences() {
      @Override
      public void onTooManyConnectErrors(ServerAddress address, int errors, String lastError) {
        shun(address, errors, lastError);
      }

      @Override
      public void onDoubt(ServerAddress address) {
        checkNow(address);
      }
    }, Monitor::nowMicros, settings.shunning().onFailures());
    this.housekeeper = Thread.ofVirtual().name("monitor").unstarted(this::keepHouse);
  }

  /** Starts watching the servers of the topology in force, and those that come. */
  public static Monitor start(Topologies topologies, ServerProbes.Factory factory,
      MonitorSettings settings) {
    Monitor monitor = new Monitor(topologies, factory, settings);
    monitor.apply(Decision::unchanged);
    monitor.reconcile();
    monitor.housekeeper.start();
    return monitor;
  }

  /** Where pools and sessions tell what they notice. */
  public ServerHealth health() {
    return health;
  }

  public ResultLog log() {
    return log;
  }

  public MonitorSettings settings() {
    return settings;
  }

  /** Mean time of the last pings; empty as long as none succeeded. */
  public OptionalLong latencyMicros(ServerAddress address) {
    return PingDecision.latencyMicros(pings.of(address));
  }

  /** Obeys other settings from now on. */
  public void settings(MonitorSettings changed) {
    MonitorSettings before = settings;
    settings = changed;
    health.threshold(changed.shunning().onFailures());
    if (!before.user().equals(changed.user()) || !before.password().equals(changed.password())
        || before.onServers().waitTimeoutSeconds() != changed.onServers().waitTimeoutSeconds()) {
      closeWatches();
    }
    if (before.enabled() && !changed.enabled()) {
      // Nobody would ever see that they are well again.
      apply(topology -> Decision.of(topology, withoutFindings(topology), "monitoring is off"));
    }
    apply(Decision::unchanged);
    reconcile();
  }

  /** Puts the operator's new configuration in force; roles and health that still hold are kept. */
  public Decision load(Topology configuration) {
    Decision loaded = apply(
        before -> Decision.of(before, judgedByLag(before.reconfigured(configuration)), "loaded"));
    reconcile();
    return loaded;
  }

  /** Limits of lag may have changed: what was seen last is measured against the new ones, or forgotten. */
  private Topology judgedByLag(Topology loaded) {
    MonitorSettings now = settings;
    Topology judged = loaded;
    for (ServerAddress address : loaded.addresses()) {
      judged = now.onServers().keepsLagOnLoad()
          ? ReplicationLagDecision.decide(judged, address, lags.of(address), now.replication())
              .topology()
          : judged.withHealth(address, health -> health.without(Ailment.REPLICATION_LAG));
    }
    return judged;
  }

  /** Has a server checked before it is due. */
  public void checkNow(ServerAddress address) {
    ServerWatch watch;
    synchronized (watchesLock) {
      watch = watches.get(address);
    }
    if (watch != null) {
      watch.hurry();
    }
  }

  @Override
  public void close() {
    synchronized (watchesLock) {
      closed = true;
    }
    housekeeper.interrupt();
    closeWatches();
  }

  private void keepHouse() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        reconcile();
        long now = nowMicros();
        apply(topology -> ConnectErrorDecision.recover(topology, settings.shunning(), now));
        Thread.sleep(HOUSEKEEPING);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** One watch for each server, none for who is gone. */
  private void reconcile() {
    Topology topology = topologies.current();
    Set<ServerAddress> wanted = settings.enabled() ? topology.addresses() : Set.of();
    List<ServerWatch> ended = new ArrayList<>();
    synchronized (watchesLock) {
      if (closed) {
        return;
      }
      watches.entrySet().removeIf(watch -> {
        boolean goes = !wanted.contains(watch.getKey())
            || !watch.getValue().fits(topology.at(watch.getKey()).getFirst());
        if (goes) {
          ended.add(watch.getValue());
        }
        return goes;
      });
      for (ServerAddress address : wanted) {
        watches.computeIfAbsent(address, _ -> watch(topology.at(address).getFirst()));
      }
    }
    ended.forEach(ServerWatch::close);
    Set<ServerAddress> known = topology.addresses();
    pings.keepOnly(known);
    readOnly.values().forEach(results -> results.keepOnly(known));
    lags.keepOnly(known);
    galera.keepOnly(known);
    groups.keepOnly(known);
    health.keepOnly(known);
  }

  private ServerWatch watch(Server server) {
    return ServerWatch.start(server, factory.probesOf(server, settings), this::check,
        kind -> settings.check(kind).interval());
  }

  private void closeWatches() {
    List<ServerWatch> ended;
    synchronized (watchesLock) {
      ended = List.copyOf(watches.values());
      watches.clear();
    }
    ended.forEach(ServerWatch::close);
  }

  private void check(ServerAddress address, ProbeKind kind, ServerProbes probes) {
    try {
      MonitorSettings now = settings;
      Duration timeout = now.check(kind).timeout();
      switch (kind) {
        case CONNECT -> measure(kind, address, () -> probes.connect(timeout));
        case PING -> {
          pings.add(measure(kind, address, () -> probes.ping(timeout)));
          conclude(topology -> PingDecision.decide(topology, address, pings.of(address),
              now.ping()));
        }
        case READ_ONLY -> checkReadOnly(address, probes, now, timeout);
        case REPLICATION_LAG -> checkLag(address, probes, now, timeout);
        case GALERA -> {
          if (isMember(address, ClusterHostgroups.Kind.GALERA)) {
            galera.add(measure(kind, address, () -> probes.galera(timeout)));
            conclude(Decision::unchanged);
          }
        }
        case GROUP_REPLICATION -> {
          if (isMember(address, ClusterHostgroups.Kind.GROUP_REPLICATION)) {
            groups.add(measure(kind, address, () -> probes.groupMember(timeout)));
            conclude(Decision::unchanged);
          }
        }
      }
    } catch (RuntimeException e) {
      // A bug in one check must not end the watch.
      LOG.error("check {} of {}", kind, address, e);
    }
  }

  private void checkReadOnly(ServerAddress address, ServerProbes probes, MonitorSettings now,
      Duration timeout) {
    Topology topology = topologies.current();
    if (isSilent(topology, address) || !ReadOnlyDecision.concerns(topology, address)) {
      return;
    }
    Map<ReplicationHostgroups, List<ProbeResult<Boolean>>> results = new HashMap<>();
    Set<ReadOnlyCheck> asked = new java.util.HashSet<>();
    for (ReplicationHostgroups pair : topology.replication()) {
      RecentResults<Boolean> recent = readOnly.get(pair.check());
      if (recent == null
          || topology.at(address).stream().noneMatch(row -> pair.contains(row.hostgroup()))) {
        continue;
      }
      if (asked.add(pair.check())) {
        recent.add(measure(ProbeKind.READ_ONLY, address,
            () -> probes.readOnly(pair.check(), timeout)));
      }
      results.put(pair, recent.of(address));
    }
    conclude(current -> ReadOnlyDecision.decide(current, address, results, now.replication()));
  }

  private void checkLag(ServerAddress address, ServerProbes probes, MonitorSettings now,
      Duration timeout) {
    Topology topology = topologies.current();
    if (isSilent(topology, address) || !ReplicationLagDecision.concerns(topology, address)) {
      return;
    }
    lags.add(measure(ProbeKind.REPLICATION_LAG, address,
        () -> probes.replicationLag(now.replication().heartbeatTable(), timeout)));
    conclude(current -> ReplicationLagDecision.decide(current, address, lags.of(address),
        now.replication()));
  }

  /** Who does not answer pings is asked nothing else, except for his role in a cluster. */
  private static boolean isSilent(Topology topology, ServerAddress address) {
    return topology.at(address).stream()
        .anyMatch(row -> row.health().has(Ailment.PING_FAILURES));
  }

  private boolean isMember(ServerAddress address, ClusterHostgroups.Kind kind) {
    Topology topology = topologies.current();
    return topology.clusters().stream()
        .anyMatch(cluster -> cluster.active() && cluster.kind() == kind && topology.at(address)
            .stream().anyMatch(row -> cluster.contains(row.hostgroup())));
  }

  private <T> ProbeResult<T> measure(ProbeKind kind, ServerAddress address,
      Supplier<Outcome<T>> ask) {
    long started = nowMicros();
    long nanos = System.nanoTime();
    Outcome<T> outcome = ask.get();
    ProbeResult<T> result = new ProbeResult<>(kind, address, started,
        (System.nanoTime() - nanos) / 1000, outcome);
    if (!Thread.currentThread().isInterrupted()) {
      log.add(result, settings.history());
    }
    return result;
  }

  private void shun(ServerAddress address, int errors, String lastError) {
    apply(topology -> ConnectErrorDecision.shun(topology, address, errors, lastError,
        nowMicros()));
  }

  /** Decides by checks, whose findings count no more once monitoring is off or their watch has ended. */
  private void conclude(Function<Topology, Decision> decide) {
    if (!Thread.currentThread().isInterrupted()) {
      apply(topology -> settings.enabled()
          ? decide.apply(topology)
          : Decision.unchanged(topology));
    }
  }

  /** Decides, then lets every cluster find its roles anew: who is shunned may be a writer. */
  private Decision apply(Function<Topology, Decision> decide) {
    Decision decision = topologies.apply(before -> {
      Decision first = decide.apply(before);
      List<Change> changes = new ArrayList<>(first.changes());
      Topology settled = first.topology();
      if (settings.enabled()) {
        for (ClusterHostgroups cluster : settled.clusters()) {
          Decision roles = roles(settled, cluster);
          changes.addAll(roles.changes());
          settled = roles.topology();
        }
      }
      return new Decision(settled, List.copyOf(changes));
    });
    return decision;
  }

  private Decision roles(Topology topology, ClusterHostgroups cluster) {
    if (!cluster.active()) {
      return Decision.unchanged(topology);
    }
    return switch (cluster.kind()) {
      case GALERA ->
        GaleraDecision.decide(topology, cluster, galera.all(), settings, nowMicros());
      case GROUP_REPLICATION ->
        GroupReplicationDecision.decide(topology, cluster, groups.all(), settings);
    };
  }

  private static Topology withoutFindings(Topology topology) {
    Topology changed = topology;
    for (ServerAddress address : topology.addresses()) {
      changed = changed.withHealth(address, ailing -> {
        var well = ailing;
        for (Ailment ailment : Ailment.values()) {
          well = ailment == Ailment.CONNECT_ERRORS ? well : well.without(ailment);
        }
        return well;
      });
    }
    return changed;
  }

  private static long nowMicros() {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
  }
}
