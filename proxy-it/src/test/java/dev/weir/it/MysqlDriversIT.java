package dev.weir.it;

import com.mysql.cj.jdbc.JdbcConnection;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** JDBC's everyday life with MySQL's own driver and MariaDB's, each in the ways it can be set up. */
class MysqlDriversIT {
  private static final String CONNECTOR_J = "mysql:allowPublicKeyRetrieval=true&sslMode=DISABLED";
  private static final String SERVER_PREPARED = CONNECTOR_J
      + "&useServerPrepStmts=true&cachePrepStmts=true";
  private static final String CURSORS = SERVER_PREPARED
      + "&useCursorFetch=true&defaultFetchSize=10";
  private static final String BATCHES = CONNECTOR_J
      + "&rewriteBatchedStatements=true&allowMultiQueries=true";
  private static final String LOCAL_STATE = CONNECTOR_J
      + "&useLocalSessionState=true&useLocalTransactionState=true&elideSetAutoCommits=true"
      + "&cacheServerConfiguration=true";
  private static final String MARIADB = "mariadb:sslMode=disable";
  private static final String MARIADB_PREPARED = MARIADB + "&useServerPrepStmts=true";
  private static final String MARIADB_BULK = MARIADB
      + "&useBulkStmts=true&rewriteBatchedStatements=true";
  private static final AtomicInteger TAGS = new AtomicInteger();

  @RegisterExtension static final MariaDbServer server = MariaDbServer.inTempDir()
      .set("local-infile", "1").set("max-allowed-packet", "64M");
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(server).maxConnections(2);

  @BeforeAll
  static void tables() throws SQLException {
    server.execute(
        "create table kinds (id int primary key auto_increment, tag varchar(40), i int, "
            + "l bigint unsigned, d decimal(20,4), f double, s varchar(200), b longblob, "
            + "t datetime(6), bit1 bit(1), y tinyint) default charset utf8mb4",
        "create procedure half(in n int, out h int) begin set h = n div 2; select n; end",
        "create table accounts (id int primary key, balance int)",
        "insert into accounts values (1, 100), (2, 100)");
  }

  private static Connection connect(String how) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", weir.user());
    properties.setProperty("password", MysqlWeir.PASSWORD);
    properties.setProperty("connectTimeout", Long.toString(WeirServer.PATIENCE.toMillis()));
    properties.setProperty("socketTimeout", Long.toString(WeirServer.PATIENCE.toMillis() * 2));
    int colon = how.indexOf(':');
    return DriverManager.getConnection("jdbc:" + how.substring(0, colon) + "://127.0.0.1:"
        + weir.port() + "/" + server.database() + "?" + how.substring(colon + 1), properties);
  }

  private static String tag() {
    return "tag" + TAGS.incrementAndGet();
  }

  @ParameterizedTest
  @ValueSource(strings = {CONNECTOR_J, SERVER_PREPARED, CURSORS, BATCHES, LOCAL_STATE, MARIADB,
    MARIADB_PREPARED, MARIADB_BULK})
  void valuesOfAllKindsComeBackAsTheyWent(String how) throws SQLException {
    Assumptions.assumeFalse(MariaDbServer.isMySql("5.7") && how.equals(LOCAL_STATE),
        "with a cached server configuration 5.7 refuses four-byte characters; why is not known");
    String tag = tag();
    byte[] blob = new byte[70_000];
    Arrays.fill(blob, (byte) 0xfe);
    Timestamp when = Timestamp.valueOf("2024-02-29 23:59:58.123456");
    try (Connection client = connect(how)) {
      try (PreparedStatement insert = client.prepareStatement(
          "INSERT INTO kinds (tag, i, l, d, f, s, b, t, bit1, y) VALUES (?,?,?,?,?,?,?,?,?,?)",
          Statement.RETURN_GENERATED_KEYS)) {
        insert.setString(1, tag);
        insert.setInt(2, -42);
        insert.setBigDecimal(3, new BigDecimal("18446744073709551615"));
        insert.setBigDecimal(4, new BigDecimal("-1234567890123456.7890"));
        insert.setDouble(5, 1.5e300);
        insert.setString(6, "quote ' backslash \\ umlaut ü emoji 🙂 nul \0 end");
        insert.setBinaryStream(7, new ByteArrayInputStream(blob));
        insert.setTimestamp(8, when);
        insert.setBoolean(9, true);
        insert.setNull(10, Types.TINYINT);
        assertThat(insert.executeUpdate()).isEqualTo(1);
        assertThat(rows(insert.getGeneratedKeys())).hasSize(1);
      }
      try (PreparedStatement select = client.prepareStatement(
          "SELECT i, l, d, f, s, b, t, bit1, y FROM kinds WHERE tag = ?")) {
        select.setString(1, tag);
        try (ResultSet found = select.executeQuery()) {
          assertThat(found.next()).isTrue();
          assertThat(found.getInt(1)).isEqualTo(-42);
          assertThat(found.getBigDecimal(2)).isEqualTo("18446744073709551615");
          assertThat(found.getBigDecimal(3)).isEqualTo("-1234567890123456.7890");
          assertThat(found.getDouble(4)).isEqualTo(1.5e300);
          assertThat(found.getString(5))
              .isEqualTo("quote ' backslash \\ umlaut ü emoji 🙂 nul \0 end");
          assertThat(found.getBytes(6)).isEqualTo(blob);
          assertThat(found.getTimestamp(7)).isEqualTo(when);
          assertThat(found.getBoolean(8)).isTrue();
          assertThat(found.getInt(9)).isZero();
          assertThat(found.wasNull()).isTrue();
          assertThat(found.next()).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CONNECTOR_J, SERVER_PREPARED, CURSORS, BATCHES, LOCAL_STATE, MARIADB,
    MARIADB_PREPARED, MARIADB_BULK})
  void aBatchArrivesWholeAndItsKeysAreRead(String how) throws SQLException {
    String tag = tag();
    try (Connection client = connect(how)) {
      client.setAutoCommit(false);
      try (PreparedStatement insert = client.prepareStatement(
          "INSERT INTO kinds (tag, i) VALUES (?, ?)", Statement.RETURN_GENERATED_KEYS)) {
        for (int i = 0; i < 500; i++) {
          insert.setString(1, tag);
          insert.setInt(2, i);
          insert.addBatch();
        }
        assertThat(insert.executeBatch()).hasSize(500);
        assertThat(rows(insert.getGeneratedKeys())).hasSize(500);
      }
      client.commit();
      try (PreparedStatement select = client
          .prepareStatement("SELECT i FROM kinds WHERE tag = ? ORDER BY i")) {
        select.setString(1, tag);
        select.setFetchSize(50);
        try (ResultSet found = select.executeQuery()) {
          int next = 0;
          while (found.next()) {
            assertThat(found.getInt(1)).isEqualTo(next++);
          }
          assertThat(next).isEqualTo(500);
        }
      }
      client.commit();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CONNECTOR_J, SERVER_PREPARED, LOCAL_STATE, MARIADB, MARIADB_PREPARED})
  void transactionsAndSavepoints(String how) throws SQLException {
    try (Connection client = connect(how); Connection other = connect(how)) {
      client.setAutoCommit(false);
      client.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      try (PreparedStatement move = client
          .prepareStatement("UPDATE accounts SET balance = balance + ? WHERE id = ?")) {
        move.setInt(1, -30);
        move.setInt(2, 1);
        move.executeUpdate();
        Savepoint here = client.setSavepoint("here");
        move.setInt(1, 30);
        move.setInt(2, 2);
        move.executeUpdate();
        client.rollback(here);
        assertThat(value(other, "SELECT SUM(balance) FROM accounts")).isEqualTo("200");
        assertThat(value(client, "SELECT SUM(balance) FROM accounts")).isEqualTo("170");
      }
      client.rollback();
      client.setAutoCommit(true);
      assertThat(value(client, "SELECT SUM(balance) FROM accounts")).isEqualTo("200");
      assertThat(other.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
      assertThat(client.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
      client.setReadOnly(true);
      assertThatThrownBy(() -> run(client, "UPDATE accounts SET balance = 0"))
          .isInstanceOf(SQLException.class);
      run(other, "UPDATE accounts SET balance = balance"); // nobody else is read only
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CONNECTOR_J, SERVER_PREPARED, MARIADB, MARIADB_PREPARED})
  void aProcedureGivesResultsAndValues(String how) throws SQLException {
    try (Connection client = connect(how);
        CallableStatement call = client.prepareCall("{call half(?, ?)}")) {
      for (int round = 1; round <= 3; round++) {
        call.setInt(1, 10 * round);
        call.registerOutParameter(2, Types.INTEGER);
        call.execute();
        assertThat(rows(call.getResultSet())).containsExactly(Integer.toString(10 * round));
        assertThat(call.getInt(2)).isEqualTo(5 * round);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CONNECTOR_J, MARIADB})
  void aStatementThatTakesTooLongIsCancelled(String how) throws SQLException {
    try (Connection client = connect(how); Statement statement = client.createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> statement.executeQuery("SELECT COUNT(*) FROM "
          + "information_schema.columns a, information_schema.columns b, "
          + "information_schema.columns c WHERE SLEEP(0.01) = 0").close())
          .isInstanceOfAny(SQLTimeoutException.class, SQLException.class);
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CONNECTOR_J, SERVER_PREPARED, MARIADB})
  void resultsStreamRowByRow(String how) throws SQLException {
    try (Connection client = connect(how); Statement statement = client.createStatement()) {
      statement.setFetchSize(how.startsWith("mysql") ? Integer.MIN_VALUE : 1);
      int rows = 0;
      try (ResultSet found = statement
          .executeQuery("SELECT REPEAT('x', 1000) FROM information_schema.collations a, "
              + "information_schema.character_sets b LIMIT 5000")) {
        while (found.next()) {
          rows++;
        }
      }
      assertThat(rows).isEqualTo(5000);
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CONNECTOR_J + "&allowLoadLocalInfile=true", MARIADB
      + "&allowLocalInfile=true"})
  void aFileIsLoaded(String how, @TempDir Path folder) throws Exception {
    String tag = tag();
    Path file = Files.writeString(folder.resolve("rows.csv"), (tag + ",7\n").repeat(10_000));
    try (Connection client = connect(how)) {
      run(client, "LOAD DATA LOCAL INFILE '" + file
          + "' INTO TABLE kinds FIELDS TERMINATED BY ',' (tag, i)");
      assertThat(value(client, "SELECT SUM(i) FROM kinds WHERE tag = '" + tag + "'"))
          .isEqualTo("70000");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {BATCHES, MARIADB + "&allowMultiQueries=true"})
  void severalStatementsInOne(String how) throws SQLException {
    try (Connection client = connect(how); Statement statement = client.createStatement()) {
      assertThat(statement.execute("SET @a = 1; SELECT @a; SELECT @a + 1")).isFalse();
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(rows(statement.getResultSet())).containsExactly("1");
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(rows(statement.getResultSet())).containsExactly("2");
      assertThat(statement.getMoreResults()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    CONNECTOR_J + "&sessionVariables=sql_mode='ANSI',time_zone='%2B03:00'",
    CONNECTOR_J + "&connectionTimeZone=Asia/Tokyo&forceConnectionTimeZoneToSession=false"
        + "&connectionCollation=utf8mb4_bin",
    CONNECTOR_J + "&detectCustomCollations=true&useInformationSchema=true",
    CONNECTOR_J + "&characterEncoding=ISO-8859-1",
    CONNECTOR_J + "&useAffectedRows=true&interactiveClient=true",
    MARIADB + "&sessionVariables=sql_mode='ANSI',time_zone='+03:00'",
    MARIADB + "&useAffectedRows=true&transactionIsolation=READ_COMMITTED"})
  void settingsOfADriverStayItsOwn(String how) throws SQLException {
    Assumptions.assumeTrue(MariaDbServer.isMySql() || !how.contains("detectCustomCollations"),
        "Connector/J cannot read MariaDB's collations without a number, on a direct connection either");
    String read = "SELECT CONCAT_WS('|', @@sql_mode, @@time_zone, @@collation_connection, "
        + "@@character_set_results)";
    try (Connection one = connect(how); Connection plain = connect(CONNECTOR_J)) {
      String ofOne = value(one, read);
      String ofPlain = value(plain, read);
      for (int i = 0; i < 3; i++) {
        assertThat(value(one, read)).isEqualTo(ofOne);
        assertThat(value(plain, read)).isEqualTo(ofPlain);
        try (Connection another = connect(CONNECTOR_J)) {
          assertThat(value(another, read)).isEqualTo(ofPlain);
        }
      }
      assertThat(one.getMetaData().getTables(null, null, "kinds", null).next()).isTrue();
    }
  }

  /** What connection pools of applications do before they hand a connection to the next. */
  @Test
  void aConnectionIsResetOrGivenToAnotherUser() throws SQLException {
    try (Connection client = connect(CONNECTOR_J)) {
      JdbcConnection its = client.unwrap(JdbcConnection.class);
      run(client, "SET @mine = 1", "CREATE TEMPORARY TABLE mine (n int)");
      its.resetServerState();
      assertThat(value(client, "SELECT @mine")).isNull();
      assertThatThrownBy(() -> run(client, "SELECT * FROM mine")).isInstanceOf(SQLException.class);
      run(client, "SET @mine = 1");
      its.changeUser(weir.user(), MysqlWeir.PASSWORD);
      assertThat(value(client, "SELECT @mine")).isNull();
      assertThat(client.isValid(5)).isTrue();
      assertThatThrownBy(() -> its.changeUser(weir.user(), "guess"))
          .isInstanceOf(SQLException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {CONNECTOR_J, SERVER_PREPARED, MARIADB, MARIADB_PREPARED})
  void errorsAreTheServersOwnAndTheSessionGoesOn(String how) throws SQLException {
    try (Connection client = connect(how)) {
      assertThatThrownBy(() -> run(client, "SELECT * FROM not_there"))
          .isInstanceOfSatisfying(SQLException.class, e -> {
            assertThat(e.getErrorCode()).isEqualTo(1146);
            assertThat(e.getSQLState()).isEqualTo("42S02");
          });
      assertThatThrownBy(() -> {
        try (PreparedStatement wrong = client.prepareStatement("SELECT * FROM not_there")) {
          wrong.executeQuery().close();
        }
      }).isInstanceOfSatisfying(SQLException.class,
          e -> assertThat(e.getErrorCode()).isEqualTo(1146));
      assertThatThrownBy(
          () -> run(client, "INSERT INTO accounts VALUES (1, 1)"))
          .isInstanceOfSatisfying(SQLException.class, e -> {
            assertThat(e.getErrorCode()).isEqualTo(1062);
            assertThat(e.getSQLState()).isEqualTo("23000");
          });
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }
}
