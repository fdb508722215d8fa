package dev.weir.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Reads wait until a server has what the session wrote. The server is a real one and reports its transactions itself;
 * what its replicas have executed a daemon says that the test leads.
 */
class MysqlCausalReadsIT {
  private static final String READ = "SELECT COUNT(*) AS fresh FROM t";

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir()
      .set("log-bin", "binlog").set("server-id", "21");
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb)
      .set("default_session_track_gtids", "\"OWN_GTID\"")
      .set("binlog_reader_connect_retry_msec", "200")
      .set("connect_timeout_server_max", "2000");

  private static ServerSocket daemon;
  private static Socket told;

  @BeforeAll
  static void hostgroups() throws Exception {
    daemon = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    daemon.setSoTimeout((int) WeirServer.PATIENCE.toMillis());
    mariaDb.execute("create table t (v varchar(100))");
    weir.configure(
        "INSERT INTO mysql_servers (hostgroup_id, hostname, port, gtid_port) VALUES (1, '127.0.0.1', "
            + mariaDb.port() + ", " + daemon.getLocalPort() + ")",
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, destination_hostgroup,"
            + " gtid_from_hostgroup, apply) VALUES (1, 1, 'fresh', 1, 0, 1)",
        "INSERT INTO mysql_query_rules (rule_id, active, match_pattern, destination_hostgroup, apply)"
            + " VALUES (2, 1, 'named', 1, 1)",
        "LOAD MYSQL SERVERS TO RUNTIME", "LOAD MYSQL QUERY RULES TO RUNTIME");
    told = daemon.accept();
    say("ST=\n");
  }

  @AfterAll
  static void end() throws IOException {
    told.close();
    daemon.close();
  }

  private static void say(String text) throws IOException {
    told.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    told.getOutputStream().flush();
  }

  /** The replica has executed what the server has. */
  private static void replicate() throws SQLException, IOException {
    say("I3=0:1-" + lastTransaction() + "\n");
  }

  /** The number of the last transaction in domain 0. */
  private static String lastTransaction() throws SQLException {
    String position = Objects.requireNonNull(mariaDb.query("SELECT @@gtid_binlog_pos"));
    return position.substring(position.lastIndexOf('-') + 1);
  }

  @Test
  void aReadWaitsForWhatItsSessionWrote() throws Exception {
    try (Connection writer = weir.connect();
        Connection other = weir.connect();
        Connection admin = weir.admin()) {
      run(writer, "INSERT INTO t VALUES ('a')");
      assertThat(value(other, READ)).isNotNull(); // has written nothing and need not wait
      Background read = Background.start(() -> assertThat(value(writer, READ)).isEqualTo("1"));
      WeirServer.await("the wait", () -> "1".equals(value(admin,
          "SELECT COUNT(*) FROM stats_mysql_processlist WHERE command = 'Connect'")));
      assertThat(read.over()).isFalse();
      replicate();
      read.await();
      assertThat(value(writer, READ)).isEqualTo("1");
      assertThat(value(admin,
          "SELECT Queries_GTID_sync FROM stats_mysql_connection_pool WHERE hostgroup = 1"))
          .isNotEqualTo("0");
      assertThat(rows(admin, "SELECT port, gtid_executed FROM stats_mysql_gtid_executed"))
          .containsExactly(mariaDb.port() + "|0:1-"
              + lastTransaction());
      run(writer, "DELETE FROM t");
      replicate();
      assertThatTheNextWriteIsWaitedForTooAndNotForEver(writer);
    }
  }

  private static void assertThatTheNextWriteIsWaitedForTooAndNotForEver(Connection writer)
      throws SQLException {
    run(writer, "INSERT INTO t VALUES ('b')");
    assertThatThrownBy(() -> value(writer, READ)).isInstanceOfSatisfying(SQLException.class,
        e -> assertThat(e.getErrorCode()).isEqualTo(9001));
    assertThat(value(writer, "SELECT COUNT(*) FROM t")).isEqualTo("1");
    run(writer, "DELETE FROM t");
  }

  @Test
  void anAnnotationNamesWhatIsWaitedFor() throws Exception {
    replicate();
    String far = "/* min_gtid=0-21-999999 */ SELECT 1 AS named";
    try (Connection client = weir.connect()) {
      assertThatThrownBy(() -> value(client, far)).isInstanceOfSatisfying(SQLException.class,
          e -> assertThat(e.getErrorCode()).isEqualTo(9001));
      assertThat(value(client, "/* min_gtid=0-21-1 */ SELECT 2 AS named")).isEqualTo("2");
    }
  }
}
