package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What the columns of mysql_users do. */
class MysqlUsersIT {
  private static final String PASSWORD = "of the servers";

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(mariaDb);

  private String user = "";

  @BeforeEach
  void user() throws SQLException {
    user = mariaDb.createUser(PASSWORD);
  }

  @AfterEach
  void withoutIt() throws SQLException {
    weir.configure("DELETE FROM mysql_users WHERE username = '" + user + "'",
        "LOAD MYSQL USERS TO RUNTIME");
  }

  private void row(String columns, String values) throws SQLException {
    weir.configure("INSERT INTO mysql_users (username, " + columns + ") VALUES ('" + user + "', "
        + values + ")", "LOAD MYSQL USERS TO RUNTIME");
  }

  @Test
  void sessionsBeginWithTheIsolationOfTheirUser() throws SQLException {
    row("password, attributes", "'" + PASSWORD
        + "', '{\"default-transaction_isolation\":\"READ COMMITTED\"}'");
    try (Connection client = weir.connectAs(user, PASSWORD); Connection other = weir.connect()) {
      assertThat(value(client, "SELECT @@transaction_isolation")).isEqualTo("READ-COMMITTED");
      assertThat(value(other, "SELECT @@transaction_isolation")).isEqualTo("REPEATABLE-READ");
      run(client, "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE");
      assertThat(value(client, "SELECT @@transaction_isolation")).isEqualTo("SERIALIZABLE");
    }
    weir.configure("UPDATE mysql_users SET fast_forward = 1 WHERE username = '" + user + "'",
        "LOAD MYSQL USERS TO RUNTIME");
    try (Connection client = weir.connectAs(user, PASSWORD)) {
      assertThat(value(client, "SELECT @@transaction_isolation")).isEqualTo("READ-COMMITTED");
    }
  }

  @Test
  void attributesThatGuardALoginAreRefused() throws SQLException {
    assertThatThrownBy(() -> row("password, attributes",
        "'x', '{\"spiffe_id\":\"spiffe://example/app\"}'"))
        .isInstanceOf(SQLException.class).hasMessageContaining("spiffe_id");
    try (Connection admin = weir.admin()) {
      assertThat(rows(admin, "SELECT username FROM runtime_mysql_users WHERE username = '" + user
          + "'")).isEmpty();
    }
  }

  @Test
  void clientsAndServersMayBeToldDifferentPasswords() throws SQLException {
    row("password, frontend, backend", "'of clients', 1, 0");
    row("password, frontend, backend", "'" + PASSWORD + "', 0, 1");
    try (Connection client = weir.connectAs(user, "of clients"); Connection admin = weir.admin()) {
      assertThat(value(client, "SELECT CURRENT_USER()")).isEqualTo(user + "@%");
      assertThat(rows(admin, "SELECT password, frontend, backend FROM runtime_mysql_users"
          + " WHERE username = '" + user + "' ORDER BY frontend"))
          .containsExactly(PASSWORD + "|0|1", "of clients|1|0");
    }
    assertThatThrownBy(() -> weir.connectAs(user, PASSWORD).close())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1045));
  }

  @Test
  void aRowForServersAloneLetsNobodyIn() throws SQLException {
    row("password, frontend, backend", "'" + PASSWORD + "', 0, 1");
    assertThatThrownBy(() -> weir.connectAs(user, PASSWORD).close())
        .isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(e.getErrorCode()).isEqualTo(1045));
  }

  @Test
  void noMoreClientsThanMaxConnections() throws SQLException {
    row("password, max_connections", "'" + PASSWORD + "', 2");
    try (Connection one = weir.connectAs(user, PASSWORD);
        Connection two = weir.connectAs(user, PASSWORD)) {
      assertThatThrownBy(() -> weir.connectAs(user, PASSWORD).close())
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getErrorCode()).isEqualTo(1226));
      assertThat(value(one, "SELECT 1") + value(two, "SELECT 2")).isEqualTo("12");
    }
    WeirServer.await("room again", () -> {
      try (Connection three = weir.connectAs(user, PASSWORD)) {
        return "1".equals(value(three, "SELECT 1"));
      } catch (SQLException e) {
        return false;
      }
    });
  }

  @Test
  void anInactiveUserKeepsItsSessionsAndGetsNoMore() throws SQLException {
    row("password", "'" + PASSWORD + "'");
    try (Connection client = weir.connectAs(user, PASSWORD)) {
      weir.configure("UPDATE mysql_users SET active = 0 WHERE username = '" + user + "'",
          "LOAD MYSQL USERS TO RUNTIME");
      assertThatThrownBy(() -> weir.connectAs(user, PASSWORD).close())
          .isInstanceOfSatisfying(SQLException.class,
              e -> assertThat(e.getErrorCode()).isEqualTo(1045));
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    }
  }
}
