package dev.weir.pg.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Exchanges whose two messages are parted by a line feed: nothing may be thrown, and nothing a fuzzer
 * finds may log in. {@code JAZZER_FUZZ=1} fuzzes.
 */
class ScramFuzzTest {
  private static final ScramSecret SECRET = ScramSecret.derive("pencil", new byte[]{1}, 2);

  @FuzzTest(maxDuration = "60s")
  void serverRefusesOrAnswers(byte[] messages) {
    ScramServer server = ScramServer.withNonce(SECRET, "server");
    if (server.clientFirst(part(messages, true)) instanceof ScramServer.Challenge) {
      assertThat(server.clientFinal(part(messages, false))).isInstanceOf(ScramFailure.class);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void clientRefusesOrAnswers(byte[] messages) {
    ScramClient client = ScramClient.withNonce("", "client");
    if (client.serverFirst(part(messages, true)) instanceof ScramClient.Challenge challenge) {
      assertThat(challenge.iterations()).isBetween(1, ScramClient.MAX_ITERATIONS);
      client.clientFinal(ScramKeys.of(new byte[32]));
      assertThat(client.serverFinal(part(messages, false))).isInstanceOf(ScramFailure.class);
      assertThat(client.isVerified()).isFalse();
    }
  }

  @FuzzTest(maxDuration = "60s")
  void anyTextIsASecret(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    switch (StoredSecret.parse(text)) {
      case StoredSecret.Plain(String password) -> assertThat(password).isEqualTo(text);
      case StoredSecret.Md5(String hash) -> assertThat(hash).isEqualTo(text);
      case StoredSecret.Scram(ScramSecret secret) -> assertThat(
          ScramSecret.parse(secret.format())).isEqualTo(secret);
    }
    assertThat(ScramClient.saltedPassword(text, new byte[]{1}, 1)).hasSize(32);
  }

  private static byte[] part(byte[] messages, boolean first) {
    int at = 0;
    while (at < messages.length && messages[at] != '\n') {
      at++;
    }
    return first
        ? Arrays.copyOf(messages, at)
        : Arrays.copyOfRange(messages, Math.min(at + 1, messages.length), messages.length);
  }
}
