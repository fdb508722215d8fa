package dev.weir.app;

import dev.weir.app.host.DatagramListener;
import dev.weir.app.host.ServiceManager;
import dev.weir.app.log.Logs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Texts and effects are PgBouncer's (src/main.c, signal handling). */
final class OperatorSignalsTest {
  @TempDir Path folder;
  private final FakeProxy proxy = new FakeProxy();
  private final List<String> exits = new ArrayList<>();
  private final Logs logs = Logs.install(false, 0);
  private DatagramListener systemd;
  private OperatorSignals signals;

  @BeforeEach
  void listen() throws IOException {
    logs.apply(new Logs.Plan(false, folder.resolve("log"), false, null, 0));
    String socket = folder.resolve("notify").toString();
    systemd = new DatagramListener(socket);
    signals = new OperatorSignals(proxy, ServiceManager.at(socket),
        (status, fatal) -> exits.add(status + " " + fatal));
  }

  @AfterEach
  void close() throws IOException {
    logs.close();
    systemd.close();
  }

  @Test
  void termWaitsForClientsAndTheSecondEndsAtOnce() throws Exception {
    signals.onTerm();
    assertThat(proxy.calls).containsExactly("shutdown WAIT_FOR_CLIENTS");
    assertThat(systemd.next()).isEqualTo("STOPPING=1");
    assertThat(exits).isEmpty();
    signals.onTerm();
    assertThat(exits).containsExactly("0 ");
    assertThat(messages()).containsExactly(
        "got SIGTERM, shutting down, waiting for all clients disconnect",
        "got SIGTERM while shutting down, fast exit");
  }

  @Test
  void theSecondEndsAtOnceEvenWhileTheFirstIsNotYetObeyed() throws Exception {
    List<Runnable> later = new ArrayList<>();
    proxy.controlThread = later::add;
    signals.onInt();
    assertThat(exits).isEmpty();
    signals.onInt();
    assertThat(exits).containsExactly("0 ");
    assertThat(later).hasSize(1);
  }

  @Test
  void intWaitsForServersAndTheSecondEndsAtOnce() throws Exception {
    signals.onInt();
    assertThat(proxy.calls).containsExactly("shutdown WAIT_FOR_SERVERS");
    signals.onInt();
    assertThat(exits).containsExactly("0 ");
    assertThat(messages()).containsExactly(
        "got SIGINT, shutting down, waiting for all servers connections to be released",
        "got SIGINT while shutting down, fast exit");
  }

  @Test
  void termWhileSuspendedIsFatal() {
    proxy.suspended = true;
    signals.onTerm();
    assertThat(exits).containsExactly("1 suspend was in progress, going down immediately");
    assertThat(proxy.calls).isEmpty();
  }

  @Test
  void hupReloadsAndTellsTheServiceManager() throws Exception {
    signals.onHup();
    assertThat(proxy.calls).containsExactly("reload");
    assertThat(systemd.next()).startsWith("RELOADING=1\nMONOTONIC_USEC=");
    assertThat(systemd.next()).isEqualTo("READY=1");
    proxy.refuseReload = true;
    signals.onHup();
    assertThat(systemd.next()).startsWith("RELOADING=1");
    assertThat(systemd.next()).isEqualTo("READY=1");
    assertThat(messages()).containsExactly("got SIGHUP, re-reading config",
        "got SIGHUP, re-reading config",
        "config file loading failed");
  }

  @Test
  void usr1PausesAndUsr2Resumes() throws Exception {
    signals.onUsr2();
    signals.onUsr1();
    signals.onUsr1();
    signals.onUsr2();
    proxy.suspended = true;
    signals.onUsr1();
    signals.onUsr2();
    assertThat(proxy.calls).containsExactly("pause", "resume", "resume");
    assertThat(messages()).containsExactly("got SIGUSR2, but not paused/suspended",
        "got SIGUSR1, pausing all activity",
        "got SIGUSR1, but already paused/suspended", "got SIGUSR2, continuing from PAUSE",
        "got SIGUSR1, but already paused/suspended", "got SIGUSR2, continuing from SUSPEND");
    proxy.paused = true;
    proxy.shuttingDown = true;
    signals.onUsr2();
    assertThat(proxy.calls).hasSize(3);
    assertThat(messages()).last().isEqualTo("got SIGUSR2 while shutting down, ignoring");
  }

  private List<String> messages() throws IOException {
    return Files.readAllLines(folder.resolve("log")).stream()
        .map(line -> line.replaceFirst("^.*?\\] [A-Z]+ ", ""))
        .toList();
  }
}
