package dev.weir.core.monitor;

import java.time.Duration;
import java.util.Map;

/**
 * What the monitor obeys, resolved from the variables {@code monitor_*} and their kin.
 *
 * @param user the account of all checks
 * @param history how long results are kept for tables
 * @param checks interval and timeout of each kind
 * @param ping when pings that fail count
 * @param replication how replicas are judged
 * @param cluster how members of clusters are judged
 * @param shunning when connect errors count
 * @param onServers what is asked of servers besides checks
 */
public record MonitorSettings(boolean enabled, String user, String password, Duration history,
    Map<ProbeKind, Check> checks, Ping ping, Replication replication, Cluster cluster,
    Shunning shunning, OnServers onServers) {
  public record Check(Duration interval, Duration timeout) {
    static Check ofMillis(long interval, long timeout) {
      return new Check(Duration.ofMillis(interval), Duration.ofMillis(timeout));
    }
  }

  /** @param maxFailures one after the other, before the server is shunned */
  public record Ping(int maxFailures) {}

  /**
   * @param readOnlyMaxTimeouts one after the other, before the server is taken for read-only
   * @param lagCount bad results one after the other before a replica is shunned
   * @param lagWhenNull seconds assumed of a replica whose replication does not run
   * @param lagWhenNullOf the same for single hostgroups
   * @param heartbeatTable {@code database.table}; empty for none
   */
  public record Replication(int readOnlyMaxTimeouts, boolean writerIsAlsoReader, int lagCount,
      int lagWhenNull, Map<Integer, Integer> lagWhenNullOf, String heartbeatTable) {
    int lagWhenNull(int hostgroup) {
      return lagWhenNullOf.getOrDefault(hostgroup, lagWhenNull);
    }
  }

  /**
   * @param stickyWriter a member that comes back does not take the writer's role back
   * @param galeraMaxTimeouts one after the other, before a node is offline
   * @param writerLagCount results one after the other with too many write sets waiting, before a writer is replaced
   * @param groupMaxTimeouts the same as {@code galeraMaxTimeouts}, of group replication
   * @param behindCount bad results one after the other before a member is shunned
   * @param behindRule who is judged by the transactions it is behind
   */
  public record Cluster(boolean stickyWriter, int galeraMaxTimeouts, int writerLagCount,
      int groupMaxTimeouts, int behindCount, BehindRule behindRule) {}

  /** Which members of a group are judged by the transactions they are behind. */
  public enum BehindRule {
    WRITERS, READERS, BOTH
  }

  /**
   * @param onFailures connect errors in one second that shun a server
   * @param recovery how long it stays so
   */
  public record Shunning(int onFailures, Duration recovery) {
    /** The variables' own rule: errors are counted up to one more than a session retries; recovery ends before clients give up. */
    public static Shunning of(int shunOnFailures, int connectRetriesOnFailure,
        int recoverySeconds, int connectTimeoutServerMaxMillis) {
      long cap = Math.max(1, connectTimeoutServerMaxMillis / 1000 - 1);
      return new Shunning(Math.max(1, Math.min(shunOnFailures, connectRetriesOnFailure + 1)),
          Duration.ofSeconds(Math.min(recoverySeconds, cap)));
    }

    /** From when on a shunned server is tried if nobody else is there. */
    public Duration lastResortAfter() {
      return Duration.ofMillis(Math.max(1000, recovery.toMillis() / 10));
    }
  }

  /**
   * @param waitTimeoutSeconds after which servers end the monitor's own connections; 0 leaves that to them
   * @param keepsLagOnLoad whether a server that lags still does when servers are loaded; else it is used until its next
   *        check
   */
  public record OnServers(int waitTimeoutSeconds, boolean keepsLagOnLoad) {}

  /** ProxySQL's defaults, and a sticky writer. */
  public static final MonitorSettings DEFAULTS = new MonitorSettings(true, "monitor", "monitor",
      Duration.ofHours(2),
      Map.of(ProbeKind.CONNECT, Check.ofMillis(120_000, 600), ProbeKind.PING,
          Check.ofMillis(8000, 1000), ProbeKind.READ_ONLY, Check.ofMillis(1000, 800),
          ProbeKind.REPLICATION_LAG, Check.ofMillis(10_000, 1000), ProbeKind.GALERA,
          Check.ofMillis(5000, 800), ProbeKind.GROUP_REPLICATION, Check.ofMillis(5000, 800)),
      new Ping(3), new Replication(3, true, 1, 60, Map.of(), ""),
      new Cluster(true, 3, 3, 3, 3, BehindRule.READERS), Shunning.of(5, 10, 10, 10_000),
      new OnServers(80, true));

  public Check check(ProbeKind kind) {
    Check check = checks.get(kind);
    if (check == null) {
      throw new IllegalStateException("no interval for " + kind);
    }
    return check;
  }

  public MonitorSettings with(ProbeKind kind, long intervalMillis, long timeoutMillis) {
    java.util.EnumMap<ProbeKind, Check> changed = new java.util.EnumMap<>(checks);
    changed.put(kind, Check.ofMillis(intervalMillis, timeoutMillis));
    return new MonitorSettings(enabled, user, password, history, Map.copyOf(changed), ping,
        replication, cluster, shunning, onServers);
  }

  public MonitorSettings with(Replication newReplication) {
    return new MonitorSettings(enabled, user, password, history, checks, ping, newReplication,
        cluster, shunning, onServers);
  }

  public MonitorSettings with(Cluster newCluster) {
    return new MonitorSettings(enabled, user, password, history, checks, ping, replication,
        newCluster, shunning, onServers);
  }

  public MonitorSettings with(Shunning newShunning) {
    return new MonitorSettings(enabled, user, password, history, checks, ping, replication,
        cluster, newShunning, onServers);
  }

  public MonitorSettings with(OnServers newOnServers) {
    return new MonitorSettings(enabled, user, password, history, checks, ping, replication,
        cluster, shunning, newOnServers);
  }

  public MonitorSettings with(Ping newPing) {
    return new MonitorSettings(enabled, user, password, history, checks, newPing, replication,
        cluster, shunning, onServers);
  }

  public MonitorSettings withHistory(Duration newHistory) {
    return new MonitorSettings(enabled, user, password, newHistory, checks, ping, replication,
        cluster, shunning, onServers);
  }

  public MonitorSettings withEnabled(boolean on) {
    return new MonitorSettings(on, user, password, history, checks, ping, replication, cluster,
        shunning, onServers);
  }

  public MonitorSettings withAccount(String newUser, String newPassword) {
    return new MonitorSettings(enabled, newUser, newPassword, history, checks, ping, replication,
        cluster, shunning, onServers);
  }
}
