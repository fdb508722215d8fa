package dev.weir.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What clients of MySQL do, through a pool of a single connection: whatever one leaves there, the next would meet. */
class MysqlTrafficIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb).maxConnections(1);

  @BeforeAll
  static void tables() throws SQLException {
    mariaDb.execute("create table t (id int primary key auto_increment, v varchar(100))");
  }

  private static String tag() {
    return "tag" + System.nanoTime();
  }

  // --- login ---

  @Test
  void aUserLogsInWithThePassword() throws SQLException {
    try (Connection connection = weir.connect()) {
      assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo(weir.user() + "@%");
      assertThat(value(connection, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
    }
  }

  @Test
  void aWrongPasswordIsRefused() {
    assertThatThrownBy(() -> weir.connectAs(weir.user(), "guess").close())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1045))
        .hasMessageContaining("Access denied");
  }

  @Test
  void anUnknownUserIsRefusedAsAWrongPasswordIs() {
    assertThatThrownBy(() -> weir.connectAs("nobody_here", "guess").close())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1045))
        .hasMessageContaining("Access denied");
  }

  // --- prepared statements ---

  @ParameterizedTest
  @ValueSource(strings = {"true", "false"})
  void statementsOfManyClientsShareOneConnection(String onServer) throws SQLException {
    List<Connection> clients = new ArrayList<>();
    List<PreparedStatement> statements = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        Connection client = weir.connect("useServerPrepStmts=" + onServer);
        clients.add(client);
        statements.add(client.prepareStatement("SELECT ?, " + i % 2));
      }
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
          PreparedStatement statement = statements.get(i);
          if ((round + i) % 2 == 0) {
            statement.setInt(1, round);
          } else {
            statement.setString(1, "r" + round);
          }
          try (ResultSet found = statement.executeQuery()) {
            assertThat(rows(found)).containsExactly(
                ((round + i) % 2 == 0 ? "" : "r") + round + "|" + i % 2);
          }
        }
      }
    } finally {
      for (Connection client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aBatchOfPreparedInsertsArrives() throws SQLException {
    String tag = tag();
    try (Connection client = weir.connect("useServerPrepStmts=true");
        PreparedStatement insert = client.prepareStatement("INSERT INTO t (v) VALUES (?)")) {
      for (int i = 0; i < 50; i++) {
        insert.setString(1, tag);
        insert.addBatch();
      }
      insert.executeBatch();
      assertThat(value(client, "SELECT COUNT(*) FROM t WHERE v = '" + tag + "'")).isEqualTo("50");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 1_000, 300_000})
  void aLongParameterInPiecesArrives(int length) throws SQLException {
    try (Connection client = weir.connect("useServerPrepStmts=true");
        PreparedStatement statement = client.prepareStatement("SELECT LENGTH(?)")) {
      statement.setBinaryStream(1, new java.io.ByteArrayInputStream(new byte[length]));
      try (ResultSet found = statement.executeQuery()) {
        assertThat(rows(found)).containsExactly(Integer.toString(length));
      }
    }
  }

  // --- transactions ---

  @Test
  void transactionsOfTwoClientsDoNotMix() throws Exception {
    String tag = tag();
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      one.setAutoCommit(false);
      run(one, "INSERT INTO t (v) VALUES ('" + tag + "a')");
      Background waiting = Background
          .start(() -> run(two, "INSERT INTO t (v) VALUES ('" + tag + "b')"));
      run(one, "INSERT INTO t (v) VALUES ('" + tag + "c')");
      one.rollback();
      waiting.await();
      assertThat(rows(two, "SELECT v FROM t WHERE v LIKE '" + tag + "%'"))
          .containsExactly(tag + "b");
    }
  }

  @Test
  void aClientThatDisconnectsInATransactionLeavesNothing() throws SQLException {
    String tag = tag();
    Connection gone = weir.connect();
    run(gone, "START TRANSACTION", "INSERT INTO t (v) VALUES ('" + tag + "')");
    gone.close();
    try (Connection next = weir.connect()) {
      assertThat(value(next, "SELECT COUNT(*) FROM t WHERE v = '" + tag + "'")).isEqualTo("0");
      run(next, "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"); // refused inside a transaction
    }
  }

  // --- what stays with its session ---

  @ParameterizedTest
  @ValueSource(strings = {"sql_mode|SET sql_mode = 'ANSI'|SET SESSION sql_mode = ''",
    "time_zone|SET time_zone = '+05:00'|SET @@time_zone = '-03:00'",
    "character_set_client|SET NAMES utf8|SET NAMES utf8mb4",
    "collation_connection|SET NAMES utf8mb4 COLLATE utf8mb4_bin|SET NAMES utf8",
    "transaction_isolation|SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE"
        + "|SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "autocommit|SET autocommit = 0|SET autocommit = 1",
    "group_concat_max_len|SET group_concat_max_len = 2048|SET group_concat_max_len = 4096"})
  void aVariableStaysWithItsClient(String line) throws SQLException {
    String[] parts = line.split("\\|", -1);
    String read = "SELECT @@session." + parts[0];
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      String ofOthers = value(two, read);
      run(one, parts[1]);
      String ofOne = value(one, read);
      run(one, "COMMIT");
      assertThat(value(two, read)).isEqualTo(ofOthers);
      run(two, parts[2]);
      String ofTwo = value(two, read);
      assertThat(ofTwo).isNotEqualTo(ofOne);
      run(two, "COMMIT");
      for (int i = 0; i < 3; i++) {
        assertThat(value(one, read)).isEqualTo(ofOne);
        run(one, "COMMIT");
        assertThat(value(two, read)).isEqualTo(ofTwo);
      }
    }
  }

  @Test
  void whatADriverTracksIsReportedToUsAsBefore() throws SQLException {
    try (Connection connection = weir.connect()) {
      assertThat(value(connection, "SELECT @@session_track_system_variables")).isEqualTo("*");
    }
  }

  @Test
  void theIdOfAPreparedInsertStaysWithItsClient() throws SQLException {
    try (Connection one = weir.connect("useServerPrepStmts=true");
        Connection two = weir.connect();
        PreparedStatement insert = one.prepareStatement("INSERT INTO t (v) VALUES (?)")) {
      insert.setString(1, "p");
      insert.executeUpdate();
      run(two, "INSERT INTO t (v) VALUES ('q')");
      assertThat(value(one, "SELECT v FROM t WHERE id = LAST_INSERT_ID()")).isEqualTo("p");
    }
  }

  @Test
  void aFrozenClockStaysWithItsClientAndRunsAgain() throws SQLException {
    Connection one = weir.connect("socketTimeout=5000");
    try (one) {
      run(one, "SET timestamp = 1000");
      assertThat(value(one, "SELECT UNIX_TIMESTAMP()")).isEqualTo("1000");
      run(one, "SET timestamp = DEFAULT");
      assertThat(Long.parseLong(value(one, "SELECT UNIX_TIMESTAMP()"))).isGreaterThan(1_000_000);
      run(one, "SET timestamp = 1000");
    }
    try (Connection two = weir.connect()) {
      assertThat(Long.parseLong(value(two, "SELECT UNIX_TIMESTAMP()"))).isGreaterThan(1_000_000);
    }
  }

  @Test
  void withoutAutocommitWorkOfAClientIsATransaction() throws SQLException {
    String tag = tag();
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "SET autocommit = 0");
      assertThat(value(two, "SELECT @@autocommit")).isEqualTo("1");
      run(one, "INSERT INTO t (v) VALUES ('" + tag + "')", "ROLLBACK");
      assertThat(value(two, "SELECT COUNT(*) FROM t WHERE v = '" + tag + "'")).isEqualTo("0");
      run(one, "INSERT INTO t (v) VALUES ('" + tag + "')", "COMMIT");
      assertThat(value(two, "SELECT COUNT(*) FROM t WHERE v = '" + tag + "'")).isEqualTo("1");
    }
  }

  @Test
  void theSchemaStaysWithItsClient() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "USE information_schema");
      assertThat(value(two, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
      assertThat(value(one, "SELECT DATABASE()")).isEqualTo("information_schema");
      two.setCatalog("information_schema");
      one.setCatalog(mariaDb.database());
      assertThat(value(two, "SELECT DATABASE()")).isEqualTo("information_schema");
      assertThat(value(one, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "CREATE TEMPORARY TABLE mine AS SELECT 7 AS n|SELECT n FROM mine|7|DROP TABLE mine"
        + "|SELECT COUNT(*) FROM mine",
    "SET @mine = 7|SELECT @mine|7|SET @mine = NULL|SELECT @mine",
    "SELECT GET_LOCK('mine', 1)|SELECT IS_USED_LOCK('mine') IS NOT NULL|1"
        + "|SELECT RELEASE_LOCK('mine')|SELECT NULLIF(IS_USED_LOCK('mine') IS NOT NULL, 0)"})
  void whatCannotBeMovedKeepsTheServerForItsSession(String line) throws Exception {
    String[] parts = line.split("\\|", -1);
    Connection one = weir.connect();
    try (Connection two = weir.connect()) {
      run(one, parts[0]);
      Background waiting = Background
          .start(() -> assertThat(foundByOthers(two, parts[4])).isNull());
      for (int i = 0; i < 3; i++) {
        assertThat(value(one, parts[1])).isEqualTo(parts[2]);
      }
      one.close();
      waiting.await();
    } finally {
      one.close();
    }
  }

  private static @Nullable String foundByOthers(Connection connection, String sql)
      throws SQLException {
    try {
      return value(connection, sql);
    } catch (SQLException e) {
      if (e.getErrorCode() == 1146) { // no such table
        return null;
      }
      throw e;
    }
  }

  @Test
  void aDroppedTemporaryTableFreesTheServer() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "CREATE TEMPORARY TABLE mine2 (n int)", "DROP TEMPORARY TABLE mine2");
      assertThat(value(two, "SELECT 1")).isEqualTo("1");
      run(one, "DO GET_LOCK('l', 1)", "DO RELEASE_LOCK('l')");
      assertThat(value(two, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void theIdOfAnInsertStaysWithItsClient() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "INSERT INTO t (v) VALUES ('x')");
      run(two, "INSERT INTO t (v) VALUES ('y')");
      long ofOne = Long.parseLong(value(one, "SELECT LAST_INSERT_ID()"));
      long ofTwo = Long.parseLong(value(two, "SELECT LAST_INSERT_ID()"));
      assertThat(ofTwo).isGreaterThan(ofOne);
      assertThat(value(one, "SELECT v FROM t WHERE id = LAST_INSERT_ID()")).isEqualTo("x");
      try (Statement statement = two.createStatement()) {
        statement.executeUpdate("INSERT INTO t (v) VALUES ('z')", Statement.RETURN_GENERATED_KEYS);
        assertThat(rows(statement.getGeneratedKeys())).hasSize(1);
      }
    }
  }

  @Test
  void warningsCanBeReadAfterwards() throws Exception {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "SELECT 1/0, CAST('x' AS SIGNED)");
      Background other = Background
          .start(() -> assertThat(value(two, "SELECT 1")).isEqualTo("1"));
      assertThat(rows(one, "SHOW WARNINGS").toString()).contains("INTEGER value: 'x'");
      run(one, "SELECT 1");
      other.await();
    }
  }

  @Test
  void warningsThatNobodyReadsHoldNoServer() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "DO CAST('x' AS SIGNED)");
      for (int i = 0; i < 3; i++) {
        assertThat(value(two, "SELECT " + i)).isEqualTo(Integer.toString(i));
        assertThat(rows(one, "SHOW WARNINGS").toString()).contains("INTEGER value: 'x'");
        assertThat(rows(one, "show count(*) warnings;")).containsExactly("1");
        assertThat(rows(one, "SHOW ERRORS")).isEmpty();
      }
      assertThat(value(one, "SELECT @@warning_count")).isEqualTo("1");
      assertThat(value(one, "SELECT @@warning_count")).isEqualTo("0");
      assertThatThrownBy(() -> run(one, "SELECT nonsense")).hasMessageContaining("nonsense");
      assertThat(value(two, "SELECT 7")).isEqualTo("7");
      assertThat(rows(one, "SHOW ERRORS").toString()).contains("nonsense");
      run(one, "DO 1");
      assertThat(rows(one, "SHOW WARNINGS")).isEmpty();
      assertThat(rows(two, "SHOW WARNINGS")).isEmpty();
    }
  }

  @Test
  void foundRowsAndRowCountAreTheClientsOwn() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "INSERT INTO t (v) VALUES ('rc'), ('rc'), ('rc')");
      run(two, "DO 1");
      assertThat(value(one, "SELECT ROW_COUNT()")).isEqualTo("3");
      run(one, "SELECT SQL_CALC_FOUND_ROWS 1 FROM t WHERE v = 'rc' LIMIT 1");
      assertThat(value(one, "SELECT FOUND_ROWS()")).isEqualTo("3");
      assertThat(value(two, "SELECT 1")).isEqualTo("1");
    }
  }
}
