package dev.weir.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Users with transaction_persistent=0: rules count inside transactions too. Statements that say {@code side} go to
 * hostgroup 1, which is the same server, so that what each of its connections sees tells where a statement ran.
 */
class MysqlTransactionsIT {
  private static final String PASSWORD = "wanders";
  private static final String COUNT = "SELECT COUNT(*) FROM t";
  private static final String COUNT_ASIDE = "SELECT COUNT(*) AS side FROM t";

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  private static String wanderer;

  @BeforeAll
  static void hostgroups() throws SQLException {
    wanderer = mariaDb.createUser(PASSWORD);
    weir.configure(
        "INSERT INTO mysql_users (username, password, transaction_persistent) VALUES ('" + wanderer
            + "', '" + PASSWORD + "', 0)",
        "INSERT INTO mysql_servers (hostgroup_id, hostname, port) VALUES (1, '127.0.0.1', "
            + mariaDb.port() + ")",
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, destination_hostgroup, apply)"
            + " VALUES (1, 1, 'side', 1, 1)",
        "LOAD MYSQL USERS TO RUNTIME", "LOAD MYSQL SERVERS TO RUNTIME",
        "LOAD MYSQL QUERY RULES TO RUNTIME");
    mariaDb.execute("create table t (v varchar(100) primary key)");
  }

  @AfterEach
  void nothingIsHeld() throws SQLException {
    weir.awaitNothingInUse();
    mariaDb.execute("delete from t");
  }

  private static Connection connect(String... options) throws SQLException {
    return weir.connectAs(wanderer, PASSWORD, options);
  }

  @Test
  void statementsLeaveTheTransactionAndItsEndGoesBack() throws SQLException {
    try (Connection client = connect()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('a')");
      assertThat(value(client, COUNT_ASIDE)).isEqualTo("0");
      assertThat(value(client, COUNT)).isEqualTo("1");
      assertThat(value(client, COUNT_ASIDE)).isEqualTo("0");
      run(client, "INSERT INTO t VALUES ('b')", "COMMIT");
      assertThat(value(client, COUNT_ASIDE)).isEqualTo("2");
    }
  }

  @Test
  void aRollbackFindsTheTransactionWhereverTheLastStatementRan() throws SQLException {
    try (Connection client = connect()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('a')");
      assertThat(value(client, COUNT_ASIDE)).isEqualTo("0");
      run(client, "ROLLBACK");
      assertThat(value(client, COUNT)).isEqualTo("0");
    }
  }

  @Test
  void withTransactionPersistentEverythingStaysWithTheTransaction() throws SQLException {
    try (Connection client = weir.connect()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('a')");
      assertThat(value(client, COUNT_ASIDE)).isEqualTo("1");
      run(client, "ROLLBACK");
    }
  }

  /** A driver looks at the last answer's flags before it sends a COMMIT. */
  @Test
  void answersFromElsewhereShowThatATransactionIsOpen() throws SQLException {
    try (Connection client = connect()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('a')");
      value(client, COUNT_ASIDE);
      client.commit();
      assertThat(mariaDb.query(COUNT)).isEqualTo("1");
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('b')");
      value(client, COUNT_ASIDE);
      client.rollback();
      assertThat(mariaDb.query(COUNT)).isEqualTo("1");
    }
  }

  @Test
  void withoutAutocommitEachHostgroupsTransactionIsCommitted() throws SQLException {
    try (Connection client = connect()) {
      client.setAutoCommit(false);
      run(client, "INSERT INTO t VALUES ('a')", "INSERT INTO t VALUES ('at the side')");
      assertThat(mariaDb.query(COUNT)).isEqualTo("0");
      assertThat(value(client, "SELECT v FROM t")).isEqualTo("a");
      assertThat(value(client, "SELECT v AS side FROM t")).isEqualTo("at the side");
      client.commit();
      assertThat(mariaDb.query(COUNT)).isEqualTo("2");
      run(client, "INSERT INTO t VALUES ('b')", "INSERT INTO t VALUES ('b side')");
      client.rollback();
      assertThat(mariaDb.query(COUNT)).isEqualTo("2");
      assertThat(value(client, COUNT)).isEqualTo("2");
      client.rollback();
    }
  }

  @Test
  void whatCannotBeDoneInSeveralTransactionsIsRefused() throws SQLException {
    try (Connection client = connect("allowMultiQueries=true")) {
      client.setAutoCommit(false);
      run(client, "INSERT INTO t VALUES ('a')", "INSERT INTO t VALUES ('at the side')");
      for (String sql : new String[]{"SAVEPOINT s", "ROLLBACK TO SAVEPOINT s", "SET autocommit = 1",
        "COMMIT; SELECT 1"}) {
        assertThatThrownBy(() -> run(client, sql)).as(sql)
            .hasMessageContaining("transactions are open in several hostgroups");
      }
      client.rollback();
      run(client, "INSERT INTO t VALUES ('a')", "SAVEPOINT s", "INSERT INTO t VALUES ('b')",
          "ROLLBACK TO SAVEPOINT s");
      client.commit();
      assertThat(mariaDb.query(COUNT)).isEqualTo("1");
    }
  }

  @Test
  void settingsGoAlong() throws SQLException {
    try (Connection client = connect()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('a')", "SET time_zone = '+03:00'");
      assertThat(value(client, "SELECT @@time_zone AS side")).isEqualTo("+03:00");
      run(client, "SET time_zone = '+04:00'");
      assertThat(value(client, "SELECT @@time_zone AS side")).isEqualTo("+04:00");
      assertThat(value(client, "SELECT @@time_zone")).isEqualTo("+04:00");
      run(client, "ROLLBACK");
    }
  }

  @Test
  void warningsAreReadWhereTheyAre() throws SQLException {
    try (Connection client = connect()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('a')");
      value(client, "SELECT 1/0 AS side");
      assertThat(rows(client, "SHOW WARNINGS").toString()).contains("Division by 0");
      assertThat(value(client, COUNT)).isEqualTo("1");
      run(client, "ROLLBACK");
    }
  }

  @Test
  void preparedStatementsGoWhereTheirRulesSay() throws SQLException {
    try (Connection client = connect("useServerPrepStmts=true");
        PreparedStatement insert = client.prepareStatement("INSERT INTO t VALUES (?)");
        PreparedStatement count = client.prepareStatement(COUNT_ASIDE)) {
      run(client, "START TRANSACTION");
      for (String v : new String[]{"a", "b", "c"}) {
        insert.setString(1, v);
        insert.executeUpdate();
        try (ResultSet found = count.executeQuery()) {
          assertThat(rows(found)).containsExactly("0");
        }
      }
      client.commit();
      try (ResultSet found = count.executeQuery()) {
        assertThat(rows(found)).containsExactly("3");
      }
    }
  }

  @Test
  void aCursorIsReadOnWhileOthersWrite() throws SQLException {
    try (Connection client = connect("useServerPrepStmts=true", "useCursorFetch=true")) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('first')");
      try (PreparedStatement read = client
          .prepareStatement("SELECT seq AS side FROM seq_1_to_50")) {
        read.setFetchSize(10);
        int sum = 0;
        try (ResultSet found = read.executeQuery()) {
          while (found.next()) {
            sum += found.getInt(1);
            if (sum % 7 == 0) {
              run(client, "INSERT INTO t VALUES ('" + sum + "')");
            }
          }
        }
        assertThat(sum).isEqualTo(1275);
      }
      client.rollback();
      assertThat(value(client, COUNT)).isEqualTo("0");
    }
  }

  @Test
  void aClientThatLeavesLeavesNothing() throws SQLException {
    Connection client = connect();
    client.setAutoCommit(false);
    run(client, "INSERT INTO t VALUES ('a')", "INSERT INTO t VALUES ('at the side')");
    client.close();
    weir.awaitNothingInUse();
    assertThat(mariaDb.query(COUNT)).isEqualTo("0");
    try (Connection next = connect()) {
      assertThat(value(next, "SELECT @@in_transaction")).isEqualTo("0");
      assertThat(value(next, "SELECT @@in_transaction AS side")).isEqualTo("0");
    }
  }

  @Test
  void aTransactionLostWhileTheSessionIsElsewhereIsNotHidden() throws Exception {
    Connection client = connect();
    try (client) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('a')");
      String server = value(client, "SELECT @@pseudo_thread_id");
      value(client, COUNT_ASIDE);
      mariaDb.execute("KILL CONNECTION " + server);
      weir.awaitNothingInUse(); // the client's connection too
      assertThatThrownBy(() -> run(client, "COMMIT")).isInstanceOf(SQLException.class);
    }
    assertThat(mariaDb.query(COUNT)).isEqualTo("0");
  }

  @Test
  void theAnswersOfTheProxyItselfShowTheTransactionToo() throws SQLException {
    try (Connection client = connect(); Statement statement = client.createStatement()) {
      run(client, "START TRANSACTION", "INSERT INTO t VALUES ('a')");
      value(client, COUNT_ASIDE);
      assertThat(client.isValid(5)).isTrue(); // a COM_PING
      try (ResultSet found = statement.executeQuery("SELECT CONNECTION_ID()")) {
        assertThat(rows(found)).hasSize(1);
      }
      client.commit();
      assertThat(mariaDb.query(COUNT)).isEqualTo("1");
    }
  }
}
