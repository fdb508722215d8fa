package dev.weir.app.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

final class PidFileTest {
  @TempDir Path folder;

  @Test
  void holdsOurPidWhileWeRun() throws IOException {
    Path path = folder.resolve("pid");
    try (PidFile _ = PidFile.write(path)) {
      assertThat(path).hasContent(ProcessHandle.current().pid() + "\n");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-r--r--");
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void isNotOverwritten() throws IOException {
    Path path = folder.resolve("pid");
    Files.writeString(path, "1\n");
    assertThatIOException().isThrownBy(() -> PidFile.write(path))
        .withMessage("could not open pidfile '" + path + "': File exists");
    assertThat(path).hasContent("1\n");
  }

  @Test
  void ofAnotherProcessStaysWhenWeEnd() throws IOException {
    Path path = folder.resolve("pid");
    try (PidFile _ = PidFile.write(path)) {
      Files.writeString(path, "1\n");
    }
    assertThat(path).hasContent("1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1\n", "  1", "1 and more", "", "what?", "-7", "0\n"})
  void ofALivingOrUnknownProcessStopsTheStart(String content) throws IOException {
    Path path = folder.resolve("pid");
    Files.writeString(path, content);
    assertThatIOException().isThrownBy(() -> PidFile.check(path))
        .withMessage("pidfile '" + path + "' exists, another instance running?");
    assertThat(path).exists();
  }

  @Test
  void ofAnEndedProcessIsRemoved() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path path = folder.resolve("pid");
    Files.writeString(path, ended.pid() + "\n");
    PidFile.check(path);
    assertThat(path).doesNotExist();
  }

  @Test
  void thatIsMissingIsFine() {
    assertThatCode(() -> PidFile.check(folder.resolve("none"))).doesNotThrowAnyException();
  }
}
