package dev.weir.admin.proxysql;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Commands of ProxySQL that are refused here, each with its reason. */
final class ForeignCommands {
  /**
   * @param syntax as a manual writes it
   * @param why what the client is told behind the command's name
   */
  record Foreign(String syntax, Pattern pattern, String why) {
    private static Foreign of(String syntax, String pattern, String why) {
      return new Foreign(syntax, Pattern.compile("(?i)" + pattern), why);
    }
  }

  static final List<Foreign> ALL = List.of(
      Foreign.of("PROXYSQL COREDUMP [name]", "PROXYSQL (?:COMPRESSED)?COREDUMP\\b.*",
          "a JVM writes no such file; jcmd's GC.heap_dump writes its heap"),
      Foreign.of("PROXYSQL MEMPROFILE START|STOP", "PROXYSQL MEMPROFILE\\b.*",
          "a JVM has no such profile; jcmd's JFR.start records one"),
      Foreign.of("LOAD COREDUMP TO RUNTIME", "(?:LOAD|SAVE) COREDUMP\\b.*",
          "no core dumps are written, so none are filtered"),
      Foreign.of("PROXYSQL CLUSTER_NODE_UUID uuid interfaces", "PROXYSQL CLUSTER_NODE_UUID\\b.*",
          "this proxy is in no ProxySQL cluster"),
      Foreign.of("PULL VERSION MYSQL SERVERS version timeout", "PULL VERSION MYSQL SERVERS\\b.*",
          "this proxy is in no ProxySQL cluster; runtime_checksums_values has the version"),
      Foreign.of("PROXYSQLTEST n", "PROXYSQLTEST\\b.*", "this is for ProxySQL's own tests"),
      Foreign.of("LOAD LDAP VARIABLES …", "(?:LOAD|SAVE) LDAP\\b.*",
          "the LDAP plugin is not here"),
      Foreign.of("LOAD SQLITESERVER VARIABLES …", "(?:LOAD|SAVE) SQLITESERVER\\b.*",
          "the SQLite server is not here"),
      Foreign.of("LOAD CLICKHOUSE VARIABLES …", "(?:LOAD|SAVE) CLICKHOUSE\\b.*",
          "ClickHouse is not served"),
      Foreign.of("LOAD PGSQL SERVERS …", "(?:LOAD|SAVE) PGSQL\\b.*",
          "PostgreSQL is configured in weir.ini"),
      Foreign.of("LOAD DEBUG …", "(?:LOAD|SAVE) DEBUG\\b.*",
          "this is for debug builds of ProxySQL; -v raises the level of the log"));

  private ForeignCommands() {}

  /** What the client is told; null when the statement is none of these. */
  static @Nullable String reason(String normal) {
    for (Foreign foreign : ALL) {
      if (foreign.pattern().matcher(normal).matches()) {
        return "'" + normal + "' is not here: " + foreign.why();
      }
    }
    return null;
  }
}
