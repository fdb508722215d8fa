package dev.weir.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What SHUTDOWN does to those who are at work, wait or come (the shutdown part of PgBouncer's test_misc.py). */
final class ShutdownIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .unixSocket()
      .set("pool_mode", "transaction")
      .set("default_pool_size", "1")
      .database("p0", "user=postgres password=${password}")
      .login("bob", "");

  private Connection bob() throws SQLException {
    return proxy.connect("bob", "", "p0");
  }

  private Background awaitExit() {
    AtomicInteger status = new AtomicInteger(-1);
    return Background.start(() -> {
      status.set(proxy.proxy().awaitExit());
      assertThat(status).hasValue(0);
    });
  }

  private boolean acceptsTcp() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  private Path socketFile() {
    return proxy.folder().resolve(".s.PGSQL." + proxy.port());
  }

  @Test
  void whoWaitsForAServerIsSentAwayByTheShutdownItself() throws Exception {
    Background exit = awaitExit();
    try (Console console = proxy.console(); Connection busy = bob(); Connection waits = bob()) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      Background waiting = Background.start(() -> assertThat(
          WeirServer.text(Sql.error(waits, "select 1"))).isEqualTo("server shutting down"));
      console.awaitShow("POOLS", rows -> !WeirServer.where(rows, "cl_waiting", "1").isEmpty());
      console.run("SHUTDOWN WAIT_FOR_SERVERS");
      waiting.await();
      assertThat(exit.over()).isFalse();
      assertThat(Sql.value(busy, "select 'at work'")).isEqualTo("at work");
      busy.commit();
      exit.await();
    }
    proxy.awaitLog("server connections dropped, exiting", 1);
  }

  @Test
  void whoBeginsWhileServersAreWaitedForIsSentAway() throws Exception {
    Background exit = awaitExit();
    try (Console console = proxy.console(); Connection busy = bob(); Connection idle = bob()) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      console.run("SHUTDOWN WAIT_FOR_SERVERS");
      assertThat(WeirServer.text(Sql.error(idle, "select 1"))).isEqualTo("server shutting down");
      for (int i = 0; i < 3; i++) {
        assertThat(Sql.value(busy, "select 'at work'")).isEqualTo("at work");
      }
      assertThat(exit.over()).isFalse();
      busy.commit();
      exit.await();
    }
  }

  @Test
  void whileServersAreWaitedForOnlyTheConsoleIsServedAndOnTheUnixSocketOnly() throws Exception {
    Background exit = awaitExit();
    try (Connection busy = bob()) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      try (Console console = proxy.console()) {
        console.run("SHUTDOWN WAIT_FOR_SERVERS");
      }
      onlyTheConsoleOnTheUnixSocket();
      assertThat(exit.over()).isFalse();
      busy.commit();
      exit.await();
    }
    endsWithoutASocketFile();
  }

  @Test
  void whileClientsAreWaitedForTheyAreServedAndNobodyElse() throws Exception {
    Background exit = awaitExit();
    try (Connection stays = bob(); Connection other = bob()) {
      Sql.run(stays, "select 1");
      try (Console console = proxy.console()) {
        console.run("SHUTDOWN WAIT_FOR_CLIENTS");
      }
      onlyTheConsoleOnTheUnixSocket();
      other.setAutoCommit(false);
      for (int i = 0; i < 3; i++) {
        assertThat(Sql.value(stays, "select 'served'")).isEqualTo("served");
        assertThat(Sql.value(other, "select 'served'")).isEqualTo("served");
        other.commit();
      }
      assertThat(exit.over()).isFalse();
    }
    exit.await();
    proxy.awaitLog("client connections dropped, exiting", 1);
    endsWithoutASocketFile();
  }

  private void onlyTheConsoleOnTheUnixSocket() throws IOException {
    WeirServer.await("TCP to be closed", () -> !acceptsTcp());
    assertThat(socketFile()).exists();
    try (RawClient client = RawClient.connectUnix(proxy)) {
      assertThat(client.login("bob", "p0").readRefusal()).isEqualTo("pooler is shutting down");
    }
    try (RawClient console = RawClient.connectUnix(proxy)) {
      console.login("pgbouncer", "pgbouncer").readUntil('Z');
      console.send(RawClient.query("SHOW VERSION")).readUntil('D');
    }
  }

  private void endsWithoutASocketFile() throws Exception {
    Path file = socketFile();
    proxy.stop();
    assertThat(Files.exists(file)).isFalse();
  }

  @Test
  void aShutdownCannotBeResumed() throws Exception {
    Background exit = awaitExit();
    try (Console console = proxy.console(); Connection busy = bob()) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      console.run("SHUTDOWN WAIT_FOR_SERVERS");
      for (String command : new String[]{"RESUME", "RESUME p0"}) {
        assertThat(WeirServer.text(console.error(command))).isEqualTo("pooler is shutting down");
      }
      assertThat(exit.over()).isFalse();
      busy.commit();
      exit.await();
    }
  }
}
