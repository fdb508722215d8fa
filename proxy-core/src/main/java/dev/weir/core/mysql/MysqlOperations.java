package dev.weir.core.mysql;

import dev.weir.core.config.Config;
import dev.weir.core.config.MysqlTopology;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.DeclaredHostgroups;
import dev.weir.core.config.mysql.FastRoute;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.config.mysql.QueryRuleRow;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.MysqlControl;
import dev.weir.core.pool.PoolCommands;
import dev.weir.core.route.InvalidRuleException;
import dev.weir.core.route.QueryRule;
import dev.weir.core.route.RouteOptions;
import dev.weir.core.route.RuleSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What operators can do to the MySQL side. Called on the control thread. */
public final class MysqlOperations implements MysqlControl {
  private static final Logger LOG = LoggerFactory.getLogger(MysqlOperations.class);

  /** What lies around the MySQL side: listeners and the process. */
  public interface Surroundings {
    void closeTraffic();

    /** @throws IOException naming the address that cannot be had */
    void openTraffic() throws IOException;

    /** Ends the process. */
    void shutdown();

    /** Reads the certificates shown to clients anew; when that fails the old ones stay. */
    void reloadTls() throws IOException;

    /** For sockets opened from now on. */
    void keepAlive(MysqlVariables variables);
  }

  private enum Traffic {
    OPEN, PAUSED, STOPPED
  }

  private final MysqlRuntime runtime;
  private final Surroundings surroundings;
  private MysqlConfig tables = MysqlConfig.defaults();
  private DeclaredHostgroups declared = DeclaredHostgroups.NONE;
  private Traffic traffic = Traffic.OPEN;

  public MysqlOperations(MysqlRuntime runtime, Surroundings surroundings) {
    this.runtime = runtime;
    this.surroundings = surroundings;
  }

  @Override
  public void apply(MysqlModule changed, MysqlConfig next) {
    RuleSet rules = changed == MysqlModule.QUERY_RULES
        || changed == MysqlModule.MYSQL_VARIABLES ? compile(next) : null;
    if (changed == MysqlModule.USERS) {
      next.users().forEach(UserAttributes::of); // before anything has changed
    }
    Firewall firewall = changed == MysqlModule.FIREWALL || changed == MysqlModule.MYSQL_VARIABLES
        ? Firewall.of(next, runtime.counters())
        : null;
    HostgroupJson.check(next);
    BackendTls tls = changedTls(next);
    WithoutEffect.of(changed, next).forEach(LOG::warn);
    tables = next;
    MysqlConfig whole = declared.over(next);
    runtime.apply(whole);
    if (tls != null) {
      runtime.tls(tls);
    }
    if (rules != null) {
      runtime.rules(rules);
    }
    if (firewall != null) {
      runtime.firewall(firewall);
    }
    if (changed == MysqlModule.MYSQL_VARIABLES) {
      surroundings.keepAlive(next.variables());
    }
    MysqlWatch watch = runtime.watch();
    if (watch != null && changed == MysqlModule.SERVERS) {
      watch.variables(next); // hostgroup_settings override some
      watch.load(whole);
    } else if (watch != null && changed == MysqlModule.MYSQL_VARIABLES) {
      watch.variables(next);
    }
  }

  /** Takes what {@code weir.ini} says of MySQL databases into force, beside the tables. */
  public void configured(Config config) {
    List<DeclaredHostgroups.Declared> before = declared.all();
    declared = declared.next(config);
    runtime.groups().apply(config, declared);
    MysqlConfig whole = declared.over(tables);
    runtime.apply(whole);
    MysqlWatch watch = runtime.watch();
    if (watch != null && !declared.all().equals(before)) {
      watch.loadDeclared(whole);
    }
    boolean unwatched = !whole.variables().flag("mysql-monitor_enabled");
    for (DeclaredHostgroups.Declared line : declared.all()) {
      if (unwatched && line.entry().topology() != MysqlTopology.SINGLE) {
        LOG.warn("[mysql_databases] {}: topology={} needs mysql-monitor_enabled=true",
            line.entry().name(), line.entry().topology().spelling());
      }
    }
  }

  /** What it runs on. */
  public MysqlConfig inForce() {
    return runtime.config();
  }

  /** The pools of this side, for commands of the console. */
  public PoolCommands.Side pools() {
    return runtime.groups();
  }

  /** TLS towards servers anew, if what is configured of it has changed; a new mistake is an error. */
  private @Nullable BackendTls changedTls(MysqlConfig next) {
    BackendTls now = runtime.backendTls();
    BackendTls.Wish wish = BackendTls.wish(next);
    if (wish.equals(now.wish())) {
      return null;
    }
    BackendTls read = BackendTls.read(wish, runtime.computing());
    List<String> mistakes = new ArrayList<>(read.problems());
    mistakes.removeAll(now.problems());
    if (!mistakes.isEmpty()) {
      throw new ControlException("28000", String.join("; ", mistakes));
    }
    return read;
  }

  /**
   * Takes everything into force, at the start. A file of TLS towards servers that cannot be read is said in the log; who
   * connects with it fails.
   */
  public void applyAll(MysqlConfig config) {
    HostgroupJson.check(config);
    BackendTls tls = BackendTls.read(BackendTls.wish(config), runtime.computing());
    tls.problems().forEach(problem -> LOG.error("TLS towards servers: {}", problem));
    runtime.tls(tls);
    for (MysqlModule module : MysqlModule.values()) {
      WithoutEffect.of(module, config).forEach(LOG::warn);
    }
    tables = config;
    runtime.apply(declared.over(config));
    runtime.rules(compile(config));
    runtime.firewall(Firewall.of(config, runtime.counters()));
  }

  private static RuleSet compile(MysqlConfig config) {
    MysqlVariables variables = config.variables();
    RouteOptions options = new RouteOptions(
        variables.whole("mysql-query_processor_regex") == 2
            ? RouteOptions.Engine.RE2
            : RouteOptions.Engine.RE2_ELSE_BACKTRACKING,
        (int) variables.whole("mysql-query_processor_iterations"));
    List<dev.weir.core.route.FastRoute> fast = new ArrayList<>();
    for (FastRoute row : config.rows(ConfigTables.FAST_ROUTING)) {
      fast.add(new dev.weir.core.route.FastRoute(row.username(), row.schemaname(), row.flagIN(),
          row.destinationHostgroup()));
    }
    try {
      List<QueryRule> rules = new ArrayList<>();
      for (QueryRuleRow row : config.queryRules()) {
        rules.add(RuleRows.rule(row));
      }
      return RuleSet.compile(rules, fast, options);
    } catch (InvalidRuleException e) {
      throw new ControlException("28000", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean killSession(long sessionId) {
    MysqlSession session = runtime.session(sessionId);
    if (session == null) {
      return false;
    }
    session.worker().execute(() -> session.killed(false));
    return true;
  }

  @Override
  public void pauseTraffic() {
    if (traffic != Traffic.OPEN) {
      throw new ControlException("28000", "MySQL traffic is already paused, impossible to pause");
    }
    traffic = Traffic.PAUSED;
    surroundings.closeTraffic();
  }

  @Override
  public void resumeTraffic() {
    if (traffic != Traffic.PAUSED) {
      throw new ControlException("28000", "MySQL traffic is not paused, impossible to resume");
    }
    open();
    traffic = Traffic.OPEN;
  }

  private void open() {
    try {
      surroundings.openTraffic();
    } catch (IOException e) {
      throw new ControlException("28000", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void stopTraffic() {
    surroundings.closeTraffic();
    runtime.closeAll();
    MysqlWatch watch = runtime.watch();
    if (watch != null) {
      watch.checks(false, runtime.config());
    }
    traffic = Traffic.STOPPED;
  }

  @Override
  public void startTraffic() {
    if (traffic != Traffic.STOPPED) {
      throw new ControlException("28000", "MySQL traffic is already started");
    }
    open();
    MysqlWatch watch = runtime.watch();
    if (watch != null) {
      watch.checks(true, runtime.config());
    }
    traffic = Traffic.OPEN;
  }

  @Override
  public void shutdown(boolean slow) {
    if (slow) {
      surroundings.closeTraffic();
      runtime.drain(surroundings::shutdown);
    } else {
      surroundings.shutdown();
    }
  }

  @Override
  public long flushQueryCache() {
    return runtime.queryCache().flush();
  }

  @Override
  public void flushLogs() {
    runtime.side().rotateLogs(); // the process's own log is reopened by SIGHUP
  }

  @Override
  public void flushClientHosts() {
    runtime.side().hosts().clear();
  }

  @Override
  public void reloadTls() {
    BackendTls tls = BackendTls.read(BackendTls.wish(runtime.config()), runtime.computing());
    if (!tls.problems().isEmpty()) {
      throw new ControlException("28000", String.join("; ", tls.problems()));
    }
    try {
      surroundings.reloadTls();
      runtime.tls(tls);
    } catch (IOException e) {
      throw new ControlException("28000", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public long forgetQueryDigests() {
    long count = 0;
    for (MysqlWorkerState local : runtime.locals()) {
      count += local.digests().snapshot(true).size();
    }
    return count;
  }
}
