package dev.weir.app.host;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

final class ServiceManagerTest {
  @TempDir Path folder;

  @Test
  void hearsTheWordsOfSdNotify() throws Exception {
    String path = folder.resolve("notify").toString();
    try (DatagramListener systemd = new DatagramListener(path)) {
      speakTo(path, systemd);
    }
  }

  @Test
  void isReachedInTheAbstractNamespace() throws Exception {
    String name = "weir-test-" + ProcessHandle.current().pid();
    try (DatagramListener systemd = new DatagramListener("\0" + name)) {
      speakTo("@" + name, systemd);
    }
  }

  @Test
  void nobodyListeningHarmsNobody() {
    ServiceManager.at(null).ready();
    ServiceManager.at("").ready();
    ServiceManager.at(folder.resolve("none").toString()).ready();
  }

  private static void speakTo(String path, DatagramListener systemd) throws Exception {
    ServiceManager manager = ServiceManager.at(path);
    manager.ready();
    assertThat(systemd.next()).isEqualTo("READY=1");
    long before = System.nanoTime() / 1000;
    manager.reloading();
    String[] lines = systemd.next().split("\n", -1);
    assertThat(lines[0]).isEqualTo("RELOADING=1");
    assertThat(Long.parseLong(lines[1].replace("MONOTONIC_USEC=", ""))).isBetween(before,
        System.nanoTime() / 1000);
    manager.status("stats: 1 xacts/s\n, 2 queries/s");
    assertThat(systemd.next()).isEqualTo("STATUS=stats: 1 xacts/s , 2 queries/s");
    manager.stopping();
    assertThat(systemd.next()).isEqualTo("STOPPING=1");
  }
}
