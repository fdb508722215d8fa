package dev.weir.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything the configuration says at one moment: settings, databases, users, peers and the files that say who may log
 * in. What is asked of a {@link DatabaseEntry} may be asked of {@link MysqlDatabaseEntry#common} too. Immutable; a reload or a SET makes a new one. Hot code does not look things up here: it keeps a record made from
 * it.
 */
public final class Config {
  private final Map<Setting<?>, Setting.Value<?>> values;
  private final Entries entries;
  private final AuthFiles authFiles;
  private final List<String> readWarnings;
  private final Map<String, String> awaitingRestart;

  /** The sections that are lists of entries. */
  record Entries(Map<String, DatabaseEntry> databases, @Nullable DatabaseEntry template,
      Map<String, MysqlDatabaseEntry> mysqlDatabases, @Nullable MysqlDatabaseEntry mysqlTemplate,
      Map<String, UserEntry> users, Map<Integer, PeerEntry> peers) {
    Entries {
      mysqlDatabases = Collections.unmodifiableMap(new LinkedHashMap<>(mysqlDatabases));
      databases = Collections.unmodifiableMap(new LinkedHashMap<>(databases));
      users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
      peers = Collections.unmodifiableMap(new LinkedHashMap<>(peers));
    }
  }

  Config(Map<Setting<?>, Setting.Value<?>> values, Entries entries, AuthFiles authFiles,
      List<String> readWarnings,
      Map<String, String> awaitingRestart) {
    this.values = Collections.unmodifiableMap(new HashMap<>(values));
    this.entries = entries;
    this.authFiles = authFiles;
    this.readWarnings = List.copyOf(readWarnings);
    this.awaitingRestart = Collections.unmodifiableMap(new LinkedHashMap<>(awaitingRestart));
  }

  /** The value of a setting in force. */
  public <T extends @Nullable Object> T get(Setting<T> setting) {
    return value(setting).value();
  }

  /** The value as SHOW CONFIG prints it; null for an unset one. */
  public @Nullable String shown(Setting<?> setting) {
    return value(setting).shown();
  }

  @SuppressWarnings("unchecked") // only Setting<T>.parse makes the value stored under it
  private <T extends @Nullable Object> Setting.Value<T> value(Setting<T> setting) {
    Setting.Value<T> value = (Setting.Value<T>) values.get(setting);
    return value == null ? setting.defaultValue() : value;
  }

  /** The file the next RELOAD reads. */
  public Path file() {
    return Path.of(get(ProcessSettings.CONFFILE));
  }

  /** The databases by name, in the order of the file, without the template. */
  public Map<String, DatabaseEntry> databases() {
    return entries.databases();
  }

  /** The entry {@code *}, for names that are not in {@link #databases}; null for none. */
  public @Nullable DatabaseEntry template() {
    return entries.template();
  }

  /** The MySQL databases by name, in the order of the file, without the template. */
  public Map<String, MysqlDatabaseEntry> mysqlDatabases() {
    return entries.mysqlDatabases();
  }

  /** The entry {@code *} of {@code [mysql_databases]}; null for none. */
  public @Nullable MysqlDatabaseEntry mysqlTemplate() {
    return entries.mysqlTemplate();
  }

  /** Whether {@code [mysql_databases]} has any line. */
  public boolean hasMysqlDatabases() {
    return mysqlTemplate() != null || !mysqlDatabases().isEmpty();
  }

  /** The lines of {@code [users]} by name. */
  public Map<String, UserEntry> users() {
    return entries.users();
  }

  /** The lines of {@code [peers]} by id. */
  public Map<Integer, PeerEntry> peers() {
    return entries.peers();
  }

  /** Users and secrets of {@code auth_file}; empty without one. */
  public AuthFile authFile() {
    return authFiles.users();
  }

  /** The rules of {@code auth_hba_file}; empty unless {@code auth_type = hba}. */
  public HbaRules hba() {
    return authFiles.hba();
  }

  /** The maps of {@code auth_ident_file}; empty unless {@code auth_type = hba}. */
  public IdentMaps ident() {
    return authFiles.ident();
  }

  /** What an operator should hear about the files, one line each; not a reason to refuse them. */
  public List<String> warnings() {
    List<String> all = new ArrayList<>(readWarnings);
    all.addAll(authFiles.warnings());
    return List.copyOf(all);
  }

  /** Settings for which the file has another value than is in force, with that value: they wait for a restart. */
  public Map<String, String> awaitingRestart() {
    return awaitingRestart;
  }

  /**
   * This configuration with one setting changed, until the next reload. A setting that is not reloadable is left as it
   * is, without complaint.
   *
   * @param key name of the setting, in any case
   * @throws ConfigException when there is no such setting or it does not take the value
   */
  public Config with(String key, String value) throws ConfigException {
    Setting<?> setting = SettingsCatalogue.standard().find(key.toLowerCase(Locale.ROOT));
    if (setting == null) {
      throw new ConfigException(null, Setting.abbreviated(key), "no such setting");
    }
    if (!setting.reloadable()) {
      return this;
    }
    Map<Setting<?>, Setting.Value<?>> changed = new HashMap<>(values);
    try {
      changed.put(setting, setting.parse(value));
    } catch (BadValueException e) {
      throw new ConfigException(null, subject(setting), e.problem());
    }
    Config settled = new Config(changed, entries, authFiles, readWarnings, awaitingRestart);
    ConfigChecks.afterSet(settled);
    return AuthFiles.SETTINGS.contains(setting)
        ? new Config(changed, entries, AuthFiles.load(settled, authFiles), readWarnings,
            awaitingRestart)
        : settled;
  }

  static String subject(Setting<?> setting) {
    return "[" + setting.section().spelling() + "] " + setting.name();
  }

  /** Why TLS cannot be set up as the settings stand; null when they fit together. Files are not looked into. */
  public @Nullable String tlsProblem() {
    ConfigChecks.Problem problem = ConfigChecks.tls(this);
    return problem == null ? null : problem.setting().name() + ": " + problem.text();
  }

  Map<Setting<?>, Setting.Value<?>> values() {
    return values;
  }

  /**
   * Most servers of the pool of a database and the user that logs in on the server: user, else database, else {@code
   * default_pool_size}; 0 is no limit.
   */
  public int poolSize(DatabaseEntry database, @Nullable String poolUser) {
    UserEntry user = user(poolUser);
    if (user != null && user.poolSize() != null) {
      return user.poolSize();
    }
    return orGlobal(database.poolSize(), PoolSettings.DEFAULT_POOL_SIZE);
  }

  /** Servers a pool of this database keeps at least. */
  public int minPoolSize(DatabaseEntry database) {
    return orGlobal(database.minPoolSize(), PoolSettings.MIN_POOL_SIZE);
  }

  /** Servers beyond the pool's size: user, else database, else global. */
  public int reservePoolSize(DatabaseEntry database, @Nullable String poolUser) {
    UserEntry user = user(poolUser);
    if (user != null && user.reservePoolSize() != null) {
      return user.reservePoolSize();
    }
    return orGlobal(database.reservePoolSize(), PoolSettings.RESERVE_POOL_SIZE);
  }

  /** When servers go back to the pool: user, else database, else global. */
  public PoolMode poolMode(DatabaseEntry database, @Nullable String poolUser) {
    UserEntry user = user(poolUser);
    if (user != null && user.poolMode() != null) {
      return user.poolMode();
    }
    PoolMode mode = database.poolMode();
    return mode == null ? get(PoolSettings.POOL_MODE) : mode;
  }

  /** What becomes of the state of sessions: user, else database, else global. */
  public SessionState sessionState(DatabaseEntry database, @Nullable String poolUser) {
    UserEntry user = user(poolUser);
    if (user != null && user.sessionState() != null) {
      return user.sessionState();
    }
    SessionState own = database.sessionState();
    return own == null ? get(WeirSettings.SESSION_STATE) : own;
  }

  /** Most servers of a database over all its pools; 0 is no limit. */
  public int maxDbConnections(DatabaseEntry database) {
    return orGlobal(database.maxDbConnections(), PoolSettings.MAX_DB_CONNECTIONS);
  }

  /** Most clients of a database; 0 is no limit. */
  public int maxDbClientConnections(DatabaseEntry database) {
    return orGlobal(database.maxDbClientConnections(), PoolSettings.MAX_DB_CLIENT_CONNECTIONS);
  }

  /** Most servers of a pool user over all databases; 0 is no limit. */
  public int maxUserConnections(@Nullable String poolUser) {
    UserEntry user = user(poolUser);
    return orGlobal(user == null ? null : user.maxUserConnections(),
        PoolSettings.MAX_USER_CONNECTIONS);
  }

  /** Most clients of a login user; 0 is no limit. */
  public int maxUserClientConnections(@Nullable String loginUser) {
    UserEntry user = user(loginUser);
    return orGlobal(user == null ? null : user.maxUserClientConnections(),
        PoolSettings.MAX_USER_CLIENT_CONNECTIONS);
  }

  /** Most connections for cancel requests to a peer; 0 is no limit. */
  public int peerPoolSize(PeerEntry peer) {
    return orGlobal(peer.poolSize(), PoolSettings.DEFAULT_POOL_SIZE);
  }

  /** Age after which an unused server is closed; 0 uses each once. */
  public Duration serverLifetime(DatabaseEntry database) {
    Duration own = database.serverLifetime();
    return own == null ? get(PoolSettings.SERVER_LIFETIME) : own;
  }

  /** Longest wait for a server: login user, else database, else global; 0 is no limit. */
  public Duration queryWaitTimeout(DatabaseEntry database, @Nullable String loginUser) {
    UserEntry user = user(loginUser);
    if (user != null && user.queryWaitTimeout() != null) {
      return user.queryWaitTimeout();
    }
    Duration own = database.queryWaitTimeout();
    return own == null ? get(TimeoutSettings.QUERY_WAIT_TIMEOUT) : own;
  }

  /** Longest query of a pool user; 0 is no limit. */
  public Duration queryTimeout(@Nullable String poolUser) {
    UserEntry user = user(poolUser);
    return orGlobalTime(user == null ? null : user.queryTimeout(), TimeoutSettings.QUERY_TIMEOUT);
  }

  /** Longest idle time inside a transaction of a pool user; 0 is no limit. */
  public Duration idleTransactionTimeout(@Nullable String poolUser) {
    UserEntry user = user(poolUser);
    return orGlobalTime(user == null ? null : user.idleTransactionTimeout(),
        TimeoutSettings.IDLE_TRANSACTION_TIMEOUT);
  }

  /** Longest transaction of a pool user; 0 is no limit. */
  public Duration transactionTimeout(@Nullable String poolUser) {
    UserEntry user = user(poolUser);
    return orGlobalTime(user == null ? null : user.transactionTimeout(),
        TimeoutSettings.TRANSACTION_TIMEOUT);
  }

  /** Idle time after which a client of a login user is closed; 0 is never. */
  public Duration clientIdleTimeout(@Nullable String loginUser) {
    UserEntry user = user(loginUser);
    return orGlobalTime(user == null ? null : user.clientIdleTimeout(),
        TimeoutSettings.CLIENT_IDLE_TIMEOUT);
  }

  /** The login for auth_query on a database; null when there is no auth_query. */
  public @Nullable String authUser(DatabaseEntry database) {
    String own = database.authUser();
    String user = own == null ? get(AuthSettings.AUTH_USER) : own;
    return user == null || user.isEmpty() ? null : user;
  }

  /** The text of auth_query for a database. */
  public String authQuery(DatabaseEntry database) {
    String own = database.authQuery();
    return own == null ? get(AuthSettings.AUTH_QUERY) : own;
  }

  /** The database entry where auth_query runs for a database: its own key, else the global one, else itself. */
  public String authDbname(DatabaseEntry database) {
    String own = database.authDbname();
    String global = own == null ? get(AuthSettings.AUTH_DBNAME) : own;
    return global == null || global.isEmpty() ? database.name() : global;
  }

  /** Whether a user has all rights at the console. */
  public boolean isAdmin(String user) {
    return get(LogSettings.ADMIN_USERS).contains(user);
  }

  /** Whether a user may read at the console. */
  public boolean isStats(String user) {
    return get(LogSettings.STATS_USERS).contains(user);
  }

  /** Every user name the configuration knows of: auth_file, {@code [users]}, forced users and auth_users. */
  public Set<String> knownUsers() {
    return ConfigChecks.knownUsers(this);
  }

  private @Nullable UserEntry user(@Nullable String name) {
    return name == null ? null : entries.users().get(name);
  }

  private int orGlobal(@Nullable Integer own, Setting<Integer> global) {
    return own == null ? Math.max(0, get(global)) : own;
  }

  private Duration orGlobalTime(@Nullable Duration own, Setting<Duration> global) {
    return own == null ? get(global) : own;
  }
}
