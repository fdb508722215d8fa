package dev.weir.core.control;

import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.ServerRow;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the running MySQL side looks like: a method for each table of ProxySQL's that holds no configuration. Called on
 * the control thread and may wait for the workers; answers are snapshots. {@code reset} starts counting anew. Statistics
 * must never hold traffic up.
 */
public interface MysqlView {
  /** What it runs on: the tables that were loaded, and behind them what {@code weir.ini} declares. */
  MysqlConfig inForce();

  /** Servers as they are: what monitoring moved is where it was moved to, with the status it has now. */
  List<ServerRow> servers();

  List<ConnectionPool> connectionPools(boolean reset);

  List<ClientProcess> processes();

  List<QueryDigest> queryDigests(boolean reset);

  List<CommandCounter> commandCounters();

  List<UserConnections> userConnections();

  List<RuleHits> ruleHits();

  List<ServerError> errors(boolean reset);

  List<FreeConnection> freeConnections();

  List<PreparedStatement> preparedStatements();

  List<GtidSet> gtidSets();

  List<ClientHost> clientHosts(boolean reset);

  /** {@code stats_mysql_global}, by the names of the original. */
  SequencedMap<String, Long> globals();

  /** {@code stats_memory_metrics}. */
  SequencedMap<String, Long> memory();

  List<Check> connectChecks();

  List<Check> pingChecks();

  List<ReadOnlyCheck> readOnlyChecks();

  List<LagCheck> lagChecks();

  List<GaleraCheck> galeraChecks();

  List<GroupReplicationCheck> groupReplicationChecks();

  /** {@code mysql_collations}, by number. */
  List<KnownCollation> collations();

  /** @param byDefault whether its character set has it by itself */
  record KnownCollation(int id, String name, String charset, boolean byDefault) {}

  /** Counters of a server in a hostgroup; times in microseconds. */
  record ConnectionPool(int hostgroup, String host, int port, String status, long used, long free,
      long ok, long errors, long mostUsed, long queries, long queriesWithGtid, long bytesSent,
      long bytesReceived, long latencyMicros) {}

  /** A session. */
  record ClientProcess(int threadId, long sessionId, String user, String database,
      String clientHost,
      int clientPort, int hostgroup, @Nullable String localHost, @Nullable Integer localPort,
      @Nullable String serverHost, @Nullable Integer serverPort, String command, long timeMillis,
      String info, int statusFlags, @Nullable String extendedInfo) {}

  /** What is known of a digest; {@code digest} is its hash as 0x and sixteen digits. */
  record QueryDigest(int hostgroup, String schema, String user, String clientAddress,
      String digest, String text, long count, long firstSeenSeconds, long lastSeenSeconds,
      long sumMicros, long minMicros, long maxMicros, long rowsAffected, long rowsSent) {}

  /**
   * A kind of statement.
   *
   * @param upTo how many took at most 100 us, 500 us, 1 ms, 5, 10, 50, 100, 500 ms, 1 s, 5, 10 s, and how many more
   */
  record CommandCounter(String command, long totalMicros, long total, List<Long> upTo) {}

  record UserConnections(String user, long connections, long most) {}

  record RuleHits(long ruleId, long hits) {}

  record ServerError(int hostgroup, String host, int port, String user, String clientAddress,
      String schema, int errno, long count, long firstSeenSeconds, long lastSeenSeconds,
      String lastError) {}

  record FreeConnection(int fd, int hostgroup, String host, int port, String user,
      @Nullable String schema, @Nullable String initConnect, @Nullable String timeZone,
      @Nullable String sqlMode, @Nullable String autocommit, long idleMillis,
      @Nullable String statistics, @Nullable String mysqlInfo) {}

  record PreparedStatement(long id, String schema, String user, String digest, long clients,
      long servers, int columns, int parameters, String query) {}

  record GtidSet(String host, int port, String executed, long events) {}

  record ClientHost(String clientAddress, long errors, long lastUpdatedSeconds) {}

  /** A check of a server; {@code error} is null when it went well. */
  record Check(String host, int port, long startMicros, long successMicros,
      @Nullable String error) {}

  record ReadOnlyCheck(Check check, @Nullable Boolean readOnly) {}

  record LagCheck(Check check, @Nullable Long lagSeconds) {}

  record GaleraCheck(Check check, @Nullable GaleraFacts facts) {}

  record GaleraFacts(boolean primary, boolean readOnly, long receiveQueue, int localState,
      boolean desync, boolean rejectsQueries, boolean donorRejectsQueries, boolean maintenance) {}

  record GroupReplicationCheck(Check check, @Nullable GroupReplicationFacts facts) {}

  record GroupReplicationFacts(boolean viable, boolean readOnly, long transactionsBehind) {}
}
