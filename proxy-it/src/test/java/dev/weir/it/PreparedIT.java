package dev.weir.it;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.RawClient.cstring;
import static dev.weir.it.RawClient.int32;
import static dev.weir.it.RawClient.message;
import static dev.weir.it.RawClient.query;
import static org.assertj.core.api.Assertions.assertThat;

/** Named statements outlive the server they were prepared on (PgBouncer's test_prepared.py). */
final class PreparedIT {
  private static final byte[] SYNC = message('S');
  private static final byte[] NONE = new byte[2];

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("max_prepared_statements", "100")
      .database("p0", "user=postgres password=${password}", "pool_size=1")
      .database("p2", "user=postgres password=${password}", "pool_size=2")
      .login("bob", "");

  private RawClient client() throws IOException {
    RawClient client = RawClient.connect(proxy);
    client.login("bob", "p0").readUntil('Z');
    return client;
  }

  private static byte[] parse(String name, String sql) {
    return message('P', cstring(name), cstring(sql), NONE);
  }

  private static byte[] run(String name) {
    return RawClient.concat(message('B', cstring(""), cstring(name), NONE, NONE, NONE),
        message('E', cstring(""), int32(0)));
  }

  private static byte[] describe(String name) {
    return message('D', new byte[]{'S'}, cstring(name));
  }

  private static byte[] close(String name) {
    return message('C', new byte[]{'S'}, cstring(name));
  }

  /** Tags up to ReadyForQuery. */
  private static String tags(RawClient client) throws IOException {
    StringBuilder tags = new StringBuilder();
    client.readUntil('Z').forEach(m -> tags.append(m.tag()));
    return tags.toString();
  }

  private String serverStatements(String database) throws Exception {
    try (Connection direct = proxy.connect("bob", "", database,
        Map.of("prepareThreshold", "0", "preferQueryMode", "simple"))) {
      return String.valueOf(Sql.value(direct, "select count(*) from pg_prepared_statements"));
    }
  }

  @Test
  void clientsShareAStatementOnAServer() throws Exception {
    try (RawClient one = client(); RawClient two = client()) {
      one.send(parse("a", "select 1"), run("a"), SYNC);
      assertThat(tags(one)).isEqualTo("12DCZ");
      two.send(parse("b", "select 1"), run("b"), SYNC);
      assertThat(tags(two)).isEqualTo("12DCZ");
      assertThat(serverStatements("p0")).isEqualTo("1");
    }
  }

  @Test
  void theDriversStatementsWorkOnEveryServer() throws Exception {
    List<Connection> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        clients.add(proxy.connect("bob", "", "p2", Map.of("prepareThreshold", "1")));
      }
      List<PreparedStatement> statements = new ArrayList<>();
      for (Connection client : clients) {
        statements.add(client.prepareStatement("select ? + 1"));
      }
      for (int round = 0; round < 20; round++) {
        try (Connection blocker = proxy.connect("bob", "", "p2")) {
          blocker.setAutoCommit(false);
          Sql.run(blocker, "select 1"); // takes one of the servers, another one each time
          for (PreparedStatement statement : statements) {
            statement.setInt(1, round);
            try (ResultSet rows = statement.executeQuery()) {
              assertThat(rows.next()).isTrue();
              assertThat(rows.getInt(1)).isEqualTo(round + 1);
            }
          }
          blocker.rollback();
        }
      }
    } finally {
      for (Connection client : clients) {
        client.close();
      }
    }
  }

  @Test
  void deallocateAllClearsThisClientOnly() throws Exception {
    try (RawClient one = client(); RawClient two = client()) {
      one.send(parse("a", "select 1"), SYNC);
      tags(one);
      two.send(parse("a", "select 1"), SYNC);
      tags(two);
      one.send(query("deallocate all"));
      assertThat(tags(one)).isEqualTo("CZ");
      two.send(run("a"), SYNC);
      assertThat(tags(two)).isEqualTo("2DCZ");
      one.send(run("a"), SYNC);
      assertThat(one.readRefusal()).isEqualTo("prepared statement did not exist");
    }
  }

  @Test
  void describeOfAnUnknownStatementClosesTheClient() throws Exception {
    try (RawClient client = client()) {
      client.send(describe("nothing"), SYNC);
      assertThat(client.readRefusal()).isEqualTo("prepared statement did not exist");
    }
  }

  @Test
  void aNameCannotBeUsedTwice() throws Exception {
    try (RawClient client = client()) {
      client.send(parse("a", "select 1"), SYNC);
      tags(client);
      client.send(parse("a", "select 2"), SYNC);
      assertThat(client.readRefusal()).isEqualTo("prepared statement name is already in use");
    }
    proxy.awaitLog("prepared statement 'a' was already prepared", 1);
  }

  @Test
  void closeWorksTwiceAndFreesTheName() throws Exception {
    try (RawClient client = client()) {
      client.send(parse("a", "select 1"), SYNC);
      tags(client);
      client.send(close("a"), SYNC);
      assertThat(tags(client)).isEqualTo("3Z");
      client.send(close("a"), SYNC);
      assertThat(tags(client)).isEqualTo("3Z");
      client.send(parse("a", "select 1, 2"), describe("a"), run("a"), SYNC);
      assertThat(tags(client)).isEqualTo("1tT2DCZ");
    }
  }

  @Test
  void aFailedParseMayBeTriedAgainUnderTheSameText() throws Exception {
    postgres.execute("drop table if exists late");
    try (RawClient client = client()) {
      client.send(parse("a", "select * from late"), SYNC);
      assertThat(tags(client)).isEqualTo("EZ");
      postgres.execute("create table late (x int)");
      client.send(parse("a", "select * from late"), run("a"), SYNC);
      assertThat(tags(client)).isEqualTo("12CZ");
    }
  }

  @Test
  void twoFailingParsesOfOneTextInAPipelineFailTwice() throws Exception {
    try (RawClient client = client()) {
      client.send(parse("a", "select * from nowhere"), SYNC, parse("b", "select * from nowhere"),
          SYNC, parse("c", "select 1"), run("c"), SYNC);
      assertThat(tags(client)).isEqualTo("EZ");
      assertThat(tags(client)).isEqualTo("EZ");
      assertThat(tags(client)).isEqualTo("12DCZ");
    }
  }

  @Test
  void theOldestStatementMakesRoom() throws Exception {
    proxy.set("max_prepared_statements", "2").reload();
    try (RawClient client = client()) {
      for (int i = 0; i < 5; i++) {
        client.send(parse("s" + i, "select " + i), SYNC);
        assertThat(tags(client)).isEqualTo("1Z");
      }
      assertThat(serverStatements("p0")).isEqualTo("2");
      client.send(run("s0"), run("s1"), run("s2"), run("s0"), SYNC);
      assertThat(tags(client)).as("all are still the client's").isEqualTo("2DC2DC2DC2DCZ");
      assertThat(serverStatements("p0")).isEqualTo("2");
    }
  }

  @Test
  void anEvictionInAFailedPipelineIsUndone() throws Exception {
    proxy.set("max_prepared_statements", "1").reload();
    try (RawClient client = client()) {
      client.send(parse("a", "select 1"), SYNC);
      tags(client);
      client.send(parse("", "select bad syntax from"), parse("b", "select 2"), run("a"), SYNC);
      assertThat(tags(client)).isEqualTo("EZ");
      client.send(run("a"), SYNC);
      assertThat(tags(client)).isEqualTo("2DCZ");
      client.send(parse("b", "select 2"), run("b"), SYNC);
      assertThat(tags(client)).isEqualTo("12DCZ");
    }
  }

  @Test
  void longNamesAndTextsArePassedWhole() throws Exception {
    String name = "n".repeat(16_000);
    String text = "x".repeat(1_000_000);
    try (RawClient client = client()) {
      client.send(parse(name, "select length('" + text + "')"), describe(name), run(name),
          close(name), SYNC);
      assertThat(tags(client)).isEqualTo("1tT2DC3Z");
    }
  }

  @Test
  void theServerIsKeptUntilTheLastSyncOfAPipeline() throws Exception {
    try (RawClient client = client(); RawClient other = client()) {
      client.send(parse("", "select pg_sleep(0.2)"), run(""), SYNC, parse("", "select 2"), run(""));
      assertThat(tags(client)).isEqualTo("12DCZ");
      other.send(query("select 1"));
      proxy.awaitShow("POOLS", rows -> WeirServer.where(rows, "database", "p0").stream()
          .anyMatch(r -> "1".equals(r.get("cl_waiting"))));
      client.send(SYNC);
      assertThat(tags(client)).isEqualTo("12DCZ");
      assertThat(tags(other)).isEqualTo("TDCZ");
    }
  }
}
