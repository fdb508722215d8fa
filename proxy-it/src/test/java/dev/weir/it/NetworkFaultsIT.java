package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.RawClient.query;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A network that swallows everything between the proxy and its server: what PgBouncer's test_timeouts.py does by firewall
 * rules. Clients wait as long as they may, and are served when it is over.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "a full listener drops connections silently on Linux only")
final class NetworkFaultsIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("server_login_retry", "0.2")
      .set("server_tls_sslmode", "disable")
      .login("bob", "");

  private interface Check {
    void with(Relay network) throws Exception;
  }

  /** A test while nothing gets through; afterwards it does again, or closing a connection would wait for ever. */
  private interface Outage {
    void happens() throws Exception;
  }

  private static void dropped(Relay network, Outage outage) throws Exception {
    network.drop();
    try {
      outage.happens();
    } finally {
      network.pass();
    }
  }

  private void behind(Check test) throws Exception {
    try (Relay network = new Relay(postgres)) {
      proxy.databaseLine("far", "host=127.0.0.1 port=" + network.port() + " dbname="
          + postgres.database() + " user=postgres password=${password}").reload();
      test.with(network);
    }
  }

  private Connection bob() throws SQLException {
    return proxy.connect("bob", "", "far");
  }

  @Test
  void aConnectThatIsNeverAnsweredIsGivenUpAndTriedAgain() throws Exception {
    proxy.set("server_connect_timeout", "1");
    behind(network -> {
      network.drop();
      Background client = Background.start(() -> {
        try (Connection bob = bob()) {
          assertThat(Sql.value(bob, "select 1")).isEqualTo("1");
        }
      });
      proxy.awaitLog("S-0x\\S+ far/postgres@.* closing because: connect timeout", 2);
      assertThat(client.over()).isFalse();
      network.pass();
      client.await();
    });
  }

  @Test
  void aServerThatWasIdleIsCheckedBeforeItServes() throws Exception {
    proxy.set("server_check_delay", "0.5");
    behind(network -> {
      try (Connection bob = bob()) {
        String pid = Sql.value(bob, "select pg_backend_pid()");
        awaitPool("sv_used");
        List<Background> client = new ArrayList<>();
        dropped(network, () -> {
          client.add(Background.start(
              () -> assertThat(Sql.value(bob, "select pg_backend_pid()")).isEqualTo(pid)));
          awaitPool("sv_tested");
          awaitPool("cl_waiting");
          assertThat(client.getFirst().over()).isFalse();
        });
        client.getFirst().await();
      }
    });
  }

  private void awaitPool(String countIsOne) throws SQLException {
    proxy.awaitShow("POOLS",
        rows -> "1".equals(WeirServer.cell(rows, "database", "far", countIsOne)));
  }

  @Test
  void aCancelRequestThatDoesNotGetThroughIsDropped() throws Exception {
    proxy.set("cancel_wait_timeout", "1");
    behind(network -> {
      try (Connection bob = bob(); Statement slow = bob.createStatement()) {
        Background client = Background.start(() -> slow.execute("select pg_sleep(3)"));
        awaitPool("sv_active");
        dropped(network, () -> {
          slow.cancel(); // returns when the proxy has closed the request's connection
          proxy.awaitLog(
              "C-0x\\S+ \\(nodb\\)/\\(nouser\\)@.* closing because: cancel_wait_timeout", 1);
          assertThat(client.over()).isFalse();
        });
        client.await(); // was not canceled
        assertThat(Sql.value(bob, "select 1")).isEqualTo("1");
      }
    });
  }

  @Test
  void bytesThatNobodyTakesEndTheConnectionAfterTcpUserTimeout() throws Exception {
    proxy.set("tcp_user_timeout", "1000");
    behind(network -> {
      try (RawClient client = RawClient.connect(proxy)) {
        client.login("bob", "far").readUntil('Z');
        client.send(query("select 1")).readUntil('Z');
        network.drop();
        Background sends = Background
            .start(() -> client.send(query("select length('" + "x".repeat(30_000_000) + "')")));
        assertThat(client.readRefusal()).isEqualTo("server conn crashed?");
        sends.awaitEither();
      }
    });
  }
}
