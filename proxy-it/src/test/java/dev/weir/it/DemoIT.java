package dev.weir.it;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What the first page promises: one command, the lines it prints work, Ctrl-C leaves nothing. */
final class DemoIT {
  private static final Path LAUNCHER = Path
      .of(System.getProperty("weir.dist", "../proxy-app/target/dist"), "bin", "weir");

  @TempDir Path folder;

  @Test
  void theLinesItPrintsWorkAndNothingIsLeft() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Path output = folder.resolve("output");
    int[] ports = freePorts();
    ProcessBuilder builder = new ProcessBuilder("sh", LAUNCHER.toString(), "demo", "--port",
        "" + ports[0],
        "--http-port", "" + ports[1]).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("WEIR_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary);
    builder.environment().put("WEIR_JAVA_HOME", System.getProperty("java.home"));
    Process demo = builder.start();
    try {
      Awaitility.await().atMost(Duration.ofMinutes(1)).alias("the demo is ready")
          .until(() -> !demo.isAlive() || text(output).contains("Ctrl-C stops"));
      assertThat(text(output)).contains("\nready\n");
      String address = "127.0.0.1:" + ports[0];
      try (
          Connection connection = DriverManager
              .getConnection("jdbc:postgresql://" + address + "/app", "app", "app");
          Statement statement = connection.createStatement()) {
        statement.execute("create table mine as select 42 as n");
        try (ResultSet rows = statement.executeQuery("select n from mine")) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getInt(1)).isEqualTo(42);
        }
      }
      // The console knows no extended protocol, as PgBouncer's does not.
      try (Connection console = DriverManager.getConnection(
          "jdbc:postgresql://" + address
              + "/pgbouncer?preferQueryMode=simple&assumeMinServerVersion=9.0",
          "admin", "admin");
          Statement statement = console.createStatement();
          ResultSet rows = statement.executeQuery("SHOW POOLS")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString("database")).isEqualTo("app");
      }
      try (HttpClient http = HttpClient.newHttpClient()) {
        String metrics = http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports[1] + "/metrics")).build(),
            BodyHandlers.ofString()).body();
        assertThat(metrics).contains("# TYPE ");
      }
      List<ProcessHandle> children = demo.descendants().toList();
      assertThat(children).isNotEmpty();
      new ProcessBuilder("sh", "-c", "kill -INT " + demo.pid()).start().waitFor();
      assertThat(demo.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(demo.exitValue()).isZero();
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    } finally {
      demo.destroyForcibly();
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  private static int[] freePorts() throws IOException {
    try (ServerSocket one = new ServerSocket(0); ServerSocket two = new ServerSocket(0)) {
      return new int[]{one.getLocalPort(), two.getLocalPort()};
    }
  }
}
