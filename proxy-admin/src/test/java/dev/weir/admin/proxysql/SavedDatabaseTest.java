package dev.weir.admin.proxysql;

import dev.weir.core.config.mysql.CnfException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is saved, what a file says, and which of them counts. */
class SavedDatabaseTest {
  @TempDir Path directory;

  private AdminPort open(AdminOptions.Saved first) throws CnfException, IOException {
    return AdminPort.in(data(), file(), first);
  }

  private Path data() {
    return directory.resolve("data");
  }

  private Path file() {
    return directory.resolve("proxysql.cnf");
  }

  private void write(String text) throws IOException {
    Files.writeString(file(), text);
  }

  private static List<String> servers(AdminPort port) {
    return port.rows("SELECT hostname FROM runtime_mysql_servers ORDER BY 1");
  }

  @Test
  void theFileCountsAtTheFirstStartAndWhatIsSavedAfterwards() throws Exception {
    write(
        "mysql_servers = ( { address = \"a\", hostgroup = 1 } )\nmysql_variables = { wait_timeout = 77 }");
    try (AdminPort port = open(AdminOptions.Saved.KEPT)) {
      assertThat(servers(port)).containsExactly("a");
      port.change("INSERT INTO mysql_servers (hostname) VALUES ('b')");
      port.change("SAVE MYSQL SERVERS TO DISK");
      port.change("SET mysql-wait_timeout = 78");
      assertThat(port.change("SAVE MYSQL VARIABLES TO DISK")).isEqualTo(164);
    }
    write("mysql_servers = ( { address = \"c\", hostgroup = 1 } )");

    try (AdminPort port = open(AdminOptions.Saved.KEPT)) {
      assertThat(servers(port)).containsExactly("a", "b");
      assertThat(port.rows("SELECT @@mysql-wait_timeout")).containsExactly("78");
      assertThat(port.rows("SHOW DATABASES").get(1)).contains("disk", "proxysql.db");
    }
  }

  @Test
  void theFileIsReadOverWhatIsSavedOrInItsPlace() throws Exception {
    write("mysql_servers = ( { address = \"a\", hostgroup = 1 } )");
    open(AdminOptions.Saved.KEPT).close();
    write("mysql_servers = ( { address = \"b\", hostgroup = 1 } )");

    try (AdminPort port = open(AdminOptions.Saved.OVERLAID)) {
      assertThat(servers(port)).containsExactly("a", "b");
    }
    try (AdminPort port = open(AdminOptions.Saved.SET_ASIDE)) {
      assertThat(servers(port)).containsExactly("b");
    }
    assertThat(data().resolve("proxysql.db.bak")).exists();
  }

  @Test
  void anotherDatabaseIsOpenedWithoutARestart() throws Exception {
    write("mysql_servers = ( { address = \"a\", hostgroup = 1 } )");
    try (AdminPort other = AdminPort.in(directory.resolve("other"), null,
        AdminOptions.Saved.KEPT)) {
      other.change("INSERT INTO mysql_servers (hostname) VALUES ('b')");
      other.change("SAVE MYSQL SERVERS TO DISK");
    }
    try (AdminPort port = open(AdminOptions.Saved.KEPT)) {
      Path saved = data().resolve("proxysql.db");
      Files.move(directory.resolve("other").resolve("proxysql.db"), saved,
          StandardCopyOption.REPLACE_EXISTING);
      port.change("PROXYSQL FLUSH CONFIGDB");
      assertThat(port.rows("SELECT hostname FROM disk.mysql_servers")).containsExactly("b");
      assertThat(port.rows("SELECT hostname FROM mysql_servers")).containsExactly("a");

      Files.delete(saved);
      Files.writeString(saved, "this is no database, and long enough to be looked at closely: "
          .repeat(20));
      assertThat(port.error("PROXYSQL FLUSH CONFIGDB")).contains("file is not a database");
      assertThat(port.rows("SELECT hostname FROM disk.mysql_servers")).containsExactly("b");
    }
  }

  @Test
  void aMistakeInTheFileLeavesTheNextStartAFirstOne() throws Exception {
    write("mysql_servers = (\n { address = \"a\", hostgroup = 1, port = 70000 } )");
    assertThatExceptionOfType(CnfException.class).isThrownBy(() -> open(AdminOptions.Saved.KEPT))
        .withMessage(file()
            + ":2: mysql_servers: CHECK constraint failed: port >= 0 AND port <= 65535");
    write("mysql_servers = ( { address = \"a\", hostgroup = 1 } )");

    try (AdminPort port = open(AdminOptions.Saved.KEPT)) {
      assertThat(servers(port)).containsExactly("a");
    }
  }

  @Test
  void aDatabaseOfAnotherVersionIsBroughtUpToDate() throws Exception {
    Files.createDirectories(data());
    try (Connection old = DriverManager
        .getConnection("jdbc:sqlite:" + data().resolve("proxysql.db"));
        Statement statement = old.createStatement()) {
      statement.execute(
          "CREATE TABLE global_variables (variable_name VARCHAR NOT NULL PRIMARY KEY, variable_value VARCHAR NOT NULL)");
      statement.execute(
          "INSERT INTO global_variables VALUES ('mysql-max_connections', '123'), ('mysql-gone', '1'), ('admin-web_enabled', 'true')");
      statement.execute(
          "CREATE TABLE mysql_users (username VARCHAR NOT NULL, password VARCHAR, active INT, default_hostgroup INT, frontend INT, backend INT, olden INT)");
      statement.execute("INSERT INTO mysql_users VALUES ('u', 'p', 1, 5, 1, 1, 9)");
    }

    try (AdminPort port = AdminPort.in(data(), null, AdminOptions.Saved.KEPT)) {
      assertThat(port.rows(
          "SELECT username, password, default_hostgroup, max_connections, attributes FROM disk.mysql_users"))
          .containsExactly("u|p|5|10000|");
      assertThat(port.rows("SELECT @@mysql-max_connections, @@admin-web_enabled"))
          .containsExactly("123|false");
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsAnError() throws Exception {
    Files.createDirectories(data());
    Files.writeString(data().resolve("proxysql.db"), "nonsense".repeat(1000));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> AdminPort.in(data(), null, AdminOptions.Saved.KEPT))
        .withMessageContaining("not a database");
  }

  @Test
  void aKillInTheMiddleOfSavingLeavesTheDatabaseWhole() throws Exception {
    for (int round = 0; round < 3; round++) {
      Process process = new ProcessBuilder(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
          "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-cp",
          System.getProperty("java.class.path"), SavingProcess.class.getName(), data().toString())
          .redirectError(ProcessBuilder.Redirect.DISCARD).start();
      try (BufferedReader out = new BufferedReader(
          new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (int saved = 0; saved < 3 + round; saved++) {
          assertThat(out.readLine()).isEqualTo("saved");
        }
      } finally {
        process.destroyForcibly();
      }
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

      try (AdminPort port = AdminPort.in(data(), null, AdminOptions.Saved.KEPT)) {
        // every save is of one weight; a half one would hold two
        assertThat(port.rows("SELECT COUNT(*), COUNT(DISTINCT weight) FROM disk.mysql_servers"))
            .containsExactly(SavingProcess.SERVERS + "|1");
      }
    }
  }
}
