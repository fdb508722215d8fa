package dev.weir.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client named at its login is what its RESET goes back to, on every server. */
final class SessionResetIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("server_round_robin", "1")
      .database("p3", "user=postgres password=${password}", "pool_size=3", "min_pool_size=3")
      .login("bob", "");

  private static String ask(RawClient client, String sql) throws IOException {
    List<RawClient.Message> answer = client.send(RawClient.query(sql)).readUntil('Z');
    RawClient.Message row = answer.stream().filter(m -> m.tag() == 'D').findFirst()
        .orElseThrow(() -> new AssertionError(sql + ": " + answer));
    return new String(row.body(), 6, row.intAt(2), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"timezone, set time zone 'CET', reset time zone",
    "timezone, set time zone 'CET', set time zone default",
    "timezone, set timezone to 'CET', set time zone local",
    "timezone, set session time zone 'CET', set timezone to default",
    "timezone, set timezone to 'CET', reset timezone",
    "client_encoding, set names 'UTF8', set names",
    "client_encoding, set names 'UTF8', set names default",
    "client_encoding, set client_encoding to 'UTF8', reset client_encoding",
    "intervalstyle, set intervalstyle to sql_standard, reset intervalstyle",
    "intervalstyle, set intervalstyle to sql_standard, reset all"})
  void whatTheLoginNamedComesBack(String name, String set, String reset) throws Exception {
    try (RawClient client = RawClient.connect(proxy)) {
      client.send(RawClient.startup(RawClient.V3_0, "user", "bob", "database", "p3", "TimeZone",
          "Asia/Tokyo", "client_encoding", "LATIN1", "options", "-c intervalstyle=iso_8601"))
          .readUntil('Z');
      proxy.awaitShow("SERVERS", rows -> WeirServer.where(rows, "database", "p3").size() == 3);
      String before = ask(client, "show " + name);
      client.send(RawClient.query(set)).readUntil('Z');
      for (int i = 0; i < 4; i++) {
        assertThat(ask(client, "show " + name)).isNotEqualTo(before);
      }
      client.send(RawClient.query(reset)).readUntil('Z');
      for (int i = 0; i < 4; i++) {
        assertThat(ask(client, "show " + name)).isEqualTo(before);
      }
    }
  }
}
