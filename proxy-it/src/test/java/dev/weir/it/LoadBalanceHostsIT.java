package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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

  private String shown(String database) throws SQLException {
    return WeirServer.cell(proxy.show("DATABASES"), "name", database, "load_balance_hosts");
  }
}
