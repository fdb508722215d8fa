package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Limits of clients and of servers, as PgBouncer's test_limits asserts them. */
final class LimitsIT {
  private static final String DB_FULL = "client connections exceeded (max_db_client_connections)";
  private static final String USER_FULL = "client connections exceeded (max_user_client_connections)";

  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir()
      .hba("host all all 127.0.0.1/32 trust");

  /** Bob is in the userlist, sam only on the server, stats and boss are operators. */
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("default_pool_size", "5")
      .set("auth_user", "postgres")
      .set("admin_users", "pgbouncer, boss")
      .set("stats_users", "stats")
      .login("postgres", "").login("bob", "").login("stats", "").login("boss", "")
      .database("p0").database("p1");

  private final List<Connection> open = new ArrayList<>();
  private final List<Background> queries = new ArrayList<>();

  @BeforeAll
  static void roles() throws SQLException {
    for (String role : List.of("bob", "sam", "stats", "boss", "u1", "u2", "u3", "u4", "u5")) {
      postgres.execute("create role " + role + " login");
    }
  }

  @AfterEach
  void closeAll() throws Exception {
    for (Background query : queries) {
      query.await();
    }
    for (Connection connection : open) {
      connection.close();
    }
  }

  private Connection in(String user, String database) throws SQLException {
    Connection connection = proxy.connect(user, "", database);
    open.add(connection);
    return connection;
  }

  private String refused(String user, String database) {
    return WeirServer.text(proxy.refusal(user, "", database));
  }

  private void sleepers(int count, String user, String database, double seconds)
      throws SQLException {
    for (int i = 0; i < count; i++) {
      Connection connection = in(user, database);
      queries.add(Background.start(() -> Sql.run(connection, "select pg_sleep(" + seconds + ")")));
    }
  }

  // --- clients ---

  @Test
  void theLastAllowedClientIsServedAndTheNextIsNot() throws SQLException {
    proxy.set("max_client_conn", "3").reload();
    for (int i = 0; i < 3; i++) {
      in("bob", "p0");
    }
    assertThat(refused("bob", "p0")).isEqualTo("no more connections allowed (max_client_conn)");
    try (Console console = proxy.console()) {
      assertThat(WeirServer.where(console.show("CLIENTS"), "user", "bob")).hasSize(3);
    }
    open.removeFirst().close();
    proxy.awaitShow("CLIENTS", rows -> WeirServer.where(rows, "user", "bob").size() == 2);
    in("bob", "p0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob", "stats", "sam"})
  void aFullDatabaseRefusesEveryKindOfUserButAdministrators(String user) throws SQLException {
    proxy.set("max_db_client_connections", "2").reload();
    in(user, "p0");
    in(user, "p0");
    assertThat(databaseClients("p0")).isEqualTo("2");
    assertThat(refused(user, "p0")).isEqualTo(DB_FULL);
    assertThat(refused(user, "p0")).isEqualTo(DB_FULL);
    in(user, "p1");
    in("boss", "p0");
    open.removeFirst().close();
    WeirServer.await("a place", () -> databaseClients("p0").equals("2"));
    open.remove(0).close();
    WeirServer.await("a place", () -> databaseClients("p0").equals("1"));
    in(user, "p0");
  }

  private String databaseClients(String name) throws SQLException {
    return WeirServer.cell(proxy.show("DATABASES"), "name", name, "current_client_connections");
  }

  @Test
  void theDatabasesOwnLimitWins() throws SQLException {
    proxy.set("max_db_client_connections", "1").database("p0", "max_db_client_connections=3")
        .reload();
    for (int i = 0; i < 3; i++) {
      in("bob", "p0");
    }
    assertThat(refused("bob", "p0")).isEqualTo(DB_FULL);
    in("bob", "p1");
    assertThat(refused("bob", "p1")).isEqualTo(DB_FULL);
    List<Map<String, String>> rows = proxy.show("DATABASES");
    assertThat(WeirServer.cell(rows, "name", "p0", "max_client_connections")).isEqualTo("3");
    assertThat(WeirServer.cell(rows, "name", "p1", "max_client_connections")).isEqualTo("1");
    assertThat(WeirServer.cell(rows, "name", "p0", "current_client_connections")).isEqualTo("3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob", "stats", "sam"})
  void aUserWithTooManyClientsIsRefusedEverywhere(String user) throws SQLException {
    proxy.set("max_user_client_connections", "2").reload();
    in(user, "p0");
    in(user, "p1");
    assertThat(userClients(user)).isEqualTo("2");
    assertThat(refused(user, "p0")).isEqualTo(USER_FULL);
    assertThat(refused(user, "p1")).isEqualTo(USER_FULL);
    WeirServer.await("both gone", () -> userClients(user).equals("2"));
    open.removeFirst().close();
    WeirServer.await("a place", () -> userClients(user).equals("1"));
    in(user, "p0");
  }

  private String userClients(String name) throws SQLException {
    return WeirServer.cell(proxy.show("USERS"), "name", name, "current_client_connections");
  }

  @Test
  void administratorsAreExempt() throws SQLException {
    proxy.set("max_user_client_connections", "1").reload();
    for (int i = 0; i < 3; i++) {
      in("boss", "p0");
    }
    assertThat(userClients("boss")).isEqualTo("3");
  }

  @Test
  void theUsersOwnLimitWins() throws SQLException {
    proxy.set("max_user_client_connections", "1").user("bob", "max_user_client_connections=2")
        .reload();
    in("bob", "p0");
    in("bob", "p0");
    assertThat(refused("bob", "p0")).isEqualTo(USER_FULL);
    assertThat(WeirServer.cell(proxy.show("USERS"), "name", "bob", "max_user_client_connections"))
        .isEqualTo("2");
  }

  @Test
  void whoFailsToLogInIsNotCounted() throws SQLException {
    proxy.databaseLine("lost", "host=${host} port=${port} dbname=nosuchdb")
        .set("auth_type", "plain").login("bob", "secret").reload();
    proxy.refusal("bob", "secret", "lost");
    proxy.refusal("bob", "wrong", "p0");
    proxy.refusal("nobody", "wrong", "p0");
    try (Console console = proxy.console()) {
      List<Map<String, String>> users = console.awaitShow("USERS",
          rows -> WeirServer.cell(rows, "name", "bob", "current_client_connections").equals("0"));
      assertThat(users).extracting(row -> row.get("name")).doesNotContain("nobody");
      console.awaitShow("DATABASES", rows -> WeirServer
          .cell(rows, "name", "lost", "current_client_connections").equals("0"));
    }
  }

  // --- servers ---

  private int servers() throws SQLException {
    return proxy.show("SERVERS").size();
  }

  @Test
  void thePoolSizeIsTheUsersThenTheDatabasesThenTheGlobalOne() throws Exception {
    proxy.user("u1", "pool_size=1").database("p1", "pool_size=3").set("default_pool_size", "2")
        .login("u1", "").login("u2", "").reload();
    sleepers(4, "u1", "p1", 0.3);
    sleepers(4, "u2", "p1", 0.6);
    sleepers(4, "u2", "p0", 0.6);
    for (Background query : queries) {
      query.await();
    }
    List<Map<String, String>> rows = proxy.show("SERVERS");
    assertThat(of(rows, "u1", "p1")).isEqualTo(1);
    assertThat(of(rows, "u2", "p1")).isEqualTo(3);
    assertThat(of(rows, "u2", "p0")).isEqualTo(2);
    try (Console console = proxy.console()) {
      console.run("SET default_pool_size = 4");
    }
    sleepers(5, "u2", "p0", 0.6);
    for (Background query : queries) {
      query.await();
    }
    assertThat(of(proxy.show("SERVERS"), "u2", "p0")).isEqualTo(4);
  }

  private static int of(List<Map<String, String>> servers, String user, String database) {
    return WeirServer.where(WeirServer.where(servers, "user", user), "database", database).size();
  }

  @Test
  void aForcedUserIgnoresTheSizeOfWhoLogsIn() throws Exception {
    proxy.user("u1", "pool_size=1").login("u1", "")
        .database("p1", "user=bob pool_size=3").reload();
    sleepers(4, "u1", "p1", 0.6);
    for (Background query : queries) {
      query.await();
    }
    assertThat(of(proxy.show("SERVERS"), "bob", "p1")).isEqualTo(3);
  }

  @Test
  void theLeastServersAreOpenedBeforehandForAForcedUserOnly() throws Exception {
    proxy.database("p0", "min_pool_size=3").database("p1", "user=bob min_pool_size=2").reload();
    proxy.awaitShow("SERVERS", rows -> of(rows, "bob", "p1") == 2);
    assertThat(of(proxy.show("SERVERS"), "bob", "p0")).isZero();
    try (Connection client = proxy.connect("bob", "", "p0")) {
      Sql.run(client, "select 1");
      proxy.awaitShow("SERVERS", rows -> of(rows, "bob", "p0") == 3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"max_user_connections", "max_db_connections"})
  void theLeastServersStayBelowTheOtherLimits(String limit) throws Exception {
    proxy.database("p1", "user=bob min_pool_size=4").set(limit, "2").reload();
    proxy.awaitShow("SERVERS", rows -> of(rows, "bob", "p1") == 2);
    long before = proxy.log().count("new connection to server");
    Thread.sleep(1200); // several rounds of housekeeping: nothing may happen in them
    assertThat(servers()).isEqualTo(2);
    assertThat(proxy.log().count("new connection to server")).isEqualTo(before);
    assertThat(proxy.log().count("evicted")).isZero();
  }

  @Test
  void reserveServersAreTakenAfterTheTimeout() throws Exception {
    proxy.database("p0", "pool_size=2 reserve_pool_size=2").set("reserve_pool_timeout", "1")
        .reload();
    sleepers(5, "bob", "p0", 3);
    proxy.awaitLog("taking connection from reserve_pool", 2);
    proxy.awaitShow("SERVERS", rows -> of(rows, "bob", "p0") == 4);
    for (Background query : queries) {
      query.await();
    }
    assertThat(proxy.log().count("taking connection from reserve_pool")).isEqualTo(2);
    assertThat(proxy.log().count("WARNING C-.*taking connection from reserve_pool")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"global", "user", "old name"})
  void theReserveMayBeSetElsewhere(String where) throws Exception {
    switch (where) {
      case "global" -> proxy.set("reserve_pool_size", "1").database("p0", "pool_size=1");
      case "user" -> proxy.user("bob", "reserve_pool_size=1").database("p0", "pool_size=1");
      default -> proxy.database("p0", "pool_size=1 reserve_pool=1");
    }
    proxy.set("reserve_pool_timeout", "1").reload();
    sleepers(2, "bob", "p0", 2);
    proxy.awaitShow("SERVERS", rows -> of(rows, "bob", "p0") == 2);
    assertThat(proxy.log().count("taking connection from reserve_pool")).isEqualTo(1);
  }

  @Test
  void usersShareTheServersOfAFullDatabase() throws Exception {
    proxy.database("p0", "max_db_connections=4").reload();
    for (int i = 1; i <= 5; i++) {
      proxy.login("u" + i, "");
    }
    proxy.reload();
    for (int i = 1; i <= 5; i++) {
      sleepers(2, "u" + i, "p0", 0.2);
    }
    for (Background query : queries) {
      query.await();
    }
    assertThat(servers()).isLessThanOrEqualTo(4);
  }

  @Test
  void databasesShareTheServersOfAUser() throws Exception {
    proxy.database("p2").user("bob", "max_user_connections=3").reload();
    for (String database : List.of("p0", "p1", "p2")) {
      sleepers(3, "bob", database, 0.2);
    }
    for (Background query : queries) {
      query.await();
    }
    assertThat(servers()).isLessThanOrEqualTo(3);
  }
}
