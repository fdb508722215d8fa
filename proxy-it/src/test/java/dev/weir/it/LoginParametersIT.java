package dev.weir.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What a client asks for at its login holds for its queries, and for nobody else's (parts of PgBouncer's test_misc.py). */
final class LoginParametersIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("default_pool_size", "1")
      .set("pkt_buf", "75") // shorter than greetings, startups and answers: nothing may depend on it
      .database("p0", "user=postgres password=${password}")
      .login("bob", "");

  private RawClient login(String... more) throws IOException {
    RawClient client = RawClient.connect(proxy);
    String[] all = new String[4 + more.length];
    System.arraycopy(new String[]{"user", "bob", "database", "p0"}, 0, all, 0, 4);
    System.arraycopy(more, 0, all, 4, more.length);
    client.send(RawClient.startup(RawClient.V3_0, all)).readUntil('Z');
    return client;
  }

  /** The only column of the only row. */
  private static String ask(RawClient client, String sql) throws IOException {
    List<RawClient.Message> answer = client.send(RawClient.query(sql)).readUntil('Z');
    RawClient.Message row = answer.stream().filter(m -> m.tag() == 'D').findFirst()
        .orElseThrow(() -> new AssertionError(sql + ": " + answer));
    return new String(row.body(), 6, row.intAt(2), StandardCharsets.UTF_8);
  }

  private static void set(RawClient client, String sql) throws IOException {
    client.send(RawClient.query(sql)).readUntil('Z');
  }

  @Test
  void everySpellingOfOptionsWorks() throws IOException {
    try (RawClient client = login("options", "-c TimeZone=Asia/Tokyo -cDateStyle=German,DMY"
        + " --IntervalStyle=iso_8601  -c application_name=two\\ words\\\\")) {
      assertThat(ask(client, "show timezone")).isEqualTo("Asia/Tokyo");
      assertThat(ask(client, "show datestyle")).isEqualTo("German, DMY");
      assertThat(ask(client, "show intervalstyle")).isEqualTo("iso_8601");
      assertThat(ask(client, "show application_name")).isEqualTo("two words\\");
    }
  }

  @Test
  void anIgnoredKeyHasNoEffect() throws Exception {
    proxy.set("ignore_startup_parameters", "enable_seqscan, geqo").reload();
    try (RawClient client = login("options", "-c enable_seqscan=off -c TimeZone=Asia/Tokyo",
        "geqo", "off")) {
      assertThat(ask(client, "show enable_seqscan")).isEqualTo("on");
      assertThat(ask(client, "show geqo")).isEqualTo("on");
      assertThat(ask(client, "show timezone")).isEqualTo("Asia/Tokyo");
    }
  }

  @Test
  void ignoredOptionsKeepWhatIsKnownOfThem() throws Exception {
    proxy.set("ignore_startup_parameters", "options").reload();
    try (RawClient client = login("options", "-c enable_seqscan=off -c TimeZone=Asia/Tokyo")) {
      assertThat(ask(client, "show enable_seqscan")).isEqualTo("on");
      assertThat(ask(client, "show timezone")).isEqualTo("Asia/Tokyo");
    }
  }

  @Test
  void aStartupLongerThanABufferIsTaken() throws Exception {
    proxy.set("ignore_startup_parameters", "enable_seqscan").reload();
    try (RawClient client = login("options",
        "-c enable_seqscan=" + "x".repeat(4096) + " -c TimeZone=Asia/Tokyo")) {
      assertThat(ask(client, "show timezone")).isEqualTo("Asia/Tokyo");
    }
    try (RawClient client = login("options", "-c application_name=" + "y".repeat(4096))) {
      assertThat(ask(client, "show application_name")).isEqualTo("y".repeat(63)); // all a server keeps
      assertThat(ask(client, "show application_name")).isEqualTo("y".repeat(63));
    }
  }

  @Test
  void anEmptyApplicationNameIsOneToo() throws IOException {
    try (RawClient named = login("application_name", "named");
        RawClient empty = login("application_name", "");
        RawClient silent = login()) {
      for (int i = 0; i < 3; i++) {
        assertThat(ask(named, "show application_name")).isEqualTo("named");
        assertThat(ask(empty, "show application_name")).isEmpty();
        assertThat(ask(named, "show application_name")).isEqualTo("named");
        assertThat(ask(silent, "show application_name")).isEmpty();
      }
      set(empty, "set application_name = 'now named'");
      assertThat(ask(silent, "show application_name")).isEmpty();
      assertThat(ask(empty, "show application_name")).isEqualTo("now named");
      set(named, "set application_name = ''");
      assertThat(ask(empty, "show application_name")).isEqualTo("now named");
      assertThat(ask(named, "show application_name")).isEmpty();
    }
  }

  /** What PgBouncer tracks, in the server's spelling, although all share one server. */
  @Test
  void sixParametersAreKeptApart() throws IOException {
    try (RawClient one = login("client_encoding", "latin1", "datestyle", "german", "timezone",
        "asia/tokyo", "standard_conforming_strings", "off", "application_name", "one",
        "intervalstyle", "ISO_8601");
        RawClient two = login("client_encoding", "utf8", "datestyle", "iso, mdy", "timezone",
            "utc", "standard_conforming_strings", "on", "application_name", "two",
            "intervalstyle", "postgres")) {
      for (int i = 0; i < 3; i++) {
        assertThat(all(one)).isEqualTo("LATIN1|German, DMY|Asia/Tokyo|off|one|iso_8601");
        assertThat(all(two)).isEqualTo("UTF8|ISO, MDY|UTC|on|two|postgres");
      }
      set(one, "set timezone = 'america/lima'; set client_encoding = 'utf8'");
      assertThat(all(two)).isEqualTo("UTF8|ISO, MDY|UTC|on|two|postgres");
      assertThat(all(one)).isEqualTo("UTF8|German, DMY|America/Lima|off|one|iso_8601");
      assertThat(ask(one, "select pg_backend_pid()::text"))
          .isEqualTo(ask(two, "select pg_backend_pid()::text"));
    }
  }

  private static String all(RawClient client) throws IOException {
    return ask(client, "select concat_ws('|', current_setting('client_encoding'),"
        + " current_setting('datestyle'), current_setting('timezone'),"
        + " current_setting('standard_conforming_strings'), current_setting('application_name'),"
        + " current_setting('intervalstyle'))");
  }
}
