package dev.weir.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static org.assertj.core.api.Assertions.assertThat;

/** Who reads a binary log, through the proxy: mariadb-binlog, and a MariaDB as replica. */
class MysqlReplicasIT {
  private static final Path TOOL = Path.of("/usr/bin/mariadb-binlog");

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir()
      .set("log-bin", "binlog").set("server-id", "11").set("binlog-format", "STATEMENT")
      .set("version", "10.11.6-MariaDB-log"); // the installed tool reads no newer one
  @RegisterExtension static final MariaDbServer replica = MariaDbServer.inTempDir()
      .set("server-id", "12").set("skip-slave-start", "");
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  @BeforeAll
  static void rights() throws SQLException {
    mariaDb.execute("grant replication slave, replication client on *.* to " + weir.user(),
        "create table t (id int primary key auto_increment, v varchar(100))");
  }

  private static List<String> readFrom(int port, String... more) throws SQLException {
    List<String> arguments = new ArrayList<>(List.of("--read-from-remote-server",
        "--host=127.0.0.1", "--port=" + port, "--user=" + weir.user(),
        "--password=" + MysqlWeir.PASSWORD, "--skip-ssl", "--short-form"));
    arguments.addAll(List.of(more));
    arguments.add(logFile());
    return arguments;
  }

  private static String logFile() throws SQLException {
    return Objects.requireNonNull(mariaDb.query("SHOW MASTER STATUS"));
  }

  @Test
  void theToolReadsTheSameAsWithoutAProxy() throws Exception {
    for (int i = 0; i < 200; i++) {
      mariaDb.execute("insert into t (v) values ('row " + i + "')");
    }
    TestTools.Result through = TestTools.run("mariadb-binlog", readFrom(weir.port()), Map.of());
    TestTools.Result direct = TestTools.run("mariadb-binlog", readFrom(mariaDb.port()), Map.of());
    assertThat(through.succeeded()).isEqualTo(direct.succeeded()).contains("'row 0'", "'row 199'");
    weir.awaitNothingInUse();
    assertThat(dumps()).isEqualTo("0");
  }

  private static @Nullable String dumps() throws SQLException {
    return mariaDb
        .query("SELECT COUNT(*) FROM information_schema.processlist WHERE COMMAND = 'Binlog Dump'");
  }

  @Test
  void theToolFollowsTheLogUntilItIsStopped() throws Exception {
    Assumptions.assumeTrue(Files.exists(TOOL), () -> TOOL + " is not installed");
    Path out = Files.createTempFile("weir-it", ".binlog");
    List<String> command = new ArrayList<>(List.of(TOOL.toString()));
    command.addAll(readFrom(weir.port(), "--stop-never", "--stop-never-slave-server-id=99"));
    Process tool = new ProcessBuilder(command).redirectOutput(out.toFile())
        .redirectErrorStream(true).start();
    try (Connection admin = weir.admin()) {
      WeirServer.await("the stream", () -> "1".equals(dumps()));
      assertThat(rows(admin, "SELECT user, command FROM stats_mysql_processlist"))
          .containsExactly(weir.user() + "|Fast forward");
      mariaDb.execute("insert into t (v) values ('while it reads')");
      WeirServer.await("the statement", () -> Files.readString(out).contains("while it reads"));
    } finally {
      tool.destroyForcibly().waitFor();
      Files.delete(out);
    }
    WeirServer.await("the server's end", () -> "0".equals(dumps()));
    weir.awaitNothingInUse();
  }

  @Test
  void aReplicaFollows() throws Exception {
    replica.execute("CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + weir.port()
        + ", MASTER_USER='" + weir.user() + "', MASTER_PASSWORD='"
        + MysqlWeir.PASSWORD.replace("'", "''") + "', MASTER_SSL=0, MASTER_USE_GTID=slave_pos",
        "START SLAVE");
    try {
      mariaDb.execute("create database followed", "create table followed.f (n int)",
          "insert into followed.f values (1), (2), (3)");
      WeirServer.await("the rows", () -> copied());
      weirTakesTheStreamAway();
      mariaDb.execute("insert into followed.f values (4)");
      WeirServer.await("the row after a new connection", () -> "4"
          .equals(replica.query("SELECT COUNT(*) FROM followed.f")));
    } finally {
      replica.execute("STOP SLAVE");
    }
    weir.awaitNothingInUse();
  }

  private static boolean copied() {
    try {
      return "3".equals(replica.query("SELECT COUNT(*) FROM followed.f"));
    } catch (SQLException _) {
      return false; // not there yet
    }
  }

  private static void weirTakesTheStreamAway() throws SQLException {
    replica.execute("STOP SLAVE");
    replica.execute("START SLAVE");
  }
}
