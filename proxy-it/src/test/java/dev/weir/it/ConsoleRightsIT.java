package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What statistics users are kept from: everything that changes something (CVE-2026-6667: KILL_CLIENT was not). */
final class ConsoleRightsIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("stats_users", "watcher")
      .database("p0", "user=postgres password=${password}")
      .login("watcher", "").login("bob", "");

  @Test
  void statisticsUsersLookAndDoNotTouch() throws SQLException {
    try (Connection client = proxy.connect("bob", "", "p0");
        Console console = proxy.console("watcher", "")) {
      String id = WeirServer.cell(console.show("CLIENTS"), "user", "bob", "id");
      String limit = WeirServer.cell(console.show("CONFIG"), "key", "max_client_conn", "value");
      for (String command : List.of("KILL_CLIENT " + id, "KILL p0", "KILL", "PAUSE", "PAUSE p0",
          "RESUME", "DISABLE p0", "ENABLE p0", "RECONNECT", "RELOAD", "SUSPEND", "SHUTDOWN",
          "SHUTDOWN WAIT_FOR_CLIENTS", "WAIT_CLOSE p0", "SET max_client_conn = 1", "SHOW FDS")) {
        assertThat(WeirServer.text(console.error(command))).as(command)
            .isEqualTo("admin access needed");
      }
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
      assertThat(WeirServer.cell(console.show("CONFIG"), "key", "max_client_conn", "value"))
          .isEqualTo(limit);
    }
  }

  @Test
  void othersDoNotGetIn() {
    assertThat(WeirServer.text(proxy.refusal("bob", "", "pgbouncer"))).isEqualTo("not allowed");
  }
}
