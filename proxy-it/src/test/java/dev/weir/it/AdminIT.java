package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What operators do at the console and what it does to clients, as PgBouncer's test_admin asserts it. */
final class AdminIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("stats_users", "stats")
      .database("p0", "user=postgres password=${password}")
      .database("p1", "user=postgres password=${password}")
      .user("limited", "pool_size=7 reserve_pool_size=3")
      .user("free", "pool_mode=session")
      .login("bob", "")
      .login("stats", "")
      .login("limited", "")
      .login("free", "");

  private Connection bob(String database) throws SQLException {
    return proxy.connect("bob", "", database);
  }

  // --- SHOW ---

  @ParameterizedTest
  @ValueSource(strings = {"ACTIVE_SOCKETS", "CLIENTS", "CONFIG", "DATABASES", "DNS_HOSTS",
    "DNS_ZONES", "LISTS", "MEM", "PEERS", "PEER_POOLS", "POOLS", "SERVERS", "SOCKETS", "STATE",
    "STATS", "STATS_AVERAGES", "STATS_TOTALS", "TOTALS", "USERS", "VERSION"})
  void everyTableIsShown(String item) throws SQLException {
    try (Console console = proxy.console(); Connection client = bob("p0")) {
      Sql.run(client, "select 1");
      assertThat(console.columns(item)).isNotEmpty();
      assertThat(console.rows("SELECT " + item + ";")).isNotNull();
    }
  }

  @Test
  void helpIsANoticeWithoutRows() throws SQLException {
    try (Console console = proxy.console();
        var statement = console.connection().createStatement()) {
      statement.execute("SHOW HELP");
      assertThat(String.valueOf(statement.getWarnings())).contains("Console usage");
    }
  }

  @Test
  void sizesOfAUserWithoutThemAreEmpty() throws SQLException {
    try (Console console = proxy.console()) {
      List<Map<String, String>> users = console.show("USERS");
      assertThat(WeirServer.where(users, "name", "limited")).singleElement()
          .satisfies(row -> assertThat(row.get("pool_size")).isEqualTo("        7"))
          .satisfies(row -> assertThat(row.get("reserve_pool_size")).isEqualTo("        3"));
      assertThat(WeirServer.where(users, "name", "free")).singleElement()
          .satisfies(row -> assertThat(row.get("pool_size")).isEmpty())
          .satisfies(row -> assertThat(row.get("reserve_pool_size")).isEmpty())
          .satisfies(row -> assertThat(row.get("pool_mode")).isEqualTo("session"));
    }
  }

  @Test
  void clientsAndServersShareOneSeriesOfIds() throws SQLException {
    try (Console console = proxy.console()) {
      long own = Long
          .parseLong(WeirServer.cell(console.show("SOCKETS"), "user", "pgbouncer", "id"));
      for (int i = 0; i < 2; i++) {
        try (Connection client = bob("p0")) {
          Sql.run(client, "select 1");
          assertThat(console.show("SOCKETS")).hasSize(3);
        }
        console.awaitShow("CLIENTS", rows -> rows.size() == 1);
      }
      try (Connection client = bob("p0")) {
        Sql.run(client, "select 1");
        List<Map<String, String>> sockets = console.show("SOCKETS");
        assertThat(sockets).extracting(row -> Long.parseLong(row.get("id")))
            .containsExactlyInAnyOrder(own, own + 2, own + 4);
        assertThat(WeirServer.where(sockets, "type", "S")).singleElement()
            .satisfies(row -> assertThat(row.get("id")).isEqualTo(Long.toString(own + 2)));
      }
    }
  }

  @Test
  void eachConsoleTakesOneId() throws SQLException {
    long first = consoleId();
    assertThat(consoleId()).isEqualTo(first + 1);
    assertThat(consoleId()).isEqualTo(first + 2);
  }

  /** Of a console of its own; that of the one before may not have gone yet. */
  private long consoleId() throws SQLException {
    return WeirServer.where(proxy.show("CLIENTS"), "user", "pgbouncer").stream()
        .mapToLong(row -> Long.parseLong(row.get("id"))).max().orElseThrow();
  }

  @Test
  void clientsAreIdleThenWaitingThenActive() throws Exception {
    try (Console console = proxy.console(); Connection client = bob("p0")) {
      assertThat(stateOf(console)).isEqualTo("idle");
      console.run("PAUSE p0");
      Background query = Background.start(() -> Sql.run(client, "begin"));
      console.awaitShow("CLIENTS", rows -> state(rows).equals("waiting"));
      console.run("RESUME p0");
      query.await();
      assertThat(stateOf(console)).isEqualTo("active");
      Sql.run(client, "commit");
      console.awaitShow("CLIENTS", rows -> state(rows).equals("idle"));
    }
  }

  private static String stateOf(Console console) throws SQLException {
    return state(console.show("CLIENTS"));
  }

  private static String state(List<Map<String, String>> clients) {
    return WeirServer.cell(clients, "user", "bob", "state");
  }

  @Test
  void statisticsCountLoginsQueriesAndTransactions() throws SQLException {
    for (int i = 0; i < 5; i++) {
      try (Connection client = bob("p0")) {
        if (i == 0) {
          client.setAutoCommit(false);
          for (int n = 0; n < 2; n++) {
            Sql.run(client, "select 1"); // with BEGIN before the first
          }
          client.commit();
        } else {
          Sql.run(client, "select 1");
        }
      }
    }
    try (Console console = proxy.console()) {
      Map<String, String> stats = WeirServer.where(console.show("STATS"), "database", "p0")
          .getFirst();
      assertThat(stats).containsEntry("total_client_login_count", "5")
          .containsEntry("total_xact_count", "5")
          .containsEntry("total_server_assignment_count", "5");
      assertThat(Integer.parseInt(stats.get("total_query_count"))).isBetween(7, 8);
      Map<String, String> totals = WeirServer
          .where(console.show("STATS_TOTALS"), "database", "p0").getFirst();
      assertThat(totals).containsEntry("client_login_count", "5").containsEntry("query_count",
          stats.get("total_query_count"));
    }
  }

  @Test
  void everyTableOfStatisticsCountsTheSameAndTheTotalsCountConsolesToo() throws Exception {
    for (int i = 0; i < 5; i++) {
      try (RawClient client = RawClient.connect(proxy)) {
        client.login("bob", "p0").readUntil('Z');
        for (String sql : List.of("begin", "select 1", "commit")) {
          client.send(RawClient.query(sql)).readUntil('Z');
        }
      }
    }
    try (Console console = proxy.console()) {
      console.awaitShow("CLIENTS", rows -> rows.size() == 1);
      Map<String, String> stats = WeirServer.where(console.show("STATS"), "database", "p0")
          .getFirst();
      assertThat(stats).containsEntry("total_server_assignment_count", "5")
          .containsEntry("total_client_login_count", "5").containsEntry("total_xact_count", "5")
          .containsEntry("total_query_count", "15");
      Map<String, String> totals = WeirServer
          .where(console.show("STATS_TOTALS"), "database", "p0").getFirst();
      assertThat(totals).containsEntry("server_assignment_count", "5")
          .containsEntry("client_login_count", "5").containsEntry("xact_count", "5")
          .containsEntry("query_count", "15");
      // a console is one login, one transaction and one query, however long it lasts
      assertThat(byName(console.show("TOTALS"))).containsEntry("total_client_login_count", "6")
          .containsEntry("total_xact_count", "6").containsEntry("total_query_count", "16")
          .containsEntry("total_server_assignment_count", "5");
    }
  }

  private static Map<String, String> byName(List<Map<String, String>> totals) {
    Map<String, String> values = new HashMap<>();
    totals.forEach(row -> values.put(row.get("name"), row.get("value")));
    return values;
  }

  // --- KILL ---

  @Test
  void killDropsTheClientsOfADatabase() throws SQLException {
    try (Console console = proxy.console();
        Connection client = bob("p0");
        Connection other = bob("p1")) {
      Sql.run(client, "select 1");
      Sql.run(other, "select 1");
      console.run("KILL p0");
      console.awaitShow("CLIENTS", rows -> rows.size() == 2);
      assertThat(WeirServer.where(console.show("SERVERS"), "database", "p0")).isEmpty();
      Sql.run(other, "select 1");
      console.run("RESUME p0");
      try (Connection again = bob("p0")) {
        Sql.run(again, "select 1");
      }
    }
  }

  @Test
  void killTellsClientsWhy() throws Exception {
    try (Console console = proxy.console(); RawClient client = RawClient.connect(proxy)) {
      client.login("bob", "p0").readUntil('Z');
      console.run("KILL p0");
      assertThat(client.readRefusal()).isEqualTo("database removed");
    }
  }

  @Test
  void killOfAnUnknownDatabaseIsAnError() throws SQLException {
    try (Console console = proxy.console(); Connection client = bob("p0")) {
      SQLException no = console.error("KILL dne");
      assertThat(no.getSQLState()).isEqualTo("08P01");
      assertThat(WeirServer.text(no)).isEqualTo("no such database: dne");
      Sql.run(client, "select 1");
    }
  }

  @Test
  void killWithoutNameDropsTheClientsOfAll() throws SQLException {
    try (Console console = proxy.console();
        Connection one = bob("p0");
        Connection two = bob("p1")) {
      Sql.run(one, "select 1");
      Sql.run(two, "select 1");
      console.run("KILL");
      console.awaitShow("CLIENTS", rows -> rows.size() == 1);
      assertThat(WeirServer.text(console.error("RESUME")))
          .isEqualTo("pooler is not paused/suspended");
      console.run("RESUME p0");
      console.run("RESUME p1");
    }
  }

  @Test
  void killClientTakesTheIdOfShowClients() throws Exception {
    try (Console console = proxy.console();
        RawClient one = RawClient.connect(proxy);
        Connection two = bob("p0")) {
      one.login("bob", "p0").readUntil('Z');
      List<Map<String, String>> clients = WeirServer.where(console.show("CLIENTS"), "user", "bob");
      assertThat(clients).hasSize(2);
      String id = clients.stream().map(row -> row.get("id"))
          .max((a, b) -> Long.compare(Long.parseLong(a), Long.parseLong(b))).orElseThrow();
      console.run("KILL_CLIENT " + id);
      assertThat(one.readRefusal()).isEqualTo("admin forced disconnect");
      Sql.run(two, "select 1");
      assertThat(WeirServer.text(console.error("KILL_CLIENT " + id)))
          .isEqualTo("client not found");
      assertThat(WeirServer.text(console.error("KILL_CLIENT abc")))
          .isEqualTo("invalid client pointer supplied");
    }
  }

  // --- PAUSE, SUSPEND, DISABLE, RECONNECT ---

  @Test
  void pauseWaitsForTransactionsAndHoldsNewOnes() throws Exception {
    try (Console console = proxy.console();
        Console second = proxy.console();
        Connection busy = bob("p0");
        Connection other = bob("p0")) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      Background pause = Background.start(() -> console.run("PAUSE"));
      second.awaitShow("STATE", rows -> "yes".equals(
          WeirServer.cell(rows, "key", "paused", "value")));
      Background held = Background.start(() -> Sql.run(other, "select 1"));
      second.awaitShow("POOLS",
          rows -> WeirServer.where(rows, "cl_waiting", "1").size() == 1);
      Sql.run(busy, "select 2");
      assertThat(pause.over()).isFalse();
      busy.commit();
      pause.await();
      assertThat(held.over()).isFalse();
      assertThat(WeirServer.text(second.error("PAUSE"))).isEqualTo("already suspended/paused");
      second.run("RESUME");
      held.await();
      assertThat(WeirServer.text(second.error("RESUME")))
          .isEqualTo("pooler is not paused/suspended");
    }
  }

  @Test
  void pauseClosesIdleServers() throws Exception {
    try (Console console = proxy.console(); Connection client = bob("p0")) {
      Sql.run(client, "select 1");
      assertThat(console.show("SERVERS")).hasSize(1);
      console.run("PAUSE");
      console.awaitShow("SERVERS", List::isEmpty);
      proxy.awaitLog("closing because: pause mode", 1);
      console.run("RESUME");
      Sql.run(client, "select 1");
    }
  }

  @Test
  void fiveRoundsOfPauseAndResumeLoseNothing() throws Exception {
    rounds("PAUSE", "RESUME");
  }

  @Test
  void fiveRoundsOfSuspendAndResumeLoseNothing() throws Exception {
    rounds("SUSPEND", "RESUME");
  }

  private void rounds(String stop, String go) throws Exception {
    try (Console console = proxy.console(); Connection client = bob("p0")) {
      AtomicBoolean over = new AtomicBoolean();
      Background load = Background.start(() -> {
        while (!over.get()) {
          Sql.run(client, "select 1");
        }
      });
      for (int i = 0; i < 5; i++) {
        console.run(stop);
        console.run(go);
      }
      over.set(true);
      load.await();
    }
  }

  @Test
  void suspendEndsWhenTheLastConsoleGoes() throws Exception {
    try (Connection client = bob("p0")) {
      Sql.run(client, "select 1");
      Console console = proxy.console();
      console.run("SUSPEND");
      Background held = Background.start(() -> Sql.run(client, "select 1"));
      assertThat(WeirServer.where(console.show("STATE"), "key", "suspended").getFirst())
          .containsEntry("value", "yes");
      console.close();
      held.await();
      proxy.awaitLog("admin disappeared when suspended, doing RESUME", 1);
    }
  }

  @Test
  void disabledDatabasesRefuseNewcomersOnly() throws SQLException {
    try (Console console = proxy.console(); Connection old = bob("p0")) {
      console.run("DISABLE p0");
      assertThat(WeirServer.text(proxy.refusal("bob", "", "p0")))
          .isEqualTo("database \"p0\" is disabled");
      Sql.run(old, "select 1");
      console.run("ENABLE p0");
      bob("p0").close();
      assertThat(WeirServer.text(console.error("DISABLE"))).isEqualTo("a database is required");
      assertThat(WeirServer.text(console.error("DISABLE pgbouncer")))
          .isEqualTo("cannot disable admin db: pgbouncer");
    }
  }

  @Test
  void reconnectChangesTheServerAndWaitCloseWaitsForTheOldOne() throws Exception {
    try (Console console = proxy.console();
        Console second = proxy.console();
        Connection client = bob("p0")) {
      Sql.run(client, "select 1");
      String before = Sql.value(client, "select pg_backend_pid()");
      console.run("RECONNECT p0");
      console.run("WAIT_CLOSE p0");
      String after = Sql.value(client, "select pg_backend_pid()");
      assertThat(after).isNotEqualTo(before);
      client.setAutoCommit(false);
      Sql.run(client, "select 1");
      console.run("RECONNECT");
      Background wait = Background.start(() -> console.run("WAIT_CLOSE"));
      assertThat(WeirServer.where(second.show("SERVERS"), "close_needed", "1")).hasSize(1);
      assertThat(wait.over()).isFalse();
      client.commit();
      wait.await();
      assertThat(Sql.value(client, "select pg_backend_pid()")).isNotEqualTo(after);
    }
  }

  // --- RELOAD, SET ---

  @Test
  void aBrokenFileChangesNothing() throws SQLException {
    try (Console console = proxy.console()) {
      List<Map<String, String>> config = console.show("CONFIG");
      List<Map<String, String>> databases = console.show("DATABASES");
      proxy.set("default_pool_size", "3").withoutDatabase("p1")
          .append("query_wait_timeout = soon").rewrite();
      SQLException no = console.error("RELOAD");
      assertThat(no.getSQLState()).isEqualTo("F0000");
      assertThat(WeirServer.text(no)).isEqualTo("RELOAD failed, see logs for additional details");
      assertThat(console.show("CONFIG")).isEqualTo(config);
      assertThat(without(console.show("DATABASES"))).isEqualTo(without(databases));
      bob("p1").close();
      proxy.withoutAppended().rewrite();
      console.run("RELOAD");
      assertThat(WeirServer.where(console.show("CONFIG"), "key", "default_pool_size").getFirst())
          .containsEntry("value", "3");
      assertThat(WeirServer.text(proxy.refusal("bob", "", "p1")))
          .isEqualTo("no such database: p1");
    }
  }

  private static List<Map<String, String>> without(List<Map<String, String>> databases) {
    databases.forEach(row -> {
      row.remove("current_connections");
      row.remove("current_client_connections");
    });
    return databases;
  }

  @Test
  void setHoldsUntilTheNextReload() throws SQLException {
    try (Console console = proxy.console()) {
      console.run("SET query_wait_timeout = 17");
      assertThat(setting(console, "query_wait_timeout")).isEqualTo("17");
      console.run("SET query_wait_timeout TO '18';");
      assertThat(setting(console, "query_wait_timeout")).isEqualTo("18");
      console.run("RELOAD");
      assertThat(setting(console, "query_wait_timeout")).isEqualTo("120");
      assertThat(WeirServer.text(console.error("SET query_wait_timeout = x")))
          .isEqualTo("SET failed");
      assertThat(WeirServer.text(console.error("SET no_such_setting = 1")))
          .isEqualTo("SET failed");
    }
  }

  private static String setting(Console console, String key) throws SQLException {
    return WeirServer.cell(console.show("CONFIG"), "key", key, "value");
  }

  @Test
  void aDatabaseThatIsGoneFromTheFileDropsItsClients() throws Exception {
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("bob", "p1").readUntil('Z');
      proxy.withoutDatabase("p1").reload();
      assertThat(client.readRefusal()).isEqualTo("database removed");
    }
    assertThat(proxy.show("DATABASES")).extracting(row -> row.get("name")).doesNotContain("p1");
  }

  // --- rights and grammar ---

  @ParameterizedTest
  @ValueSource(strings = {"RELOAD", "PAUSE", "RESUME", "SUSPEND", "KILL", "KILL_CLIENT 1",
    "DISABLE p0", "ENABLE p0", "RECONNECT", "WAIT_CLOSE", "SHUTDOWN", "SET verbose = 1",
    "SHOW FDS"})
  void onlyAdministratorsMayChangeAnything(String command) throws SQLException {
    try (Console console = proxy.console("stats", "")) {
      assertThat(WeirServer.text(console.error(command))).isEqualTo("admin access needed");
      assertThat(console.show("POOLS")).isNotNull();
      console.run("SET client_encoding = 'UTF8'");
    }
  }

  @Test
  void strangersAreNotAllowed() {
    assertThat(WeirServer.text(proxy.refusal("bob", "", "pgbouncer"))).isEqualTo("not allowed");
  }

  @Test
  void nonsenseIsNamedInTheAnswer() throws SQLException {
    try (Console console = proxy.console()) {
      assertThat(WeirServer.text(console.error("frobnicate now")))
          .isEqualTo("invalid command 'frobnicate now', use SHOW HELP;");
      assertThat(WeirServer.text(console.error("RELOAD x")))
          .isEqualTo("invalid command 'RELOAD x', use SHOW HELP;");
      assertThat(WeirServer.text(console.error("PAUSE " + "x".repeat(64))))
          .isEqualTo("bad arguments");
      assertThat(WeirServer.text(console.error("PAUSE pgbouncer")))
          .isEqualTo("cannot pause admin db: pgbouncer");
      assertThat(console.rows("show timezone").getFirst()).containsEntry("timezone", "GMT");
    }
  }

  @Test
  void errorsOfTheConsoleCarrySeverityCodeAndMessage() throws Exception {
    try (RawClient client = RawClient.connect(proxy)) {
      client.login("pgbouncer", "pgbouncer").readUntil('Z');
      client.send(RawClient.query("nonsense"));
      List<RawClient.Message> answer = client.readUntil('Z');
      assertThat(answer.getFirst().fields()).isEqualTo("SCM");
      assertThat(answer.getFirst().field('S')).isEqualTo("ERROR");
      assertThat(answer.getLast().body()).containsExactly('I');
    }
  }

  @Test
  void cancelUndoesAWaitingPause() throws Exception {
    try (Console console = proxy.console();
        Console second = proxy.console();
        Connection busy = bob("p0")) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      try (var statement = console.connection().createStatement()) {
        Background pause = Background.start(() -> statement.execute("PAUSE"));
        second.awaitShow("STATE", rows -> "yes".equals(
            WeirServer.cell(rows, "key", "paused", "value")));
        statement.cancel();
        second.awaitShow("STATE", rows -> "no".equals(
            WeirServer.cell(rows, "key", "paused", "value")));
        pause.awaitEither();
      }
      busy.commit();
    }
  }
}
