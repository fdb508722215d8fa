package dev.weir.it;

import com.mysql.cj.jdbc.JdbcConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** User variables of clients that share one server connection, as long as they can. */
class MysqlUserVariablesIT {
  @RegisterExtension static final MariaDbServer server = MariaDbServer.inTempDir();
  @RegisterExtension static final MysqlWeir weir = MysqlWeir.to(server).maxConnections(1);

  @BeforeAll
  static void procedures() throws SQLException {
    weir.configure("UPDATE global_variables SET variable_value = '1000'"
        + " WHERE variable_name = 'mysql-connect_timeout_server_max'",
        "LOAD MYSQL VARIABLES TO RUNTIME");
    server.execute("create table t (v int)",
        "create procedure answers(out n int) begin set n = 42; end",
        "create procedure hides(in n int) begin set @hidden = n; end",
        "create function remembers(n int) returns int deterministic no sql"
            + " begin set @hidden = n; return n; end");
  }

  @AfterEach
  void nothingIsHeld() throws SQLException {
    weir.awaitNothingInUse();
  }

  /** That the session holds the only server there is. */
  private static void assertThatNobodyElseCanWork() throws SQLException {
    assertThatThrownBy(() -> {
      try (Connection other = weir.connect()) {
        value(other, "SELECT 1");
      }
    }).isInstanceOf(SQLException.class);
  }

  @Test
  void whatIsSetFromLiteralsIsEachClientsOwnOnSharedServers() throws SQLException {
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "SET @a = 1, @b := 'it is', @c = -2.5, @`d e` = TRUE, @f = 1e3");
      assertThat(value(two, "SELECT @a")).isNull();
      run(two, "SET @a = 'mine', @x = NULL");
      for (int i = 0; i < 3; i++) {
        assertThat(value(one, "SELECT CONCAT_WS('/', @a, @b, @c, @`d e`, @f)"))
            .isEqualTo("1/it is/-2.5/1/1000");
        assertThat(value(two, "SELECT CONCAT_WS('/', @a, @b, @c)")).isEqualTo("mine");
      }
      run(one, "SET @a = NULL");
      assertThat(value(two, "SELECT @a")).isEqualTo("mine");
      assertThat(value(one, "SELECT @a")).isNull();
    }
    try (Connection next = weir.connect()) {
      assertThat(value(next, "SELECT CONCAT_WS('/', @a, @b, @c, @`d e`, @f)")).isEmpty();
    }
  }

  @Test
  void theCollationOfAStringComesAlong() throws SQLException {
    String which = "SELECT CONCAT(CHARSET(@a), ' ', COLLATION(@a))";
    try (Connection one = weir.connect(); Connection two = weir.connect()) {
      run(one, "SET collation_connection = latin1_bin", "SET @a = 'x'",
          "SET collation_connection = utf8mb4_general_ci");
      assertThat(value(two, "SELECT @a")).isNull();
      assertThat(value(one, which)).isEqualTo("latin1 latin1_bin");
    }
  }

  @Test
  void aPreparedStatementReadsThem() throws SQLException {
    try (Connection one = weir.connect("useServerPrepStmts=true");
        Connection two = weir.connect();
        PreparedStatement read = one.prepareStatement("SELECT @a + ?")) {
      run(one, "SET @a = 40");
      assertThat(value(two, "SELECT @a")).isNull();
      read.setInt(1, 2);
      assertThat(MysqlWeir.rows(read.executeQuery())).containsExactly("42");
    }
  }

  @Test
  void whatTheServerWorksOutHoldsItUntilItIsReplaced() throws SQLException {
    try (Connection one = weir.connect()) {
      for (String sql : new String[]{"SET @a = 1 + 1", "SELECT @a := 5", "SELECT 1 INTO @a",
        "SET @a = 'ä'", "SET @a = 'it''s'"}) {
        try (Statement statement = one.createStatement()) {
          statement.execute(sql);
        }
        assertThatNobodyElseCanWork();
        assertThat(value(one, "SELECT @a")).isNotNull();
        run(one, "SET @a = 7");
        try (Connection other = weir.connect()) {
          assertThat(value(other, "SELECT @a")).isNull();
        }
        assertThat(value(one, "SELECT @a")).isEqualTo("7");
      }
    }
  }

  @Test
  void proceduresAndFunctionsThatSetThemAreNoticed() throws SQLException {
    try (Connection one = weir.connect()) {
      run(one, "CALL answers(@out)");
      assertThatNobodyElseCanWork();
      assertThat(value(one, "SELECT @out")).isEqualTo("42");
    }
    weir.awaitNothingInUse();
    for (String sql : new String[]{"CALL hides(7)", "DO remembers(7)"}) {
      try (Connection one = weir.connect()) {
        run(one, sql);
        String seen = null;
        try (Connection other = weir.connect()) {
          seen = value(other, "SELECT @hidden");
        } catch (SQLException _) {
          // the server is held
        }
        assertThat(seen).as(sql).isNull();
        assertThat(value(one, "SELECT @hidden")).as(sql).isEqualTo("7");
      }
      weir.awaitNothingInUse();
    }
  }

  @Test
  void moreThanIsRememberedHoldsTheServer() throws SQLException {
    try (Connection one = weir.connect()) {
      for (int i = 0; i < 70; i++) {
        run(one, "SET @v" + i + " = " + i);
      }
      assertThatNobodyElseCanWork();
      assertThat(value(one, "SELECT CONCAT_WS('/', @v0, @v69)")).isEqualTo("0/69");
    }
  }

  private static Connection connectorJ() throws SQLException {
    return DriverManager.getConnection("jdbc:mysql://127.0.0.1:" + weir.port() + "/"
        + server.database() + "?allowPublicKeyRetrieval=true&sslMode=DISABLED", weir.user(),
        MysqlWeir.PASSWORD);
  }

  @Test
  void aResetForgetsThem() throws SQLException {
    try (Connection one = connectorJ(); Connection two = weir.connect()) {
      run(one, "SET @a = 1");
      assertThat(value(two, "SELECT @a")).isNull();
      one.unwrap(JdbcConnection.class).resetServerState();
      assertThat(value(one, "SELECT @a")).isNull();
    }
  }
}
