package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.HostgroupAttributes;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.sql.Lexer;
import dev.weir.core.sql.SqlMode;
import dev.weir.core.sql.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What holds for one hostgroup: its row of {@code mysql_hostgroup_attributes} where it has one, the global variables
 * elsewhere. As in ProxySQL a row counts with all of its columns, but for an empty {@code init_connect}, and {@code
 * multiplex} and {@code autocommit} can only take away. Immutable.
 *
 * @param maxOnlineServers with more of them ONLINE the hostgroup serves nobody
 * @param freeConnectionsPct idle connections kept to each server, in percent of its max_connections
 * @param initConnect statements that run on each new connection
 * @param multiplex whether sessions share connections
 * @param delayMultiplexMillis how long a session keeps its connection after a statement; 0 for no longer
 * @param warming whether connections are opened until that percentage is there
 * @param connectsPerSecond new connections in a second, to all its servers
 * @param defaultMaxLatencyMillis ping time above which a server that has no limit of its own is left out; 0 for no limit
 * @param autocommitOff what a session without autocommit keeps
 */
record HostgroupRules(int maxOnlineServers, int freeConnectionsPct, List<String> initConnect,
    boolean multiplex, int delayMultiplexMillis, boolean warming, int connectsPerSecond,
    long defaultMaxLatencyMillis, AutocommitOff autocommitOff) {

  /** What {@code autocommit=0} means for the connection that a session has. */
  enum AutocommitOff {
    /** Nothing: it goes back between transactions. */
    SHARED,
    /** The session keeps it, and nobody gets it afterwards ({@code autocommit_false_not_reusable}). */
    NOT_REUSABLE,
    /** The session keeps it as in a transaction ({@code autocommit_false_is_transaction}). */
    TRANSACTION
  }

  /** Rules by hostgroup; those without a row have {@link #general}. */
  record All(HostgroupRules general, Map<Integer, HostgroupRules> own) {
    HostgroupRules of(int hostgroup) {
      return own.getOrDefault(hostgroup, general);
    }
  }

  static All of(MysqlConfig config) {
    MysqlVariables v = config.variables();
    HostgroupRules general = new HostgroupRules(Integer.MAX_VALUE,
        (int) v.whole("mysql-free_connections_pct"),
        statements(v.text("mysql-init_connect")),
        v.flag("mysql-multiplexing"),
        (int) v.whole("mysql-connection_delay_multiplex_ms"),
        v.flag("mysql-connection_warming"),
        (int) v.whole("mysql-throttle_connections_per_sec_to_hostgroup"),
        v.whole("mysql-default_max_latency_ms"),
        autocommitOff(v));
    Map<Integer, HostgroupRules> own = new HashMap<>();
    for (HostgroupAttributes row : config.rows(ConfigTables.HOSTGROUP_ATTRIBUTES)) {
      own.put(row.hostgroupId(), general.with(row));
    }
    return new All(general, Map.copyOf(own));
  }

  private static AutocommitOff autocommitOff(MysqlVariables v) {
    if (v.flag("mysql-autocommit_false_not_reusable")) {
      return AutocommitOff.NOT_REUSABLE;
    }
    return v.flag("mysql-autocommit_false_is_transaction")
        ? AutocommitOff.TRANSACTION
        : AutocommitOff.SHARED;
  }

  private HostgroupRules with(HostgroupAttributes row) {
    List<String> init = statements(row.initConnect());
    return new HostgroupRules(row.maxNumOnlineServers(), row.freeConnectionsPct(),
        init.isEmpty() ? initConnect : init, multiplex && row.multiplex(), delayMultiplexMillis,
        row.connectionWarming(), row.throttleConnectionsPerSec(), defaultMaxLatencyMillis,
        autocommitOff);
  }

  /** Each statement by itself: a connection may have agreed on one statement at a time. */
  static List<String> statements(String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    Lexer lexer = new Lexer(SqlMode.MYSQL);
    lexer.open(bytes, 0, bytes.length);
    List<String> found = new ArrayList<>();
    int from = 0;
    boolean hasTokens = false;
    while (true) {
      Token token = lexer.next();
      boolean over = token == Token.END || token == Token.BROKEN;
      if (over || token == Token.SEMICOLON) {
        int to = token == Token.SEMICOLON ? lexer.start() : bytes.length;
        if (hasTokens || token == Token.BROKEN) { // what is broken, the server shall say
          found.add(new String(bytes, from, to - from, StandardCharsets.UTF_8).strip());
        }
        from = lexer.end();
        hasTokens = false;
      } else {
        hasTokens = true;
      }
      if (over) {
        return List.copyOf(found);
      }
    }
  }
}
