package dev.weir.admin.job;

import dev.weir.core.config.mysql.SchedulerJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class SchedulerTest {
  @TempDir Path directory;

  @Test
  void aJobRunsAtItsIntervalWithItsArgumentsAndNoEnvironment() throws Exception {
    Path out = directory.resolve("out");
    Path script = directory.resolve("job.sh");
    Files.writeString(script, "#!/bin/sh\necho \"$1 $2 $# $HOME\" >> " + out + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    SchedulerJob job = new SchedulerJob(1, true, 100, script.toString(), "a b", "c", null, "d",
        null, "");
    SchedulerJob inactive = new SchedulerJob(2, false, 100, "/no/such/file", null, null, null,
        null, null, "");
    SchedulerJob broken = new SchedulerJob(3, true, 100, "/no/such/file", null, null, null, null,
        null, "");
    try (Scheduler scheduler = new Scheduler()) {
      scheduler.runs(List.of(job, inactive, broken));
      Instant end = Instant.now().plus(Duration.ofSeconds(60));
      while (!(Files.exists(out) && Files.readAllLines(out).size() >= 2)) {
        assertThat(Instant.now()).isBefore(end);
        Thread.sleep(20);
      }
      scheduler.runs(List.of());
    }

    assertThat(Files.readAllLines(out)).containsOnly("a b c 2 ");
  }
}
