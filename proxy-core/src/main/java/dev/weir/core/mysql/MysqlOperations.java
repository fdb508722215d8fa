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

    void shutdown(boolean slow);

    /** Reads certificates anew; when that fails the old ones stay. */
    void reloadTls() throws IOException;
  }

  private final MysqlRuntime runtime;
  private final Surroundings surroundings;
  private MysqlConfig tables = MysqlConfig.defaults();
  private DeclaredHostgroups declared = DeclaredHostgroups.NONE;
  private boolean paused;

  public MysqlOperations(MysqlRuntime runtime, Surroundings surroundings) {
    this.runtime = runtime;
    this.surroundings = surroundings;
  }

  @Override
  public void apply(MysqlModule changed, MysqlConfig next) {
    RuleSet rules = changed == MysqlModule.QUERY_RULES
        || changed == MysqlModule.MYSQL_VARIABLES ? compile(next) : null;
    WithoutEffect.of(changed, next).forEach(LOG::warn);
    tables = next;
    MysqlConfig whole = declared.over(next);
    runtime.apply(whole);
    if (rules != null) {
      runtime.rules(rules);
    }
    MysqlWatch watch = runtime.watch();
    if (watch != null && changed == MysqlModule.SERVERS) {
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

  /** Takes everything into force, at the start. */
  public void applyAll(MysqlConfig config) {
    for (MysqlModule module : MysqlModule.values()) {
      WithoutEffect.of(module, config).forEach(LOG::warn);
    }
    tables = config;
    runtime.apply(declared.over(config));
    runtime.rules(compile(config));
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
    if (paused) {
      throw new ControlException("28000", "MySQL traffic is already paused, impossible to pause");
    }
    paused = true;
    surroundings.closeTraffic();
  }

  @Override
  public void resumeTraffic() {
    if (!paused) {
      throw new ControlException("28000", "MySQL traffic is not paused, impossible to resume");
    }
    open();
    paused = false;
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
    paused = true;
  }

  @Override
  public void startTraffic() {
    if (!paused) {
      throw new ControlException("28000", "MySQL traffic is already started");
    }
    open();
    paused = false;
  }

  @Override
  public void shutdown(boolean slow) {
    surroundings.shutdown(slow);
  }

  @Override
  public long flushQueryCache() {
    return 0; // nothing is cached
  }

  @Override
  public void flushLogs() {
    // the log goes where [weir] sends it, and is reopened by SIGHUP
  }

  @Override
  public void flushClientHosts() {
    // no host is ever blocked
  }

  @Override
  public void reloadTls() {
    try {
      surroundings.reloadTls();
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
