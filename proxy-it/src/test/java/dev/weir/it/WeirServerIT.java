package dev.weir.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** A client gets through to the server, the console answers in both protocols, and a reload is seen. */
final class WeirServerIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .database("p0")
      .login("postgres", "${password}");

  @BeforeEach
  void nothingIsInTheWay() throws Exception {
    assertThat(proxy.log().lines()).anyMatch(line -> line.contains("listening on"));
  }

  @Test
  void aQueryReachesTheServer() throws Exception {
    try (Connection connection = proxy.connect("postgres", "", "p0");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select current_database()")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo(postgres.database());
    }
    proxy.awaitLog("closing because: client close request", 1);
  }

  @Test
  void theConsoleAnswersInBothProtocols() throws Exception {
    try (Console simple = proxy.console(); Console extended = proxy.extendedConsole()) {
      assertThat(simple.show("VERSION")).isEqualTo(extended.show("VERSION")).hasSize(1);
    }
  }

  @Test
  void aReloadIsSeen() throws Exception {
    proxy.database("p1").reload();
    assertThat(proxy.show("DATABASES")).extracting(row -> row.get("name"))
        .contains("p0", "p1");
  }
}
