package dev.weir.it;

import dev.weir.mysql.packet.Capabilities;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Batches in one command, and what else MariaDB's clients and servers agree on, through a pool of two connections. */
class MysqlBulkExecuteIT {
  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.inTempDir();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb).maxConnections(2)
      .set("server_version", "\"11.4.5-MariaDB\"");

  @BeforeAll
  static void whatTheServerCanIsKnown() throws SQLException {
    mariaDb.execute("create table t (id int primary key, v varchar(100), f double)",
        "create table j (doc json, u uuid)");
    try (Connection first = weir.connect()) {
      assertThat(has(first, Capabilities.MARIADB_BULK_OPERATIONS)).isFalse();
      assertThat(value(first, "SELECT 1")).isEqualTo("1"); // from here on the server is known
    }
  }

  @BeforeEach
  void empty() throws SQLException {
    mariaDb.execute("truncate table t");
  }

  private static boolean has(Connection connection, long capability) throws SQLException {
    return connection.unwrap(org.mariadb.jdbc.Connection.class).getContext()
        .hasClientCapability(capability);
  }

  private static Connection bulk(String... more) throws SQLException {
    List<String> options = new ArrayList<>(List.of("useBulkStmts=true", "useServerPrepStmts=true"));
    options.addAll(List.of(more));
    return weir.connect(options.toArray(String[]::new));
  }

  private static long bulks() throws SQLException {
    String found = mariaDb.query("SELECT variable_value FROM information_schema.global_status"
        + " WHERE variable_name = 'Com_stmt_execute'");
    return Long.parseLong(String.valueOf(found));
  }

  @ParameterizedTest
  @ValueSource(strings = {"useCompression=false", "useCompression=true", "disablePipeline=true"})
  void aBatchIsOneCommand(String option) throws SQLException {
    try (Connection client = bulk(option)) {
      assertThat(has(client, Capabilities.MARIADB_BULK_OPERATIONS)).isTrue();
      try (PreparedStatement insert = client
          .prepareStatement("INSERT INTO t VALUES (?, ?, ?)")) {
        for (int round = 0; round < 3; round++) {
          for (int i = 0; i < 1000; i++) {
            insert.setInt(1, round * 1000 + i);
            if (i % 7 == 0) {
              insert.setNull(2, Types.VARCHAR);
            } else {
              insert.setString(2, "v" + i);
            }
            insert.setDouble(3, i / 4.0);
            insert.addBatch();
          }
          long before = bulks();
          assertThat(insert.executeBatch()).hasSize(1000);
          assertThat(bulks() - before).as("commands").isLessThan(10);
        }
      }
      assertThat(value(client, "SELECT CONCAT_WS(' ', COUNT(*), COUNT(v), SUM(f)) FROM t"))
          .isEqualTo("3000 2571 374625");
    }
  }

  /** Statement ids and types are those of whichever connection of the pool it is. */
  @Test
  void clientsTakeTurnsOnTheConnections() throws SQLException {
    List<Connection> clients = new ArrayList<>();
    List<PreparedStatement> statements = new ArrayList<>();
    try {
      for (int c = 0; c < 4; c++) {
        Connection client = bulk();
        clients.add(client);
        statements.add(client.prepareStatement(
            c % 2 == 0
                ? "INSERT INTO t (id, v) VALUES (?, ?)"
                : "REPLACE INTO t (id, v) VALUES (?, ?)"));
      }
      for (int round = 0; round < 3; round++) {
        for (int c = 0; c < 4; c++) {
          PreparedStatement statement = statements.get(c);
          for (int i = 0; i < 20; i++) {
            statement.setInt(1, round * 1000 + c * 100 + i);
            if (round % 2 == 0) {
              statement.setString(2, "r" + round);
            } else {
              statement.setLong(2, round);
            }
            statement.addBatch();
          }
          assertThat(statement.executeBatch()).hasSize(20);
        }
      }
      assertThat(rows(clients.getFirst(), "SELECT v, COUNT(*) FROM t GROUP BY v ORDER BY v"))
          .containsExactly("1|80", "r0|80", "r2|80");
    } finally {
      for (Connection client : clients) {
        client.close();
      }
    }
  }

  @Test
  void anErrorInABatchIsTold() throws SQLException {
    try (Connection client = bulk();
        PreparedStatement insert = client.prepareStatement("INSERT INTO t (id) VALUES (?)")) {
      for (int id : new int[]{1, 2, 2, 3}) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      assertThatThrownBy(insert::executeBatch).isInstanceOfSatisfying(BatchUpdateException.class,
          e -> assertThat(e.getErrorCode()).isEqualTo(1062));
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }

  /** The driver sends the execution without waiting for the statement's id. */
  @Test
  void aStatementThatCannotBePreparedIsTold() throws SQLException {
    try (Connection client = bulk()) {
      for (int i = 0; i < 3; i++) {
        int n = i;
        assertThatThrownBy(() -> {
          try (PreparedStatement wrong = client
              .prepareStatement("INSERT INTO nowhere" + n + " VALUES (?)")) {
            wrong.setInt(1, 1);
            wrong.execute();
          }
        }).isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1146));
        try (PreparedStatement right = client.prepareStatement("SELECT ?, " + n)) {
          right.setInt(1, 7);
          try (ResultSet found = right.executeQuery()) {
            assertThat(rows(found)).containsExactly("7|" + n);
          }
        }
      }
    }
  }

  @Test
  void batchesOfManyMegabytesArrive() throws SQLException {
    mariaDb.execute("create table big (id int, v longtext)");
    try (Connection client = bulk();
        PreparedStatement insert = client.prepareStatement("INSERT INTO big VALUES (?, ?)")) {
      String text = "x".repeat(100_000);
      for (int i = 0; i < 300; i++) {
        insert.setInt(1, i);
        insert.setString(2, text);
        insert.addBatch();
      }
      insert.executeBatch();
      assertThat(value(client, "SELECT CONCAT(COUNT(*), ' ', SUM(LENGTH(v))) FROM big"))
          .isEqualTo("300 30000000");
    }
  }

  /** Definitions of columns say JSON and UUID to those who asked for it, in answers of ours too. */
  @Test
  void columnsHaveTheirExtendedTypes() throws SQLException {
    try (Connection client = bulk()) {
      assertThat(has(client, Capabilities.MARIADB_EXTENDED_METADATA)).isTrue();
      run(client, "INSERT INTO j VALUES ('[1]', '123e4567-e89b-12d3-a456-426614174000')");
      assertThat(rows(client, "SELECT * FROM j"))
          .containsExactly("[1]|123e4567-e89b-12d3-a456-426614174000");
      try (PreparedStatement select = client.prepareStatement("SELECT * FROM j WHERE ? = 1")) {
        select.setInt(1, 1);
        try (ResultSet found = select.executeQuery()) {
          assertThat(found.getMetaData().getColumnTypeName(1)).isEqualToIgnoringCase("json");
          assertThat(found.getMetaData().getColumnTypeName(2)).isEqualToIgnoringCase("uuid");
          assertThat(rows(found)).hasSize(1);
        }
      }
      assertThat(value(client, "SELECT CONNECTION_ID()")).isNotEmpty();
    }
  }

  /** Which definitions a client has, no server of a pool knows. */
  @Test
  void definitionsAreNeverLeftOut() throws SQLException {
    try (Connection client = bulk()) {
      assertThat(has(client, Capabilities.MARIADB_CACHE_METADATA)).isFalse();
    }
  }
}
