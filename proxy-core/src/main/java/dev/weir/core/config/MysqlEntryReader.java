package dev.weir.core.config;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the lines of {@code [mysql_databases]}: the grammar of {@code [databases]} with keys of its own. */
final class MysqlEntryReader {
  /** MySQL's names of schemas are this long at most, and clients name databases by their schema. */
  private static final int MAX_NAME = 64;
  private static final int MAX_USER = 80;
  private static final int MAX_WRITERS = 1000;
  private static final String SHARING_MODE = "pool_mode=transaction or pool_mode=statement: "
      + "in session mode the first server is kept";
  /** Names under which operators see the hostgroups of ProxySQL's tables. */
  private static final Pattern HOSTGROUP = Pattern.compile("hostgroup_[0-9]+");
  private static final Set<String> KEYS = EntryKeys.names(EntryKeys.MYSQL_DATABASES);
  private static final Set<String> POSTGRES_KEYS = EntryKeys.names(EntryKeys.DATABASES);

  private MysqlEntryReader() {}

  static MysqlDatabaseEntry database(String name, String text) throws BadValueException {
    if (name.equals(EntryReader.CONSOLE)) {
      throw BadValueException
          .original("database name \"" + EntryReader.CONSOLE + "\" is reserved");
    }
    EntryReader.checkLength("database name", name, MAX_NAME);
    if (HOSTGROUP.matcher(name).matches()) {
      throw new BadValueException(
          "database names of this form are reserved for the hostgroups of mysql_servers");
    }
    for (ConnectionString.Pair pair : ConnectionString.parse(text)) {
      if (!KEYS.contains(pair.key()) && POSTGRES_KEYS.contains(pair.key())) {
        throw new BadValueException(Setting.abbreviated(pair.key())
            + " is a key of [databases] and not of [mysql_databases]");
      }
    }
    EntryReader in = EntryReader.of(text, KEYS, "unrecognized connection parameter: ");
    in.checkLength("dbname", MAX_NAME);
    in.checkLength("user", MAX_USER);
    in.checkLength("password", EntryReader.MAX_PASSWORD);
    MysqlDatabaseEntry entry = new MysqlDatabaseEntry(common(name, in),
        in.word("topology", MysqlTopology.class, MysqlTopology.SINGLE),
        in.flag("read_write_split"), in.whole("max_writers", 1, MAX_WRITERS, 1),
        in.flag("use_ssl"));
    check(entry, in);
    return entry;
  }

  private static DatabaseEntry common(String name, EntryReader in) throws BadValueException {
    return new DatabaseEntry(name, in.text("dbname"), in.hosts(),
        in.port(MysqlDatabaseEntry.DEFAULT_PORT), in.text("user"), in.text("password"), null, null,
        null, null, null, null, null, in.count("pool_size"), in.count("min_pool_size"), null,
        in.limit("max_db_connections"), in.limit("max_db_client_connections"),
        in.timeAboveZero("server_lifetime"), in.time("query_wait_timeout"), in.poolMode(),
        LoadBalanceHosts.ROUND_ROBIN, in.text("connect_query"), null);
  }

  /** Keys that are right one by one and do not fit together. */
  private static void check(MysqlDatabaseEntry entry, EntryReader in) throws BadValueException {
    if (entry.common().hosts().isEmpty()) {
      throw new BadValueException("a MySQL database needs a host");
    }
    for (String host : entry.common().hosts()) {
      try {
        MysqlDatabaseEntry.server(host, entry.common().port());
      } catch (IllegalArgumentException _) {
        throw new BadValueException("invalid host: \"" + Setting.abbreviated(host)
            + "\"; allowed: a name or address, one with :PORT behind it, the path of a socket");
      }
    }
    if (entry.common().password() != null && entry.common().user() == null) {
      throw new BadValueException("password needs user: it is the forced user's");
    }
    boolean cluster = switch (entry.topology()) {
      case GALERA, GROUP_REPLICATION -> true;
      case SINGLE, REPLICATION -> false;
    };
    if (in.text("max_writers") != null && !cluster) {
      throw new BadValueException(
          "max_writers needs topology=galera or topology=group_replication");
    }
    String problem = entry.readWriteSplit() ? splitProblem(entry) : null;
    if (problem != null) {
      throw new BadValueException("read_write_split=on needs " + problem);
    }
  }

  private static @Nullable String splitProblem(MysqlDatabaseEntry entry) {
    if (entry.topology() == MysqlTopology.SINGLE) {
      return "a topology with readers: galera, replication or group_replication";
    }
    return entry.common().poolMode() == PoolMode.SESSION ? SHARING_MODE : null;
  }

  /** Why entries do not fit what else the file says; null when they do. */
  static @Nullable String misfit(MysqlDatabaseEntry entry, Config config) {
    if (config.databases().containsKey(entry.name())) {
      return "[databases] has one of the same name: commands of the console could mean either";
    }
    if (entry.topology() != MysqlTopology.SINGLE
        && config.get(WeirSettings.PROXYSQL_CONFIG).isEmpty()
        && config.get(WeirSettings.MYSQL_MONITOR_USER).isEmpty()) {
      return "topology=" + entry.topology().spelling()
          + " needs checks of the servers: set [weir] mysql_monitor_user";
    }
    return entry.readWriteSplit() && config.poolMode(entry.common(), null) == PoolMode.SESSION
        ? "read_write_split=on needs " + SHARING_MODE
        : null;
  }
}
