package dev.weir.app.log;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Golden lines after PgBouncer's log format. */
final class LayoutTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.006Z");

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      FATAL   | 2026-01-02 03:04:05.006 UTC [4711] FATAL hello
      ERROR   | 2026-01-02 03:04:05.006 UTC [4711] ERROR hello
      WARNING | 2026-01-02 03:04:05.006 UTC [4711] WARNING hello
      LOG     | 2026-01-02 03:04:05.006 UTC [4711] LOG hello
      DEBUG   | 2026-01-02 03:04:05.006 UTC [4711] DEBUG hello
      NOISE   | 2026-01-02 03:04:05.006 UTC [4711] NOISE hello
      """)
  void textLinesArePgBouncers(Severity severity, String line) {
    assertThat(TextLayout.in(ZoneId.of("UTC")).format(new LogLine(TIME, 4711, severity, "hello")))
        .isEqualTo(line);
  }

  @Test
  void timesAreLocal() {
    assertThat(TextLayout.in(ZoneId.of("Europe/Berlin")).format(line("x")))
        .isEqualTo("2026-01-02 04:04:05.006 CET [4711] LOG x");
  }

  @Test
  void aLineEndInsideIsFollowedByATab() {
    assertThat(TextLayout.in(ZoneId.of("UTC")).format(line("one\ntwo\n\nfour")))
        .isEqualTo("2026-01-02 03:04:05.006 UTC [4711] LOG one\n\ttwo\n\t\n\tfour");
  }

  @Test
  void jsonIsOneLineAndEscaped() {
    assertThat(new JsonLayout().format(line("say \"a\\b\"\n\ttab\u0001 é 😀 \ud800"))).isEqualTo(
        "{\"ts\":\"2026-01-02T03:04:05.006Z\",\"level\":\"LOG\",\"pid\":4711,"
            + "\"msg\":\"say \\\"a\\\\b\\\"\\n\\ttab\\u0001 é 😀 \\ud800\"}");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      C-0x55aa: app/joe@127.0.0.1:4000 closing because: x    | client | 0x55aa | app    | joe      | 127.0.0.1 | 4000 | closing because: x
      S-0x1: app/joe@[::1]:5432 new connection to server     | server | 0x1    | app    | joe      | [::1]     | 5432 | new connection to server
      C-0x2: (nodb)/(nouser)@unix(77):6432 login failed      | client | 0x2    | (nodb) | (nouser) | unix(77)  | 6432 | login failed
      C-0x3: app/joe@example.org@10.0.0.1:4000 query: a@b:1 c | client | 0x3   | app    | joe@example.org | 10.0.0.1 | 4000 | query: a@b:1 c
      """)
  void jsonTakesTheConnectionOutOfThePrefix(String message, String side, String id, String db,
      String user, String host,
      int port, String rest) {
    assertThat(new JsonLayout().format(line(message))).endsWith(String.format(
        ",\"side\":\"%s\",\"conn\":\"%s\",\"db\":\"%s\",\"user\":\"%s\",\"host\":\"%s\",\"port\":%d,\"msg\":\"%s\"}",
        side,
        id, db, user, host, port, rest));
  }

  @Test
  void jsonLeavesOtherMessagesAlone() {
    assertThat(new JsonLayout().format(line("C-0x1: not a connection")))
        .endsWith("\"msg\":\"C-0x1: not a connection\"}")
        .doesNotContain("side");
  }

  private static LogLine line(String message) {
    return new LogLine(TIME, 4711, Severity.LOG, message);
  }
}
