package dev.weir.core.mysql;

import dev.weir.core.config.Config;
import dev.weir.core.config.DatabaseEntry;
import dev.weir.core.config.PoolMode;
import dev.weir.core.config.mysql.DeclaredHostgroups.Declared;
import dev.weir.core.config.mysql.UserRow;
import dev.weir.core.pool.PoolGroup;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The pools of one line of {@code [mysql_databases]}, or of one hostgroup of ProxySQL's tables: what operators name in
 * PAUSE and see in SHOW POOLS. Thread-safe; what the configuration says is swapped by a reload.
 */
final class MysqlGroup extends PoolGroup {
  /** What a line of the file says of it, and the rest of the file. */
  private record Said(Declared line, DatabaseEntry entry, Config config) {}

  /** An account's place: two realms may know the same name. */
  private record Key(String user, boolean ofAuthFile) implements Comparable<Key> {
    @Override
    public int compareTo(Key o) {
      int byName = user.compareTo(o.user);
      return byName != 0 ? byName : Boolean.compare(ofAuthFile, o.ofAuthFile);
    }
  }

  private final MysqlRuntime runtime;
  private final Map<Key, MysqlAccount> accounts = new ConcurrentSkipListMap<>();
  private volatile @Nullable Said said;
  private volatile @Nullable MysqlUser forced;

  /** A hostgroup of ProxySQL's tables. */
  MysqlGroup(MysqlRuntime runtime, int hostgroup) {
    super("hostgroup_" + hostgroup, false, 0);
    this.runtime = runtime;
  }

  /** A declared database. */
  MysqlGroup(MysqlRuntime runtime, Declared line, DatabaseEntry entry, boolean auto,
      Config config) {
    super(entry.name(), auto, config.maxDbConnections(entry));
    this.runtime = runtime;
    say(line, entry, config);
  }

  /** The file says something else from now on. */
  void say(Declared line, DatabaseEntry entry, Config config) {
    said = new Said(line, entry, config);
    servers().max(config.maxDbConnections(entry));
    forced = forcedUser(entry, config);
    accounts.values().forEach(MysqlAccount::refresh);
  }

  private @Nullable MysqlUser forcedUser(DatabaseEntry entry, Config config) {
    String name = entry.user();
    if (name == null) {
      return null;
    }
    String own = entry.password();
    String secret = own != null ? own : config.authFile().secretOf(name);
    UserRow row = MysqlGroups.row(name, secret == null ? "" : secret, 0, false);
    MysqlUser before = forced;
    if (before != null && before.name().equals(name)) {
      before.row(row);
      return before;
    }
    return new MysqlUser(row, true);
  }

  // --- what it is ---

  boolean isDeclared() {
    return said != null;
  }

  /** Whether the hostgroup is one of the declared database's. */
  boolean contains(int hostgroup) {
    Said s = said;
    return s != null && s.line().contains(hostgroup);
  }

  /** The line of the file; null for a hostgroup of ProxySQL's tables. */
  @Nullable
  Declared line() {
    Said s = said;
    return s == null ? null : s.line();
  }

  /** What the file says; null for a hostgroup of ProxySQL's tables. */
  @Nullable
  DatabaseEntry entry() {
    Said s = said;
    return s == null ? null : s.entry();
  }

  /** What the rest of the file says; null for a hostgroup of ProxySQL's tables. */
  @Nullable
  Config config() {
    Said s = said;
    return s == null ? null : s.config();
  }

  /** The schema of its servers; the client's own for a hostgroup. */
  String schema(String ofClient) {
    DatabaseEntry entry = entry();
    return entry == null ? ofClient : entry.serverDatabase();
  }

  // --- limits; 0 is none ---

  int poolSize(MysqlUser user) {
    Said s = said;
    return s == null ? 0 : s.config().poolSize(s.entry(), user.name());
  }

  PoolMode mode(MysqlUser user) {
    Said s = said;
    return s == null ? PoolMode.TRANSACTION : s.config().poolMode(s.entry(), user.name());
  }

  int maxClients() {
    Said s = said;
    return s == null ? 0 : s.config().maxDbClientConnections(s.entry());
  }

  /** Longest wait of a command for a server, in milliseconds. */
  long queryWaitMillis(MysqlUser client) {
    Said s = said;
    return s == null ? 0 : s.config().queryWaitTimeout(s.entry(), client.name()).toMillis();
  }

  // --- accounts ---

  /** Who logs in to servers for this client. */
  MysqlUser serverUser(MysqlUser client) {
    MysqlUser all = forced;
    return all != null ? all : client;
  }

  MysqlAccount account(MysqlUser user) {
    Key key = new Key(user.name(), user.ofAuthFile());
    MysqlAccount known = accounts.get(key);
    if (known == null) {
      known = accounts.computeIfAbsent(key,
          _ -> new MysqlAccount(this, user, runtime.workers().count()));
    }
    if (known.user() != user && runtime.knows(user)) {
      known.user(user);
    }
    return known;
  }

  Collection<MysqlAccount> accounts() {
    return accounts.values();
  }

  @Override
  public List<MysqlPool> members() {
    List<MysqlPool> all = new ArrayList<>();
    accounts.values().forEach(account -> all.addAll(account.pools()));
    return all;
  }

  void keepHouse(long now) {
    accounts.values().forEach(account -> account.keepHouse(now));
    if (!unused()) {
      touched(now);
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
