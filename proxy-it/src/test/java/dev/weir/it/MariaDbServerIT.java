package dev.weir.it;

import dev.weir.app.embedded.EmbeddedMariaDb;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The harness keeps what it promises; everything else on the MySQL side stands on it. */
final class MariaDbServerIT {
  @RegisterExtension static final MariaDbServer shared = MariaDbServer.shared();
  @RegisterExtension static final MariaDbServer own = MariaDbServer.inTempDir()
      .set("max-connections", "19");

  @Test
  void usersOfTheSharedServerHaveTheirDatabaseOnly() throws Exception {
    String user = shared.createUser("it's secret");
    try (Connection connection = shared.connect(shared.database(), user, "it's secret")) {
      connection.createStatement().execute("create table mine (n int)");
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> connection.createStatement().execute("select * from mysql.user"));
    }
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> shared.connect(shared.database(), user, "wrong").close());
    assertThatIllegalStateException().isThrownBy(() -> shared.stop(EmbeddedMariaDb.Stop.CRASH));
  }

  @Test
  void anOwnServerCanBeConfiguredCrashedAndFrozen() throws Exception {
    assertThat(own.query("select @@max_connections")).isEqualTo("19");
    int port = own.port();
    try (Connection connection = own.connect()) {
      own.stop(EmbeddedMariaDb.Stop.CRASH);
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> connection.createStatement().execute("select 1"));
    }
    own.start();
    assertThat(own.port()).isEqualTo(port);
    own.freeze();
    try {
      assertThatExceptionOfType(SQLException.class).isThrownBy(() -> DriverManager
          .getConnection("jdbc:mariadb://127.0.0.1:" + port
              + "/app?user=app&password=app&sslMode=disable&connectTimeout=500")
          .close());
    } finally {
      own.thaw();
    }
    assertThat(own.query("select 2")).isEqualTo("2");
  }
}
