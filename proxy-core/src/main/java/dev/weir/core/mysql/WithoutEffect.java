package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.HostgroupAttributes;
import dev.weir.core.config.mysql.MysqlConfig;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.config.mysql.QueryRuleRow;
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
        config.rows(ConfigTables.HOSTGROUP_ATTRIBUTES).forEach(row -> hostgroup(row, lines));
        note(config.rows(ConfigTables.AURORA_HOSTGROUPS).isEmpty(), lines,
            "mysql_aws_aurora_hostgroups: Aurora is not watched");
      }
      case USERS -> config.users().forEach(row -> user(row, lines));
      case QUERY_RULES -> config.queryRules().forEach(row -> rule(row, lines));
      case FIREWALL -> note(config.rows(ConfigTables.FIREWALL_FINGERPRINTS).isEmpty(), lines,
          "mysql_firewall_whitelist_sqli_fingerprints: SQL injection is not looked for");
      case MYSQL_VARIABLES -> {
        String complaint = Charsets.complaint(config.variables().text("mysql-default_charset"),
            config.variables().text("mysql-default_collation_connection"));
        if (complaint != null) {
          lines.add(complaint);
        }
      }
      case ADMIN_VARIABLES, SCHEDULER, RESTAPI, PROXYSQL_SERVERS -> {
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

  private static void hostgroup(HostgroupAttributes row, List<String> lines) {
    List<String> asked = new ArrayList<>();
    HostgroupJson.withoutEffect(row, asked);
    asked.forEach(line -> note(false, lines, line));
  }

  private static void user(UserRow row, List<String> lines) {
    String at = "mysql_users " + row.username();
    UserAttributes.of(row).unknown()
        .forEach(key -> note(false, lines, at + ": attributes: " + key));
  }

  private static void rule(QueryRuleRow row, List<String> lines) {
    String at = "mysql_query_rules " + row.ruleId();
    note(row.cacheTimeout() == null, lines,
        at + ": cache_timeout (ProxySQL does nothing with it either)");
  }
}
