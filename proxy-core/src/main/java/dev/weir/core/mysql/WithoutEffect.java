package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.HostgroupAttributes;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.config.mysql.QueryRuleRow;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.config.mysql.UserRow;
import java.util.ArrayList;
import java.util.List;

/** What a configuration asks for and does not get. An operator hears of it at each LOAD instead of finding out. */
final class WithoutEffect {
  private WithoutEffect() {}

  /** Lines for the log; empty when everything is obeyed. */
  static List<String> of(MysqlModule module, MysqlConfig config) {
    List<String> lines = new ArrayList<>();
    switch (module) {
      case SERVERS -> {
        config.servers().forEach(row -> server(row, lines));
        config.rows(ConfigTables.HOSTGROUP_ATTRIBUTES).forEach(row -> hostgroup(row, lines));
        note(config.rows(ConfigTables.AURORA_HOSTGROUPS).isEmpty(), lines,
            "mysql_aws_aurora_hostgroups: Aurora is not watched");
        note(config.rows(ConfigTables.SERVERS_SSL_PARAMS).isEmpty(), lines,
            "mysql_servers_ssl_params: TLS to servers goes by mysql-ssl_p2s_* alone");
      }
      case USERS -> config.users().forEach(row -> user(row, lines));
      case QUERY_RULES -> config.queryRules().forEach(row -> rule(row, lines));
      case FIREWALL -> note(config.rows(ConfigTables.FIREWALL_RULES).isEmpty()
          && config.rows(ConfigTables.FIREWALL_USERS).isEmpty(), lines,
          "mysql_firewall_whitelist_*: the firewall is not there yet");
      case MYSQL_VARIABLES, ADMIN_VARIABLES, SCHEDULER, RESTAPI, PROXYSQL_SERVERS -> {
        // each variable says for itself what becomes of it
      }
    }
    return lines;
  }

  private static void note(boolean fine, List<String> lines, String line) {
    if (!fine) {
      lines.add(line + ": no effect");
    }
  }

  private static void server(ServerRow row, List<String> lines) {
    String at = "mysql_servers " + row.hostgroupId() + "/" + row.hostname() + ":" + row.port();
    note(!row.compression(), lines, at + ": compression");
    note(row.maxLatencyMs() == 0, lines, at + ": max_latency_ms");
  }

  private static void hostgroup(HostgroupAttributes row, List<String> lines) {
    lines.add("mysql_hostgroup_attributes " + row.hostgroupId() + ": not obeyed yet: no effect");
  }

  private static void user(UserRow row, List<String> lines) {
    String at = "mysql_users " + row.username();
    UserAttributes.of(row).unknown()
        .forEach(key -> note(false, lines, at + ": attributes: " + key));
  }

  private static void rule(QueryRuleRow row, List<String> lines) {
    String at = "mysql_query_rules " + row.ruleId();
    note(row.cacheTtl() == null, lines, at + ": cache_ttl (results are not cached)");
    note(row.mirrorHostgroup() == null && row.mirrorFlagOUT() == null, lines,
        at + ": mirror_hostgroup, mirror_flagOUT (nothing is mirrored)");
    note(row.log() == null || !row.log(), lines, at + ": log (no query log is written)");
  }
}
