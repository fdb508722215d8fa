package dev.weir.it;

import dev.weir.app.embedded.EmbeddedMariaDb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Much data, many results in one response, and commands that end other commands, sessions or the server. */
class MysqlBulkIT {
  private static final int MEGA = 1024 * 1024;

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir()
      .set("local-infile", "1").set("max-allowed-packet", "64M");
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb).maxConnections(2)
      .set("server_version", "\"11.4.5-MariaDB\""); // the driver sends COM_RESET_CONNECTION to those only

  @BeforeAll
  static void tables() throws SQLException {
    mariaDb.execute("create table rows_2048 (n int)", "insert into rows_2048 values (1)");
    for (int rows = 1; rows < 2048; rows *= 2) {
      mariaDb.execute("insert into rows_2048 select n from rows_2048");
    }
  }

  @Test
  void aResultOfTwentyMegabytesStreams() throws SQLException {
    try (Connection client = weir.connect(); Statement statement = client.createStatement()) {
      statement.setFetchSize(100);
      long sum = 0;
      try (ResultSet found = statement
          .executeQuery("SELECT REPEAT('x', 10240) FROM rows_2048")) {
        while (found.next()) {
          sum += found.getString(1).length();
        }
      }
      assertThat(sum).isEqualTo(20L * MEGA);
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void aRowOfSeventeenMegabytesArrives() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, "SELECT REPEAT('abcdefgh', 2200000)")).hasSize(17_600_000);
    }
  }

  @Test
  void aStatementOfFiveMegabytesArrives() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThat(value(client, "SELECT LENGTH('" + "y".repeat(5 * MEGA) + "')"))
          .isEqualTo(Integer.toString(5 * MEGA));
      assertThat(value(client, "SELECT 2")).isEqualTo("2");
    }
  }

  @Test
  void severalStatementsGiveSeveralResults() throws SQLException {
    try (Connection client = weir.connect("allowMultiQueries=true");
        Statement statement = client.createStatement()) {
      List<String> all = new ArrayList<>();
      boolean result = statement.execute("SELECT 1; DO 1; SELECT 2 UNION SELECT 3");
      while (result || statement.getUpdateCount() != -1) {
        all.add(result ? rows(statement.getResultSet()).toString() : "ok");
        result = statement.getMoreResults();
      }
      assertThat(all).containsExactly("[1]", "ok", "[2, 3]");
      assertThatThrownBy(() -> run(client, "SELECT 1; SELECT nonsense; SELECT 3"))
          .hasMessageContaining("nonsense");
      assertThat(value(client, "SELECT 4")).isEqualTo("4");
    }
  }

  @Test
  void severalStatementsAreAnErrorForWhoDidNotAskForThem() throws SQLException {
    try (Connection client = weir.connect()) {
      assertThatThrownBy(() -> run(client, "SELECT 1; SELECT 2"))
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getErrorCode()).isEqualTo(1064));
      assertThat(value(client, "SELECT 4")).isEqualTo("4");
    }
  }

  @Test
  void aFileOfTheClientIsLoaded(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("rows.csv");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      lines.append(i).append(",some words\n");
    }
    Files.writeString(file, lines);
    mariaDb.execute("create table loaded (n int, v varchar(20))");
    try (Connection client = weir.connect("allowLocalInfile=true")) {
      run(client, "LOAD DATA LOCAL INFILE '" + file
          + "' INTO TABLE loaded FIELDS TERMINATED BY ','");
      assertThat(value(client, "SELECT COUNT(*) FROM loaded")).isEqualTo("100000");
    }
  }

  @Test
  void aProcedureGivesItsResults() throws SQLException {
    mariaDb.execute("create procedure twice(n int) begin select n; select n * 2; end");
    try (Connection client = weir.connect(); Statement statement = client.createStatement()) {
      assertThat(statement.execute("CALL twice(21)")).isTrue();
      assertThat(rows(statement.getResultSet())).containsExactly("21");
      assertThat(statement.getMoreResults()).isTrue();
      assertThat(rows(statement.getResultSet())).containsExactly("42");
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  // --- what ends other things ---

  @Test
  void killQueryEndsOnlyThatQuery() throws Exception {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      String id = value(one, "SELECT CONNECTION_ID()");
      Background slept = Background.start(() -> value(one, "SELECT SLEEP(60)"));
      WeirServer.await("it sleeps", () -> "1".equals(value(two,
          "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'")));
      run(two, "KILL QUERY " + id);
      slept.awaitEither(); // SLEEP itself answers 1 when it was interrupted
      assertThat(value(one, "SELECT 1")).isEqualTo("1");
      assertThat(value(two, "SELECT 2")).isEqualTo("2");
    }
  }

  @Test
  void killEndsTheSession() throws Exception {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(two, "KILL " + value(one, "SELECT CONNECTION_ID()"));
      assertThatThrownBy(() -> value(one, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(value(two, "SELECT 2")).isEqualTo("2");
    }
  }

  @Test
  void aResetForgetsWhatTheSessionHad() throws SQLException {
    try (Connection client = weir.connect("useResetConnection=true")) {
      run(client, "SET @kept = 1", "CREATE TEMPORARY TABLE kept (n int)",
          "SET time_zone = '+03:00'");
      client.unwrap(org.mariadb.jdbc.Connection.class).reset();
      assertThat(value(client, "SELECT @kept")).isNull();
      assertThat(value(client, "SELECT @@time_zone")).isEqualTo("SYSTEM");
      assertThatThrownBy(() -> run(client, "SELECT * FROM kept")).hasMessageContaining("kept");
    }
  }

  @Test
  void aServerThatDiesIsAnErrorAndThenComesBack() throws Exception {
    try (Connection inTransaction = weir.connect(); Connection idle = weir.connect()) {
      run(inTransaction, "START TRANSACTION", "SELECT 1");
      assertThat(value(idle, "SELECT 1")).isEqualTo("1");
      mariaDb.stop(EmbeddedMariaDb.Stop.CRASH);
      assertThatThrownBy(() -> run(inTransaction, "SELECT 2")).isInstanceOf(SQLException.class);
      mariaDb.start();
      WeirServer.await("the server is used again", () -> {
        try {
          return "1".equals(value(idle, "SELECT 1"));
        } catch (SQLException e) {
          assertThat(idle.isValid(5)).as("the client's connection after " + e).isTrue();
          return false;
        }
      });
    }
  }
}
