package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Databases of {@code weir.ini} and hostgroups of a {@code proxysql.cnf} in one process, on one port. */
class MysqlDatabasesBesideProxysqlIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final DeclaredWeir weir = DeclaredWeir.of(mariaDb,
      MysqlDatabasesBesideProxysqlIT::lines).besideProxysql();

  private static List<String> lines() throws SQLException {
    mariaDb.execute("create or replace user declared identified by 'it''s a secret'",
        "create or replace user old identified by 'it''s a secret'",
        "create or replace user forced identified by 'other'",
        "grant all on *.* to declared", "grant all on *.* to old", "grant all on *.* to forced");
    return List.of("chat = host=127.0.0.1 port=" + mariaDb.port() + " user=forced password=other"
        + " dbname=" + mariaDb.database());
  }

  /** The user of {@code mysql_users}. */
  private static Connection old(String database) throws SQLException {
    return weir.connectAs("old", DeclaredWeir.PASSWORD, database);
  }

  @Test
  void usersOfTheTablesGoTheirOwnWay() throws SQLException {
    try (Connection client = old(mariaDb.database()); Connection console = weir.console()) {
      assertThat(value(client, "SELECT CURRENT_USER()")).isEqualTo("old@%");
      assertThat(rows(console, "SHOW POOLS")).anyMatch(row -> row.startsWith("hostgroup_0|old|1|"));
      assertThat(rows(console, "SHOW DATABASES"))
          .anyMatch(row -> row.startsWith("hostgroup_0|127.0.0.1|" + mariaDb.port() + "|"));
    }
  }

  @Test
  void whoIsKnownToBothIsWhoTheSchemaSays() throws SQLException {
    try (Connection client = weir.connectAs("old", "another one", "chat")) {
      assertThat(value(client, "SELECT CURRENT_USER()")).isEqualTo("forced@%");
    }
    assertThatThrownBy(() -> old("chat").close()).isInstanceOfSatisfying(SQLException.class,
        e -> assertThat(e.getErrorCode()).isEqualTo(1045));
    try (Connection client = old("information_schema")) {
      assertThat(value(client, "SELECT CURRENT_USER()")).isEqualTo("old@%");
    }
  }

  @Test
  void aHostgroupIsPausedByItsName() throws Exception {
    try (Connection client = old(mariaDb.database());
        Connection declared = weir.connect("chat");
        Connection console = weir.console()) {
      run(console, "PAUSE hostgroup_0");
      Background held = Background.start(() -> value(client, "SELECT 1"));
      WeirServer.await("it waits", () -> rows(console, "SHOW POOLS").stream()
          .anyMatch(row -> row.startsWith("hostgroup_0|old|0|1|")));
      assertThat(value(declared, "SELECT 2")).isEqualTo("2");
      run(console, "RESUME hostgroup_0");
      held.await();
    }
  }

  @Test
  void aPauseOfEverythingHoldsBothAndPatienceIsNotUsedUp() throws Exception {
    try (Connection client = old(mariaDb.database());
        Connection declared = weir.connect("chat");
        Connection admin = weir.admin("admin")) {
      run(admin, "SET mysql-connect_timeout_server_max = 300", "LOAD MYSQL VARIABLES TO RUNTIME",
          "PAUSE");
      Background one = Background.start(() -> value(client, "SELECT 1"));
      Background two = Background.start(() -> value(declared, "SELECT 1"));
      WeirServer.await("both have waited for longer than a server is looked for",
          () -> rows(admin, "SHOW POOLS").stream()
              .filter(row -> row.startsWith("hostgroup_0|old|0|1|")
                  || row.startsWith("chat|forced|0|1|"))
              .filter(row -> !row.split("\\|", -1)[13].equals("0")).count() == 2);
      assertThat(one.over() || two.over()).isFalse();
      run(admin, "RESUME");
      one.await();
      two.await();
    } finally {
      try (Connection admin = weir.admin("admin")) {
        run(admin, "SET mysql-connect_timeout_server_max = 10000",
            "LOAD MYSQL VARIABLES TO RUNTIME");
      }
    }
  }

  @Test
  void aLoadOfTablesLeavesDeclaredDatabasesAlone() throws SQLException {
    String ours = "SELECT hostgroup_id, hostname, status FROM runtime_mysql_servers ORDER BY 1";
    try (Connection declared = weir.connect("chat"); Connection admin = weir.admin("admin")) {
      String thread = value(declared, "SELECT @@pseudo_thread_id");
      run(admin, "INSERT INTO mysql_servers (hostgroup_id, hostname) VALUES (5, 'db5')",
          "LOAD MYSQL SERVERS TO RUNTIME");
      assertThat(rows(admin, ours)).containsExactly("0|127.0.0.1|ONLINE", "5|db5|ONLINE",
          "2000000000|127.0.0.1|ONLINE");
      assertThat(value(declared, "SELECT @@pseudo_thread_id")).isEqualTo(thread);
      run(admin, "SAVE MYSQL SERVERS FROM RUNTIME");
      assertThat(rows(admin, "SELECT hostgroup_id FROM mysql_servers ORDER BY 1"))
          .as("what is declared in the file is saved nowhere else").containsExactly("0", "5");
      assertThatThrownBy(() -> run(admin,
          "INSERT INTO mysql_servers (hostgroup_id, hostname) VALUES (2000000000, 'x')",
          "LOAD MYSQL SERVERS TO RUNTIME"))
          .hasMessageContaining("from 2000000000 on hostgroups are those of [mysql_databases]");
    } finally {
      try (Connection admin = weir.admin("admin")) {
        run(admin, "DELETE FROM mysql_servers WHERE hostgroup_id <> 0",
            "LOAD MYSQL SERVERS TO RUNTIME");
      }
    }
  }

  @Test
  void aReloadLeavesTheTablesAlone() throws Exception {
    try (Connection client = old(mariaDb.database()); Connection console = weir.console()) {
      String thread = value(client, "SELECT @@pseudo_thread_id");
      weir.rewrite("shop = host=127.0.0.1 port=" + mariaDb.port() + " dbname="
          + mariaDb.database());
      run(console, "RELOAD");
      assertThat(value(client, "SELECT @@pseudo_thread_id")).isEqualTo(thread);
      assertThat(rows(console, "SELECT comment FROM runtime_mysql_servers ORDER BY hostgroup_id"))
          .containsExactly("", "[mysql_databases] shop");
    } finally {
      weir.restore();
    }
  }

  @Test
  void whatTheInitConnectSetsHolds() throws SQLException {
    try (Connection admin = weir.admin("admin")) {
      run(admin, "SET mysql-init_connect = 'SET lock_wait_timeout=55'",
          "LOAD MYSQL VARIABLES TO RUNTIME", "RECONNECT hostgroup_0");
      try (Connection one = old(mariaDb.database()); Connection two = old(mariaDb.database())) {
        for (int i = 0; i < 2; i++) {
          assertThat(value(one, "SELECT @@lock_wait_timeout")).isEqualTo("55");
          run(two, "SET lock_wait_timeout=66");
          assertThat(value(two, "SELECT @@lock_wait_timeout")).isEqualTo("66");
        }
      } finally {
        run(admin, "SET mysql-init_connect = ''", "LOAD MYSQL VARIABLES TO RUNTIME",
            "RECONNECT hostgroup_0");
      }
    }
  }

  @Test
  void aMirroredStatementOfADeclaredDatabaseRunsThereAndIsNoClientOfIt() throws SQLException {
    mariaDb.execute("create or replace table copied (v text)");
    try (Connection client = weir.connect("chat"); Connection admin = weir.admin("admin")) {
      run(admin, "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, mirror_flagOUT)"
          + " VALUES (1, 1, '^INSERT INTO copied', 700)", "LOAD MYSQL QUERY RULES TO RUNTIME");
      run(client, "INSERT INTO copied VALUES (CURRENT_USER())");
      WeirServer.await("the copy",
          () -> "2".equals(value(client, "SELECT COUNT(*) FROM copied")));
      WeirServer.await("its end", () -> "0".equals(value(admin,
          "SELECT SUM(Variable_Value) FROM stats_mysql_global WHERE Variable_Name IN"
              + " ('Mirror_concurrency', 'Mirror_queue_length')")));
      assertThat(rows(client, "SELECT DISTINCT v FROM copied")).containsExactly("forced@%");
      assertThat(rows(admin, "SHOW POOLS"))
          .anyMatch(row -> row.startsWith("chat|forced|1|0|"));
    } finally {
      try (Connection admin = weir.admin("admin")) {
        run(admin, "DELETE FROM mysql_query_rules", "LOAD MYSQL QUERY RULES TO RUNTIME");
      }
    }
  }

  @Test
  void operatorsOfTheFileAreAtTheAdminPortToo() throws SQLException {
    try (Connection admin = weir.admin()) {
      assertThat(rows(admin, "SELECT username FROM mysql_users")).containsExactly("old");
    }
  }
}
