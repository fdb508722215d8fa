package dev.weir.app.log;

import dev.weir.app.log.Logs.Plan;
import dev.weir.app.log.Logs.SyslogPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

final class LogsTest {
  private static final Logger log = LoggerFactory.getLogger(LogsTest.class);
  private static final Logger library = LoggerFactory.getLogger("io.netty.something");

  @TempDir Path folder;
  private final Logs logs = Logs.install(false, 0);

  @AfterEach
  void close() {
    logs.close();
  }

  @Test
  void linesAreInTheFileAtOnceWithPgBouncersLevels() throws IOException {
    Path file = folder.resolve("weir.log");
    logs.apply(new Plan(false, file, false, null, 2));
    log.error("e {}", 1);
    log.warn("w");
    log.info("i {not a format}");
    log.debug("d");
    log.trace("t");
    logs.fatal("f");
    String pid = " [" + ProcessHandle.current().pid() + "] ";
    assertThat(Files.readAllLines(file))
        .map(line -> line.substring(line.indexOf(pid) + pid.length()))
        .containsExactly("ERROR e 1", "WARNING w", "LOG i {not a format}", "DEBUG d", "NOISE t",
            "FATAL f");
  }

  @Test
  void verboseSwitchesLevelsWhileRunningAndLibrariesStayQuiet() throws IOException {
    Path file = folder.resolve("weir.log");
    logs.apply(new Plan(false, file, false, null, 0));
    log.debug("unseen");
    library.info("unseen");
    logs.verbose(1);
    log.debug("seen");
    log.trace("unseen");
    logs.verbose(2);
    log.trace("seen too");
    library.debug("unseen");
    library.warn("library warning");
    assertThat(Files.readString(file)).doesNotContain("unseen").contains("DEBUG seen",
        "NOISE seen too",
        "WARNING library warning");
  }

  @Test
  void applyingAgainOpensTheFileAnew() throws IOException {
    Path file = folder.resolve("weir.log");
    Path rotated = folder.resolve("weir.log.1");
    Plan plan = new Plan(false, file, false, null, 0);
    logs.apply(plan);
    log.info("before");
    Files.move(file, rotated);
    log.info("between");
    logs.apply(plan);
    log.info("after");
    assertThat(Files.readString(rotated)).contains("before", "between").doesNotContain("after");
    assertThat(Files.readString(file)).contains("after").doesNotContain("between");
  }

  @Test
  void aFileThatCannotBeOpenedIsSaidElsewhere() throws IOException {
    Path good = folder.resolve("good.log");
    logs.apply(new Plan(false, good, false,
        new SyslogPlan(folder.resolve("nobody").toString(), "weir", 3), 0));
    assertThat(Files.readString(good))
        .contains("WARNING cannot log to syslog at " + folder.resolve("nobody"));
    logs.apply(new Plan(false, folder.resolve("missing/weir.log"), false, null, 0));
    log.info("goes nowhere, harms nobody");
  }

  @Test
  void aStackTraceStaysOneEvent() throws IOException {
    Path file = folder.resolve("weir.log");
    logs.apply(new Plan(false, file, false, null, 0));
    log.error("broke", new IllegalStateException("why"));
    assertThat(Files.readAllLines(file)).element(1).asString()
        .isEqualTo("\tjava.lang.IllegalStateException: why");
    assertThat(Files.readAllLines(file).stream().skip(1)).allMatch(line -> line.startsWith("\t"));
  }
}
