package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Cancel requests reach the query they are for, and no other. */
final class CancelIT {
  private static final String CANCELED = "57014";
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("default_pool_size", "5")
      .database("p0", "user=postgres password=${password}")
      .login("bob", "");

  private Connection bob() throws SQLException {
    return proxy.connect("bob", "", "p0");
  }

  @Test
  void fiveOfFiveBusyServersAreCanceled() throws Exception {
    List<Connection> clients = new ArrayList<>();
    List<Background> queries = new ArrayList<>();
    List<Statement> statements = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Connection client = bob();
      clients.add(client);
      Statement statement = client.createStatement();
      statements.add(statement);
      queries.add(Background.start(() -> {
        try {
          statement.execute("select pg_sleep(60)");
          throw new AssertionError("was not canceled");
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo(CANCELED);
        }
      }));
    }
    proxy.awaitShow("POOLS",
        rows -> "5".equals(WeirServer.cell(rows, "database", "p0", "sv_active")));
    for (Statement statement : statements) {
      statement.cancel();
    }
    for (Background query : queries) {
      query.await();
    }
    for (Connection client : clients) {
      assertThat(Sql.value(client, "select 'alive'")).isEqualTo("alive");
      client.close();
    }
  }

  @Test
  void aLateCancelNeverHitsTheNextClientOfTheServer() throws Exception {
    proxy.set("default_pool_size", "1").reload();
    try (Connection canceling = bob(); Connection other = bob()) {
      Background work = Background.start(() -> {
        for (int i = 0; i < 300; i++) {
          assertThat(Sql.value(other, "select pg_sleep(0.001)::text || 'x'")).isEqualTo("x");
        }
      });
      while (!work.over()) {
        try (Statement statement = canceling.createStatement()) {
          Background cancel = Background.start(statement::cancel);
          try {
            statement.execute("select 1");
          } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo(CANCELED); // hit itself: as on a connection of its own
          }
          cancel.await();
        }
      }
      work.await();
    }
  }

  @Test
  void whoWaitsIsNotCanceledUnlessThatIsWanted() throws Exception {
    proxy.set("default_pool_size", "1").weir("cancel_queued", "1").reload();
    try (Connection holds = bob(); Connection waits = bob()) {
      holds.setAutoCommit(false);
      Sql.run(holds, "select 1");
      Statement statement = waits.createStatement();
      Background query = Background.start(() -> {
        try {
          statement.execute("select 1");
          throw new AssertionError("was not canceled");
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo(CANCELED);
        }
      });
      proxy.awaitShow("POOLS",
          rows -> "1".equals(WeirServer.cell(rows, "database", "p0", "cl_waiting")));
      statement.cancel();
      query.await();
      holds.commit();
      assertThat(Sql.value(waits, "select 'alive'")).isEqualTo("alive");
    }
  }
}
