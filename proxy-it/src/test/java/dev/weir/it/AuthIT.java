package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Passwords and secrets, from the client to us and from us to the server, as PgBouncer's test_auth asserts them. */
final class AuthIT {
  private static final String PASSWORD = "it's \"secret\"";
  /** The longest that PgBouncer takes: MAX_PASSWORD - 1. */
  private static final String LONGEST = "x".repeat(65_530);

  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir()
      .hba("host p_trust all 127.0.0.1/32 trust")
      .hba("host p_plain all 127.0.0.1/32 password")
      .hba("host p_md5 all 127.0.0.1/32 md5")
      .hba("host p_scram all 127.0.0.1/32 scram-sha-256");

  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .databaseLine("p_trust", "host=${host} port=${port}")
      .databaseLine("p_plain", "host=${host} port=${port}")
      .databaseLine("p_md5", "host=${host} port=${port}")
      .databaseLine("p_scram", "host=${host} port=${port}");

  private static String md5Secret = "";
  private static String scramSecret = "";

  @BeforeAll
  static void roles() throws SQLException {
    for (String database : List.of("p_trust", "p_plain", "p_md5", "p_scram")) {
      postgres.execute("create database " + database);
    }
    String quoted = "'" + PASSWORD.replace("'", "''") + "'";
    postgres.execute("create role sam login password " + quoted,
        "create role lou login password " + quoted,
        "set password_encryption = 'md5'", "create role mia login password " + quoted);
    postgres.execute("create role big login password '" + LONGEST + "'");
    md5Secret = secretOf("mia");
    scramSecret = secretOf("sam");
  }

  private static String secretOf(String role) throws SQLException {
    String secret = postgres
        .query("select rolpassword from pg_authid where rolname = '" + role + "'");
    return String.valueOf(secret);
  }

  private void serves(String user, String password, String database) throws SQLException {
    try (Connection client = proxy.connect(user, password, database)) {
      assertThat(Sql.value(client, "select current_user")).isEqualTo(user);
    }
  }

  private String refused(String user, String password, String database) {
    return WeirServer.text(proxy.refusal(user, password, database));
  }

  // --- the client's leg ---

  @ParameterizedTest
  @CsvSource({
    "plain, sam, plain", "plain, sam, scram", "plain, mia, md5",
    "md5, sam, plain", "md5, sam, scram", "md5, mia, md5",
    "scram-sha-256, sam, plain", "scram-sha-256, sam, scram"})
  void everySecretThatCanServeAnAuthTypeDoes(String authType, String user, String secret)
      throws SQLException {
    proxy.set("auth_type", authType).login(user, stored(secret)).reload();
    serves(user, PASSWORD, "p_trust");
    serves(user, PASSWORD, "p_trust");
    assertThat(refused(user, "wrong", "p_trust"))
        .isEqualTo(
            authType.startsWith("scram") || (authType.equals("md5") && secret.equals("scram"))
                ? "SASL authentication failed"
                : "password authentication failed");
  }

  private static String stored(String kind) {
    return switch (kind) {
      case "plain" -> PASSWORD;
      case "md5" -> md5Secret;
      default -> scramSecret;
    };
  }

  @Test
  void anMd5SecretCannotDoScram() throws SQLException {
    proxy.set("auth_type", "scram-sha-256").login("mia", md5Secret).reload();
    assertThat(refused("mia", PASSWORD, "p_trust")).isEqualTo("SASL authentication failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "md5", "scram-sha-256"})
  void anEmptySecretLetsNobodyIn(String authType) throws Exception {
    proxy.set("auth_type", authType).login("sam", "").reload();
    assertThat(refused("sam", "anything", "p_trust")).endsWith("authentication failed");
    if (authType.equals("plain")) {
      try (RawClient client = RawClient.connect(proxy)) {
        client.login("sam", "p_trust").readUntil('R');
        client.send(RawClient.message('p', RawClient.cstring("")));
        assertThat(client.readRefusal()).isEqualTo("empty password returned by client");
      }
    }
  }

  @Test
  void theLongestPasswordWorksAndOneByteMoreDoesNot() throws Exception {
    proxy.set("auth_type", "plain").login("big", LONGEST).reload();
    serves("big", LONGEST, "p_trust");
    serves("big", LONGEST, "p_plain");
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("big", "p_trust").readUntil('R');
      client.send(RawClient.message('p', RawClient.cstring(LONGEST + "x")));
      assertThat(client.readRefusal()).isEqualTo("password too long");
    }
  }

  @Test
  void aByteThatIsNoUtf8IsNotAQuestionMark() throws Exception {
    proxy.set("auth_type", "plain").login("sam", "?ber").reload();
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("sam", "p_trust").readUntil('R');
      client.send(RawClient.message('p', new byte[]{(byte) 0xfc, 'b', 'e', 'r', 0}));
      assertThat(client.readRefusal()).isEqualTo("password authentication failed");
    }
    serves("sam", "?ber", "p_trust");
  }

  @Test
  void scramLoginsAreRepeatedWithTheVerifierThatIsKept() throws SQLException {
    proxy.set("auth_type", "scram-sha-256").login("sam", PASSWORD).reload();
    for (int i = 0; i < 5; i++) {
      serves("sam", PASSWORD, "p_scram");
      assertThat(refused("sam", "wrong" + i, "p_scram")).isEqualTo("SASL authentication failed");
    }
    proxy.login("sam", "changed").reload();
    assertThat(refused("sam", PASSWORD, "p_trust")).isEqualTo("SASL authentication failed");
    serves("sam", "changed", "p_trust");
  }

  @Test
  void anyNeedsAForcedUser() throws SQLException {
    proxy.set("auth_type", "any")
        .databaseLine("forced", "host=${host} port=${port} dbname=p_trust user=sam")
        .reload();
    try (Connection client = proxy.connect("whoever", "", "forced")) {
      assertThat(Sql.value(client, "select current_user")).isEqualTo("sam");
    }
    assertThat(refused("whoever", "", "p_trust")).isEqualTo("bouncer config error");
    proxy.awaitLog("auth_type=any requires forced user", 1);
  }

  // --- the server's leg ---

  @ParameterizedTest
  @CsvSource({"p_plain, sam", "p_plain, mia", "p_md5, mia", "p_md5, sam", "p_scram, sam"})
  void passwordsOfTheFilesOpenTheServer(String database, String user) throws SQLException {
    proxy.login(user, PASSWORD)
        .databaseLine("good",
            "host=${host} port=${port} dbname=" + database + " user=" + user
                + " password='it''s \"secret\"'")
        .databaseLine("bad",
            "host=${host} port=${port} dbname=" + database + " user=" + user + " password=wrong")
        .reload();
    serves(user, "", database);
    serves(user, "", "good");
    SQLException no = proxy.refusal(user, "", "bad");
    assertThat(no.getSQLState()).isEqualTo("28P01");
    assertThat(WeirServer.text(no))
        .isEqualTo("password authentication failed for user \"" + user + "\"");
    proxy.login(user, "wrong").reload();
    try (Console console = proxy.console()) {
      console.run("RECONNECT " + database);
    }
    assertThat(proxy.refusal(user, "", database).getSQLState()).isEqualTo("28P01");
  }

  @Test
  void anMd5SecretOpensAnMd5Server() throws SQLException {
    proxy.login("mia", md5Secret).reload();
    serves("mia", "", "p_md5");
  }

  @ParameterizedTest
  @CsvSource({"p_scram, sam, scram", "p_scram, sam, md5", "p_md5, mia, scram"})
  void aSecretOfTheWrongKindIsToldApart(String database, String user, String secret)
      throws SQLException {
    proxy.login(user, stored(secret)).reload();
    assertThat(refused(user, "", database))
        .isEqualTo("server login failed: wrong password type");
  }

  /** PgBouncer sends the stored secret itself, which is worth the password: we do not. */
  @ParameterizedTest
  @ValueSource(strings = {"md5", "scram"})
  void aSecretIsNeverSentInThePlaceOfAPassword(String kind) throws SQLException {
    proxy.login("sam", stored(kind)).reload();
    assertThat(refused("sam", "", "p_plain"))
        .isEqualTo("server login failed: wrong password type");
  }

  @Test
  void scramPassesThroughWithTheSameSecretOnBothSides() throws SQLException {
    proxy.set("auth_type", "scram-sha-256").login("sam", scramSecret).reload();
    for (int i = 0; i < 3; i++) {
      serves("sam", PASSWORD, "p_scram");
      try (Console console = proxy.console()) {
        console.run("RECONNECT p_scram"); // the next server logs in with the keys that were kept
      }
    }
    serves("sam", PASSWORD, "p_scram");
  }

  @Test
  void aVerifierOfOursIsNotTakenForTheServersKeys() throws SQLException {
    proxy.set("auth_type", "scram-sha-256").login("sam", PASSWORD).reload();
    for (int i = 0; i < 3; i++) {
      serves("sam", PASSWORD, "p_scram");
      try (Console console = proxy.console()) {
        console.run("RECONNECT p_scram");
      }
    }
  }

  @Test
  void theServersOwnRefusalReachesEveryClient() throws SQLException {
    postgres.execute("create role gone login password 'pw'");
    proxy.login("gone", "pw").reload();
    serves("gone", "pw", "p_scram");
    postgres.execute("alter role gone nologin");
    try (Console console = proxy.console()) {
      console.run("RECONNECT p_scram");
    }
    for (int i = 0; i < 3; i++) {
      SQLException no = proxy.refusal("gone", "pw", "p_scram");
      assertThat(no.getSQLState()).isEqualTo("28000");
      assertThat(WeirServer.text(no)).contains("role \"gone\" is not permitted to log in");
    }
  }

  @Test
  void aPasswordThatChangedAtTheServerFailsAllWaitersAtOnce() throws Exception {
    postgres.execute("create role moved login password 'old'");
    proxy.login("moved", "old").set("server_login_retry", "1")
        .databaseLine("small", "host=${host} port=${port} dbname=p_scram pool_size=1")
        .set("pool_mode", "transaction").reload();
    try (Console console = proxy.console();
        Connection holder = proxy.connect("moved", "", "small")) {
      holder.setAutoCommit(false);
      Sql.run(holder, "select 1");
      List<Connection> clients = new ArrayList<>();
      List<Background> waiters = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Connection client = proxy.connect("moved", "", "small");
        clients.add(client);
        waiters.add(Background.start(() -> {
          SQLException no = Sql.error(client, "select 1");
          assertThat(WeirServer.text(no))
              .contains("password authentication failed for user \"moved\"");
        }));
      }
      console.awaitShow("POOLS", rows -> !WeirServer.where(rows, "cl_waiting", "3").isEmpty());
      postgres.execute("alter role moved password 'new'");
      console.run("RECONNECT small");
      holder.commit();
      for (Background waiter : waiters) {
        waiter.await();
      }
      for (Connection client : clients) {
        client.close();
      }
    }
    proxy.login("moved", "new").reload();
    WeirServer.await("the new password", () -> {
      try {
        serves("moved", "", "small");
        return true;
      } catch (SQLException e) {
        return false;
      }
    });
  }

  @Test
  void aPasswordThatChangedAtTheServerShowsWhenTheOldServersLifeIsOver() throws Exception {
    postgres.execute("create role aging login password 'old'");
    proxy.login("aging", "old").set("server_lifetime", "1").set("server_login_retry", "1")
        .set("pool_mode", "transaction").reload();
    try (Connection client = proxy.connect("aging", "", "p_scram")) {
      Sql.run(client, "select 1");
      postgres.execute("alter role aging password 'new'");
      proxy.awaitLog("closing because: server lifetime over", 1);
      assertThat(WeirServer.text(Sql.error(client, "select 1")))
          .contains("password authentication failed for user \"aging\"");
    }
    proxy.login("aging", "new").reload();
    WeirServer.await("the new password", () -> {
      try {
        serves("aging", "", "p_scram");
        return true;
      } catch (SQLException e) {
        return false;
      }
    });
  }

  @Test
  void aConsoleIsReachedThroughAnotherProxyToo() throws SQLException {
    proxy.set("auth_type", "scram-sha-256").set("pool_mode", "transaction").login("sam", PASSWORD)
        .databaseLine("next", "host=127.0.0.1 port=${listen} dbname=pgbouncer")
        .databaseLine("as_admin",
            "host=127.0.0.1 port=${listen} dbname=pgbouncer user=pgbouncer password=fake")
        .reload();
    Map<String, String> simple = Map.of("preferQueryMode", "simple");
    try (Connection client = proxy.connect("pgbouncer", "fake", "next", simple);
        Connection forced = proxy.connect("sam", PASSWORD, "as_admin", simple)) {
      assertThat(Sql.value(client, "SHOW VERSION")).startsWith("PgBouncer ");
      assertThat(Sql.value(forced, "SHOW VERSION")).startsWith("PgBouncer ");
    }
    assertThat(refused("sam", PASSWORD, "next")).isEqualTo("not allowed");
    try (Console console = proxy.console()) {
      console.run("RECONNECT"); // consoles that serve as servers are clients at their other end
      console.awaitShow("SERVERS", List::isEmpty);
    }
  }

  @Test
  void onlyLoginsThatSucceedAreCounted() throws SQLException {
    proxy.set("auth_type", "plain").login("sam", PASSWORD).reload();
    for (int i = 0; i < 2; i++) {
      serves("sam", PASSWORD, "p_trust");
      refused("sam", "wrong", "p_trust");
    }
    List<Map<String, String>> stats = proxy.show("STATS");
    assertThat(WeirServer.cell(stats, "database", "p_trust", "total_client_login_count"))
        .isEqualTo("2");
  }

  // --- nobody, nowhere ---

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "trust|\"trust\" authentication failed", "plain|password authentication failed",
    "md5|password authentication failed", "scram-sha-256|SASL authentication failed"})
  void anUnknownUserFailsAsAKnownOneWould(String authType, String text) throws SQLException {
    proxy.set("auth_type", authType)
        .databaseLine("forced", "host=${host} port=${port} dbname=p_trust user=sam").reload();
    assertThat(refused("nobody", "guess", "p_trust")).isEqualTo(text);
    assertThat(refused("nobody", "guess", "forced")).isEqualTo(text);
    assertThat(proxy.show("USERS")).extracting(row -> row.get("name")).doesNotContain("nobody");
  }

  @ParameterizedTest
  @CsvSource({"plain, plain", "md5, plain", "md5, md5", "md5, scram", "scram-sha-256, plain",
    "scram-sha-256, scram"})
  void aMissingDatabaseIsTellableOnlyAfterThePassword(String authType, String secret)
      throws SQLException {
    String user = secret.equals("md5") ? "mia" : "sam";
    proxy.set("auth_type", authType).login(user, stored(secret)).reload();
    assertThat(refused(user, PASSWORD, "nosuchdb")).isEqualTo("no such database: nosuchdb");
    assertThat(refused(user, "wrong", "nosuchdb")).endsWith("authentication failed");
    assertThat(refused("nobody", PASSWORD, "nosuchdb")).endsWith("authentication failed");
  }

  @Test
  void aMissingDatabaseIsToldUnderTrust() throws SQLException {
    proxy.login("sam", "").reload();
    assertThat(refused("sam", "", "nosuchdb")).isEqualTo("no such database: nosuchdb");
    assertThat(proxy.log().count("no such database: nosuchdb")).isPositive();
  }

  @Test
  void theServersMissingDatabaseIsItsOwnMessage() throws SQLException {
    proxy.login("sam", PASSWORD).databaseLine("lost", "host=${host} port=${port} dbname=nosuchdb")
        .databaseLine("*", "host=${host} port=${port}").reload();
    for (String name : List.of("lost", "nosuchdb")) {
      SQLException no = proxy.refusal("sam", "", name);
      assertThat(no.getSQLState()).isEqualTo("3D000");
      assertThat(WeirServer.text(no)).isEqualTo("database \"nosuchdb\" does not exist");
    }
    proxy.awaitLog("WARNING server login failed: FATAL database \"nosuchdb\" does not exist", 2);
    proxy.awaitLog("closing because: database \"nosuchdb\" does not exist", 2);
    proxy.awaitLog("registered new auto-database: nosuchdb", 1);
  }
}
