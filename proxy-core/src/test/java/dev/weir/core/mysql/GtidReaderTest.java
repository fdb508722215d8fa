package dev.weir.core.mysql;

import dev.weir.core.backend.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** The lines of ProxySQL's binlog reader, from a daemon that says what the test wants. */
class GtidReaderTest {
  private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
  private static final String PLAIN = "3e11fa4771ca11e19e33c80aa9429562";

  private ServerSocket daemon;
  private GtidReader reader;

  @BeforeEach
  void start() throws IOException {
    daemon = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    daemon.setSoTimeout(15_000);
    reader = GtidReader.start(new ServerAddress("127.0.0.1", 3306), daemon.getLocalPort(),
        () -> 20);
  }

  @AfterEach
  void stop() throws IOException {
    reader.close();
    daemon.close();
  }

  private Socket connected() throws IOException {
    return daemon.accept();
  }

  private static void say(Socket to, String text) throws IOException {
    to.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    to.getOutputStream().flush();
  }

  private void awaitExecuted(String set) {
    Awaitility.await().atMost(Duration.ofSeconds(15)).untilAsserted(
        () -> assertThat(String.valueOf(reader.executed())).isEqualTo(set));
  }

  @Test
  void allKindsOfLinesAreUnderstood() throws IOException {
    try (Socket to = connected()) {
      assertThat(reader.executed()).isNull();
      say(to, "ST=" + UUID + ":1-5," + UUID + ":8-9,0:1-100\n");
      awaitExecuted("0:1-100," + UUID + ":1-5:8-9");
      say(to, "I1=" + PLAIN + ":6\nI2=7\nI1=0:101\nI2=102\nI3=" + PLAIN + ":10-20\nI4=21-2");
      awaitExecuted("0:1-102," + UUID + ":1-20");
      say(to, "5\n");
      awaitExecuted("0:1-102," + UUID + ":1-25");
      assertThat(reader.events()).isEqualTo(7);
    }
  }

  @Test
  void aServerWithoutTransactionsHasExecutedNone() throws IOException {
    try (Socket to = connected()) {
      say(to, "ST=\n");
      awaitExecuted("");
    }
  }

  @Test
  void whoCannotBeHeardHasExecutedNothingAndIsAskedAgain() throws IOException {
    try (Socket to = connected()) {
      say(to, "ST=0:1-100\n");
      awaitExecuted("0:1-100");
    }
    awaitExecuted("null");
    try (Socket again = connected()) {
      say(again, "ST=0:1-7\n");
      awaitExecuted("0:1-7");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"I1=0:101\n", "hello\n", "\n", "ST\n", "ST=0\n", "ST=0:\n", "ST=0:5-1\n",
    "ST=0:0\n", "ST=nobody:1\n", "ST=0:1\nI2=2\nI5=3\n", "ST=0:1\nI3=0:7-2\n", "ST=0:1\nI1=5\n",
    "ST=0:1\nI2=99999999999999999999\n", "ST=0:1\nI2=\n", "ST=\nI2=5\n"})
  void whatIsNotUnderstoodEndsTheConnection(String text) throws IOException {
    try (Socket to = connected()) {
      say(to, text);
      to.setSoTimeout(15_000);
      assertThat(to.getInputStream().read()).isEqualTo(-1);
    }
    try (Socket again = connected()) {
      assertThat(reader.executed()).isNull();
      say(again, "ST=0:1-7\n");
      awaitExecuted("0:1-7");
    }
  }

  @Test
  void aLineWithoutEndIsNotKept() throws IOException {
    try (Socket to = connected()) {
      byte[] much = new byte[1 << 20];
      java.util.Arrays.fill(much, (byte) '1');
      boolean refused = false;
      for (int i = 0; i < 64 && !refused; i++) {
        try {
          to.getOutputStream().write(much);
        } catch (IOException e) {
          refused = true;
        }
      }
      assertThat(refused).isTrue();
    }
  }
}
