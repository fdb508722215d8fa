package dev.weir.core.config.mysql;

import dev.weir.core.config.Config;
import dev.weir.core.config.HostPort;
import dev.weir.core.config.MysqlDatabaseEntry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The hostgroups of {@code [mysql_databases]}: four numbers for each line, in a range that no table may use. A line keeps
 * its numbers as long as it stays, through every reload. Immutable.
 */
public final class DeclaredHostgroups {
  /** From here on hostgroups are ours; ProxySQL's columns hold numbers up to 2147483647. */
  public static final int FIRST = 2_000_000_000;
  private static final int ROLES = 4;
  private static final String TEMPLATE = "*";
  /** Backups serve reads too, as long as somebody else writes. */
  private static final int BACKUPS_READ = 2;

  public static final DeclaredHostgroups NONE = new DeclaredHostgroups(Map.of());

  private final Map<String, Declared> byName;

  /**
   * A line with its hostgroups.
   *
   * @param first number of the writers' hostgroup; backup writers, readers, and who is offline follow it
   */
  public record Declared(MysqlDatabaseEntry entry, int first) {
    public int writer() {
      return first;
    }

    public int backupWriter() {
      return first + 1;
    }

    public int reader() {
      return first + 2;
    }

    public int offline() {
      return first + 3;
    }

    public boolean contains(int hostgroup) {
      return hostgroup >= first && hostgroup < first + ROLES;
    }
  }

  private DeclaredHostgroups(Map<String, Declared> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /** Whether tables must leave the hostgroup alone. */
  public static boolean isReserved(int hostgroup) {
    return hostgroup >= FIRST;
  }

  /** What the file declares; lines that were there before keep their numbers. */
  public DeclaredHostgroups next(Config config) {
    Map<String, MysqlDatabaseEntry> entries = new LinkedHashMap<>(config.mysqlDatabases());
    MysqlDatabaseEntry template = config.mysqlTemplate();
    if (template != null) {
      entries.put(TEMPLATE, template);
    }
    Set<Integer> taken = new HashSet<>();
    entries.keySet().forEach(name -> {
      Declared before = byName.get(name);
      if (before != null) {
        taken.add(before.first());
      }
    });
    Map<String, Declared> made = new LinkedHashMap<>();
    int free = FIRST;
    for (Map.Entry<String, MysqlDatabaseEntry> entry : entries.entrySet()) {
      Declared before = byName.get(entry.getKey());
      int first;
      if (before != null) {
        first = before.first();
      } else {
        while (!taken.add(free)) {
          free += ROLES;
        }
        first = free;
      }
      made.put(entry.getKey(), new Declared(entry.getValue(), first));
    }
    return new DeclaredHostgroups(made);
  }

  /** The line of this name, {@code *} for the template; null when there is none. */
  public @Nullable Declared find(String name) {
    return byName.get(name);
  }

  public List<Declared> all() {
    return List.copyOf(byName.values());
  }

  /** The configuration with our servers and hostgroups behind those of the tables. */
  public MysqlConfig over(MysqlConfig tables) {
    if (byName.isEmpty()) {
      return tables;
    }
    List<ServerRow> servers = new ArrayList<>(tables.servers());
    List<ReplicationHostgroups> pairs = new ArrayList<>(
        tables.rows(ConfigTables.REPLICATION_HOSTGROUPS));
    List<ClusterHostgroups> galera = new ArrayList<>(tables.rows(ConfigTables.GALERA_HOSTGROUPS));
    List<ClusterHostgroups> groups = new ArrayList<>(
        tables.rows(ConfigTables.GROUP_REPLICATION_HOSTGROUPS));
    for (Declared declared : byName.values()) {
      MysqlDatabaseEntry entry = declared.entry();
      switch (entry.topology()) {
        case SINGLE -> addServers(servers, declared, declared.writer());
        case REPLICATION -> {
          // who has not said read_only=0 is not written to
          addServers(servers, declared, declared.reader());
          pairs.add(new ReplicationHostgroups(declared.writer(), declared.reader(), "read_only",
              comment(entry)));
        }
        case GALERA -> {
          addServers(servers, declared, declared.writer());
          galera.add(cluster(declared));
        }
        case GROUP_REPLICATION -> {
          addServers(servers, declared, declared.writer());
          groups.add(cluster(declared));
        }
      }
    }
    return tables.with(ConfigTables.SERVERS, servers)
        .with(ConfigTables.REPLICATION_HOSTGROUPS, pairs)
        .with(ConfigTables.GALERA_HOSTGROUPS, galera)
        .with(ConfigTables.GROUP_REPLICATION_HOSTGROUPS, groups);
  }

  private static void addServers(List<ServerRow> into, Declared declared, int hostgroup) {
    MysqlDatabaseEntry entry = declared.entry();
    for (HostPort server : entry.servers()) {
      into.add(new ServerRow(hostgroup, server.host(), server.port(), 0, "ONLINE", 1, false,
          Integer.MAX_VALUE, 0, entry.useSsl(), 0, comment(entry)));
    }
  }

  private static ClusterHostgroups cluster(Declared declared) {
    return new ClusterHostgroups(declared.writer(), declared.backupWriter(), declared.reader(),
        declared.offline(), true, declared.entry().maxWriters(), BACKUPS_READ, 0,
        comment(declared.entry()));
  }

  private static String comment(MysqlDatabaseEntry entry) {
    return "[mysql_databases] " + entry.name();
  }
}
