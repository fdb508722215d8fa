package dev.weir.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(strings = {"deallocate all", "discard all"})
  void forgettingAllConcernsThisClientOnly(String sql) throws Exception {
    try (RawClient one = client(); RawClient two = client()) {
      one.send(parse("a", "select 1"), SYNC);
      tags(one);
      two.send(parse("a", "select 1"), SYNC);
      tags(two);
      one.send(query(sql));
      assertThat(tags(one).replace("S", "")).isEqualTo("CZ");
      two.send(run("a"), SYNC);
      assertThat(tags(two)).isEqualTo("2DCZ");
      one.send(parse("a", "select 1, 2"), run("a"), SYNC);
      assertThat(tags(one)).as("the name is free").isEqualTo("12DCZ");
      one.send(query(sql));
      assertThat(tags(one).replace("S", "")).isEqualTo("CZ");
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
      client.send(close("a"), SYNC);
      assertThat(tags(client)).isEqualTo("3Z");
      client.send(run("a"), SYNC);
      assertThat(client.readRefusal()).isEqualTo("prepared statement did not exist");
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

  // --- sizes: nothing depends on where a buffer ends ---

  /** The first column of each row up to ReadyForQuery. */
  private static List<String> values(RawClient client) throws IOException {
    List<String> values = new ArrayList<>();
    for (RawClient.Message m : client.readUntil('Z')) {
      if (m.tag() == 'D') {
        values.add(new String(m.body(), 6, m.intAt(2), StandardCharsets.UTF_8));
      }
      assertThat(m.tag()).as(m.toString()).isNotEqualTo('E');
    }
    return values;
  }

  /** Around PgBouncer's pkt_buf of 4096 bytes and its fourfold, and around the pieces in which we read. */
  @ParameterizedTest
  @ValueSource(ints = {2040, 4090, 4096, 8192, 16_380, 16_390, 65_530, 70_000, 3_000_000})
  void textsAndValuesOfEverySizeArePassedWhole(int size) throws Exception {
    String text = "x".repeat(size);
    try (RawClient client = client()) {
      client.send(parse("long", "select '" + text + "'"), run("long"),
          parse("param", "select $1::text"), run("param", text), SYNC);
      assertThat(values(client)).containsExactly(text, text);
      for (int i = 0; i < 20; i++) { // each behind the one before, without waiting
        client.send(parse("n" + i, "select '" + text.substring(0, Math.min(size, 9000)) + i + "'"),
            run("n" + i));
      }
      client.send(SYNC);
      List<String> got = values(client);
      assertThat(got).hasSize(20);
      assertThat(got.getLast()).endsWith("x19");
    }
  }

  private static byte[] run(String name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return RawClient.concat(
        message('B', cstring(""), cstring(name), NONE, new byte[]{0, 1}, int32(bytes.length), bytes,
            NONE),
        message('E', cstring(""), int32(0)));
  }

  @Test
  void messagesMayComeInAnyPieces() throws Exception {
    byte[] all = RawClient.concat(parse("a", "select '" + "y".repeat(300) + "'"), describe("a"),
        run("a"), close("a"), SYNC);
    try (RawClient client = client()) {
      for (int piece = 1; piece < 40; piece += 3) {
        for (int at = 0; at < all.length; at += piece) {
          client.send(java.util.Arrays.copyOfRange(all, at, Math.min(all.length, at + piece)));
        }
        assertThat(tags(client)).isEqualTo("1tT2DC3Z");
      }
    }
  }

  @Test
  void parametersAreSetBeforeALongParse() throws Exception {
    String text = "z".repeat(100_000);
    try (RawClient one = RawClient.connect(proxy); RawClient two = client()) {
      one.send(RawClient.startup(RawClient.V3_0, "user", "bob", "database", "p0",
          "application_name", "mine")).readUntil('Z');
      for (int i = 0; i < 3; i++) {
        two.send(query("set application_name = 'theirs'"));
        two.readUntil('Z');
        one.send(parse("", "select current_setting('application_name') /* " + text + " */"),
            run(""), SYNC);
        assertThat(values(one)).containsExactly("mine");
        one.send(parse("n" + i, "select current_setting('application_name'), '" + text + i + "'"),
            run("n" + i), SYNC);
        assertThat(values(one)).containsExactly("mine");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(chars = {'P', 'D', 'C'})
  void aMessageThatMustBeWholeHasALimit(char tag) throws Exception {
    try (RawClient client = client()) {
      client.send(new byte[]{(byte) tag}, int32((64 << 20) + 100),
          tag == 'P' ? new byte[]{'a'} : new byte[]{'S', 'a'});
      assertThat(client.readRefusal()).isEqualTo("broken "
          + switch (tag) {
            case 'P' -> "Parse";
            case 'D' -> "Describe";
            default -> "Close";
          } + " packet");
    }
  }

  // --- the server's cache ---

  @Test
  void theNumberOfStatementsFollowsTheSetting() throws Exception {
    try (RawClient client = client(); Console console = proxy.console()) {
      console.run("SET max_prepared_statements = 1");
      prepare(client, 0, 3);
      assertThat(serverStatements("p0")).isEqualTo("1");
      console.run("SET max_prepared_statements = 5");
      prepare(client, 3, 10);
      assertThat(serverStatements("p0")).isEqualTo("5");
      console.run("SET max_prepared_statements = 2");
      assertThat(serverStatements("p0")).as("until the next is prepared").isEqualTo("5");
      prepare(client, 10, 11);
      assertThat(serverStatements("p0")).isEqualTo("2");
      console.run("SET max_prepared_statements = 0");
      client.send(parse("as_it_is", "select 7"), run("as_it_is"), SYNC);
      assertThat(values(client)).containsExactly("7");
      client.send(query("select string_agg(name, ' ' order by name) from pg_prepared_statements"));
      assertThat(values(client)).hasSize(1).first().asString()
          .matches("PGBOUNCER_\\d+ PGBOUNCER_\\d+ as_it_is");
      client.send(query("deallocate all"));
      tags(client);
    }
  }

  private static void prepare(RawClient client, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      client.send(parse("s" + i, "select " + i), run("s" + i), SYNC);
      assertThat(values(client)).containsExactly(Integer.toString(i));
    }
  }

  @Test
  void statisticsCountWhatClientsAndServersPrepare() throws Exception {
    try (RawClient client = client()) {
      client.send(parse("a", "select 1"), run("a"), run("a"), SYNC);
      client.readUntil('Z');
      client.send(parse("b", "select 2"), run("b"), run("b"), run("a"), SYNC);
      client.readUntil('Z');
      assertThat(counters()).isEqualTo("2 2 5");
      client.send(parse("c", "select 1"), SYNC);
      client.readUntil('Z');
      assertThat(counters()).as("one more of a client's, known to the server").isEqualTo("3 2 5");
    }
  }

  @Test
  void statisticsCountNothingWhenStatementsAreNotOurs() throws Exception {
    proxy.set("max_prepared_statements", "0").reload();
    try (RawClient client = client()) {
      client.send(parse("a", "select 1"), run("a"), close("a"), SYNC);
      assertThat(tags(client)).isEqualTo("12DC3Z");
      assertThat(counters()).isEqualTo("0 0 0");
    }
  }

  private String counters() throws Exception {
    Map<String, String> row = WeirServer.where(proxy.show("STATS"), "database", "p0").getFirst();
    return row.get("total_client_parse_count") + " " + row.get("total_server_parse_count") + " "
        + row.get("total_bind_count");
  }

  // --- pipelines ---

  @Test
  void anErrorClearsThePipelineUpToASyncThatComesLater() throws Exception {
    try (RawClient client = client(); RawClient other = client()) {
      client.send(parse("bad", "select nonsense"), parse("good", "select 2"), run("good"),
          message('H'));
      client.readUntil('E');
      other.send(query("select 3"));
      client.send(run("bad"), run("good"));
      client.send(SYNC);
      assertThat(tags(client)).isEqualTo("Z");
      assertThat(values(other)).containsExactly("3");
      client.send(parse("good", "select 2"), run("good"), SYNC);
      assertThat(values(client)).containsExactly("2");
    }
  }

  @Test
  void aPipelineIsSentOnWithoutWaitingForAnswers() throws Exception {
    int statements = 7;
    try (FakePostgres patient = new FakePostgres(w -> {
      w.login();
      byte[] answers = {};
      for (int i = 0; i < statements; i++) {
        w.receive('S');
        answers = RawClient.concat(answers, message('1'), message('2'),
            message('C', cstring("SELECT 0")), FakePostgres.READY);
      }
      w.send(answers); // only now that all has come
      w.serve();
    })) {
      proxy.databaseLine("fake", "host=127.0.0.1 port=" + patient.port() + " user=postgres")
          .reload();
      try (RawClient client = RawClient.connect(proxy)) {
        client.login("bob", "fake").readUntil('Z');
        for (int i = 0; i < statements; i++) {
          client.send(parse("s" + i, "select " + i), run("s" + i), SYNC);
        }
        for (int i = 0; i < statements; i++) {
          assertThat(tags(client)).isEqualTo("12CZ");
        }
      }
    }
  }

  @Test
  void anyMixOfStatementsAnswersInOrder() throws Exception {
    proxy.set("max_prepared_statements", "4").reload();
    List<Background> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int seed = i;
      clients.add(Background.start(() -> mix(new Random(seed))));
    }
    for (Background client : clients) {
      client.await();
    }
  }

  private void mix(Random random) throws IOException {
    Map<String, Integer> mine = new HashMap<>();
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("bob", "p2").readUntil('Z');
      for (int round = 0; round < 60; round++) {
        List<byte[]> pipeline = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int step = 0; step < 1 + random.nextInt(12); step++) {
          int number = random.nextInt(10);
          String name = "s" + random.nextInt(12);
          Integer known = mine.get(name);
          if (random.nextInt(4) == 0) {
            pipeline.add(parse("", "select " + number));
            pipeline.add(run(""));
            expected.add(Integer.toString(number));
          } else if (known == null) {
            pipeline.add(parse(name, "select " + number + " /* shared by all */"));
            mine.put(name, number);
          } else if (random.nextInt(5) == 0) {
            pipeline.add(close(name));
            mine.remove(name);
          } else {
            pipeline.add(run(name));
            expected.add(Integer.toString(known));
          }
        }
        pipeline.add(SYNC);
        client.send(pipeline.toArray(byte[][]::new));
        assertThat(values(client)).isEqualTo(expected);
      }
    }
  }
}
