package dev.weir.admin.proxysql;

import dev.weir.admin.GeneratedPage;
import dev.weir.core.config.mysql.ConfigTable;
import dev.weir.core.config.mysql.MysqlModule;
import dev.weir.core.control.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The page of the admin port: its commands, its tables and their columns, as they are. */
class AdminPageTest {
  private static final String INTRODUCTION = """
      # ProxySQL's admin port

      <!-- Made from the program by AdminPageTest; do not edit. -->

      Port 6032 speaks MySQL's protocol: `mysql -h127.0.0.1 -P6032 -uadmin -padmin`. Accounts stand in
      `admin-admin_credentials` (everything) and `admin-stats_credentials` (statistics only); the monitor's account may read
      statistics too. Statements are SQLite's over the tables below, or one of the commands. Words may be in any case, with
      any blanks between them, and end in a semicolon. Errors are 1045 with `ProxySQL Admin Error: ` in front. What differs
      from ProxySQL, and why: [migration-proxysql.md](../migration-proxysql.md).

      ## Layers

      `main` is edited, `runtime_…` is what runs, `disk` is what a restart finds. An edit has no effect before its LOAD.

      """;

  private static final String MOVES = """

      LOAD … TO RUNTIME reads the module's tables, checks them together with everything that runs, and swaps all of it or
      nothing. SAVE … TO DISK and LOAD … FROM DISK replace the module's tables as a whole; of variables they replace those
      that are there. LOAD … FROM CONFIG reads the rows of `proxysql.cnf` into memory. Inactive users and rules stay in
      memory: they are no part of what runs.

      """;

  /** Commands as a manual writes them, an example of each, who may give it, and what it does. */
  private record Command(String syntax, String example, boolean statistics, String doc) {}

  private static final List<Command> COMMANDS = List.of(
      new Command("SET name = value", "SET mysql-max_connections = 2000", false,
          "Changes a variable in memory; a value that is not allowed is refused."),
      new Command("SELECT CONFIG FILE", "SELECT CONFIG FILE", false,
          "What runs, as a `proxysql.cnf`."),
      new Command("SELECT CONFIG INTO OUTFILE path", "SELECT CONFIG INTO OUTFILE /dev/null", false,
          "The same into a file; also `SAVE CONFIG TO FILE path`."),
      new Command(
          "CHECKSUM [DISK\\|MEMORY\\|MEM] MYSQL {SERVERS\\|USERS\\|QUERY RULES\\|VARIABLES\\|…}",
          "CHECKSUM MYSQL SERVERS", false, "A checksum of a table; Weir's own, not ProxySQL's."),
      new Command("SELECT GLOBAL_CHECKSUM()", "SELECT GLOBAL_CHECKSUM()", false,
          "One over all that runs."),
      new Command("SAVE MYSQL DIGEST TO DISK", "SAVE MYSQL DIGEST TO DISK", false,
          "Moves all digests to `history_mysql_query_digest`; counting begins anew. Affected rows: how many."),
      new Command("TRUNCATE [TABLE] stats_mysql_query_digest", "TRUNCATE stats_mysql_query_digest",
          false, "Forgets all digests."),
      new Command("PROXYSQL PAUSE", "PROXYSQL PAUSE", false,
          "Closes the traffic ports; sessions go on."),
      new Command("PROXYSQL RESUME", "PROXYSQL RESUME", false, "Opens them again."),
      new Command("PROXYSQL STOP", "PROXYSQL STOP", false,
          "Ends all MySQL traffic; the admin port stays."),
      new Command("PROXYSQL START", "PROXYSQL START", false, "Begins it again."),
      new Command("PROXYSQL RESTART", "PROXYSQL RESTART", false, "STOP and START."),
      new Command("PROXYSQL SHUTDOWN", "PROXYSQL SHUTDOWN", false,
          "Ends the process at once; also `PROXYSQL KILL`."),
      new Command("PROXYSQL SHUTDOWN SLOW", "PROXYSQL SHUTDOWN SLOW", false,
          "Ends the process when sessions have ended their transactions."),
      new Command("PROXYSQL READONLY", "PROXYSQL READONLY", false,
          "Refuses changes at the admin port."),
      new Command("PROXYSQL READWRITE", "PROXYSQL READWRITE", false, "Allows them again."),
      new Command("PROXYSQL FLUSH LOGS", "PROXYSQL FLUSH LOGS", false, "Opens log files anew."),
      new Command("PROXYSQL FLUSH QUERY CACHE", "PROXYSQL FLUSH QUERY CACHE", false,
          "Empties the query cache. Affected rows: how many results."),
      new Command("PROXYSQL FLUSH MYSQL CLIENT HOSTS", "PROXYSQL FLUSH MYSQL CLIENT HOSTS", false,
          "Forgets which hosts had errors."),
      new Command("PROXYSQL FLUSH CONFIGDB", "PROXYSQL FLUSH CONFIGDB", false,
          "Opens `proxysql.db` again, after somebody has put another one in its place. Is that no database, the old one stays."),
      new Command("PROXYSQL RELOAD TLS", "PROXYSQL RELOAD TLS", false, "Reads certificates anew."),
      new Command("KILL [CONNECTION] n", "KILL CONNECTION 7", false,
          "Ends the session with that SessionID."),
      new Command("LOGENTRY text", "LOGENTRY hello", false, "Writes a line to the log."),
      new Command("SIGNAL MYSQL THREADS", "SIGNAL MYSQL THREADS", false,
          "Nothing; it wakes threads in ProxySQL."),
      new Command("SHOW PROMETHEUS METRICS", "SHOW PROMETHEUS METRICS", false,
          "The metrics of `/metrics`."),
      new Command("SHOW TABLES [FROM schema] [LIKE pattern]", "SHOW TABLES", true,
          "Names of tables."),
      new Command("SHOW DATABASES", "SHOW DATABASES", true,
          "Schemas and their files; also `SHOW SCHEMAS`."),
      new Command("SHOW CREATE TABLE name", "SHOW CREATE TABLE stats_mysql_global", true,
          "How a table is declared."),
      new Command("SHOW FIELDS FROM name", "SHOW FIELDS FROM stats_mysql_global", true,
          "Its columns; also `SHOW COLUMNS`, `DESCRIBE`, `DESC`."),
      new Command("SHOW TABLE STATUS [LIKE pattern]", "SHOW TABLE STATUS", true,
          "Tables in MySQL's form."),
      new Command("SHOW [GLOBAL\\|SESSION\\|ALL\\|ADMIN\\|MYSQL\\|LDAP] VARIABLES [LIKE\\|WHERE …]",
          "SHOW MYSQL VARIABLES", false, "Variables in memory, and those that drivers ask for."),
      new Command("SHOW [GLOBAL\\|SESSION\\|MYSQL] STATUS [LIKE pattern]", "SHOW MYSQL STATUS",
          true,
          "`stats_mysql_global`."),
      new Command("SHOW [FULL] PROCESSLIST", "SHOW FULL PROCESSLIST", true,
          "Sessions; without FULL their statements are cut at 100 characters."),
      new Command("SHOW MYSQL USERS", "SHOW MYSQL USERS", false, "`mysql_users`."),
      new Command("SHOW MYSQL SERVERS", "SHOW MYSQL SERVERS", false, "`mysql_servers`."),
      new Command("SHOW CHARSET [LIKE\\|WHERE …]", "SHOW CHARSET", true,
          "Character sets; also `SHOW CHARACTER SET`."),
      new Command("SHOW COLLATION [LIKE\\|WHERE …]", "SHOW COLLATION LIKE 'utf8mb4%'", true,
          "Collations."));

  /** A sentence for each table; {@code runtime_}, {@code _reset}, {@code _hour} and {@code _day} have their table's. */
  private static final Map<String, String> DOCS = Map.ofEntries(
      Map.entry("global_variables",
          "Variables with their prefix: [mysql-variables.md](mysql-variables.md)."),
      Map.entry("mysql_servers",
          "Servers, each in a hostgroup; weight 0 is never chosen. Of what runs, the status as it is."),
      Map.entry("mysql_users",
          "Accounts. What runs has a row for clients (frontend) and one for servers (backend)."),
      Map.entry("mysql_query_rules",
          "Rules that route, rewrite, refuse: [query-rules.md](../query-rules.md)."),
      Map.entry("mysql_query_rules_fast_routing",
          "Hostgroups by user, schema and flag, after the rules."),
      Map.entry("mysql_replication_hostgroups", "Pairs of hostgroups that follow read_only."),
      Map.entry("mysql_galera_hostgroups", "Hostgroups that follow a Galera cluster."),
      Map.entry("mysql_group_replication_hostgroups", "Hostgroups that follow group replication."),
      Map.entry("mysql_aws_aurora_hostgroups", "Kept; an active row is refused."),
      Map.entry("mysql_hostgroup_attributes", "What holds for all servers of a hostgroup."),
      Map.entry("mysql_servers_ssl_params", "TLS towards single servers."),
      Map.entry("mysql_firewall_whitelist_users", "Firewall: whom it watches, and how."),
      Map.entry("mysql_firewall_whitelist_rules", "Firewall: which digests are allowed."),
      Map.entry("mysql_firewall_whitelist_sqli_fingerprints",
          "Firewall: fingerprints that are allowed."),
      Map.entry("mysql_collations", "Collations of MySQL and MariaDB; an edit has no effect."),
      Map.entry("mysql_ldap_mapping", "Kept, and without effect."),
      Map.entry("scheduler", "Programs that run at an interval."),
      Map.entry("restapi_routes", "Scripts behind `/sync/…` of the REST port."),
      Map.entry("proxysql_servers", "Kept and shown; nothing is pulled."),
      Map.entry("coredump_filters", "Kept, and without effect."),
      Map.entry("global_settings", "Kept, and without effect."),
      Map.entry("bootstrap_variables", "Kept, and without effect."),
      Map.entry("checksums_values", "Version, time of the last LOAD and checksum of each module."),
      Map.entry("stats_mysql_global", "Counters of the MySQL side."),
      Map.entry("stats_memory_metrics",
          "Memory in bytes. `jemalloc_*` are the JVM's: allocated is used, active and mapped are committed, metadata its classes, retained what is committed and not used; resident is the kernel's."),
      Map.entry("stats_mysql_connection_pool",
          "Servers with connections, queries, bytes; latency is the mean of the last pings in microseconds."),
      Map.entry("stats_mysql_processlist", "Sessions."),
      Map.entry("stats_mysql_query_digest",
          "Digests; times in microseconds, seen in seconds since 1970, hostgroup -1 was answered here."),
      Map.entry("stats_mysql_commands_counters",
          "Kinds of statements with a histogram of their times."),
      Map.entry("stats_mysql_users", "Accounts with their clients."),
      Map.entry("stats_mysql_query_rules", "How often each rule matched since its LOAD."),
      Map.entry("stats_mysql_errors", "Errors of servers."),
      Map.entry("stats_mysql_free_connections", "Server connections that nobody has."),
      Map.entry("stats_mysql_prepared_statements_info", "Prepared statements."),
      Map.entry("stats_mysql_gtid_executed", "Transactions that servers have executed."),
      Map.entry("stats_mysql_client_host_cache", "Hosts whose clients had errors."),
      Map.entry("stats_weir_pins",
          "Why clients of either protocol keep their server, as SHOW PINS tells it; since in seconds since 1970."),
      Map.entry("stats_weir_ledger",
          "What clients take along from server to server, as SHOW LEDGER tells it of one."),
      Map.entry("stats_proxysql_servers_metrics", "Empty: there is no cluster."),
      Map.entry("stats_proxysql_servers_checksums", "Empty: there is no cluster."),
      Map.entry("stats_proxysql_servers_clients_status", "Empty: there is no cluster."),
      Map.entry("stats_proxysql_servers_status", "Empty, in ProxySQL too."),
      Map.entry("stats_proxysql_message_metrics",
          "Warnings and errors of the log by the line of code that writes them."),
      Map.entry("mysql_server_connect_log", "Checks that connect; an error of NULL is success."),
      Map.entry("mysql_server_ping_log", "Checks that ping."),
      Map.entry("mysql_server_read_only_log", "Checks of read_only."),
      Map.entry("mysql_server_replication_lag_log", "Checks of a replica's lag."),
      Map.entry("mysql_server_galera_log", "Checks of Galera nodes."),
      Map.entry("mysql_server_group_replication_log", "Checks of group replication's members."),
      Map.entry("mysql_server_aws_aurora_log", "Empty: Aurora is not watched."),
      Map.entry("mysql_server_aws_aurora_check_status", "Empty: Aurora is not watched."),
      Map.entry("mysql_server_aws_aurora_failovers", "Empty: Aurora is not watched."),
      Map.entry("mysql_server_connect", "Empty, in ProxySQL too."),
      Map.entry("mysql_server_ping", "Empty, in ProxySQL too."),
      Map.entry("mysql_connections",
          "Samples of `stats_mysql_global` (`admin-stats_mysql_connections`); a counter that is not kept is 0."),
      Map.entry("myhgm_connections",
          "Samples of the pools' counters (`admin-stats_mysql_connections`)."),
      Map.entry("system_cpu",
          "CPU time of the process in clock ticks since its start (`admin-stats_system_cpu`)."),
      Map.entry("system_memory",
          "Samples of `stats_memory_metrics` (`admin-stats_system_memory`)."),
      Map.entry("mysql_query_cache",
          "Samples of the query cache (`admin-stats_mysql_query_cache`)."),
      Map.entry("history_mysql_query_digest",
          "Dumps of digests (`admin-stats_mysql_query_digest_to_disk`, SAVE MYSQL DIGEST TO DISK); a year, at most a million rows."),
      Map.entry("history_mysql_status_variables",
          "Samples of all of `stats_mysql_global` (`admin-stats_mysql_connections`); seven days."),
      Map.entry("history_mysql_status_variables_lookup", "Their names."),
      Map.entry("history_stats_mysql_connection_pool",
          "Samples of `stats_mysql_connection_pool` (`admin-stats_mysql_connection_pool`); seven days."));

  private static final Map<String, String> SCHEMAS = new TreeMap<>(Map.of(
      "main", "The configuration in memory, and what runs.",
      "disk",
      "The configuration as it is saved in `proxysql.db`: the tables of `main`, without `runtime_` and those in memory only, and:",
      "stats",
      "Statistics, made when a statement names their table. A table that ends in `_reset` clears what it shows.",
      "monitor", "What the health checks found, as long as `mysql-monitor_history` says.",
      "stats_history",
      "Samples in `proxysql_stats.db`, kept for seven days. `_hour` has a row for each whole hour, kept for a year, `_day` for each whole day, kept for ten: counters as they were last, levels as their mean."));

  private final AdminPort port = AdminPort.inMemory();

  @AfterEach
  void close() {
    port.close();
  }

  @Test
  void thePageIsUpToDate() {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    modules(page);
    page.append(MOVES).append("## Commands\n\n| command | who | what it does |\n|---|---|---|\n");
    COMMANDS.forEach(command -> page.append("| `").append(command.syntax()).append("` | ")
        .append(command.statistics() ? "stats, admin" : "admin").append(" | ")
        .append(command.doc()).append(" |\n"));
    page.append("\nRefused, each with its reason:\n\n| command | reason |\n|---|---|\n");
    ForeignCommands.ALL.forEach(foreign -> page.append("| `")
        .append(foreign.syntax().replace("|", "\\|")).append("` | ").append(foreign.why())
        .append(" |\n"));
    page.append("\n## Tables\n");
    for (String schema : List.of("main", "disk", "stats", "monitor", "stats_history")) {
      page.append("\n### ").append(schema).append("\n\n").append(SCHEMAS.get(schema)).append("\n");
      tables(schema, page);
    }
    GeneratedPage.check("admin.md", page.toString());
  }

  private static void modules(StringBuilder page) {
    page.append("| module | its tables |\n|---|---|\n");
    for (MysqlModule module : MysqlModule.values()) {
      String what = module.prefix().isEmpty()
          ? String.join(", ", module.tables().stream().map(ConfigTable::name)
              .map(name -> "`" + name + "`").toList())
          : "rows `" + module.prefix() + "…` of `global_variables`";
      page.append("| `").append(module.words()).append("` | ").append(what).append(" |\n");
    }
    page.append("\n| effect | spellings, for each module |\n|---|---|\n");
    for (ModuleCommand.Move move : ModuleCommand.Move.values()) {
      page.append("| ").append(move.name().toLowerCase(Locale.ROOT).replace('_', ' '))
          .append(" | ").append(String.join(", ", spellings(move))).append(" |\n");
    }
  }

  private static List<String> spellings(ModuleCommand.Move move) {
    List<String> all = new ArrayList<>();
    for (String verb : List.of("LOAD", "SAVE")) {
      for (String direction : List.of("FROM", "TO")) {
        for (String place : List.of("DISK", "MEMORY", "MEM", "RUNTIME", "RUN", "CONFIG")) {
          ModuleCommand command = ModuleCommand
              .of(verb + " SCHEDULER " + direction + " " + place);
          if (command != null && command.move() == move) {
            all.add("`" + verb + " … " + direction + " " + place + "`");
          }
        }
      }
    }
    return all;
  }

  private void tables(String schema, StringBuilder page) {
    List<String> names = port.rows("SHOW TABLES FROM " + schema);
    for (String name : names) {
      boolean asInMain = schema.equals("disk")
          && port.rows("SHOW TABLES FROM main").contains(name);
      if (asInMain || (!name.equals(base(name)) && names.contains(base(name)))) {
        continue;
      }
      page.append("\n`").append(name).append('`');
      names.stream().filter(twin -> !twin.equals(name) && base(twin).equals(base(name)))
          .forEach(twin -> page.append(", `").append(twin).append('`'));
      String doc = DOCS.get(base(name));
      assertThat(doc).as("a sentence about %s", name).isNotNull();
      page.append(": ").append(doc)
          .append("\n\n| column | type | NULL | key | default |\n|---|---|---|---|---|\n");
      for (String field : port.rows("SELECT Field || '|' || Type || '|' || `Null` || '|' || `Key`"
          + " || '|' || COALESCE(`Default`, '') FROM (" + ShowStatement.sql(
              "SHOW FIELDS FROM " + schema + "." + name,
              dev.weir.admin.sqlite.AdminStore.Side.OPERATOR)
          + ")")) {
        page.append("| ").append(field.replace("|", " | ")).append(" |\n");
      }
    }
  }

  private static String base(String name) {
    return name.replaceFirst("^runtime_", "").replaceFirst("_(?:reset|hour|day)$", "");
  }

  @Test
  void everyCommandOfThePageIsOne() {
    for (Command command : COMMANDS) {
      try (AdminPort own = AdminPort.inMemory()) {
        assertThat(ProxysqlAdmin.knows(command.example())).as(command.example()).isTrue();
        assertThat(own.run(command.example())).as(command.example())
            .isNotInstanceOf(Answer.Failed.class);
        assertThat(own.run(AdminPort.READER, command.example()) instanceof Answer.Failed)
            .as(command.example()).isEqualTo(!command.statistics()
                && !command.example().equals("SHOW MYSQL VARIABLES"));
      }
    }
    for (ForeignCommands.Foreign foreign : ForeignCommands.ALL) {
      String example = foreign.syntax().split("[|\\[]", -1)[0].replace("…", "TO RUNTIME").strip();
      assertThat(ProxysqlAdmin.knows(example)).as(example).isTrue();
      assertThat(port.error(example)).endsWith("is not here: " + foreign.why());
    }
  }
}
