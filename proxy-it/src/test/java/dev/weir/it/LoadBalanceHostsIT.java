package dev.weir.it;

import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Which host of a list gets the next connection, as PgBouncer's test_load_balance_hosts asserts it. */
final class LoadBalanceHostsIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "session")
      .set("server_login_retry", "0")
      .databaseLine("good_first", "host=127.0.0.1,no-such-host.invalid load_balance_hosts=disable"
          + " port=${port} dbname=${dbname} user=postgres password=${password}")
      .databaseLine("bad_first", "host=no-such-host.invalid,127.0.0.1 load_balance_hosts=disable"
          + " port=${port} dbname=${dbname} user=postgres password=${password}")
      .databaseLine("round", "host=127.0.0.1,localhost"
          + " port=${port} dbname=${dbname} user=postgres password=${password}")
      .login("bob", "");

  private void twoServers(String database) throws SQLException {
    List<Connection> open = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        Connection connection = proxy.connect("bob", "", database);
        open.add(connection);
        Sql.run(connection, "select 1");
      }
      assertThat(WeirServer.where(proxy.show("SERVERS"), "database", database)).hasSize(2);
    } finally {
      for (Connection connection : open) {
        connection.close();
      }
    }
  }

  @Test
  void theFirstHostIsKeptWhileItWorks() throws SQLException {
    twoServers("good_first");
    assertThat(proxy.log().count("no-such-host")).isZero();
  }

  @Test
  void aHostThatFailsOnceIsLeft() throws SQLException {
    twoServers("bad_first");
    assertThat(proxy.log().count("closing because: server DNS lookup failed")).isEqualTo(1);
  }

  @Test
  void hostsTakeTurnsByDefault() throws SQLException {
    twoServers("round");
    assertThat(WeirServer.cell(proxy.show("POOLS"), "database", "round", "load_balance_hosts"))
        .isEqualTo("round-robin");
  }

  @Test
  void aReloadChangesIt() throws SQLException {
    assertThat(shown("good_first")).isEqualTo("disable");
    proxy.databaseLine("good_first", "host=127.0.0.1,127.0.0.1 load_balance_hosts=round-robin"
        + " port=${port} dbname=${dbname} user=postgres password=${password}").reload();
    assertThat(shown("good_first")).isEqualTo("round-robin");
    twoServers("good_first");
  }

  /** PgBouncer before 1.18 went to the wrong host of a list when many connections had been made. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "needs all of 127.0.0.0/8")
  void everyHostOfALongListGetsItsTurnsAndItsOwnOnly() throws Exception {
    int hosts = 40;
    List<FakePostgres> servers = new ArrayList<>();
    List<String> order = new CopyOnWriteArrayList<>();
    List<String> names = new ArrayList<>();
    try {
      int port = 0;
      for (int i = 0; i < hosts; i++) {
        String host = "127.0.7." + (i + 1);
        names.add(host);
        servers.add(new FakePostgres(InetAddress.getByName(host), port, w -> {
          w.login();
          order.add(host);
          w.receive('Q');
          w.send(FakePostgres.answer());
          w.receive('X');
        }));
        port = servers.getFirst().port();
      }
      proxy.databaseLine("many", "host=" + String.join(",", names) + " port=" + port
          + " user=postgres").set("server_lifetime", "0").set("pool_mode", "transaction")
          .set("server_tls_sslmode", "disable").reload();
      try (RawClient client = RawClient.connect(proxy)) {
        client.login("bob", "many").readUntil('Z');
        for (int i = 0; i < 3 * hosts; i++) { // a server lives for one query
          client.send(RawClient.query("select 1")).readUntil('Z');
        }
      }
    } finally {
      for (FakePostgres server : servers) {
        server.close();
      }
    }
    assertThat(order.size()).isGreaterThanOrEqualTo(3 * hosts);
    for (int i = 0; i < 3 * hosts; i++) {
      assertThat(order.get(i)).isEqualTo(names.get(i % hosts));
    }
  }

  private String shown(String database) throws SQLException {
    return WeirServer.cell(proxy.show("DATABASES"), "name", database, "load_balance_hosts");
  }
}
