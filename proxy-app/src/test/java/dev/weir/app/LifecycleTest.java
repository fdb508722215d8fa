package dev.weir.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The whole process around a data path that serves nobody: files, signals, exit statuses. */
final class LifecycleTest {
  @TempDir Path folder;
  private Path config;
  private Path pidFile;

  @BeforeEach
  void configure() throws IOException {
    config = folder.resolve("weir.ini");
    pidFile = folder.resolve("weir.pid");
    write("pidfile = " + pidFile);
  }

  private void write(String... lines) throws IOException {
    Path users = Files.writeString(folder.resolve("users.txt"), "\"a\" \"b\"\n\"c\" \"d\"\n");
    Files.writeString(config,
        "[databases]\none = host=127.0.0.1 pool_size=5\ntwo = host=127.0.0.1 user=x\n[pgbouncer]\nauth_file = "
            + users + "\n" + String.join("\n", lines) + "\n");
  }

  @Test
  void obeysEverySignalAndLeavesAtTerm() throws Exception {
    try (JavaProcess weir = JavaProcess.start(folder, FakeMain.class, List.of(),
        config.toString())) {
      weir.awaitOutput("process up: PgBouncer 1.25.2 (Weir ");
      assertThat(pidFile).hasContent(weir.pid() + "\n");
      // 100 clients, 10 others, pool of 5 for two users, pool of 20 for one
      assertThat(weir.output()).contains("; max_client_conn: 100, max expected fd use: 140\n");
      weir.signal("HUP");
      weir.awaitOutput("LOG got SIGHUP, re-reading config\n");
      weir.signal("USR1");
      weir.awaitOutput("LOG got SIGUSR1, pausing all activity\n");
      weir.signal("USR2");
      weir.awaitOutput("LOG got SIGUSR2, continuing from PAUSE\n");
      weir.signal("TERM");
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).contains(
          "LOG got SIGTERM, shutting down, waiting for all clients disconnect\n",
          "calls [reload, pause, resume, shutdown WAIT_FOR_CLIENTS, close]");
    }
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void quitEndsAtOnceWithStatus0() throws Exception {
    try (JavaProcess weir = JavaProcess.start(folder, FakeMain.class, List.of(),
        config.toString())) {
      weir.awaitOutput("process up");
      weir.signal("QUIT");
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).contains("LOG got SIGQUIT, fast exit\n")
          .doesNotContain("Full thread dump");
    }
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void aSecondIntEndsAWaitThatNeverWouldEnd() throws Exception {
    try (JavaProcess weir = JavaProcess.start(folder, FakeMain.class, List.of("-Dwaits=true"),
        config.toString())) {
      weir.awaitOutput("process up");
      weir.signal("INT");
      weir.awaitOutput(
          "got SIGINT, shutting down, waiting for all servers connections to be released");
      weir.signal("INT");
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).contains("got SIGINT while shutting down, fast exit");
    }
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void signalsThatAShellLeftIgnoredAreObeyed() throws Exception {
    try (JavaProcess weir = JavaProcess.startIgnoring(folder, "INT HUP QUIT TERM", FakeMain.class,
        config.toString())) {
      weir.awaitOutput("process up");
      weir.signal("HUP");
      weir.awaitOutput("got SIGHUP, re-reading config");
      weir.signal("INT");
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).contains("got SIGINT, shutting down");
    }
  }

  @Test
  void aSecondInstanceIsRefused() throws Exception {
    Files.writeString(pidFile, ProcessHandle.current().pid() + "\n");
    try (JavaProcess weir = JavaProcess.start(folder, FakeMain.class, List.of(),
        config.toString())) {
      assertThat(weir.awaitEnd()).isEqualTo(1);
      assertThat(weir.output())
          .contains(" FATAL pidfile '" + pidFile + "' exists, another instance running?\n")
          .contains("calls []");
    }
    assertThat(pidFile).exists();
  }

  @Test
  void aWrongConfigurationIsNamedAndFatal() throws Exception {
    write("listen_port = many");
    try (JavaProcess weir = JavaProcess.start(folder, FakeMain.class, List.of(),
        config.toString())) {
      assertThat(weir.awaitEnd()).isEqualTo(1);
      assertThat(weir.output())
          .containsPattern(" ERROR .*weir.ini:6: \\[pgbouncer\\] listen_port: .*many")
          .contains(" FATAL cannot load config file\n");
    }
  }

  @Test
  void quietMeansTheLogFileOnly() throws Exception {
    Path log = folder.resolve("weir.log");
    write("logfile = " + log);
    try (JavaProcess weir = JavaProcess.start(folder, FakeMain.class, List.of(), "-q",
        config.toString())) {
      JavaProcess.await(() -> read(log).contains("process up"), () -> read(log));
      assertThat(read(log))
          .containsPattern("(?m)^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} UTC \\["
              + weir.pid() + "\\] LOG process up: ");
      weir.signal("TERM");
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).isEqualTo("calls [shutdown WAIT_FOR_CLIENTS, close]\n");
    }
  }

  @Test
  void aDaemonNeedsAPidFileAndTheLauncher() throws Exception {
    try (JavaProcess weir = JavaProcess.start(folder, FakeMain.class, List.of(), "-d",
        config.toString())) {
      assertThat(weir.awaitEnd()).isEqualTo(1);
      assertThat(weir.output()).contains("FATAL to run in background, use the launcher bin/weir");
    }
  }

  @Test
  void anUnknownUserIsFatal() throws Exception {
    try (JavaProcess weir = JavaProcess.start(folder, FakeMain.class, List.of(), "-u",
        "no such user", config.toString())) {
      assertThat(weir.awaitEnd()).isEqualTo(1);
      assertThat(weir.output()).contains("FATAL could not find user 'no such user' to switch to\n");
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
