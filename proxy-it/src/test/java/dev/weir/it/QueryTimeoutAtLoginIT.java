package dev.weir.it;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code query_timeout} holds for a client that waits for its pool's first server, too. */
final class QueryTimeoutAtLoginIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("server_tls_sslmode", "disable").set("client_login_timeout", "30")
      .set("server_connect_timeout", "1").set("query_timeout", "3").login("bob", "");

  @Test
  void whoWaitsForTheFirstServerIsSentAwayByQueryTimeout() throws Exception {
    try (FakePostgres silent = new FakePostgres(FakePostgres.Wire::sleep)) {
      proxy.databaseLine("silent", "host=127.0.0.1 port=" + silent.port() + " user=postgres")
          .reload();
      try (RawClient client = RawClient.connect(proxy)) {
        client.login("bob", "silent");
        assertThat(client.readRefusal()).isEqualTo("query_timeout");
      }
      proxy.awaitLog("closing because: connect timeout", 1);
    }
  }
}
