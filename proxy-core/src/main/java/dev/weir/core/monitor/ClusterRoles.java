package dev.weir.core.monitor;

import dev.weir.core.backend.Ailment;
import dev.weir.core.backend.ClusterHostgroups;
import dev.weir.core.backend.Decision;
import dev.weir.core.backend.Placement;
import dev.weir.core.backend.Server;
import dev.weir.core.backend.ServerAddress;
import dev.weir.core.backend.Topology;
import dev.weir.core.backend.WriterIsAlsoReader;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Gives the members of a cluster their places, by their verdicts: who writes, who stands by, who reads, who is offline.
 * The same for Galera and for group replication.
 *
 * <p>Candidates are compared by: well before lagging before unreachable; then, if writers are sticky, who writes now;
 * then weight, host and port, the highest first. Without stickiness the order hangs on nothing that two proxies could
 * see differently. It changes nothing when it is applied to its own result, because who was chosen sorts before his
 * equals.
 */
final class ClusterRoles {
  private final Topology topology;
  private final ClusterHostgroups cluster;
  private final boolean sticky;
  private final Map<ServerAddress, Verdict> verdicts;

  ClusterRoles(Topology topology, ClusterHostgroups cluster, boolean sticky,
      Map<ServerAddress, Verdict> verdicts) {
    this.topology = topology;
    this.cluster = cluster;
    this.sticky = sticky;
    this.verdicts = verdicts;
  }

  /** Everybody with a row in one of the cluster's hostgroups. */
  static Set<ServerAddress> members(Topology topology, ClusterHostgroups cluster) {
    return cluster.all().stream().flatMap(hostgroup -> topology.in(hostgroup).stream())
        .map(Server::address).collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether somebody could write who can be reached. */
  boolean hasUsableCandidate() {
    return candidates().stream().anyMatch(member -> rank(member) < Rank.UNREACHABLE.order);
  }

  /** The first in the order of candidates. */
  ServerAddress best(List<ServerAddress> members) {
    return Collections.min(members, order());
  }

  boolean isHeldByOperator(ServerAddress member) {
    return rowsOf(member).stream().anyMatch(row -> row.placement().isOperatorsOffline());
  }

  Decision assign() {
    List<ServerAddress> candidates = candidates().stream().sorted(order()).toList();
    // Who lags may write only if nobody does better.
    boolean someWell = candidates.stream().anyMatch(member -> rank(member) == Rank.WELL.order);
    List<ServerAddress> eligible = candidates.stream()
        .filter(member -> !someWell || rank(member) != Rank.LAGGING.order).toList();
    Set<ServerAddress> writers = Set.copyOf(
        eligible.subList(0, Math.min(cluster.maxWriters(), eligible.size())));
    Topology changed = topology;
    Map<ServerAddress, String> reasons = new HashMap<>();
    for (ServerAddress member : members(topology, cluster)) {
      Map<Integer, Placement> places;
      if (isHeldByOperator(member)) {
        places = held(member);
      } else if (writers.contains(member)) {
        places = writing();
      } else if (eligible.contains(member)) {
        places = standingBy();
      } else {
        places = others(member);
      }
      changed = move(changed, member, places);
      String reason = verdict(member).reason();
      reasons.put(member, writers.contains(member) ? "writer: " + reason : reason);
    }
    return Decision.of(topology, changed, reasons, "");
  }

  private Map<Integer, Placement> others(ServerAddress member) {
    return switch (verdict(member)) {
      case Verdict.Reader _ -> Map.of(cluster.reader(), Placement.ONLINE);
      // a writable one that is here lags, and others do not
      case Verdict.Leaving _,Verdict.Writable _ -> leaving(member);
      case Verdict.Unknown _ -> asNow(member);
      case Verdict.Offline _ -> Map.of(cluster.offline(), Placement.ONLINE);
    };
  }

  private Map<Integer, Placement> writing() {
    Map<Integer, Placement> places = new TreeMap<>(Map.of(cluster.writer(), Placement.ONLINE));
    if (cluster.writerIsAlsoReader() == WriterIsAlsoReader.YES) {
      places.put(cluster.reader(), Placement.ONLINE);
    }
    return places;
  }

  private Map<Integer, Placement> standingBy() {
    Map<Integer, Placement> places = new TreeMap<>(Map.of(cluster.writer(), Placement.STANDBY,
        cluster.backupWriter(), Placement.ONLINE));
    if (cluster.writerIsAlsoReader() != WriterIsAlsoReader.NO) {
      places.put(cluster.reader(), Placement.ONLINE);
    }
    return places;
  }

  private Map<Integer, Placement> leaving(ServerAddress member) {
    Map<Integer, Placement> places = new TreeMap<>(Map.of(cluster.offline(), Placement.ONLINE));
    for (int hostgroup : List.of(cluster.writer(), cluster.reader())) {
      if (topology.server(hostgroup, member) != null) {
        places.put(hostgroup, Placement.LEAVING);
      }
    }
    return places;
  }

  /** What the operator took out in one hostgroup is out in all: no new use anywhere. */
  private Map<Integer, Placement> held(ServerAddress member) {
    Map<Integer, Placement> places = new TreeMap<>();
    for (Server row : rowsOf(member)) {
      places.put(row.hostgroup(), row.placement().isOperatorsOffline()
          ? row.placement()
          : Placement.OFFLINE_SOFT);
    }
    return places;
  }

  private Map<Integer, Placement> asNow(ServerAddress member) {
    return rowsOf(member).stream().collect(Collectors.toMap(Server::hostgroup, Server::placement));
  }

  private Topology move(Topology from, ServerAddress member, Map<Integer, Placement> places) {
    Topology changed = from;
    // Rows are made before others go: a new row takes over what is known of the server.
    for (Map.Entry<Integer, Placement> place : places.entrySet()) {
      changed = changed.placed(place.getKey(), member, place.getValue());
    }
    for (int hostgroup : cluster.all()) {
      if (!places.containsKey(hostgroup)) {
        changed = changed.without(hostgroup, member);
      }
    }
    return changed;
  }

  private List<ServerAddress> candidates() {
    return members(topology, cluster).stream()
        .filter(member -> !isHeldByOperator(member) && switch (verdict(member)) {
          case Verdict.Writable _ -> true;
          case Verdict.Unknown _ -> isCandidateNow(member);
          case Verdict.Reader _,Verdict.Offline _,Verdict.Leaving _ -> false;
        }).toList();
  }

  private boolean isCandidateNow(ServerAddress member) {
    Server row = topology.server(cluster.writer(), member);
    return (row != null && row.placement() != Placement.LEAVING)
        || topology.server(cluster.backupWriter(), member) != null;
  }

  private boolean isWriterNow(ServerAddress member) {
    Server row = topology.server(cluster.writer(), member);
    return row != null && row.placement() == Placement.ONLINE;
  }

  private enum Rank {
    WELL(0), LAGGING(1), UNREACHABLE(2);

    private final int order;

    Rank(int order) {
      this.order = order;
    }
  }

  private int rank(ServerAddress member) {
    boolean ails = rowsOf(member).stream().map(Server::health)
        .anyMatch(health -> health.isUnreachable() || health.has(Ailment.TRANSACTIONS_BEHIND));
    if (ails) {
      return Rank.UNREACHABLE.order;
    }
    return verdict(member) instanceof Verdict.Writable(boolean lagging, _) && lagging
        ? Rank.LAGGING.order
        : Rank.WELL.order;
  }

  private Comparator<ServerAddress> order() {
    Comparator<ServerAddress> byRank = Comparator.comparingInt(this::rank);
    Comparator<ServerAddress> byConfiguration = Comparator
        .<ServerAddress>comparingInt(
            member -> topology.attributes(cluster.writer(), member).weight())
        .thenComparing(ServerAddress::host).thenComparingInt(ServerAddress::port).reversed();
    return sticky
        ? byRank.thenComparingInt((ServerAddress member) -> isWriterNow(member) ? 0 : 1)
            .thenComparing(byConfiguration)
        : byRank.thenComparing(byConfiguration);
  }

  private List<Server> rowsOf(ServerAddress member) {
    return topology.at(member).stream().filter(row -> cluster.contains(row.hostgroup())).toList();
  }

  private Verdict verdict(ServerAddress member) {
    return verdicts.getOrDefault(member, new Verdict.Unknown("not checked yet"));
  }
}
