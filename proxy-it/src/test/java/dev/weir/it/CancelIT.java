package dev.weir.it;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Cancel requests reach the query they are for, and no other. */
final class CancelIT {
  private static final String CANCELED = "57014";
  private static final int CANCEL_REQUEST = 80_877_102;
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

  @Test
  void aBurstOfCancelsHitsItsOwnClientOnly() throws Exception {
    proxy.set("default_pool_size", "1").reload();
    try (RawClient target = RawClient.connect(proxy); Connection next = bob()) {
      byte[] cancel = cancelOf(target.login("bob", "p0").readUntil('Z'));
      for (int round = 0; round < 10; round++) {
        target.send(RawClient.query("select pg_sleep(0.005)"));
        List<Background> cancels = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          cancels.add(Background.start(() -> request(cancel)));
        }
        assertThat(Sql.value(next, "select 'mine' from pg_sleep(0.02)")).isEqualTo("mine");
        for (Background one : cancels) {
          one.await();
        }
        target.readUntil('Z');
      }
    }
  }

  /** Two connections are twice the pool's size: a second request waits until the first one's is through. */
  @Test
  void aRequestBeyondTwiceThePoolGoesOutAsSoonAsThereIsRoom() throws Exception {
    CountDownLatch firstMayEnd = new CountDownLatch(1);
    CountDownLatch secondArrived = new CountDownLatch(1);
    FakePostgres.Script busy = wire -> {
      wire.login();
      wire.receive('Q');
      await(secondArrived);
      wire.send(FakePostgres.error("SERROR", "C57014", "Mcanceled"), FakePostgres.READY);
      wire.serve();
    };
    FakePostgres.Script slowCancel = wire -> {
      wire.startup(); // the cancel request has its shape
      await(firstMayEnd);
    };
    FakePostgres.Script quickCancel = wire -> {
      wire.startup();
      secondArrived.countDown();
    };
    try (FakePostgres fake = new FakePostgres(busy, slowCancel, quickCancel)) {
      proxy.databaseLine("slow", "host=127.0.0.1 pool_size=1 port=" + fake.port()).reload();
      try (RawClient client = RawClient.connect(proxy)) {
        byte[] cancel = cancelOf(client.login("bob", "slow").readUntil('Z'));
        client.send(RawClient.query("select 1"));
        proxy.awaitShow("SERVERS", rows -> !WeirServer.where(rows, "state", "active").isEmpty());
        Background first = Background.start(() -> request(cancel));
        proxy.awaitShow("POOLS",
            rows -> "1".equals(
                WeirServer.cell(rows, "database", "slow", "cl_active_cancel_req")));
        Background second = Background.start(() -> request(cancel));
        proxy.awaitShow("POOLS",
            rows -> "1".equals(
                WeirServer.cell(rows, "database", "slow", "cl_waiting_cancel_req")));
        assertThat(secondArrived.getCount()).isEqualTo(1);
        firstMayEnd.countDown();
        first.await();
        second.await();
        assertThat(client.readUntil('Z').getFirst().field('C')).isEqualTo(CANCELED);
      }
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(WeirServer.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("nothing came");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** The request with the key that a client was greeted with. */
  private static byte[] cancelOf(List<RawClient.Message> greeting) {
    byte[] key = greeting.stream().filter(m -> m.tag() == 'K').findFirst().orElseThrow().body();
    return RawClient.withLength(RawClient.concat(RawClient.int32(CANCEL_REQUEST), key));
  }

  /** Returns when the proxy has dealt with it. */
  private void request(byte[] cancel) throws IOException {
    try (RawClient requester = RawClient.connect(proxy)) {
      assertThat(requester.send(cancel).readAll()).isEmpty();
    }
  }
}
