package dev.weir.app.demo;

import dev.weir.app.JavaProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class DemoCommandTest {
  private static final String JARS = System.getProperty("weir.embedded", "target/dist/embedded");

  @TempDir Path folder;
  private Path temporary;
  private int port;
  private int httpPort;
  private int mysqlPort;
  private int adminPort;

  @BeforeEach
  void choosePorts() throws IOException {
    // The server may run under another account, which has to get through.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    temporary = Files.createDirectory(folder.resolve("tmp"));
    try (ServerSocket one = new ServerSocket(0);
        ServerSocket two = new ServerSocket(0);
        ServerSocket three = new ServerSocket(0);
        ServerSocket four = new ServerSocket(0)) {
      port = one.getLocalPort();
      httpPort = two.getLocalPort();
      mysqlPort = three.getLocalPort();
      adminPort = four.getLocalPort();
    }
  }

  @Test
  void saysHowToConnectAndLeavesNothingBehind() throws Exception {
    try (JavaProcess demo = start()) {
      demo.awaitOutput("Ctrl-C stops");
      assertThat(demo.output()).contains("\nready\n",
          "postgresql://app:app@127.0.0.1:" + port + "/app",
          "postgresql://admin:admin@127.0.0.1:" + port + "/pgbouncer",
          "http://127.0.0.1:" + httpPort + "/metrics",
          "mysql -h 127.0.0.1 -P " + mysqlPort + " -u app -papp app",
          "mysql -h 127.0.0.1 -P " + adminPort + " -u admin -padmin",
          "pool_mode = transaction\n", "listen_port = " + port + "\n");
      Matcher server = Pattern.compile("app = host=127.0.0.1 port=(\\d+) dbname=app")
          .matcher(demo.output());
      assertThat(server.find()).isTrue();
      try (Connection connection = DriverManager
          .getConnection("jdbc:postgresql://127.0.0.1:" + server.group(1) + "/app", "app", "app")) {
        connection.createStatement().execute("create table mine (n int)");
      }
      List<ProcessHandle> servers = descendants(demo);
      assertThat(servers).isNotEmpty();
      demo.signal("INT");
      assertThat(demo.awaitEnd()).isZero();
      assertThat(demo.output()).contains("proxy closed\n").endsWith("stopped\n");
      assertThat(servers).noneMatch(ProcessHandle::isAlive);
    }
    assertNoFiles();
  }

  @Test
  void mayBeStoppedAtAnyTimeDuringTheStart() throws Exception {
    for (String moment : List.of("signals", "creating a database cluster", "starting PostgreSQL",
        "starting MariaDB")) {
      try (JavaProcess demo = start()) {
        demo.awaitOutput(moment);
        demo.signal("TERM");
        assertThat(demo.awaitEnd()).as(moment).isZero();
        assertThat(demo.output()).as(moment).endsWith("stopped\n").doesNotContain("ready\n");
      }
      assertNoFiles();
    }
  }

  @Test
  void takesTheServerAlongWhenItIsKilled() throws Exception {
    try (JavaProcess demo = start()) {
      demo.awaitOutput("Ctrl-C stops");
      List<ProcessHandle> servers = descendants(demo);
      demo.signal("KILL");
      demo.awaitEnd();
      JavaProcess.await(() -> servers.stream().noneMatch(ProcessHandle::isAlive),
          () -> "left over: " + servers);
    }
  }

  @Test
  void aTakenPortIsSaidBeforeAnythingStarts() throws Exception {
    try (ServerSocket _ = new ServerSocket(httpPort, 1, InetAddress.ofLiteral("127.0.0.1"));
        JavaProcess demo = start()) {
      assertThat(demo.awaitEnd()).isEqualTo(1);
      assertThat(demo.output())
          .contains("weir demo: port " + httpPort + " is not free (",
              "choose another with --http-port\n")
          .doesNotContain("PostgreSQL");
    }
    assertNoFiles();
  }

  private JavaProcess start() throws IOException {
    return JavaProcess.start(folder, DemoProcess.class, List.of("-Djava.io.tmpdir=" + temporary),
        JARS,
        Integer.toString(port), Integer.toString(httpPort), Integer.toString(mysqlPort),
        Integer.toString(adminPort));
  }

  private static List<ProcessHandle> descendants(JavaProcess demo) {
    return ProcessHandle.of(demo.pid()).orElseThrow().descendants().toList();
  }

  private void assertNoFiles() throws IOException {
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
  }
}
