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

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

final class EmbeddedPostgresTest {
  private static final Path JARS = Path
      .of(System.getProperty("weir.embedded", "target/dist/embedded"));

  @Test
  void servesLoginsThenLeavesNoProcessAndNoFile() throws Exception {
    List<String> progress = new ArrayList<>();
    EmbeddedPostgres postgres = EmbeddedPostgres.start(EmbeddedPostgres.Options.throwAway(JARS)
        .with("max_connections", "17").reporting(progress::add));
    ProcessHandle server = ProcessHandle.of(postgres.pid()).orElseThrow();
    try {
      assertThat(query(postgres, "show max_connections")).isEqualTo("17");
      assertThat(progress).contains("starting PostgreSQL on port " + postgres.port());
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> DriverManager
              .getConnection(postgres.jdbcUrl("postgres"), "postgres", "wrong").close());
    } finally {
      postgres.close();
    }
    assertThat(server.isAlive()).isFalse();
    assertThat(postgres.dataFolder().getParent()).doesNotExist();
  }

  @Test
  void keepsDataAndPortOverACrash() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres
        .start(EmbeddedPostgres.Options.throwAway(JARS).with("fsync", "on")
            .with("synchronous_commit", "on"))) {
      int port = postgres.port();
      execute(postgres, "create table kept (n int)");
      execute(postgres, "insert into kept values (7)");
      postgres.stop(EmbeddedPostgres.Stop.CRASH);
      assertThat(postgres.isRunning()).isFalse();
      postgres.start();
      assertThat(postgres.port()).isEqualTo(port);
      assertThat(query(postgres, "select n from kept")).isEqualTo("7");
    }
  }

  @Test
  void saysWhereItLookedForTheBinaries(@TempDir Path empty) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> EmbeddedPostgres.start(EmbeddedPostgres.Options.throwAway(empty)))
        .withMessageContaining(empty.toString());
  }

  @Test
  void aSettingTheServerRefusesIsShownAndNothingIsLeft() throws IOException {
    long before = temporaryFolders();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> EmbeddedPostgres
            .start(EmbeddedPostgres.Options.throwAway(JARS).with("max_connections", "none")))
        .withMessageContaining("invalid value for parameter \"max_connections\"");
    assertThat(temporaryFolders()).isEqualTo(before);
  }

  private static long temporaryFolders() throws IOException {
    try (var paths = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return paths.filter(path -> path.getFileName().toString().startsWith("weir-pg-")).count();
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (
        Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"),
            "postgres", postgres.password());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (
        Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"),
            "postgres", postgres.password());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
