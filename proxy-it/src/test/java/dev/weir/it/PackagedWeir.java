package dev.weir.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged program in a process of its own, started by its launcher, with a folder for its configuration, its Unix
 * socket and what it writes. Confined to the test's thread.
 */
final class PackagedWeir implements AutoCloseable {
  private static final Path LAUNCHER = Path
      .of(System.getProperty("weir.dist", "../proxy-app/target/dist"), "bin", "weir");
  /** A JVM that starts beside others on a busy machine takes its time. */
  private static final Duration START = Duration.ofSeconds(90);
  private static final long END_SECONDS = 30;

  private final Path output;
  private final Path socket;
  private final Process process;

  private PackagedWeir(Path output, Path socket, Process process) {
    this.output = output;
    this.socket = socket;
    this.process = process;
  }

  /**
   * Starts the program; it serves after {@link #awaitUp}.
   *
   * @param ini must name this folder as {@code unix_socket_dir}, and this port
   */
  static PackagedWeir start(Path folder, int port, String ini) throws IOException {
    Path file = folder.resolve("pgbouncer.ini");
    Files.writeString(file, ini, StandardCharsets.UTF_8);
    Path output = folder.resolve("output");
    ProcessBuilder builder = new ProcessBuilder("sh", LAUNCHER.toString(), file.toString())
        .redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("WEIR_JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("WEIR_JAVA_OPTS", "-XX:TieredStopAtLevel=1"); // starts faster
    return new PackagedWeir(output, folder.resolve(".s.PGSQL." + port), builder.start());
  }

  /** Waits until it serves. */
  void awaitUp() {
    String text = "process up: ";
    try {
      Awaitility.await(text).atMost(START).pollInterval(Duration.ofMillis(50))
          .until(() -> output().contains(text) || !process.isAlive());
    } catch (ConditionTimeoutException e) {
      throw new AssertionError("no \"" + text + "\" in:\n" + output(), e);
    }
    assertThat(output()).contains(text);
  }

  String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Sends a signal by its name, such as {@code TERM}. */
  void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("sh", "-c", "kill -\"$1\" \"$2\"", "sh", name,
        Long.toString(process.pid())).start().waitFor();
    assertThat(status).isZero();
  }

  /** A command at the console, over the Unix socket, as its own account. */
  void console(String command) throws IOException {
    try (RawClient client = RawClient.connectUnix(socket)) {
      client.login(WeirServer.ADMIN, "pgbouncer").readUntil('Z');
      assertThat(client.send(RawClient.query(command)).readUntil('Z'))
          .noneMatch(m -> m.tag() == 'E');
    }
  }

  /** The exit status; fails when the process does not end. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running:\n" + output());
    }
    return process.exitValue();
  }

  /** Ends the process at once if it still runs. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
