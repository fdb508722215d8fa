package dev.weir.it;

import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What depends on the server's version: logins, what a pool hands from client to client, statements, COPY, cancelling and
 * parameters. By default on the embedded server, with the profile {@code matrix} on every version there is.
 */
@ParameterizedClass(name = "PostgreSQL {0}")
@MethodSource("dev.weir.it.PostgresVersion#all")
final class VersionMatrixIT {
  private final PostgresVersion version;
  private final PostgresServer postgres;
  @RegisterExtension final WeirServer proxy;

  VersionMatrixIT(PostgresVersion version) throws Exception {
    this.version = version;
    postgres = version.server();
    postgres.execute("drop table if exists lines", "drop role if exists plain, hashed, asked",
        "create table lines (n int primary key, line text)",
        "set password_encryption = 'scram-sha-256'",
        "create role plain login password 'secret'", "create role asked login password 'secret'",
        "set password_encryption = 'md5'", "create role hashed login password 'secret'");
    // The userlist as operators make it: what pg_authid holds, and no password.
    proxy = WeirServer.to(postgres)
        .set("auth_type", "md5") // means: what the secret allows, SCRAM too
        .set("pool_mode", "transaction")
        .set("max_prepared_statements", "10")
        .database("p0", "pool_size=1", "auth_user=postgres")
        .login("postgres", "${password}")
        .login("plain", secret("plain")).login("hashed", secret("hashed"));
  }

  private String secret(String role) throws SQLException {
    return String.valueOf(
        postgres.query("select rolpassword from pg_authid where rolname = '" + role + "'"));
  }

  @AfterEach
  void nobodyIsLeftOnTheServer() throws Exception {
    proxy.stop();
    WeirServer.await("no server process of the proxy's", () -> "0".equals(postgres.query(
        "select count(*) from pg_stat_activity where usename in ('plain', 'hashed', 'asked')")));
    postgres.execute("drop table lines", "drop role plain, hashed, asked");
  }

  private Connection client() throws SQLException {
    return proxy.connect("plain", "secret", "p0");
  }

  @Test
  void loginsPassWithTheSecretsOfTheServer() throws Exception {
    assertThat(secret("plain")).startsWith("SCRAM-SHA-256$");
    assertThat(secret("hashed")).startsWith("md5");
    for (String user : List.of("plain", "hashed", "asked")) { // the last by auth_query
      try (Connection connection = proxy.connect(user, "secret", "p0")) {
        assertThat(Sql.value(connection, "select current_user")).isEqualTo(user);
        assertThat(connection.getMetaData().getDatabaseProductVersion())
            .startsWith(version.number());
      }
    }
    assertThat(proxy.refusal("hashed", "wrong", "p0").getMessage())
        .contains("password authentication failed");
    for (String user : List.of("plain", "asked")) {
      assertThat(proxy.refusal(user, "wrong", "p0").getMessage())
          .contains("SASL authentication failed");
    }
  }

  @Test
  void transactionsOfTwoClientsTakeTurnsOnOneServer() throws Exception {
    try (Connection one = client(); Connection two = client()) {
      String server = Sql.value(one, "select pg_backend_pid()");
      assertThat(Sql.value(two, "select pg_backend_pid()")).isEqualTo(server);
      one.setAutoCommit(false);
      Sql.run(one, "create temporary table mine (n int) on commit drop");
      Background other = Background.start(() -> Sql.run(two, "select 1"));
      proxy.awaitShow("POOLS",
          pools -> "1".equals(
              WeirServer.where(pools, "user", "plain").getFirst().get("cl_waiting")));
      assertThat(other.over()).isFalse();
      one.rollback();
      other.await();
      assertThat(Sql.error(two, "select * from mine").getSQLState()).isEqualTo("42P01");
    }
  }

  @Test
  void preparedStatementsFollowTheirClient() throws Exception {
    postgres.execute("grant all on lines to plain");
    Map<String, String> prepare = Map.of("prepareThreshold", "1");
    try (Connection one = proxy.connect("plain", "secret", "p0", prepare);
        Connection two = proxy.connect("plain", "secret", "p0", prepare);
        PreparedStatement add = one.prepareStatement("insert into lines values (?, ?)");
        PreparedStatement read = two
            .prepareStatement("select line from lines where n = ? order by 1")) {
      for (int n = 0; n < 5; n++) {
        add.setInt(1, n);
        add.setString(2, "line " + n);
        assertThat(add.executeUpdate()).isEqualTo(1);
        read.setInt(1, n);
        try (ResultSet rows = read.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo("line " + n);
        }
      }
      assertThat(Sql.value(one, "select count(*) from pg_prepared_statements")).isNotEqualTo("0");
    }
  }

  @Test
  void copyGoesBothWaysAndAFailedOneLeavesTheServerUsable() throws Exception {
    postgres.execute("grant all on lines to plain");
    String data = IntStream.range(0, 20_000).mapToObj(n -> n + "\tline " + n + "\n")
        .collect(Collectors.joining());
    try (Connection connection = client()) {
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      assertThat(copy.copyIn("copy lines from stdin", new StringReader(data))).isEqualTo(20_000);
      StringWriter out = new StringWriter();
      assertThat(copy.copyOut("copy (select * from lines order by n) to stdout", out))
          .isEqualTo(20_000);
      assertThat(out.toString()).isEqualTo(data);
      assertThatExceptionOfType(SQLException.class)
          .isThrownBy(() -> copy.copyIn("copy lines from stdin", new StringReader("no number\n")))
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("22P02"));
      assertThat(Sql.value(connection, "select count(*) from lines")).isEqualTo("20000");
    }
  }

  @Test
  void aCancelStopsItsQueryOnly() throws Exception {
    try (Connection connection = client(); var statement = connection.createStatement()) {
      Background sleep = Background.start(() -> statement.execute("select pg_sleep(600)"));
      WeirServer.await("the query runs", () -> "1".equals(postgres.query(
          "select count(*) from pg_stat_activity where query = 'select pg_sleep(600)'"
              + " and state = 'active'")));
      statement.cancel();
      assertThatExceptionOfType(SQLException.class).isThrownBy(sleep::await)
          .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("57014"));
      assertThat(Sql.value(connection, "select 7")).isEqualTo("7");
    }
  }

  @Test
  void parametersFollowTheirClient() throws Exception {
    try (Connection one = client(); Connection two = client()) {
      Sql.run(one, "set timezone = 'Asia/Tokyo'");
      Sql.run(two, "set timezone = 'America/Lima'");
      Sql.run(one, "set application_name = 'first'");
      Sql.run(two, "set intervalstyle = 'iso_8601'");
      for (int i = 0; i < 3; i++) {
        assertThat(Sql.value(one, "show timezone")).isEqualTo("Asia/Tokyo");
        assertThat(Sql.value(two, "show timezone")).isEqualTo("America/Lima");
        assertThat(Sql.value(one, "show application_name")).isEqualTo("first");
        assertThat(Sql.value(two, "show application_name")).isNotEqualTo("first");
        assertThat(Sql.value(one, "show intervalstyle")).isEqualTo("postgres");
        assertThat(Sql.value(two, "show intervalstyle")).isEqualTo("iso_8601");
      }
      assertThat(Sql.value(one, "select pg_backend_pid()"))
          .isEqualTo(Sql.value(two, "select pg_backend_pid()"));
    }
  }
}
