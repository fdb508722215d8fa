package dev.weir.it;

import dev.weir.app.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** How long and how many may be on their way in, and what happens while the server is away. */
final class LoginTimeoutIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("client_login_timeout", "1")
      .set("tcp_defer_accept", "0") // silent clients are to be seen at once
      .weir("max_unauthenticated_conn", "5")
      .database("p0", "user=postgres password=${password}")
      .login("bob", "");

  @Test
  void whoSaysNothingIsSentAway() throws Exception {
    try (RawClient client = RawClient.connect(proxy)) {
      assertThat(client.readRefusal()).isEqualTo("client_login_timeout");
    }
  }

  @Test
  void whoTricklesIsSentAwayTheSame() throws Exception {
    byte[] startup = RawClient.startup(RawClient.V3_0, "user", "b".repeat(100));
    try (RawClient client = RawClient.connect(proxy)) {
      Background trickle = Background.start(() -> {
        for (byte b : startup) {
          client.send(new byte[]{b});
          Thread.sleep(50);
        }
      });
      assertThat(client.readRefusal()).isEqualTo("client_login_timeout");
      trickle.awaitEither();
    }
  }

  @Test
  void whoDoesNotAnswerTheChallengeIsSentAway() throws Exception {
    proxy.set("auth_type", "scram-sha-256").reload();
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("bob", "p0").readUntil('R');
      assertThat(client.readRefusal()).isEqualTo("client_login_timeout");
    }
  }

  @Test
  void whoIsInMayStay() throws Exception {
    try (RawClient client = RawClient.connect(proxy); RawClient other = RawClient.connect(proxy)) {
      client.login("bob", "p0").readUntil('Z');
      assertThat(other.readRefusal()).isEqualTo("client_login_timeout"); // as long as that
      client.send(RawClient.query("select 1"));
      client.readUntil('Z');
    }
  }

  @Test
  void onlySoManyMayBeOnTheirWayIn() throws Exception {
    proxy.set("client_login_timeout", "30").reload();
    List<RawClient> strangers = new ArrayList<>();
    try (Connection inside = proxy.connect("bob", "", "p0"); Console console = proxy.console()) {
      for (int i = 0; i < 5; i++) {
        strangers.add(RawClient.connect(proxy));
      }
      console.awaitShow("LISTS",
          rows -> "5".equals(WeirServer.cell(rows, "list", "login_clients", "items")));
      try (RawClient oneTooMany = RawClient.connect(proxy)) {
        assertThat(oneTooMany.readRefusal())
            .isEqualTo("no more connections allowed (max_unauthenticated_conn)");
      }
      for (RawClient stranger : strangers) {
        stranger.close();
      }
      WeirServer.await("room again", () -> {
        try (Connection again = proxy.connect("bob", "", "p0")) {
          return "1".equals(Sql.value(again, "select 1"));
        } catch (SQLException e) {
          return false;
        }
      });
      assertThat(Sql.value(inside, "select 1")).isEqualTo("1");
    } finally {
      for (RawClient stranger : strangers) {
        stranger.close();
      }
    }
  }

  @Test
  void whileTheServerIsAwayNewcomersAreToldAndLaterServed() throws Exception {
    proxy.set("server_login_retry", "1").set("client_login_timeout", "60")
        .set("pool_mode", "transaction").reload();
    try (Connection client = proxy.connect("bob", "", "p0")) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
      postgres.stop(EmbeddedPostgres.Stop.FAST);
      try {
        proxy.awaitShow("SERVERS", List::isEmpty);
        Background waiter = Background.start(() -> {
          assertThat(Sql.value(client, "select 2")).isEqualTo("2"); // through the outage
        });
        proxy.awaitLog("closing because: connect failed", 1);
        WeirServer.await("the failure is known", () -> {
          try (Connection newcomer = proxy.connect("bob", "", "p0")) {
            return WeirServer.text(Sql.error(newcomer, "select 1"))
                .startsWith("server login has been failing, cached error: ");
          } catch (SQLException e) {
            return WeirServer.text(e).startsWith("server login has been failing, cached error: ");
          }
        });
        postgres.start();
        waiter.await();
      } catch (AssertionError e) {
        postgres.start(); // for the tests after this one
        throw e;
      }
    }
  }

  @Test
  void whoWaitsForTheFirstServerIsSentAwayInTime() throws Exception {
    proxy.set("server_connect_timeout", "30").reload();
    postgres.freeze();
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("bob", "p0");
      assertThat(client.readRefusal()).isEqualTo("client_login_timeout (server down)");
    } finally {
      postgres.thaw();
    }
  }

  @Test
  void aServerThatDoesNotAnswerIsGivenUp() throws Exception {
    proxy.set("server_connect_timeout", "1").set("query_timeout", "3")
        .set("client_login_timeout", "60").reload();
    postgres.freeze();
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("bob", "p0");
      proxy.awaitLog("closing because: connect timeout", 1);
    } finally {
      postgres.thaw();
    }
  }
}
