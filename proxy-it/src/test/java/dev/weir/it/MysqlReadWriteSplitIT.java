package dev.weir.it;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;

/** Two servers, told apart by read_only: who writes and who reads is found out, and reads go to readers only when told. */
class MysqlReadWriteSplitIT {
  private static final String READ = "SELECT variable_value FROM information_schema.global_variables"
      + " WHERE variable_name = 'PORT'";

  @RegisterExtension static final MariaDbServer writer = MariaDbServer.inTempDir();
  @RegisterExtension static final MariaDbServer reader = MariaDbServer.inTempDir();
  @RegisterExtension static final DeclaredWeir weir = DeclaredWeir.of(writer,
      MysqlReadWriteSplitIT::lines).and(reader).set("mysql_monitor_user = watch");

  private static List<String> lines() throws SQLException {
    for (MariaDbServer server : List.of(writer, reader)) {
      server.execute("create or replace user declared identified by 'it''s a secret'",
          "create or replace user watch identified by 'watch'",
          "grant all on " + server.database() + ".* to declared",
          "create table if not exists t (id int primary key auto_increment)");
    }
    reader.execute("set global read_only=1");
    String both = "host=127.0.0.1:" + writer.port() + ",127.0.0.1:" + reader.port() + " dbname="
        + writer.database() + " topology=replication";
    return List.of("split = " + both + " read_write_split=on", "whole = " + both);
  }

  private static Connection connect(String database, String... options) throws SQLException {
    try (Connection console = weir.console()) {
      WeirServer.await("the writer is known", () -> rows(console,
          "SELECT port FROM runtime_mysql_servers WHERE hostgroup_id IN (2000000000, 2000000004)"
              + " AND status = 'ONLINE'")
          .equals(
              List.of(Integer.toString(writer.port()), Integer.toString(writer.port()))));
    }
    return weir.connect(database, options);
  }

  private static @Nullable String port(Connection client) throws SQLException {
    return value(client, READ);
  }

  @Test
  void readsGoToTheReaderAndTransactionsToTheWriter() throws SQLException {
    String there = Integer.toString(reader.port());
    String here = Integer.toString(writer.port());
    try (Connection client = connect("split")) {
      assertThat(port(client)).isEqualTo(there);
      run(client, "INSERT INTO t VALUES ()");
      assertThat(port(client)).isEqualTo(there);
      assertThat(value(client, READ + " FOR UPDATE")).as("it locks").isEqualTo(here);
      run(client, "BEGIN");
      assertThat(port(client)).isEqualTo(here);
      run(client, "COMMIT");
      client.setAutoCommit(false);
      assertThat(port(client)).isEqualTo(here);
      client.commit();
      client.setAutoCommit(true);
      assertThat(port(client)).isEqualTo(there);
    }
  }

  @Test
  void preparedReadsGoToTheReaderToo() throws SQLException {
    try (Connection client = connect("split", "useServerPrepStmts=true");
        PreparedStatement read = client.prepareStatement(READ + " AND ? = 1")) {
      for (int i = 0; i < 3; i++) {
        read.setInt(1, 1);
        try (ResultSet found = read.executeQuery()) {
          assertThat(rows(found)).containsExactly(Integer.toString(reader.port()));
        }
      }
    }
  }

  @Test
  void withoutTheSwitchAllGoesToTheWriter() throws SQLException {
    try (Connection client = connect("whole")) {
      assertThat(port(client)).isEqualTo(Integer.toString(writer.port()));
    }
  }

  @Test
  void aReloadKeepsTheRolesThatWereFound() throws Exception {
    try (Connection client = connect("whole"); Connection console = weir.console()) {
      String thread = value(client, "SELECT @@pseudo_thread_id");
      weir.restore();
      assertThat(value(client, "SELECT @@pseudo_thread_id")).isEqualTo(thread);
      assertThat(rows(console, "SELECT port FROM runtime_mysql_servers"
          + " WHERE hostgroup_id = 2000000004")).containsExactly(Integer.toString(writer.port()));
      assertThat(rows(console, "SELECT writer_hostgroup, reader_hostgroup, comment"
          + " FROM runtime_mysql_replication_hostgroups ORDER BY 1"))
          .containsExactly("2000000000|2000000002|[mysql_databases] split",
              "2000000004|2000000006|[mysql_databases] whole");
    }
  }

  @Test
  void withoutAReaderTheWriterReads() throws Exception {
    try (Connection client = connect("split")) {
      reader.execute("set global read_only=0");
      try (Connection console = weir.console()) {
        WeirServer.await("both write", () -> rows(console, "SELECT port FROM runtime_mysql_servers"
            + " WHERE hostgroup_id = 2000000000 AND status = 'ONLINE'").size() == 2);
      }
      assertThat(port(client)).isIn(Integer.toString(writer.port()),
          Integer.toString(reader.port()));
    } finally {
      reader.execute("set global read_only=1");
    }
  }
}
