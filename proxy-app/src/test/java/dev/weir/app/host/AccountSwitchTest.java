package dev.weir.app.host;

import dev.weir.app.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class AccountSwitchTest {
  @TempDir Path folder;

  @Test
  void rootBecomesTheUserInEveryThreadAndLosesAllGroups() throws Exception {
    Assumptions.assumeTrue(Account.current().isRoot(), "only root can become somebody else");
    Account nobody = Account.nobody().orElseThrow();
    copyClasses();
    try (JavaProcess process = JavaProcess.start(folder, folder.toString(),
        AccountSwitchProcess.class, List.of(), "nobody")) {
      assertThat(process.awaitEnd()).isZero();
      int uid = nobody.uid();
      int gid = nobody.gid();
      String everyThread = "Uid: " + uid + " " + uid + " " + uid + " " + uid + " Gid: " + gid + " "
          + gid + " " + gid + " "
          + gid + " Groups: " + gid;
      List<String> lines = process.output().lines().toList();
      assertThat(lines).hasSizeGreaterThan(5).last().isEqualTo("done");
      assertThat(lines.subList(0, lines.size() - 1)).containsOnly(everyThread);
      assertThat(Path.of("/tmp/.java_pid" + process.pid())).doesNotExist();
    }
  }

  @Test
  void classesTheUserMayNotReadAreAnErrorAtOnce() throws Exception {
    Assumptions.assumeTrue(Account.current().isRoot(), "only root can become somebody else");
    Path closed = Files.createDirectory(folder.resolve("closed"),
        PosixFilePermissions.asFileAttribute(
            PosixFilePermissions.fromString("rwx------")));
    copyClasses();
    try (JavaProcess process = JavaProcess.start(folder, folder + ":" + closed,
        AccountSwitchProcess.class,
        List.of(), "nobody")) {
      assertThat(process.awaitEnd()).isZero();
      assertThat(process.output())
          .isEqualTo("refused: user 'nobody' may not read " + closed + "\n");
    }
  }

  @Test
  void anOrdinaryUserMayNotBecomeSomebodyElse() throws Exception {
    Assumptions.assumeFalse(Account.current().isRoot(), "root may");
    try (JavaProcess process = JavaProcess.start(folder, AccountSwitchProcess.class, List.of(),
        "root")) {
      assertThat(process.awaitEnd()).isZero();
      assertThat(process.output())
          .isEqualTo("refused: failed to assume identity of user 'root': setuid failed\n");
    }
  }

  @Test
  void becomingOneselfIsNothing() throws Exception {
    try (JavaProcess process = JavaProcess.start(folder, AccountSwitchProcess.class, List.of(),
        Account.current().name())) {
      assertThat(process.awaitEnd()).isZero();
      assertThat(process.output()).contains("Uid: " + Account.current().uid() + " ")
          .endsWith("done\n");
    }
  }

  /** To where everybody may read them. */
  private void copyClasses() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path target = Files.createDirectories(folder.resolve("dev/weir/app/host"));
    for (Class<?> one : List.of(Account.class, AccountSwitchProcess.class)) {
      Path source = Path.of(one.getProtectionDomain().getCodeSource().getLocation().getPath())
          .resolve("dev/weir/app/host");
      try (Stream<Path> files = Files.list(source)) {
        for (Path file : files.toList()) {
          Files.copy(file, target.resolve(file.getFileName()));
        }
      }
    }
  }
}
