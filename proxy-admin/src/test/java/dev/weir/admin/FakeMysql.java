package dev.weir.admin;

import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.MysqlControl;
import dev.weir.core.control.MysqlView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A MySQL side made of fixed facts; remembers what it was told to do and runs on what it was given. */
public final class FakeMysql implements MysqlView, MysqlControl {
  /** What was called, for example {@code kill 7}. */
  public final List<String> calls = new CopyOnWriteArrayList<>();
  /** Thrown by the next call of a control method. */
  public volatile @Nullable ControlException failure;
  /** What servers are, when monitoring has changed them; else those of the configuration. */
  public volatile @Nullable List<ServerRow> moved;
  public volatile long clients = 2;
  public volatile long questions = 1234;
  public volatile MysqlConfig config = MysqlConfig.defaults();

  private void called(String what) {
    calls.add(what);
    ControlException refusal = failure;
    if (refusal != null) {
      failure = null;
      throw refusal;
    }
  }

  @Override
  public MysqlConfig inForce() {
    return config;
  }

  @Override
  public void apply(MysqlModule changed, MysqlConfig next) {
    called("apply " + changed.words());
    config = next;
  }

  @Override
  public boolean killSession(long sessionId) {
    called("kill " + sessionId);
    return sessionId == 7;
  }

  @Override
  public void pauseTraffic() {
    called("pause");
  }

  @Override
  public void resumeTraffic() {
    called("resume");
  }

  @Override
  public void stopTraffic() {
    called("stop");
  }

  @Override
  public void startTraffic() {
    called("start");
  }

  @Override
  public void shutdown(boolean slow) {
    called(slow ? "shutdown slow" : "shutdown");
  }

  @Override
  public long flushQueryCache() {
    called("flush query cache");
    return 12;
  }

  @Override
  public void flushLogs() {
    called("flush logs");
  }

  @Override
  public void flushClientHosts() {
    called("flush client hosts");
  }

  @Override
  public void reloadTls() {
    called("reload tls");
  }

  @Override
  public long forgetQueryDigests() {
    called("forget digests");
    return 3;
  }

  @Override
  public List<ServerRow> servers() {
    List<ServerRow> servers = moved;
    return servers == null ? config.servers() : servers;
  }

  private void counted(String table, boolean reset) {
    if (reset) {
      calls.add("reset " + table);
    }
  }

  @Override
  public List<ConnectionPool> connectionPools(boolean reset) {
    counted("pools", reset);
    return List.of(new ConnectionPool(1, "10.0.0.1", 3306, "ONLINE", 2, 3, 5, 1, 4, 100, 0, 1000,
        2000, 350),
        new ConnectionPool(2, "10.0.0.2", 3306, "SHUNNED", 0, 0, 0, 9, 0, 0, 0, 0, 0, 0));
  }

  @Override
  public List<ClientProcess> processes() {
    return List.of(new ClientProcess(0, 7, "app", "shop", "10.1.1.1", 40000, 1, "10.0.0.9", 50000,
        "10.0.0.1", 3306, "Query", 12, "SELECT " + "x".repeat(200), 0, null),
        new ClientProcess(1, 8, "app", "shop", "10.1.1.2", 40001, -1, null, null, null, null,
            "Sleep", 5000, "", 0, null));
  }

  @Override
  public List<QueryDigest> queryDigests(boolean reset) {
    counted("digests", reset);
    return List.of(new QueryDigest(1, "shop", "app", "", "0x1C46AE529DD5A40E", "SELECT ?", 10,
        1_700_000_000, 1_700_000_100, 5000, 100, 900, 0, 10));
  }

  @Override
  public List<CommandCounter> commandCounters() {
    return List.of(new CommandCounter("SELECT", 5000, 10,
        List.of(1L, 2L, 3L, 4L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L)));
  }

  @Override
  public List<UserConnections> userConnections() {
    return List.of(new UserConnections("app", 2, 10_000));
  }

  @Override
  public List<RuleHits> ruleHits() {
    return List.of(new RuleHits(1, 42));
  }

  @Override
  public List<ServerError> errors(boolean reset) {
    counted("errors", reset);
    return List.of(new ServerError(1, "10.0.0.1", 3306, "app", "", "shop", 1064, 3, 1_700_000_000,
        1_700_000_001, "You have an error"));
  }

  @Override
  public List<FreeConnection> freeConnections() {
    return List.of(new FreeConnection(33, 1, "10.0.0.1", 3306, "app", "shop", null, null, null,
        null, 100, "{}", "{}"));
  }

  @Override
  public List<PreparedStatement> preparedStatements() {
    return List.of(new PreparedStatement(1, "shop", "app", "0x1C46AE529DD5A40E", 1, 1, 1, 0,
        "SELECT 1"));
  }

  @Override
  public List<GtidSet> gtidSets() {
    return List.of();
  }

  @Override
  public List<ClientHost> clientHosts(boolean reset) {
    counted("hosts", reset);
    return List.of();
  }

  @Override
  public SequencedMap<String, Long> globals() {
    SequencedMap<String, Long> globals = new LinkedHashMap<>();
    globals.put("ProxySQL_Uptime", 77L);
    globals.put("Client_Connections_connected", clients);
    globals.put("Questions", questions);
    return globals;
  }

  @Override
  public List<KnownCollation> collations() {
    return List.of(new KnownCollation(8, "latin1_swedish_ci", "latin1", true),
        new KnownCollation(28, "gbk_chinese_ci", "gbk", true),
        new KnownCollation(47, "latin1_bin", "latin1", false));
  }

  @Override
  public SequencedMap<String, Long> memory() {
    SequencedMap<String, Long> memory = new LinkedHashMap<>();
    memory.put("query_digest_memory", 4096L);
    return memory;
  }

  @Override
  public List<Check> connectChecks() {
    return List.of(new Check("10.0.0.1", 3306, 1_700_000_000_000_000L, 900, null));
  }

  @Override
  public List<Check> pingChecks() {
    return List.of(new Check("10.0.0.1", 3306, 1_700_000_000_000_000L, 90, null),
        new Check("10.0.0.2", 3306, 1_700_000_000_000_001L, 0, "timeout"));
  }

  @Override
  public List<ReadOnlyCheck> readOnlyChecks() {
    return List.of(new ReadOnlyCheck(new Check("10.0.0.1", 3306, 1, 90, null), false));
  }

  @Override
  public List<LagCheck> lagChecks() {
    return List.of(new LagCheck(new Check("10.0.0.1", 3306, 1, 90, null), 3L));
  }

  @Override
  public List<GaleraCheck> galeraChecks() {
    return List.of(
        new GaleraCheck(new Check("10.0.0.1", 3306, 1, 90, null),
            new GaleraFacts(true, false, 0, 4, false, false, false, false)),
        new GaleraCheck(new Check("10.0.0.2", 3306, 1, 0, "timeout"), null));
  }

  @Override
  public List<GroupReplicationCheck> groupReplicationChecks() {
    return List.of(new GroupReplicationCheck(new Check("10.0.0.1", 3306, 1, 90, null),
        new GroupReplicationFacts(true, false, 5)));
  }
}
