package dev.weir.admin.proxysql;

import dev.weir.core.config.mysql.ClusterHostgroups;
import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.DeclaredHostgroups;
import dev.weir.core.config.mysql.ServerRow;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ControlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConfigCommandsTest {
  private static final List<String> MODULES = List.of("MYSQL USERS", "MYSQL SERVERS",
      "MYSQL QUERY RULES", "MYSQL VARIABLES", "MYSQL FIREWALL", "ADMIN VARIABLES", "SCHEDULER",
      "RESTAPI", "PROXYSQL SERVERS");
  private static final List<String> PLACES = List.of("LOAD %s TO MEMORY", "LOAD %s TO MEM",
      "LOAD %s FROM DISK", "SAVE %s FROM MEMORY", "SAVE %s FROM MEM", "SAVE %s TO DISK",
      "LOAD %s FROM MEMORY", "LOAD %s FROM MEM", "LOAD %s TO RUNTIME", "LOAD %s TO RUN",
      "SAVE %s TO MEMORY", "SAVE %s TO MEM", "SAVE %s FROM RUNTIME", "SAVE %s FROM RUN");

  @TempDir Path directory;

  private final AdminPort port = AdminPort.inMemory();

  @AfterEach
  void close() {
    port.close();
  }

  static List<String> spellings() {
    List<String> all = new ArrayList<>();
    for (String module : MODULES) {
      for (String place : PLACES) {
        all.add(place.formatted(module));
      }
    }
    all.add("  load   mysql\n servers  to\trun ; ; ");
    all.add("LOAD  SCHEDULER TO RUNTIME");
    return all;
  }

  @ParameterizedTest
  @MethodSource("spellings")
  void everySpellingIsUnderstood(String statement) {
    assertThat(port.run(statement)).isInstanceOf(Answer.Done.class);
  }

  @Test
  void anEditHasNoEffectUntilItIsLoaded() {
    port.change("INSERT INTO mysql_servers (hostgroup_id, hostname) VALUES (1, 'a')");
    assertThat(port.rows("SELECT * FROM runtime_mysql_servers")).isEmpty();

    port.change("LOAD MYSQL SERVERS TO RUNTIME");

    assertThat(port.mysql.calls).containsExactly("apply MYSQL SERVERS");
    assertThat(port.rows("SELECT hostgroup_id, hostname FROM runtime_mysql_servers"))
        .containsExactly("1|a");
    port.change("DELETE FROM mysql_servers");
    port.change("SAVE MYSQL SERVERS FROM RUNTIME");
    assertThat(port.rows("SELECT hostname FROM mysql_servers")).containsExactly("a");
  }

  @Test
  void onlyRuntimeIsEverShunned() {
    port.change("INSERT INTO mysql_servers (hostgroup_id, hostname) VALUES (1, 'a')");
    port.change("LOAD MYSQL SERVERS TO RUNTIME");
    port.mysql.moved = port.mysql.config.servers().stream().map(s -> s.withStatus("SHUNNED"))
        .toList();

    port.change("SAVE MYSQL SERVERS TO MEMORY");

    assertThat(port.rows("SELECT status FROM mysql_servers")).containsExactly("ONLINE");
  }

  @Test
  void whatIsDeclaredElsewhereIsShownAndSavedNowhere() {
    port.change("INSERT INTO mysql_servers (hostgroup_id, hostname) VALUES (1, 'a')");
    port.change("LOAD MYSQL SERVERS TO RUNTIME");
    ServerRow declared = new ServerRow(DeclaredHostgroups.FIRST, "b", 3306, 0, "ONLINE", 1, false,
        1, 0, false, 0, "");
    port.mysql.moved = List.of(port.mysql.config.servers().getFirst(), declared);
    port.mysql.config = port.mysql.config.with(ConfigTables.GALERA_HOSTGROUPS,
        List.of(new ClusterHostgroups(DeclaredHostgroups.FIRST, DeclaredHostgroups.FIRST + 1,
            DeclaredHostgroups.FIRST + 2, DeclaredHostgroups.FIRST + 3, true, 1, 2, 0, "")));

    port.change("SAVE MYSQL SERVERS FROM RUNTIME");

    assertThat(port.rows("SELECT hostname FROM runtime_mysql_servers")).containsExactly("a", "b");
    assertThat(port.rows("SELECT writer_hostgroup FROM runtime_mysql_galera_hostgroups"))
        .containsExactly("2000000000");
    assertThat(port.rows("SELECT hostname FROM mysql_servers")).containsExactly("a");
    assertThat(port.rows("SELECT writer_hostgroup FROM mysql_galera_hostgroups")).isEmpty();
  }

  @Test
  void usersThatDoNotRunAreKeptInactive() {
    port.change("INSERT INTO mysql_users (username, password) VALUES ('a', 'x')");
    port.change("LOAD MYSQL USERS TO RUNTIME");
    port.change("INSERT INTO mysql_users (username, password) VALUES ('b', 'x')");

    port.change("SAVE MYSQL USERS FROM RUNTIME");

    assertThat(port.rows("SELECT username, active FROM mysql_users ORDER BY 1"))
        .containsExactly("a|1", "b|0");
  }

  @Test
  void anInactiveRuleIsNoPartOfRuntime() {
    port.change("INSERT INTO mysql_query_rules (active, match_digest) VALUES (1, '^a'), (0, '^b')");
    port.change("LOAD MYSQL QUERY RULES TO RUNTIME");

    assertThat(port.mysql.config.queryRules()).extracting(r -> r.matchDigest())
        .containsExactly("^a");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
      MYSQL SERVERS | INSERT INTO mysql_replication_hostgroups VALUES (1, 2, 'read_only', ''), (2, 3, 'read_only', '') | hostgroup 2 is
      MYSQL SERVERS | INSERT INTO mysql_aws_aurora_hostgroups (writer_hostgroup, reader_hostgroup, domain_name) VALUES (1, 2, '.x') | Aurora is not monitored here
      MYSQL SERVERS | INSERT INTO mysql_servers (hostgroup_id, hostname) VALUES (2000000000, 'h') | mysql_servers: hostgroup 2000000000: from 2000000000 on hostgroups are those of [mysql_databases]
      MYSQL SERVERS | INSERT INTO mysql_replication_hostgroups VALUES (1, 2000000001, 'read_only', '') | reader_hostgroup of mysql_replication_hostgroups: hostgroup 2000000001: from
      MYSQL SERVERS | INSERT INTO mysql_servers (hostname, max_connections) VALUES ('h', 'many') | mysql_servers.max_connections: 'many' is not a whole number
      MYSQL SERVERS | INSERT INTO mysql_servers (hostname) VALUES ('') | mysql_servers.hostname is empty
      MYSQL USERS | INSERT INTO mysql_users (username) VALUES ('admin') | admin is an account of the admin port
      MYSQL VARIABLES | UPDATE global_variables SET variable_value = '0' WHERE variable_name = 'mysql-max_connections' | mysql-max_connections: '0' is not a whole number, 1 to 1000000
      ADMIN VARIABLES | UPDATE global_variables SET variable_value = 'true' WHERE variable_name = 'admin-web_enabled' | is refused
      """)
  void aContradictionIsRefusedAndRuntimeStays(String module, String edit, String reason) {
    var before = port.admin.running();
    port.change(edit);

    assertThat(port.error("LOAD " + module + " TO RUNTIME")).contains(reason);
    assertThat(port.admin.running()).isSameAs(before);
    assertThat(port.mysql.calls).isEmpty();
  }

  @Test
  void whatTheRuntimeRefusesIsNotRunning() {
    port.change("INSERT INTO mysql_query_rules (active, match_pattern) VALUES (1, '(')");
    port.mysql.failure = new ControlException("rule 1: match_pattern: missing )");

    assertThat(port.error("LOAD MYSQL QUERY RULES TO RUNTIME"))
        .isEqualTo("ProxySQL Admin Error: rule 1: match_pattern: missing )");
    assertThat(port.rows("SELECT * FROM runtime_mysql_query_rules")).isEmpty();
    assertThat(
        port.rows("SELECT version FROM runtime_checksums_values WHERE name = 'mysql_query_rules'"))
        .containsExactly("1");
  }

  @Test
  void eachLoadIsCounted() {
    String checksum = "SELECT version, checksum FROM runtime_checksums_values WHERE name = 'mysql_users'";
    String global = port.rows("SELECT GLOBAL_CHECKSUM()").getFirst();
    assertThat(port.rows(checksum).getFirst()).startsWith("1|0x");

    port.change("INSERT INTO mysql_users (username, password) VALUES ('a', 'x')");
    port.change("LOAD MYSQL USERS TO RUNTIME");

    assertThat(port.rows(checksum).getFirst()).startsWith("2|0x");
    assertThat(port.rows("SELECT GLOBAL_CHECKSUM()")).doesNotContain(global);
    assertThat(port.columns("SELECT GLOBAL_CHECKSUM()")).containsExactly("CHECKSUM");
    assertThat(port.columns("CHECKSUM MEMORY MYSQL SERVERS")).containsExactly("table", "checksum");
    assertThat(port.rows("CHECKSUM MYSQL USERS"))
        .isNotEqualTo(port.rows("CHECKSUM DISK MYSQL USERS"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysql-query_cache_size_MB", "mysql-query_cache_size_mb",
    "MYSQL-QUERY_CACHE_SIZE_MB"})
  void aVariableWithCapitalsIsFoundInAnyCase(String name) {
    assertThat(port.change("SET " + name + " = 7")).isEqualTo(1);
    port.change("LOAD MYSQL VARIABLES TO RUNTIME");
    assertThat(port.rows("SELECT @@" + name)).containsExactly("7");
    assertThat(port.rows("SELECT * FROM global_variables WHERE LOWER(variable_name) = "
        + "'mysql-query_cache_size_mb'")).containsExactly("mysql-query_cache_size_MB|7");
  }

  @Test
  void setChangesMemoryOnlyAndIsChecked() {
    assertThat(port.change("SET mysql-max_connections = '500'")).isEqualTo(1);
    assertThat(port.rows("SELECT @@mysql-max_connections")).containsExactly("10000");
    port.change("LOAD MYSQL VARIABLES TO RUNTIME");
    assertThat(port.rows("SELECT @@mysql-max_connections")).containsExactly("500");
    assertThat(port.mysql.config.variables().whole("mysql-max_connections")).isEqualTo(500);

    assertThat(port.error("SET mysql-max_connections = 'many'"))
        .endsWith("mysql-max_connections: 'many' is not a whole number, 1 to 1000000");
    assertThat(port.run("SET mysql-nosuch = 1"))
        .isEqualTo(new Answer.Done(List.of(), "SET", 0,
            "ERROR: Unknown global variable: 'mysql-nosuch'."));
    assertThat(port.run("SET admin-hash_passwords='true'")).isInstanceOf(Answer.Done.class);
  }

  @Test
  void valuesAreKeptInOneSpellingAndUnknownOnesForgotten() {
    port.change(
        "UPDATE global_variables SET variable_value = '1' WHERE variable_name = 'mysql-verbose_query_error'");
    port.change("INSERT INTO global_variables VALUES ('mysql-nosuch', '1')");

    port.change("LOAD MYSQL VARIABLES TO RUNTIME");

    assertThat(port.rows(
        "SELECT variable_value FROM global_variables WHERE variable_name = 'mysql-verbose_query_error'"))
        .containsExactly("true");
    assertThat(port.rows("SELECT 1 FROM global_variables WHERE variable_name = 'mysql-nosuch'"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      PROXYSQL PAUSE | pause
      PROXYSQL RESUME | resume
      PROXYSQL STOP | stop
      proxysql start; | start
      PROXYSQL SHUTDOWN SLOW | shutdown slow
      PROXYSQL FLUSH LOGS | flush logs
      PROXYSQL FLUSH QUERY CACHE | flush query cache
      FLUSH MYSQL QUERY CACHE | flush query cache
      proxysql flush  mysql query cache; | flush query cache
      PROXYSQL FLUSH MYSQL CLIENT HOSTS | flush client hosts
      PROXYSQL RELOAD TLS | reload tls
      KILL CONNECTION 7 | kill 7
      TRUNCATE TABLE stats.stats_mysql_query_digest | forget digests
      TRUNCATE stats_mysql_query_digest_reset | forget digests
      """)
  void verbsReachTheRuntime(String statement, String call) {
    assertThat(port.run(statement)).isInstanceOf(Answer.Done.class);
    assertThat(port.mysql.calls).containsExactly(call);
  }

  @Test
  void whatTheRuntimeCannotDoIsToldInItsWords() {
    port.mysql.failure = new ControlException("MySQL threads already paused, impossible to pause");

    assertThat(port.error("PROXYSQL PAUSE"))
        .isEqualTo("ProxySQL Admin Error: MySQL threads already paused, impossible to pause");
    assertThat(port.run("KILL CONNECTION 99"))
        .isEqualTo(new Answer.Failed("HY000", 1094, "Unknown thread id: 99"));
    assertThat(port.run("PROXYSQL SHUTDOWN")).isEqualTo(new Answer.Hangup());
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXYSQL COREDUMP", "PROXYSQL MEMPROFILE START", "PROXYSQL NONSENSE",
    "LOAD LDAP VARIABLES TO RUNTIME", "LOAD PGSQL SERVERS TO RUNTIME",
    "PULL VERSION MYSQL SERVERS 1 100", "LOAD MYSQL SERVERS TO NOWHERE", "SHOW NONSENSE"})
  void whatIsNotThereIsAnError(String statement) {
    assertThat(port.run(statement)).isInstanceOf(Answer.Failed.class);
  }

  @Test
  void theConfigurationComesBackFromItsFile() throws Exception {
    port.change(
        "INSERT INTO mysql_servers (hostgroup_id, hostname, comment) VALUES (1, 'a', 'x\"y\\z')");
    port.change("INSERT INTO mysql_users (username, password) VALUES ('u', 'p\n')");
    port.change(
        "INSERT INTO mysql_query_rules (active, match_digest, apply) VALUES (1, '^SELECT \\d', 1)");
    port.change(
        "INSERT INTO restapi_routes (timeout_ms, method, uri, script) VALUES (1000, 'GET', 'x', '/s')");
    port.change("SET mysql-wait_timeout = 1234");
    for (String module : MODULES) {
      port.change("LOAD " + module + " TO RUNTIME");
    }
    Path file = directory.resolve("out.cnf");
    port.change("SAVE CONFIG TO FILE " + file);

    try (AdminPort other = AdminPort.in(null, file, AdminOptions.Saved.KEPT)) {
      assertThat(other.admin.running().variables().all())
          .isEqualTo(port.admin.running().variables().all());
      for (var table : ConfigTables.ALL) {
        assertThat(other.admin.running().rows(table)).as(table.name())
            .isEqualTo(port.admin.running().rows(table));
      }
      assertThat(other.rows("SELECT CONFIG FILE")).containsExactly(Files.readString(file));
    }
  }

  @Test
  void aModuleComesFromTheFileAgain() throws Exception {
    Path file = write("""
        mysql_servers = ( { address = "a", hostgroup = 1 } )
        mysql_variables = { wait_timeout = 77; max_connections = 99 }
        """);
    try (AdminPort other = AdminPort.in(null, file, AdminOptions.Saved.KEPT)) {
      write(
          "mysql_servers = ( { address = \"a\", hostgroup = 1, weight = 9 }, { address = \"b\", hostgroup = 1 } )");

      assertThat(other.change("LOAD MYSQL SERVERS FROM CONFIG")).isEqualTo(2);

      assertThat(other.rows("SELECT hostname, weight FROM mysql_servers ORDER BY 1"))
          .containsExactly("a|9", "b|1");
      write("mysql_servers = (");
      assertThat(other.error("LOAD MYSQL SERVERS FROM CONFIG"))
          .startsWith("ProxySQL Admin Error: Unable to open or parse config file " + file)
          .contains(":1: ");
    }
    assertThat(port.error("LOAD MYSQL USERS FROM CONFIG"))
        .isEqualTo("ProxySQL Admin Error: Config file unknown");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("proxysql.cnf"), text);
  }
}
