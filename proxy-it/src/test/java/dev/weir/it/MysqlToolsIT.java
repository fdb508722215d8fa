package dev.weir.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static org.assertj.core.api.Assertions.assertThat;

/** Programs that operators have for ProxySQL, as they are, at the admin port. */
class MysqlToolsIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  /** Ansible runs in no other. */
  private static final Map<String, String> UTF8 = Map.of("LC_ALL", "C.UTF-8", "ANSIBLE_NOCOLOR",
      "1");

  @TempDir Path folder;

  private static TestTools.Result tool(String program, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("-h127.0.0.1", "-P" + weir.adminPort(), "-uadmin",
        "-padmin", "--skip-ssl"));
    all.addAll(List.of(arguments));
    return TestTools.run(program, all, Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"-N -B", "-E", "-X", "-t", "-H"})
  void theCommandLineClientShowsTablesInItsForms(String form) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(form.split(" ", -1)));
    arguments.addAll(List.of("-e",
        "SHOW DATABASES; SHOW PROCESSLIST; SELECT hostname FROM runtime_mysql_servers", "main"));

    assertThat(tool("mysql", arguments.toArray(new String[0])).succeeded())
        .contains("127.0.0.1", "stats_history");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping", "status", "processlist", "extended-status", "variables",
    "version"})
  void mysqladminAsks(String command) throws Exception {
    assertThat(tool("mysqladmin", command).succeeded()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mysqldump", "mariadb-dump"})
  void tablesAreDumpedAndRestored(String program) throws Exception {
    weir.configure("DELETE FROM mysql_query_rules",
        "INSERT INTO mysql_query_rules (rule_id, active, match_digest, comment) VALUES (5, 1, '^SELECT', 'it''s \\ kept'), (6, 0, NULL, NULL)");

    String dump = tool(program, "main", "mysql_query_rules").succeeded();
    assertThat(tool(program, "--all-databases").succeeded()).contains("`mysql_servers`");

    Path file = Files.writeString(folder.resolve("dump.sql"), dump);
    weir.configure("DELETE FROM mysql_query_rules");
    assertThat(tool("mysql", "-e", "source " + file, "main").succeeded()).isEmpty();
    try (Connection admin = weir.admin()) {
      assertThat(
          rows(admin, "SELECT rule_id, active, match_digest, comment FROM mysql_query_rules"))
          .containsExactly("5|1|^SELECT|it's \\ kept", "6|0|null|null");
      run(admin, "DELETE FROM mysql_query_rules");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"useServerPrepStmts=true", "useServerPrepStmts=false",
    "rewriteBatchedStatements=true", "useBulkStmts=true"})
  void jdbcChangesTables(String options) throws SQLException {
    try (Connection admin = weir.admin("admin", "admin", options)) {
      try (PreparedStatement insert = admin.prepareStatement(
          "INSERT INTO mysql_users (username, password, default_schema) VALUES (?, ?, ?)")) {
        for (String name : List.of("a'b", "ü")) {
          insert.setString(1, name);
          insert.setString(2, "p");
          insert.setString(3, null);
          insert.addBatch();
        }
        assertThat(insert.executeBatch()).hasSize(2);
      }
      assertThat(rows(admin,
          "SELECT username, default_schema FROM mysql_users WHERE password = 'p' ORDER BY 1"))
          .containsExactly("a'b|null", "ü|null");
      try (PreparedStatement delete = admin
          .prepareStatement("DELETE FROM mysql_users WHERE password = ?")) {
        delete.setString(1, "p");
        assertThat(delete.executeUpdate()).isEqualTo(2);
      }
      try (PreparedStatement load = admin.prepareStatement("LOAD MYSQL USERS TO RUNTIME")) {
        assertThat(load.executeUpdate()).isZero();
      }
    }
  }

  @Test
  void ansibleManagesEverything() throws Exception {
    Assumptions.assumeTrue(
        TestTools.find("ansible-doc").isPresent() && TestTools.run("ansible-doc",
            List.of("-l", "community.proxysql"), UTF8).out().contains("proxysql_info"),
        "the collection community.proxysql is not installed");
    Path playbook = Path.of("src", "test", "resources", "ansible", "proxysql.yml");

    TestTools.Result result = TestTools.run("ansible-playbook",
        List.of("-i", "localhost,", "-c", "local", "-e", "port=" + weir.adminPort(),
            playbook.toString()),
        UTF8, Duration.ofMinutes(10));

    try (Connection admin = weir.admin()) {
      assertThat(result.succeeded()).contains("failed=0");
      assertThat(rows(admin,
          "SELECT hostgroup_id, hostname, weight, comment FROM runtime_mysql_servers WHERE hostgroup_id = 71"))
          .containsExactly("71|10.0.0.1|100|by ansible");
      assertThat(rows(admin, "SELECT filename, arg1 FROM runtime_scheduler"))
          .containsExactly("/bin/true|ansible");
      assertThat(rows(admin,
          "SELECT destination_hostgroup FROM runtime_mysql_query_rules_fast_routing"))
          .containsExactly("71");
    } finally {
      weir.configure("DELETE FROM mysql_servers WHERE hostgroup_id = 71",
          "DELETE FROM mysql_replication_hostgroups", "LOAD MYSQL SERVERS TO RUNTIME",
          "DELETE FROM mysql_users WHERE username = 'ansible'", "LOAD MYSQL USERS TO RUNTIME",
          "DELETE FROM mysql_query_rules", "DELETE FROM mysql_query_rules_fast_routing",
          "LOAD MYSQL QUERY RULES TO RUNTIME", "DELETE FROM scheduler",
          "LOAD SCHEDULER TO RUNTIME");
    }
  }
}
