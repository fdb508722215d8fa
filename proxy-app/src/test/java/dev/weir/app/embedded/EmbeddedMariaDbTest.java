package dev.weir.app.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class EmbeddedMariaDbTest {
  private static final Path JARS = Path
      .of(System.getProperty("weir.embedded", "target/dist/embedded"));

  @Test
  void servesLoginsThenLeavesNoProcessAndNoFile() throws Exception {
    List<String> progress = new ArrayList<>();
    EmbeddedMariaDb mariaDb = EmbeddedMariaDb.start(EmbeddedMariaDb.Options.throwAway(JARS)
        .with("max-connections", "17").reporting(progress::add));
    ProcessHandle server = ProcessHandle.of(mariaDb.pid()).orElseThrow();
    try {
      assertThat(query(mariaDb, "root", mariaDb.password(), "select @@max_connections"))
          .isEqualTo("17");
      assertThat(progress).contains("starting MariaDB on port " + mariaDb.port());
      assertThat(query(mariaDb, "app", "app", "select database()")).isEqualTo("app");
      assertThat(query(mariaDb, "monitor", "monitor", "select @@global.read_only"))
          .isEqualTo("0");
      for (String wrong : List.of("root:", "root:wrong", "app:", "monitor:", ":")) {
        String[] login = wrong.split(":", -1);
        assertThatExceptionOfType(SQLException.class).as(wrong)
            .isThrownBy(() -> query(mariaDb, login[0], login[1], "select 1"));
      }
    } finally {
      mariaDb.close();
    }
    assertThat(server.isAlive()).isFalse();
    assertThat(mariaDb.dataFolder().getParent()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"CLEAN", "CRASH"})
  void keepsDataAndPortOverTheEnd(EmbeddedMariaDb.Stop how) throws Exception {
    try (EmbeddedMariaDb mariaDb = EmbeddedMariaDb
        .start(EmbeddedMariaDb.Options.throwAway(JARS)
            .with("innodb-flush-log-at-trx-commit", "1"))) {
      int port = mariaDb.port();
      execute(mariaDb, "create table kept (n int) engine=innodb");
      execute(mariaDb, "insert into kept values (7)");
      mariaDb.stop(how);
      assertThat(mariaDb.isRunning()).isFalse();
      mariaDb.start();
      assertThat(mariaDb.port()).isEqualTo(port);
      assertThat(query(mariaDb, "app", "app", "select n from kept")).isEqualTo("7");
    }
  }

  @Test
  void saysWhereItLookedForTheBinaries(@TempDir Path empty) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> EmbeddedMariaDb.start(EmbeddedMariaDb.Options.throwAway(empty)))
        .withMessageContaining(empty.toString());
  }

  @Test
  void anOptionTheServerRefusesIsShownAndNothingIsLeft() throws IOException {
    long before = temporaryFolders();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> EmbeddedMariaDb
            .start(EmbeddedMariaDb.Options.throwAway(JARS).with("no-such-option", "1")))
        .withMessageContaining("unknown variable 'no-such-option=1'");
    assertThat(temporaryFolders()).isEqualTo(before);
  }

  private static long temporaryFolders() throws IOException {
    try (var paths = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return paths.filter(path -> path.getFileName().toString().startsWith("weir-mariadb-"))
          .count();
    }
  }

  private static String query(EmbeddedMariaDb mariaDb, String user, String password, String sql)
      throws SQLException {
    String database = user.equals("app") ? "app" : "";
    try (
        Connection connection = DriverManager.getConnection(mariaDb.jdbcUrl(database), user,
            password);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(EmbeddedMariaDb mariaDb, String sql) throws SQLException {
    try (
        Connection connection = DriverManager.getConnection(mariaDb.jdbcUrl("app"), "app", "app");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
