package dev.weir.it;

import dev.weir.app.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** The harness keeps what it promises; everything else here stands on it. */
final class PostgresServerIT {
  @RegisterExtension static final PostgresServer shared = PostgresServer.shared();
  @RegisterExtension static final PostgresServer own = PostgresServer.inTempDir()
      .set("max_connections", "19")
      .hba("host all open 127.0.0.1/32 trust");

  @Test
  void usersOfTheSharedServerOwnNothingButTheirDatabase() throws Exception {
    String user = shared.createUser("it's secret");
    try (Connection connection = shared.connect(shared.database(), user, "it's secret")) {
      connection.createStatement().execute("create table mine (n int)");
      connection.createStatement().execute("create schema also_mine");
    }
    assertThat(shared.query("select tableowner from pg_tables where tablename = 'mine'"))
        .isEqualTo(user);
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> shared.connect(shared.database(), user, "wrong").close());
    assertThatIllegalStateException().isThrownBy(() -> shared.stop(EmbeddedPostgres.Stop.CRASH));
  }

  @Test
  void anOwnServerCanBeConfiguredCrashedAndFrozen() throws Exception {
    assertThat(own.query("show max_connections")).isEqualTo("19");
    own.execute("create role open login");
    own.connect("postgres", "open", "").close();
    int port = own.port();
    try (Connection connection = own.connect()) {
      own.stop(EmbeddedPostgres.Stop.CRASH);
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> connection.createStatement().execute("select 1"));
    }
    own.start();
    assertThat(own.port()).isEqualTo(port);
    assertThat(own.query("select 1")).isEqualTo("1");
    own.freeze();
    try {
      assertThatExceptionOfType(SQLException.class).isThrownBy(() -> java.sql.DriverManager
          .getConnection(
              "jdbc:postgresql://127.0.0.1:" + port + "/postgres?loginTimeout=1&user=postgres")
          .close());
    } finally {
      own.thaw();
    }
    assertThat(own.query("select 2")).isEqualTo("2");
  }

  @Test
  void psqlRunsWhenInstalled() throws Exception {
    String user = shared.createUser("pw");
    String url = "postgresql://" + user + ":pw@127.0.0.1:" + shared.port() + "/"
        + shared.database();
    assertThat(TestTools.psql(url, "select current_user", "select 'a b'").succeeded())
        .isEqualTo(user + "\na b");
    assertThat(TestTools.psql(url, "select nothing").status()).isNotZero();
  }
}
