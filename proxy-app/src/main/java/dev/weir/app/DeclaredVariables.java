package dev.weir.app;

import dev.weir.core.config.Config;
import dev.weir.core.config.LogSettings;
import dev.weir.core.config.MysqlSecrets;
import dev.weir.core.config.ProcessSettings;
import dev.weir.core.config.WeirSettings;
import dev.weir.core.config.mysql.MysqlVariables;
import dev.weir.core.control.Access;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What ProxySQL's variables begin with where no {@code proxysql.cnf} is named: {@code weir.ini} in their terms. */
final class DeclaredVariables {
  private DeclaredVariables() {}

  /** @throws IOException with the text for the operator when there is nowhere to listen */
  static MysqlVariables of(Config config) throws IOException {
    List<String> addresses = config.get(ProcessSettings.LISTEN_ADDR);
    if (addresses.isEmpty()) {
      throw new IOException("[mysql_databases] needs listen_addr: there its clients connect");
    }
    Map<String, String> values = new HashMap<>();
    values.put("mysql-interfaces",
        interfaces(addresses, config.get(WeirSettings.MYSQL_LISTEN_PORT)));
    int admin = config.get(WeirSettings.MYSQL_ADMIN_PORT);
    values.put("admin-mysql_ifaces", admin == 0 ? "" : interfaces(addresses, admin));
    // the console's users are those of admin_users and stats_users, and nobody has a password that all know
    values.put("admin-admin_credentials", "");
    values.put("admin-stats_credentials", "");
    String monitor = config.get(WeirSettings.MYSQL_MONITOR_USER);
    values.put("mysql-monitor_enabled", Boolean.toString(!monitor.isEmpty()));
    if (!monitor.isEmpty()) {
      String secret = config.authFile().secretOf(monitor);
      if (secret == null) {
        throw new IOException(
            "mysql_monitor_user: there is no user " + monitor + " in auth_file");
      }
      values.put("mysql-monitor_username", monitor);
      values.put("mysql-monitor_password", secret);
    }
    return MysqlVariables.defaults().with(values);
  }

  private static String interfaces(List<String> addresses, int port) {
    return addresses.stream()
        .map(address -> (address.contains(":") ? "[" + address + "]" : address) + ":" + port)
        .collect(Collectors.joining(";"));
  }

  /** Who may use the console at the admin port beside its own accounts. */
  static Map<String, Access> consoleUsers(Config config) {
    Map<String, Access> all = new HashMap<>();
    config.get(LogSettings.STATS_USERS).forEach(name -> all.put(name, Access.STATS));
    config.get(LogSettings.ADMIN_USERS).forEach(name -> all.put(name, Access.ADMIN));
    all.keySet().removeIf(name -> {
      String secret = config.authFile().secretOf(name);
      return secret == null || !MysqlSecrets.usable(secret);
    });
    return all;
  }
}
