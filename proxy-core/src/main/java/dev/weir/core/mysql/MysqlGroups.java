package dev.weir.core.mysql;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.MysqlDatabaseEntry;
import dev.weir.core.config.MysqlSecrets;
import dev.weir.core.config.PoolSettings;
import dev.weir.core.config.TimeoutSettings;
import dev.weir.core.config.TlsSettings;
import dev.weir.core.config.WeirSettings;
import dev.weir.core.config.mysql.DeclaredHostgroups;
import dev.weir.core.config.mysql.DeclaredHostgroups.Declared;
import dev.weir.core.config.mysql.UserRow;
import dev.weir.core.error.Refusal;
import dev.weir.core.pool.Budget;
import dev.weir.core.pool.PoolCommands;
import dev.weir.core.pool.PoolGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All databases and hostgroups of the MySQL side as operators see them, and who may log in to the declared ones. Read by
 * all workers; changed on the control thread, but for what clients bring into being.
 */
final class MysqlGroups implements PoolCommands.Side {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlGroups.class);
  /** Databases that clients may bring into being through the template. */
  private static final int MAX_AUTO = 10_000;
  /** Characters of a schema's name; no server has a longer one. */
  private static final int MAX_NAME = 64;
  private static final String TEMPLATE = "*";
  private static final String PREFIX = "mysql:";

  /** What the file says. */
  private record Said(Config config, DeclaredHostgroups hostgroups) {}

  private final MysqlRuntime runtime;
  private final Map<String, MysqlGroup> declared = new ConcurrentSkipListMap<>();
  private final Map<Integer, MysqlGroup> byHostgroup = new ConcurrentSkipListMap<>();
  private final List<MysqlGroup> leaving = new ArrayList<>();
  private final Map<String, MysqlUser> users = new ConcurrentHashMap<>();
  private final Map<String, Budget> userServers = new ConcurrentHashMap<>();
  private volatile @Nullable Said said;
  private volatile PinLimits pinLimits = PinLimits.NONE;
  private volatile boolean held;
  private volatile @Nullable Refusal ending;

  MysqlGroups(MysqlRuntime runtime) {
    this.runtime = runtime;
  }

  // --- what the file declares ---

  /** Takes a file into force. On the control thread. */
  void apply(Config config, DeclaredHostgroups hostgroups) {
    Said before = said;
    said = new Said(config, hostgroups);
    pinLimits = PinLimits.of(config);
    applyUsers(config);
    for (Declared line : hostgroups.all()) {
      String name = line.entry().name();
      MysqlGroup known = declared.get(name);
      if (name.equals(TEMPLATE)) {
        continue;
      }
      if (known == null || known.auto()) {
        if (known != null) {
          remove(known);
        }
        declared.put(name, new MysqlGroup(runtime, line, line.entry().common(), false, config));
      } else {
        change(known, line, line.entry().common(), config);
      }
    }
    Declared template = hostgroups.find(TEMPLATE);
    for (MysqlGroup group : List.copyOf(declared.values())) {
      if (!group.auto() && hostgroups.find(group.name()) == null) {
        remove(group);
      } else if (group.auto() && template == null) {
        remove(group);
      } else if (group.auto() && template != null) {
        change(group, template, template.entry().common().instantiate(group.name()), config);
      }
    }
    userServers.forEach((name, budget) -> budget.max(config.maxUserConnections(name)));
    if (before == null && !hostgroups.all().isEmpty()) {
      LOG.info("{} MySQL databases are declared", hostgroups.all().size());
    }
  }

  private void change(MysqlGroup group, Declared to, DatabaseEntry entry, Config config) {
    Declared from = group.line();
    DatabaseEntry before = group.entry();
    group.say(to, entry, config);
    if (from != null && before != null && mustReconnect(from.entry(), to.entry())) {
      group.members().forEach(MysqlPool::tagDirty);
    }
  }

  /** Changes that existing connections cannot follow; those of hosts and ports are the topology's matter. */
  private static boolean mustReconnect(MysqlDatabaseEntry from, MysqlDatabaseEntry to) {
    return from.useSsl() != to.useSsl()
        || !Objects.equals(from.common().user(), to.common().user())
        || !Objects.equals(from.common().connectQuery(), to.common().connectQuery());
  }

  private void remove(MysqlGroup group) {
    group.markRemoved();
    declared.remove(group.name(), group);
    drop(group);
    leaving.add(group);
  }

  private void applyUsers(Config config) {
    Set<String> named = new HashSet<>();
    // with a proxysql.cnf its own certificates and users say who needs TLS
    boolean tls = config.get(WeirSettings.PROXYSQL_CONFIG).isEmpty()
        && switch (config.get(TlsSettings.CLIENT_TLS_SSLMODE)) {
          case DISABLE, ALLOW, PREFER -> false;
          case REQUIRE, VERIFY_CA, VERIFY_FULL -> true;
        };
    int unusable = 0;
    for (String name : config.hasMysqlDatabases()
        ? config.authFile().users()
        : Set.<String>of()) {
      String secret = config.authFile().secretOf(name);
      if (secret == null || !MysqlSecrets.usable(secret)) {
        unusable++;
        continue;
      }
      named.add(name);
      UserRow row = row(name, secret, config.maxUserClientConnections(name), tls);
      MysqlUser known = users.get(name);
      if (known == null) {
        users.put(name, new MysqlUser(row, true));
      } else {
        known.row(row);
      }
    }
    users.keySet().retainAll(named); // sessions that are there go on
    if (unusable > 0) {
      LOG.warn("{} users of auth_file have secrets that only PostgreSQL's clients can prove: "
          + "they cannot log in to MySQL databases", unusable);
    }
  }

  /** @param maxClients 0 is no limit */
  static UserRow row(String name, String secret, int maxClients, boolean tls) {
    return new UserRow(name, secret, true, tls, 0, null, false, true, false, true, true,
        maxClients == 0 ? Integer.MAX_VALUE : maxClients, "", "");
  }

  // --- what sessions ask ---

  /** Who this is among those who may log in to declared databases; null when nobody, or when nothing is declared. */
  @Nullable
  MysqlUser user(String name) {
    return users.get(name);
  }

  Collection<MysqlUser> users() {
    return users.values();
  }

  /** Whether {@link #find} would find one; makes none, because a stranger asks. */
  boolean serves(String name) {
    Said s = said;
    return declared.containsKey(name)
        || (s != null && !name.isEmpty() && s.hostgroups().find(TEMPLATE) != null);
  }

  /** The declared database of this name, made from the template if need be. */
  @Override
  public @Nullable MysqlGroup find(String name) {
    MysqlGroup known = declared.get(name);
    Said s = said;
    if (known != null || s == null || name.isEmpty()) {
      return known;
    }
    Declared template = s.hostgroups().find(TEMPLATE);
    return template == null ? null : fromTemplate(name, template, s);
  }

  private @Nullable MysqlGroup fromTemplate(String name, Declared template, Said s) {
    boolean ofPostgres = s.config().databases().containsKey(name);
    if (ofPostgres || name.length() > MAX_NAME || name.startsWith("hostgroup_")
        || name.startsWith(PREFIX)) {
      return null;
    }
    synchronized (declared) {
      MysqlGroup meanwhile = declared.get(name);
      if (meanwhile != null || declared.size() >= MAX_AUTO + s.hostgroups().all().size()) {
        return meanwhile;
      }
      LOG.info("registered new auto-database: {}", name);
      MysqlGroup made = new MysqlGroup(runtime, template,
          template.entry().common().instantiate(name), true, s.config());
      declared.put(name, made);
      return made;
    }
  }

  /** A database that a line of its own declares. */
  @Nullable
  MysqlGroup declared(String name) {
    MysqlGroup known = declared.get(name);
    return known == null || known.auto() ? null : known;
  }

  /** The hostgroup's group, whether or not it has servers. */
  MysqlGroup hostgroup(int id) {
    MysqlGroup known = byHostgroup.get(id);
    return known != null
        ? known
        : byHostgroup.computeIfAbsent(id, _ -> new MysqlGroup(runtime, id));
  }

  /** Connections of a user of declared databases, whatever the database. */
  Budget servers(MysqlUser user) {
    return userServers.computeIfAbsent(user.name(), name -> {
      Said s = said;
      return new Budget(s == null ? 0 : s.config().maxUserConnections(name));
    });
  }

  /** Whether new pools are held. */
  boolean held() {
    return held;
  }

  /** What a session is told that waits for a server while the process ends; null while it does not. */
  @Nullable
  Refusal ending() {
    return ending;
  }

  /** Longest wait of a command of ProxySQL's users while all is paused, in milliseconds; 0 is no limit. */
  long longestPauseMillis() {
    Said s = said;
    return s == null ? 0 : s.config().get(TimeoutSettings.QUERY_WAIT_TIMEOUT).toMillis();
  }

  /** What the file says; null before it was read. */
  @Nullable
  Config config() {
    Said s = said;
    return s == null ? null : s.config();
  }

  /** Of the sessions of all groups. Any thread. */
  PinLimits pinLimits() {
    return pinLimits;
  }

  // --- operators ---

  @Override
  public List<MysqlGroup> groups() {
    List<MysqlGroup> all = new ArrayList<>(declared.values());
    all.addAll(byHostgroup.values());
    return all;
  }

  @Override
  public @Nullable MysqlGroup known(String name) {
    String plain = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    MysqlGroup known = declared.get(plain);
    if (known != null) {
      return known;
    }
    for (MysqlGroup group : byHostgroup.values()) {
      if (group.name().equals(plain)) {
        return group;
      }
    }
    return null;
  }

  @Override
  public void hold(boolean on) {
    held = on;
  }

  @Override
  public void drop(PoolGroup group) {
    for (PoolGroup.Member member : group.members()) {
      member.pool().hold(true);
    }
    for (MysqlSession session : runtime.sessions()) {
      session.worker().execute(() -> {
        if (group.equals(session.home().groupOrNull())) {
          session.refuse(Refusal.DATABASE_REMOVED);
        }
      });
    }
    for (PoolGroup.Member member : group.members()) {
      ((MysqlPool) member).cutServers(Refusal.DATABASE_REMOVED.message());
    }
  }

  @Override
  public void refuseServers(Refusal why) {
    ending = why;
  }

  @Override
  public boolean killClient(long id) {
    MysqlSession session = runtime.session(id);
    if (session == null) {
      return false;
    }
    session.worker().execute(() -> session.refuse(Refusal.FORCED_DISCONNECT));
    return true;
  }

  /** Those of declared databases. ProxySQL ends without waiting for its clients, and so do its users here. */
  @Override
  public int clients() {
    return declared.values().stream().mapToInt(group -> group.clients().get()).sum();
  }

  /** Every 333 ms on the control thread. */
  void keepHouse(long now) {
    for (MysqlGroup group : groups()) {
      group.keepHouse(now);
      dropIdle(group, now);
    }
    for (MysqlGroup group : List.copyOf(leaving)) {
      group.keepHouse(now);
      if (group.unused() && group.members().isEmpty()) {
        leaving.remove(group);
      }
    }
  }

  private void dropIdle(MysqlGroup group, long now) {
    Config config = group.config();
    if (!group.auto() || config == null || !group.unused() || group.paused()) {
      return;
    }
    long limit = config.get(PoolSettings.AUTODB_IDLE_TIMEOUT).toNanos();
    if (limit > 0 && now - group.unusedSinceNanos() > limit) {
      LOG.info("dropping inactive auto-database '{}'", group.name());
      remove(group);
    }
  }

  /** The name under which operators see the group: its own, unless {@code taken} says that another database has it. */
  static String shown(MysqlGroup group, Predicate<String> taken) {
    String name = group.name();
    while (taken.test(name)) {
      name = PREFIX + name;
    }
    return name;
  }
}
