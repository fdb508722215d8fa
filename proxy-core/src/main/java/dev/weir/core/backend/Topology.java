package dev.weir.core.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All servers in all hostgroups at one moment. Immutable; what changes makes a new one. Servers are in the order of
 * hostgroup, host, port.
 */
public final class Topology {
  public static final Topology EMPTY = new Topology(new TreeMap<>(), Map.of(), List.of(),
      List.of());

  /** A server's place in the table. */
  private record Key(int hostgroup, ServerAddress address) implements Comparable<Key> {
    private static final Comparator<Key> ORDER = Comparator.comparingInt(Key::hostgroup)
        .thenComparing(Key::address);

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  private final SequencedMap<Key, Server> rows;
  private final Map<Integer, List<Server>> byHostgroup;
  /** What the operator configured, so that who comes back has the weight he gave it. */
  private final Map<Key, ServerAttributes> configured;
  private final List<ReplicationHostgroups> replication;
  private final List<ClusterHostgroups> clusters;

  private Topology(NavigableMap<Key, Server> rows, Map<Key, ServerAttributes> configured,
      List<ReplicationHostgroups> replication, List<ClusterHostgroups> clusters) {
    this.rows = rows;
    this.byHostgroup = rows.values().stream().collect(Collectors.groupingBy(Server::hostgroup));
    this.configured = configured;
    this.replication = replication;
    this.clusters = clusters;
  }

  /** As configured: nobody has looked at any server yet. */
  public static Topology of(List<Server> servers, List<ReplicationHostgroups> replication,
      List<ClusterHostgroups> clusters) {
    TreeMap<Key, Server> rows = new TreeMap<>();
    Map<Key, ServerAttributes> configured = new HashMap<>();
    for (Server server : servers) {
      rows.put(key(server), server);
      configured.put(key(server), server.attributes());
    }
    return new Topology(rows, Map.copyOf(configured), List.copyOf(replication),
        List.copyOf(clusters));
  }

  public List<Server> servers() {
    return List.copyOf(rows.values());
  }

  public List<ReplicationHostgroups> replication() {
    return replication;
  }

  public List<ClusterHostgroups> clusters() {
    return clusters;
  }

  /** Everybody in the hostgroup, usable or not. */
  public List<Server> in(int hostgroup) {
    return byHostgroup.getOrDefault(hostgroup, List.of());
  }

  /** Whom a session may be given in the hostgroup. */
  public List<Server> usable(int hostgroup) {
    return in(hostgroup).stream().filter(Server::isUsable).toList();
  }

  /**
   * Whom to try when nobody is usable: servers with too many connect errors or failed pings, from a while after they got
   * that. Better an error in the end than none tried.
   */
  public List<Server> lastResort(int hostgroup, long nowMicros, long restMicros) {
    return in(hostgroup).stream().filter(server -> server.placement() == Placement.ONLINE
        && server.health().isUnreachable() && server.health().ailments().entrySet().stream()
            .allMatch(ailment -> ailment.getKey().meansUnreachable()
                && nowMicros - ailment.getValue() >= restMicros))
        .toList();
  }

  public @Nullable Server server(int hostgroup, ServerAddress address) {
    return rows.get(new Key(hostgroup, address));
  }

  /** The server's rows in all hostgroups. */
  public List<Server> at(ServerAddress address) {
    return rows.values().stream().filter(server -> server.address().equals(address)).toList();
  }

  public SequencedSet<ServerAddress> addresses() {
    return rows.values().stream().map(Server::address)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Adds the server, or replaces the one with its hostgroup and address. */
  public Topology with(Server server) {
    if (server.equals(rows.get(key(server)))) {
      return this;
    }
    TreeMap<Key, Server> changed = new TreeMap<>(rows);
    changed.put(key(server), server);
    return new Topology(changed, configured, replication, clusters);
  }

  /** Puts a server into a hostgroup; its attributes are those configured there, else those of {@link #anywhere}. */
  public Topology placed(int hostgroup, ServerAddress address, Placement placement) {
    Server there = server(hostgroup, address);
    if (there != null) {
      return with(there.with(placement));
    }
    Optional<Server> elsewhere = at(address).stream().findFirst();
    Health health = elsewhere.map(row -> row.health().everywhere()).orElse(Health.WELL);
    return with(new Server(hostgroup, address, placement, health, attributes(hostgroup, address)));
  }

  /** What the server has in the hostgroup, or would have if it was placed there. */
  public ServerAttributes attributes(int hostgroup, ServerAddress address) {
    Server there = server(hostgroup, address);
    if (there != null) {
      return there.attributes();
    }
    ServerAttributes own = configured.get(new Key(hostgroup, address));
    return own != null ? own : anywhere(address);
  }

  /** What the operator said of the server in the first of its hostgroups. */
  private ServerAttributes anywhere(ServerAddress address) {
    return Stream
        .concat(
            configured.entrySet().stream().filter(entry -> entry.getKey().address.equals(address))
                .sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue),
            at(address).stream().map(Server::attributes))
        .findFirst().orElse(ServerAttributes.DEFAULTS);
  }

  public Topology without(int hostgroup, ServerAddress address) {
    Key key = new Key(hostgroup, address);
    if (!rows.containsKey(key)) {
      return this;
    }
    TreeMap<Key, Server> changed = new TreeMap<>(rows);
    changed.remove(key);
    return new Topology(changed, configured, replication, clusters);
  }

  /** Changes the health of all rows of an address. */
  public Topology withHealth(ServerAddress address, UnaryOperator<Health> change) {
    Topology changed = this;
    for (Server server : at(address)) {
      changed = changed.with(server.with(change.apply(server.health())));
    }
    return changed;
  }

  /**
   * What becomes of us when the operator loads {@code configuration}: its servers and hostgroups, with the health we know
   * of. In a cluster's hostgroups that stay as they are, members keep the roles that they have: loading must not move
   * the writer. Operators' OFFLINE_SOFT and OFFLINE_HARD count at once.
   */
  public Topology reconfigured(Topology configuration) {
    Topology merged = configuration;
    for (ClusterHostgroups cluster : configuration.clusters) {
      if (cluster.active() && clusters.stream().anyMatch(old -> sameGroups(old, cluster))) {
        merged = merged.withRolesOf(this, cluster);
      }
    }
    for (Server server : merged.servers()) {
      Server before = server(server.hostgroup(), server.address());
      Health known = before != null
          ? before.health()
          : at(server.address()).stream().map(row -> row.health().everywhere()).findFirst()
              .orElse(Health.WELL);
      // What the next checks say anew, or what nobody asks any more.
      known = known.without(Ailment.TRANSACTIONS_BEHIND).without(Ailment.TRANSACTIONS_FAR_BEHIND);
      if (server.attributes().maxReplicationLagSeconds() == 0) {
        known = known.without(Ailment.REPLICATION_LAG);
      }
      merged = merged.with(server.with(known));
    }
    return merged;
  }

  private static boolean sameGroups(ClusterHostgroups one, ClusterHostgroups other) {
    return one.kind() == other.kind() && one.active() && one.all().equals(other.all());
  }

  private Topology withRolesOf(Topology old, ClusterHostgroups cluster) {
    Topology merged = this;
    for (ServerAddress member : addresses()) {
      List<Server> mine = at(member).stream().filter(row -> cluster.contains(row.hostgroup()))
          .toList();
      List<Server> before = old.at(member).stream()
          .filter(row -> cluster.contains(row.hostgroup())).toList();
      boolean operatorsOffline = Stream.concat(mine.stream(), before.stream())
          .anyMatch(row -> row.placement().isOperatorsOffline());
      if (mine.isEmpty()) {
        continue;
      }
      if (before.isEmpty() || operatorsOffline) {
        merged = merged.asNewcomer(cluster, member, old);
        continue;
      }
      for (Server row : mine) {
        merged = merged.without(row.hostgroup(), member);
      }
      for (Server row : before) {
        merged = merged.placed(row.hostgroup(), member, row.placement());
      }
    }
    return merged;
  }

  /** Who was not there waits behind who writes now, as long as nobody has looked at him. */
  private Topology asNewcomer(ClusterHostgroups cluster, ServerAddress member, Topology old) {
    Server row = server(cluster.writer(), member);
    boolean somebodyWrites = old.in(cluster.writer()).stream().anyMatch(
        other -> other.placement() == Placement.ONLINE && !other.address().equals(member));
    return row != null && row.placement() == Placement.ONLINE && somebodyWrites
        ? with(row.with(Placement.STANDBY))
        : this;
  }

  /** Rows that differ from {@code earlier}, and those that it has and we have not, as a list of what happened. */
  public List<Change> changesFrom(Topology earlier, String reason) {
    List<Change> changes = new ArrayList<>();
    for (Map.Entry<Key, Server> row : rows.entrySet()) {
      Server before = earlier.rows.get(row.getKey());
      if (!row.getValue().equals(before)) {
        changes.add(new Change(row.getKey().hostgroup, row.getKey().address, before,
            row.getValue(), reason));
      }
    }
    for (Map.Entry<Key, Server> row : earlier.rows.entrySet()) {
      if (!rows.containsKey(row.getKey())) {
        changes.add(new Change(row.getKey().hostgroup, row.getKey().address, row.getValue(), null,
            reason));
      }
    }
    return changes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Topology that && rows.equals(that.rows)
        && configured.equals(that.configured) && replication.equals(that.replication)
        && clusters.equals(that.clusters);
  }

  @Override
  public int hashCode() {
    return rows.hashCode();
  }

  @Override
  public String toString() {
    return rows.values().stream()
        .map(row -> row.hostgroup() + "/" + row.address() + " " + row.placement() + " "
            + row.health().ailments().keySet())
        .collect(Collectors.joining(", "));
  }

  private static Key key(Server server) {
    return new Key(server.hostgroup(), server.address());
  }
}
