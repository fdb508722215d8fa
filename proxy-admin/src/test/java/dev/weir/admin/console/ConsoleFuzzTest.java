package dev.weir.admin.console;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.admin.FakeProxy;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.control.LocalEndpoint.LocalClient;
import dev.weir.core.control.LocalSession;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever is typed, there is an answer, and nobody does more than he may. */
class ConsoleFuzzTest {
  private static final Logger QUIET = Logger.getLogger("dev.weir.admin"); // each error is a log line; held, or the level is forgotten

  static {
    QUIET.setLevel(Level.OFF);
  }

  private static final List<String> PIECES = List.of("SHOW", "select", "SET", "pause", "kill",
      "shutdown", "reload", "help", "pools", "fds", "stats", " ", "  ", "\t", "\n", ";",
      "=", "to", "\"", "\"\"", "'", "''", "a", "ü", "\ud83d", "\ude00", "\u0000", "-", ".", "1",
      "99999999999999999999", "_", "x".repeat(70), "timezone", "wait_for_clients");

  @FuzzTest(maxDuration = "20s")
  void alwaysAnswers(FuzzedDataProvider data) {
    check(data.consumeRemainingAsString());
  }

  @Test
  void alwaysAnswersRandomSentences() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20260710);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int pieces = random.nextInt(12);
      for (int n = 0; n < pieces; n++) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      check(text.toString());
    }
  }

  private static void check(String text) {
    FakeProxy proxy = new FakeProxy();
    Console console = new Console(proxy, proxy, Runnable::run);
    LocalSession stats = console.open(new LocalClient("u", Access.STATS, 1, LocalEndpoint.Wire.PG));
    Answer answer = stats.run(text).toCompletableFuture().getNow(null);
    assertThat(answer).as(text).isNotNull();
    assertThat(proxy.calls).as(text).isEmpty();
    assertThat(stats.describe(text).toCompletableFuture().join().columns() != null).as(text)
        .isEqualTo(answer instanceof Answer.Rows);

    LocalSession admin = console.open(new LocalClient("u", Access.ADMIN, 2, LocalEndpoint.Wire.PG));
    assertThat(admin.run(text).toCompletableFuture().getNow(null)).as(text).isNotNull();
    assertThat(proxy.calls).as(text).hasSizeLessThanOrEqualTo(1);
    if (Statement.parse(text) instanceof Statement.Words words) {
      assertThat(text.toLowerCase(Locale.ROOT))
          .contains(words.verb().toLowerCase(Locale.ROOT).replace("\"", "\"\""));
    }
  }
}
