package dev.weir.admin.proxysql;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.weir.admin.sqlite.SqlText;
import dev.weir.admin.sqlite.StoreLimits;
import dev.weir.core.control.Answer;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Whatever is sent, there is an answer that is no bug of ours, and who may only read changes nothing. */
class AdminFuzzTest {
  private static final Logger QUIET = Logger.getLogger("dev.weir.admin"); // each LOAD is a log line; held, or the level is forgotten

  static {
    QUIET.setLevel(Level.OFF);
  }

  private static final List<String> PIECES = List.of("SHOW", "SELECT", "SET", "LOAD", "SAVE",
      "MYSQL", "SERVERS", "USERS", "VARIABLES", "TO", "FROM", "RUNTIME", "DISK", "MEMORY", "TABLES",
      "LIKE", "WHERE", "CREATE TABLE", "CHECKSUM", "mysql-threads", "=", "@@version", "@@", ",",
      "*",
      "mysql_users", "stats_mysql_global", "runtime_mysql_servers", "main", ".", "'", "\"", "`",
      "[",
      "]", "/*", "*/", "/*!", "--", "#", "?", ";", "(", ")", "1", "x", "\n", "ü", "\ud83d",
      "\u0000",
      "KILL", "CONNECTION", "DESCRIBE", "AS", "LIMIT", "%", "\\", "TRUNCATE",
      "stats_mysql_query_digest", "CONFIG", "GLOBAL_CHECKSUM()", "PULL VERSION", "WITH");

  @FuzzTest(maxDuration = "20s")
  void alwaysAnswers(FuzzedDataProvider data) {
    try (AdminPort port = AdminPort.inMemory(new StoreLimits(2000, 1 << 20, 1 << 20, 1L << 28))) {
      check(port, data.consumeRemainingAsString());
    }
  }

  @Test
  void alwaysAnswersRandomSentences() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20261124);
    try (AdminPort port = AdminPort.inMemory(new StoreLimits(2000, 1 << 20, 1 << 20, 1L << 28))) {
      for (int i = 0; i < 5_000; i++) {
        StringBuilder text = new StringBuilder();
        int pieces = random.nextInt(12);
        for (int n = 0; n < pieces; n++) {
          text.append(PIECES.get(random.nextInt(PIECES.size())))
              .append(random.nextInt(4) == 0 ? "" : " ");
        }
        check(port, text.toString());
      }
      assertThat(port.rows("SELECT 1")).containsExactly("1");
    }
  }

  private static void check(AdminPort port, String text) {
    assertThat(SqlText.of(SqlText.of(text).normal()).normal()).as(text).isNotNull();
    List<String> before = List.copyOf(port.mysql.calls);
    for (AdminClient client : List.of(AdminPort.READER, AdminPort.OPERATOR)) {
      if (client.equals(AdminPort.OPERATOR) && text.toUpperCase(java.util.Locale.ROOT)
          .contains("CONFIG")) {
        continue; // would write files
      }
      Answer answer = port.run(client, text);
      if (answer instanceof Answer.Failed failed) {
        assertThat(failed.message()).as(text).doesNotContain("internal error");
      }
      port.admin.describe(client, text).toCompletableFuture().join();
      if (client.equals(AdminPort.READER)) {
        assertThat(port.mysql.calls.stream().filter(call -> !call.startsWith("reset")).toList())
            .as(text)
            .isEqualTo(before.stream().filter(call -> !call.startsWith("reset")).toList());
      }
    }
  }
}
