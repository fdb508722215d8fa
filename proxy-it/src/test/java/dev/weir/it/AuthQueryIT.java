package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Users that only the server knows: auth_query, auth_user and auth_dbname, as PgBouncer's test_auth asserts them. */
final class AuthQueryIT {
  private static final String RESERVED = "cannot use the reserved \"pgbouncer\" database as an auth_dbname";

  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir()
      .hba("host p_open all 127.0.0.1/32 trust")
      .hba("host all all 127.0.0.1/32 scram-sha-256");

  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("auth_type", "scram-sha-256")
      .set("auth_user", "postgres")
      .set("pool_mode", "transaction")
      .login("postgres", "${password}")
      .databaseLine("p0", "host=${host} port=${port}")
      .databaseLine("p_open", "host=${host} port=${port}")
      .databaseLine("authdb", "host=${host} port=${port}");

  @BeforeAll
  static void roles() throws SQLException {
    postgres.execute("create database p0");
    postgres.execute("create database p_open");
    postgres.execute("create database authdb");
    postgres.execute("create role sam login password 'pw'",
        "create role old login password 'pw' valid until '2001-01-01'",
        "create role ever login password 'pw' valid until 'infinity'",
        "create role shut nologin password 'pw'");
  }

  private void serves(String user, String database) throws SQLException {
    try (Connection client = proxy.connect(user, "pw", database)) {
      assertThat(Sql.value(client, "select current_user")).isEqualTo(user);
    }
  }

  private String refused(String user, String password, String database) {
    return WeirServer.text(proxy.refusal(user, password, database));
  }

  @Test
  void theServersUsersAreLetInAndOthersAreNot() throws SQLException {
    serves("sam", "p0");
    serves("ever", "p0");
    assertThat(refused("sam", "wrong", "p0")).isEqualTo("SASL authentication failed");
    assertThat(refused("nobody", "pw", "p0")).isEqualTo("no such user");
    assertThat(refused("shut", "pw", "p0")).isEqualTo("no such user");
    proxy.awaitLog("closing because: no such user \\(age=", 2);
    assertThat(proxy.show("USERS")).extracting(row -> row.get("name")).contains("sam", "ever")
        .doesNotContain("nobody");
  }

  /** CVE-2025-2291: VALID UNTIL was not looked at. */
  @Test
  void aPasswordThatHasExpiredIsNoGood() {
    assertThat(refused("old", "pw", "p0")).isEqualTo("SASL authentication failed");
  }

  /** CVE-2015-6817: a look-up that failed let the client in as auth_user. */
  @ParameterizedTest
  @ValueSource(strings = {"trust", "plain", "md5", "scram-sha-256"})
  void aFailedLookUpLetsNobodyInAsTheAuthUser(String authType) throws SQLException {
    proxy.set("auth_type", authType).reload();
    assertThat(refused("nobody", "", "p_open")).isEqualTo("no such user");
    assertThat(refused("nobody", "pw", "p_open")).isEqualTo("no such user");
    serves("sam", "p_open");
  }

  @Test
  void theGlobalAuthDatabaseServesDatabasesWithoutTheirOwn() throws SQLException {
    proxy.set("auth_dbname", "authdb").reload();
    serves("sam", "p0");
    assertThat(proxy.show("POOLS"))
        .anyMatch(row -> "authdb".equals(row.get("database")) && "postgres".equals(row.get("user")))
        .noneMatch(row -> "p0".equals(row.get("database")) && "postgres".equals(row.get("user")));
  }

  @Test
  void anAuthDatabaseThatIsNotConfiguredIsAConfigurationError() throws SQLException {
    proxy.set("auth_dbname", "nowhere")
        .databaseLine("p1", "host=${host} port=${port} dbname=p0 auth_dbname=authdb").reload();
    assertThat(refused("sam", "pw", "p0")).isEqualTo("bouncer config error");
    proxy.awaitLog("authentication database \"nowhere\" is not configured", 1);
    serves("sam", "p1");
  }

  @Test
  void aDisabledAuthDatabaseIsNamed() throws SQLException {
    proxy.set("auth_dbname", "authdb").reload();
    try (Console console = proxy.console()) {
      console.run("DISABLE authdb");
      assertThat(refused("sam", "pw", "p0"))
          .isEqualTo("authentication database \"authdb\" is disabled");
      console.run("ENABLE authdb");
    }
    serves("sam", "p0");
  }

  @Test
  void automaticDatabasesHaveTheTemplatesAuthDatabase() throws SQLException {
    proxy.withoutDatabase("p0")
        .databaseLine("*", "host=${host} port=${port} auth_dbname=authdb").reload();
    serves("sam", "p0");
    SQLException no = proxy.refusal("sam", "pw", "unheardof");
    assertThat(WeirServer.text(no)).isEqualTo("database \"unheardof\" does not exist");
    assertThat(refused("sam", "wrong", "unheardof")).isEqualTo("SASL authentication failed");
  }

  @Test
  void theAuthDatabaseItselfMayBeAutomatic() throws SQLException {
    proxy.withoutDatabase("authdb").databaseLine("*", "host=${host} port=${port}")
        .set("auth_dbname", "authdb").reload();
    serves("sam", "p0");
    proxy.awaitLog("registered new auto-database: authdb", 1);
  }

  @Test
  void theConsoleCannotBeTheAuthDatabase() throws SQLException {
    proxy.databaseLine("p1", "host=${host} port=${port} dbname=p0 auth_dbname=pgbouncer")
        .databaseLine("*", "host=${host} port=${port} auth_dbname=pgbouncer").reload();
    assertThat(refused("sam", "pw", "p1")).isEqualTo("bouncer config error");
    assertThat(refused("sam", "pw", "authomatic")).isEqualTo("bouncer config error");
    assertThat(refused("sam", "pw", "pgbouncer")).isEqualTo("bouncer config error");
    proxy.awaitLog(RESERVED, 3);
  }

  @Test
  void theConsoleAsGlobalAuthDatabaseFailsTheReload() throws SQLException {
    try (Console console = proxy.console()) {
      proxy.set("auth_dbname", "pgbouncer").rewrite();
      assertThat(console.error("RELOAD").getSQLState()).isEqualTo("F0000");
    }
    serves("sam", "p0");
  }

  @Test
  void theConsoleIsReachedByUsersThatOnlyTheServerKnows() throws SQLException {
    proxy.set("auth_dbname", "authdb").set("admin_users", "pgbouncer, sam").reload();
    try (Console console = proxy.console("sam", "pw")) {
      assertThat(console.show("VERSION")).hasSize(1);
    }
    assertThat(refused("ever", "pw", "pgbouncer")).isEqualTo("not allowed");
    assertThat(refused("sam", "wrong", "pgbouncer")).isEqualTo("SASL authentication failed");
  }

  @Test
  void theDatabasesOwnQueryWins() throws SQLException {
    proxy.databaseLine("p1", "host=${host} port=${port} dbname=p0 auth_query="
        + "'SELECT $1::text, ''other''::text'").reload();
    assertThat(refused("sam", "pw", "p1")).isEqualTo("SASL authentication failed");
    serves("sam", "p0");
  }

  @Test
  void configuredUsersWithoutPasswordAreLookedUpToo() throws SQLException {
    proxy.user("sam", "pool_mode=session").reload();
    serves("sam", "p0");
    assertThat(WeirServer.cell(proxy.show("POOLS"), "user", "sam", "pool_mode"))
        .isEqualTo("session");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT nonsense FROM nowhere WHERE x = $1",
    "SELECT rolname FROM pg_roles WHERE rolname = $1",
    "SELECT 1, 2, $1::text", "SELECT NULL::text, $1::text",
    "SELECT 'postgres'::text, 'x' || $1::text"})
  void aQueryThatCannotServeIsAConfigurationError(String query) throws SQLException {
    proxy.set("auth_query", query).reload();
    for (int i = 0; i < 2; i++) {
      assertThat(refused("sam", "pw", "p0")).isEqualTo("bouncer config error");
    }
    if (query.contains("nonsense")) {
      proxy.awaitLog("error in auth_query: relation \"nowhere\" does not exist", 2);
    } else if (query.startsWith("SELECT rolname FROM")) {
      proxy.awaitLog("expected 2 columns from auth_query, not 1", 2);
    }
    proxy.set("auth_query", "SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1")
        .reload();
    serves("sam", "p0");
  }

  @Test
  void aNullSecretMakesLoginImpossible() throws SQLException {
    proxy.set("auth_query", "SELECT $1::text, NULL::text").reload();
    assertThat(refused("sam", "pw", "p0")).isEqualTo("SASL authentication failed");
  }

  @Test
  void anUnreachableServerIsToldWithItsOwnWords() throws SQLException {
    proxy.databaseLine("lost", "host=${host} port=${port} dbname=nosuchdb").reload();
    assertThat(refused("sam", "pw", "lost")).contains("database \"nosuchdb\" does not exist");
  }

  /** CVE-2025-12819: the client's search_path reached the privileged connection. */
  @Test
  void nothingOfTheClientReachesTheLookUp() throws SQLException {
    proxy.set("track_extra_parameters", "search_path, IntervalStyle").set("auth_query",
        "SELECT rolname, CASE WHEN current_setting('search_path') LIKE '%evil%' THEN NULL"
            + " ELSE rolpassword END FROM pg_authid WHERE rolname = $1")
        .set("ignore_startup_parameters", "extra_float_digits, search_path");
    proxy.reload();
    for (int i = 0; i < 3; i++) {
      try (Connection client = proxy.connect("sam", "pw", "p0",
          Map.of("options", "-c search_path=evil"))) {
        assertThat(Sql.value(client, "select current_user")).isEqualTo("sam");
      }
    }
  }

  @Test
  void theAuthUserMayBeTheForcedUser() throws SQLException {
    proxy.databaseLine("p0", "host=${host} port=${port} user=postgres password=${password}"
        + " min_pool_size=2 auth_user=postgres").reload();
    for (int i = 0; i < 3; i++) {
      assertThat(refused("nobody", "pw", "p0")).isEqualTo("no such user");
      try (Connection client = proxy.connect("sam", "pw", "p0")) {
        assertThat(Sql.value(client, "select current_user")).isEqualTo("postgres");
      }
    }
    proxy.awaitShow("SERVERS", rows -> rows.size() == 2);
  }

  @Test
  void anAuthUserWithoutAPasswordWorksWhereTheServerTrusts() throws SQLException {
    // a server that trusts is a proxy that knows the password, in front of the real one
    proxy.set("auth_type", "trust").withoutLogin("postgres")
        .databaseLine("p0", "host=${host} port=${port} user=postgres password=${password}"
            + " auth_user=postgres")
        .reload();
    try (Connection client = proxy.connect("sam", "", "p0")) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
    assertThat(refused("nobody", "", "p0")).isEqualTo("no such user");
  }

  /** PgBouncer issue 1116: no password is known for the auth_user, and none is needed. */
  @ParameterizedTest
  @ValueSource(strings = {"auth_user", "auth_user at the database", "auth_user without auth_file"})
  void anAuthUserThatNoFileKnowsWorksWhereTheServerTrusts(String where) throws SQLException {
    try (Console console = proxy.console()) {
      proxy.set("auth_type", "trust").withoutLogin("postgres");
      if (where.endsWith("database")) {
        proxy.set("auth_user", "")
            .databaseLine("p_open", "host=${host} port=${port} auth_user=postgres");
      } else if (where.endsWith("auth_file")) {
        proxy.set("auth_file", "");
      }
      proxy.rewrite();
      console.run("RELOAD");
    }
    for (int i = 0; i < 2; i++) {
      try (Connection client = proxy.connect("sam", "", "p_open")) {
        assertThat(Sql.value(client, "select current_user")).isEqualTo("sam");
      }
      assertThat(refused("nobody", "", "p_open")).isEqualTo("no such user");
    }
  }

  @Test
  void oneNegotiationEvenWithALookUp() throws Exception {
    proxy.set("auth_type", "trust").reload();
    try (RawClient client = RawClient.connect(proxy)) {
      List<RawClient.Message> greeting = client.send(RawClient.startup((3 << 16) | 9, "user", "sam",
          "database", "p_open", "_pq_.x", "1")).readUntil('Z');
      assertThat(greeting.stream().filter(m -> m.tag() == 'v')).hasSize(1);
    }
  }

  @Test
  void longStartupsAndPasswordsCrossTheLookUp() throws SQLException {
    proxy.set("auth_type", "plain").set("pkt_buf", "512")
        .set("ignore_startup_parameters", "extra_float_digits, options").reload();
    for (int i = 0; i < 2; i++) {
      try (Connection client = proxy.connect("sam", "pw", "p_open",
          Map.of("options", "-c junk=" + "x".repeat(20_000)))) {
        assertThat(Sql.value(client, "select current_user")).isEqualTo("sam");
      }
    }
    assertThat(refused("sam", "p".repeat(60_000), "p0"))
        .isEqualTo("password authentication failed");
  }

  @Test
  void aClientThatLeavesDuringTheLookUpLeavesNothing() throws Exception {
    proxy.set("auth_query", "SELECT rolname, rolpassword FROM pg_authid, pg_sleep(0.3)"
        + " WHERE rolname = $1").reload();
    for (int i = 0; i < 3; i++) {
      try (RawClient client = RawClient.connect(proxy)) {
        client.login("sam", "p0");
        proxy.awaitShow("SERVERS", rows -> rows.stream()
            .anyMatch(row -> "active".equals(row.get("state"))));
      }
    }
    serves("sam", "p0");
    proxy.awaitShow("SERVERS", rows -> rows.stream()
        .noneMatch(row -> "active".equals(row.get("state"))));
  }
}
