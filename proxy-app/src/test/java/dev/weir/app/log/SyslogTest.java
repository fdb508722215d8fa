package dev.weir.app.log;

import dev.weir.app.host.DatagramListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class SyslogTest {
  @TempDir Path folder;

  @Test
  void writesWhatSyslog3Writes() throws Exception {
    String path = folder.resolve("log").toString();
    LogLine line = new LogLine(
        LocalDateTime.of(2026, 1, 2, 3, 4, 5).atZone(ZoneId.systemDefault()).toInstant(), 42,
        Severity.WARNING, "disk\nfull");
    try (DatagramListener daemon = new DatagramListener(path);
        Syslog syslog = Syslog.open(path, "bouncer", 16)) {
      syslog.write(line);
      assertThat(daemon.next()).isEqualTo("<132>Jan  2 03:04:05 bouncer[42]: disk\nfull");
    }
  }

  @Test
  void findsADaemonThatWasRestarted() throws Exception {
    String path = folder.resolve("log").toString();
    DatagramListener first = new DatagramListener(path);
    try (Syslog syslog = Syslog.open(path, "weir", 3)) {
      first.close();
      Files.delete(Path.of(path));
      syslog.write(new LogLine(java.time.Instant.now(), 1, Severity.FATAL, "lost"));
      try (DatagramListener second = new DatagramListener(path)) {
        syslog.write(new LogLine(java.time.Instant.now(), 1, Severity.FATAL, "kept"));
        assertThat(second.next()).startsWith("<26>").endsWith(" weir[1]: kept");
      }
    }
  }
}
