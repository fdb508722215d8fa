package dev.weir.it;

import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.RawClient.cstring;
import static dev.weir.it.RawClient.int32;
import static dev.weir.it.RawClient.message;
import static dev.weir.it.RawClient.query;
import static org.assertj.core.api.Assertions.assertThat;

/** COPY in both directions, by all protocols, with errors at every point (PgBouncer's test_copy.py). */
final class CopyIT {
  private static final byte[] SYNC = message('S');
  private static final byte[] DONE = message('c');

  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension static final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("max_prepared_statements", "100")
      .database("p0", "user=postgres password=${password}", "pool_size=1")
      .login("bob", "");

  @BeforeEach
  void table() throws Exception {
    postgres.execute("drop table if exists numbers", "create table numbers (n int)");
  }

  private static RawClient client() throws IOException {
    RawClient client = RawClient.connect(proxy);
    client.login("bob", "p0").readUntil('Z');
    return client;
  }

  /** Asks for the COPY by simple query, by the unnamed statement, or by a named one. */
  private static void ask(RawClient client, String how, String sql) throws IOException {
    if (how.equals("simple")) {
      client.send(query(sql));
    } else {
      String name = how.equals("prepared") ? "copy" : "";
      client.send(message('P', cstring(name), cstring(sql), new byte[2]),
          message('B', cstring(""), cstring(name), new byte[2], new byte[2], new byte[2]),
          message('E', cstring(""), int32(0)), SYNC);
    }
  }

  private static byte[] end(String how) {
    return how.equals("simple") ? DONE : RawClient.concat(DONE, SYNC);
  }

  private static byte[] row(String text) {
    return message('d', text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static String tags(RawClient client) throws IOException {
    StringBuilder tags = new StringBuilder();
    client.readUntil('Z').forEach(m -> tags.append(m.tag()));
    return tags.toString();
  }

  private static void nothingIsLeftOver(RawClient client) throws IOException {
    client.send(query("select 1"));
    assertThat(tags(client)).isEqualTo("TDCZ");
    try (RawClient other = client()) { // the only server is free
      other.send(query("select 2"));
      assertThat(tags(other)).isEqualTo("TDCZ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "prepared"})
  void rowsGoIn(String how) throws Exception {
    try (RawClient client = client()) {
      ask(client, how, "copy numbers from stdin");
      client.readUntil('G');
      client.send(row("1\n"), row("2\n3\n"), end(how));
      assertThat(tags(client)).isEqualTo("CZ");
      assertThat(postgres.query("select sum(n) from numbers")).isEqualTo("6");
      nothingIsLeftOver(client);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "prepared"})
  void everythingAtOnceWithoutWaiting(String how) throws Exception {
    try (RawClient client = client()) {
      for (int i = 0; i < 20; i++) {
        ask(client, how.equals("prepared") ? "extended" : how, "copy numbers from stdin");
        client.send(row("1\n"), end(how), query("select 1"));
      }
      for (int i = 0; i < 20; i++) {
        assertThat(tags(client)).endsWith("GCZ");
        assertThat(tags(client)).isEqualTo("TDCZ");
      }
      assertThat(postgres.query("select sum(n) from numbers")).isEqualTo("20");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "prepared"})
  void aBadRowFailsBeforeTheEndIsSent(String how) throws Exception {
    try (RawClient client = client()) {
      ask(client, how, "copy numbers from stdin");
      client.readUntil('G');
      client.send(row("bad\n"));
      client.readUntil('E');
      client.send(row("1\n"), end(how));
      assertThat(tags(client)).isEqualTo("Z");
      nothingIsLeftOver(client);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "prepared"})
  void aBadRowFailsTogetherWithTheEnd(String how) throws Exception {
    try (RawClient client = client()) {
      ask(client, how, "copy numbers from stdin");
      client.readUntil('G');
      client.send(row("bad\n"), end(how));
      assertThat(tags(client)).isEqualTo("EZ");
      nothingIsLeftOver(client);
    }
  }

  @Test
  void aFailedCopyDoesNotKeepTheServerForALateEnd() throws Exception {
    try (RawClient client = client()) {
      ask(client, "simple", "copy numbers from stdin");
      client.readUntil('G');
      client.send(row("bad\n"));
      assertThat(tags(client)).isEqualTo("EZ");
      try (RawClient other = client()) {
        other.send(query("select 1"));
        assertThat(tags(other)).isEqualTo("TDCZ");
      }
      client.send(row("1\n"), DONE);
      nothingIsLeftOver(client);
    }
  }

  @Test
  void aFailedCopyInATransactionIsRolledBack() throws Exception {
    try (RawClient client = client()) {
      client.send(query("begin"));
      assertThat(tags(client)).isEqualTo("CZ");
      ask(client, "simple", "copy numbers from stdin");
      client.readUntil('G');
      client.send(row("bad\n"), DONE, query("rollback"));
      assertThat(tags(client)).isEqualTo("EZ");
      assertThat(tags(client)).isEqualTo("CZ");
      nothingIsLeftOver(client);
    }
  }

  @Test
  void aCopyThatFailsInATransactionBeforeItsEndIsSentKeepsTheServer() throws Exception {
    try (RawClient client = client()) {
      client.send(query("begin"));
      assertThat(tags(client)).isEqualTo("CZ");
      ask(client, "simple", "copy numbers from stdin");
      client.readUntil('G');
      client.send(row("bad\n"));
      assertThat(tags(client)).isEqualTo("EZ");
      client.send(row("1\n"), DONE, query("rollback"));
      assertThat(tags(client)).isEqualTo("CZ");
      nothingIsLeftOver(client);
    }
  }

  @Test
  void thePipelineAroundACopyHasBothItsSyncsAnswered() throws Exception {
    try (RawClient client = client()) {
      client.send(message('P', cstring("copy"), cstring("copy numbers from stdin"), new byte[2]),
          SYNC, message('B', cstring(""), cstring("copy"), new byte[2], new byte[2], new byte[2]),
          message('E', cstring(""), int32(0)));
      assertThat(tags(client)).isEqualTo("1Z");
      client.send(message('H'));
      client.readUntil('G');
      client.send(row("1\n"), DONE, SYNC);
      assertThat(tags(client)).isEqualTo("CZ");
      nothingIsLeftOver(client);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "prepared"})
  void rowsComeOut(String how) throws Exception {
    postgres.execute("insert into numbers select generate_series(1, 3)");
    try (RawClient client = client()) {
      ask(client, how, "copy numbers to stdout");
      assertThat(tags(client)).endsWith("HdddcCZ");
      nothingIsLeftOver(client);
    }
  }
}
