package dev.weir.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The packaged program in a process of its own, started by its launcher, for what only a process can show: signals, exit
 * statuses and the change from one process to the next. Confined to the test's thread.
 */
final class WeirProgram implements AutoCloseable {
  private static final Path LAUNCHER = Path
      .of(System.getProperty("weir.dist", "../proxy-app/target/dist"), "bin", "weir");
  private static final long START_SECONDS = 60;

  private final Process process;
  private final Path output;
  private final int port;

  private WeirProgram(Process process, Path output, int port) {
    this.process = process;
    this.output = output;
    this.port = port;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Runs the program to its end, as for {@code --version}. */
  static TestTools.Result run(String... arguments) throws IOException, InterruptedException {
    return TestTools.run("sh", arguments(arguments), environment());
  }

  /** Starts a process with this file, which makes it listen on this port, and waits until it serves. */
  static WeirProgram start(Path ini, int port, String... arguments) throws Exception {
    Path output = Files.createTempFile(ini.toAbsolutePath().getParent(), "weir", ".out");
    List<String> command = new ArrayList<>(List.of("sh"));
    command.addAll(arguments(arguments));
    command.add(ini.toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
        .redirectOutput(output.toFile());
    builder.environment().putAll(environment());
    WeirProgram started = new WeirProgram(builder.start(), output, port);
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
      while (!started.output().contains("process up: ")) {
        if (!started.process.isAlive() || System.nanoTime() - end > 0) {
          throw new AssertionError("is not up:\n" + started.output());
        }
        Thread.sleep(20);
      }
      return started;
    } catch (Throwable e) {
      started.close();
      throw e;
    }
  }

  private static List<String> arguments(String... arguments) {
    List<String> all = new ArrayList<>(List.of(LAUNCHER.toString()));
    all.addAll(List.of(arguments));
    return all;
  }

  private static Map<String, String> environment() {
    return Map.of("WEIR_JAVA_HOME", System.getProperty("java.home"), "WEIR_JAVA_OPTS",
        "-XX:TieredStopAtLevel=1");
  }

  // --- use ---

  Connection connect(String user, String password, String database) throws SQLException {
    return connect(user, password, database, Map.of());
  }

  Connection connect(String user, String password, String database, Map<String, String> more)
      throws SQLException {
    Properties all = new Properties();
    all.putAll(Map.of("user", user, "password", password, "sslmode", "disable", "gssEncMode",
        "disable", "assumeMinServerVersion", "12", "preferQueryMode", "simple"));
    all.putAll(more);
    return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/" + database, all);
  }

  void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("sh", "-c", "kill -\"$1\" \"$2\"", "sh", name,
        Long.toString(process.pid())).start().waitFor();
    if (status != 0) {
      throw new IOException("no process to signal:\n" + output());
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  /** The exit status; fails when the process does not end. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(WeirServer.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still running:\n" + output());
    }
    return process.exitValue();
  }

  /** What it has printed so far. */
  String output() {
    try {
      return Files.readString(output, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  void awaitOutput(String regex) {
    Pattern pattern = Pattern.compile(regex);
    try {
      WeirServer.await(regex, () -> pattern.matcher(output()).find());
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      throw new AssertionError("no \"" + regex + "\" in:\n" + output(), e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
