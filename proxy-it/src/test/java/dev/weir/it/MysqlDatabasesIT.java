package dev.weir.it;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.it.MysqlWeir.rows;
import static dev.weir.it.MysqlWeir.run;
import static dev.weir.it.MysqlWeir.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** MySQL databases that {@code weir.ini} declares, and PgBouncer's console over them. No proxysql.cnf anywhere. */
class MysqlDatabasesIT {
  /** Columns of SHOW POOLS. */
  private static final int USER = 1;
  private static final int CL_WAITING = 3;
  private static final int SV_ACTIVE = 6;
  private static final int SV_IDLE = 9;

  @RegisterExtension static final MariaDbServer mariaDb = MariaDbServer.shared();
  @RegisterExtension static final DeclaredWeir weir = DeclaredWeir.of(mariaDb,
      MysqlDatabasesIT::lines);
  private static String other = "";

  private static List<String> lines() throws SQLException {
    if (other.isEmpty()) {
      other = mariaDb.createDatabase();
      mariaDb.execute(
          "create or replace user declared identified by 'it''s a secret'",
          "create or replace user forced identified by 'other'",
          "grant all on *.* to declared", "grant all on *.* to forced");
    }
    String at = "host=127.0.0.1 port=" + mariaDb.port();
    return List.of("chat = " + at + " dbname=" + mariaDb.database(),
        other + " = " + at,
        "single = " + at + " pool_size=1 dbname=" + mariaDb.database(),
        "sessions = " + at + " pool_mode=session dbname=" + mariaDb.database(),
        "statements = " + at + " pool_mode=statement dbname=" + mariaDb.database(),
        "shared = " + at + " user=forced password=other dbname=" + mariaDb.database(),
        "furnished = " + at + " dbname=" + mariaDb.database()
            + " connect_query='SET sql_mode=''ANSI_QUOTES'', lock_wait_timeout=77'",
        "missing = " + at + " dbname=no_such_schema",
        "few = " + at + " max_db_client_connections=1 dbname=" + mariaDb.database());
  }

  @BeforeAll
  static void tables() throws SQLException {
    mariaDb.execute("create table if not exists t (id int primary key auto_increment, v int)");
  }

  private static void console(String... statements) throws SQLException {
    try (Connection console = weir.console()) {
      run(console, statements);
    }
  }

  /** A column of SHOW POOLS, summed over the database's users. */
  private static int pools(Connection console, String database, int column) throws SQLException {
    return rows(console, "SHOW POOLS").stream().map(row -> row.split("\\|", -1))
        .filter(row -> row[0].equals(database)).mapToInt(row -> Integer.parseInt(row[column]))
        .sum();
  }

  private static String[] row(Connection console, String table, String name) throws SQLException {
    return rows(console, "SHOW " + table).stream().map(row -> row.split("\\|", -1))
        .filter(row -> row[0].equals(name)).findFirst()
        .orElseThrow(() -> new AssertionError("no row of " + name + " in " + table));
  }

  private static int errno(SQLException e) {
    return e.getErrorCode();
  }

  private static @Nullable String serverThread(Connection client) throws SQLException {
    return value(client, "SELECT @@pseudo_thread_id");
  }

  // --- login ---

  @Test
  void theSchemaOfTheLoginNamesTheDatabase() throws SQLException {
    try (Connection client = weir.connect("chat")) {
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
      assertThat(value(client, "SELECT CURRENT_USER()")).isEqualTo("declared@%");
    }
  }

  @Test
  void aNameThatNoLineHasIsUnknown() {
    assertThatThrownBy(() -> weir.connect("nothing").close())
        .isInstanceOfSatisfying(SQLException.class, e -> assertThat(errno(e)).isEqualTo(1049))
        .hasMessageContaining("Unknown database 'nothing'");
  }

  @Test
  void aLoginWithoutASchemaIsTold() {
    assertThatThrownBy(() -> weir.connect("").close())
        .isInstanceOfSatisfying(SQLException.class, e -> assertThat(errno(e)).isEqualTo(1046));
  }

  @Test
  void aWrongPasswordIsRefusedBeforeAnythingIsSaidOfDatabases() {
    for (String database : List.of("chat", "nothing", "")) {
      for (String name : List.of("declared", "nobody", "pgonly")) {
        assertThatThrownBy(() -> weir.connectAs(name, "guess", database).close())
            .isInstanceOfSatisfying(SQLException.class, e -> assertThat(errno(e)).isEqualTo(1045));
      }
    }
  }

  @Test
  void allClientsBecomeTheForcedUser() throws SQLException {
    try (Connection client = weir.connect("shared"); Connection console = weir.console()) {
      assertThat(value(client, "SELECT CURRENT_USER()")).isEqualTo("forced@%");
      assertThat(row(console, "POOLS", "shared")[USER]).isEqualTo("forced");
      assertThat(rows(console, "SHOW CLIENTS"))
          .anyMatch(row -> row.startsWith("C|declared|shared|"));
    }
  }

  @Test
  void aFullDatabaseTakesNoMoreClients() throws SQLException {
    try (Connection client = weir.connect("few")) {
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThatThrownBy(() -> weir.connect("few").close()).isInstanceOfSatisfying(
          SQLException.class, e -> assertThat(errno(e)).isEqualTo(1040));
    }
    WeirServer.await("the place is free again", () -> {
      try (Connection client = weir.connect("few")) {
        return "1".equals(value(client, "SELECT 1"));
      } catch (SQLException e) {
        return false;
      }
    });
  }

  // --- USE ---

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void useOfAnotherDatabaseGoesThere(boolean asText) throws SQLException {
    try (Connection client = weir.connect("chat"); Connection console = weir.console()) {
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
      use(client, other, asText);
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(other);
      assertThat(rows(console, "SHOW CLIENTS"))
          .anyMatch(row -> row.startsWith("C|declared|" + other + "|"));
      assertThat(row(console, "DATABASES", "chat")[14]).isEqualTo("0");

      use(client, "chat", asText);
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
      use(client, "information_schema", asText);
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo("information_schema");
      use(client, "chat", asText);
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
    }
  }

  private static void use(Connection client, String name, boolean asText) throws SQLException {
    if (asText) {
      run(client, "USE `" + name + "`");
    } else {
      client.setCatalog(name);
    }
  }

  @Test
  void aUseThatFailsLeadsNowhere() throws SQLException {
    try (Connection client = weir.connect("chat"); Connection console = weir.console()) {
      assertThatThrownBy(() -> run(client, "USE missing")).isInstanceOfSatisfying(
          SQLException.class, e -> assertThat(errno(e)).isEqualTo(1049));
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
      assertThat(row(console, "DATABASES", "missing")[14]).isEqualTo("0");
      assertThat(row(console, "DATABASES", "chat")[14]).isEqualTo("1");
      assertThat(pools(console, "missing", SV_ACTIVE)).isZero();
      run(client, "USE " + other);
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(other);
    }
  }

  @Test
  void anErrorDoesNotStandInTheWayOfUse() throws SQLException {
    try (Connection client = weir.connect("chat")) {
      assertThatThrownBy(() -> run(client, "SELECT nonsense")).isInstanceOf(SQLException.class);
      run(client, "USE " + other);
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(other);
    }
  }

  @Test
  void useInATransactionIsRefused() throws SQLException {
    try (Connection client = weir.connect("chat")) {
      run(client, "BEGIN");
      assertThatThrownBy(() -> run(client, "USE " + other))
          .hasMessageContaining("holds its own (transaction)");
      run(client, "ROLLBACK", "USE " + other);
    }
  }

  @Test
  void useInTheMiddleOfATextIsRefused() throws SQLException {
    try (Connection client = weir.connect("chat", "allowMultiQueries=true")) {
      assertThatThrownBy(() -> run(client, "SELECT 1; USE " + other))
          .hasMessageContaining("a statement of its own");
      assertThat(value(client, "SELECT DATABASE()")).isEqualTo(mariaDb.database());
    }
  }

  // --- pools ---

  @Test
  void clientsShareAPoolOfOne() throws Exception {
    try (Connection one = weir.connect("single"); Connection two = weir.connect("single")) {
      String thread = serverThread(one);
      assertThat(serverThread(two)).isEqualTo(thread);
      run(one, "BEGIN");
      Background waits = Background.start(() -> value(two, "SELECT 2"));
      try (Connection console = weir.console()) {
        WeirServer.await("it waits", () -> pools(console, "single", CL_WAITING) == 1);
      }
      assertThat(waits.over()).isFalse();
      run(one, "COMMIT");
      waits.await();
    }
  }

  @Test
  void clientsOfDifferentKindsShareTheSizeOfAPool() throws Exception {
    try (Connection one = weir.connect("single");
        Connection two = weir.connect("single", "allowMultiQueries=true")) {
      for (int i = 0; i < 5; i++) {
        run(one, "BEGIN", "SELECT 1");
        Background waits = Background.start(() -> value(two, "SELECT 2"));
        run(one, "COMMIT");
        waits.await();
      }
    }
    try (Connection console = weir.console()) {
      assertThat(rows(console, "SHOW SERVERS").stream()
          .filter(row -> row.startsWith("S|declared|single|"))).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void inSessionModeTheServerStays() throws SQLException {
    try (Connection one = weir.connect("sessions"); Connection two = weir.connect("sessions")) {
      String thread = serverThread(one);
      assertThat(serverThread(two)).isNotEqualTo(thread);
      assertThat(serverThread(one)).isEqualTo(thread);
    }
  }

  @Test
  void inStatementModeTransactionsAreRefused() throws SQLException {
    try (Connection client = weir.connect("statements")) {
      for (String begins : List.of("BEGIN", "START TRANSACTION", "SET autocommit=0",
          "SET autocommit=OFF")) {
        assertThatThrownBy(() -> run(client, begins)).isInstanceOfSatisfying(SQLException.class,
            e -> assertThat(errno(e)).isEqualTo(1235))
            .hasMessageContaining("transaction blocks not allowed in statement pooling mode");
      }
      run(client, "SET autocommit=1");
      assertThat(value(client, "SELECT 3")).isEqualTo("3");
    }
  }

  @Test
  void whatTheConnectQuerySetsIsThereForEverybody() throws SQLException {
    String both = "SELECT CONCAT(@@sql_mode, ' ', @@lock_wait_timeout)";
    try (Connection one = weir.connect("furnished"); Connection two = weir.connect("furnished")) {
      for (int i = 0; i < 2; i++) {
        assertThat(value(one, both)).contains("ANSI_QUOTES").endsWith(" 77");
        assertThat(value(two, both)).contains("ANSI_QUOTES").endsWith(" 77");
        run(one, "SET lock_wait_timeout=66");
        assertThat(value(one, both)).contains("ANSI_QUOTES").endsWith(" 66");
        assertThat(value(two, both)).contains("ANSI_QUOTES").endsWith(" 77");
        run(one, "SET lock_wait_timeout=77");
      }
    }
  }

  // --- PAUSE and its kin ---

  @Test
  void pauseWaitsForTheTransactionAndHoldsClients() throws Exception {
    try (Connection inside = weir.connect("chat");
        Connection outside = weir.connect("chat");
        Connection console = weir.console()) {
      run(inside, "BEGIN", "INSERT INTO t (v) VALUES (1)");
      Background pause = Background.start(() -> console("PAUSE chat"));
      WeirServer.await("paused", () -> row(console, "DATABASES", "chat")[15].equals("1"));
      Background held = Background.start(() -> value(outside, "SELECT 1"));
      WeirServer.await("it waits", () -> pools(console, "chat", CL_WAITING) == 1);
      assertThat(pause.over()).isFalse();

      run(inside, "INSERT INTO t (v) VALUES (2)", "COMMIT");
      pause.await();
      assertThat(pools(console, "chat", SV_ACTIVE) + pools(console, "chat", SV_IDLE)).isZero();
      assertThat(held.over()).isFalse();
      try (Connection elsewhere = weir.connect(other)) {
        assertThat(value(elsewhere, "SELECT 1")).as("others go on").isEqualTo("1");
      }
      run(console, "RESUME chat");
      held.await();
    }
  }

  @Test
  void aPauseOfEverythingIsOneForMysqlToo() throws Exception {
    try (Connection client = weir.connect("chat"); Connection console = weir.console()) {
      run(console, "PAUSE");
      Background held = Background.start(() -> value(client, "SELECT 1"));
      WeirServer.await("it waits", () -> pools(console, "chat", CL_WAITING) == 1);
      assertThatThrownBy(() -> run(console, "PAUSE"))
          .hasMessageContaining("already suspended/paused");
      run(console, "RESUME");
      held.await();
    }
  }

  @Test
  void pausesUnderLoadAreNoticedByNobody() throws Exception {
    AtomicBoolean end = new AtomicBoolean();
    AtomicLong committed = new AtomicLong();
    List<Background> load = new ArrayList<>();
    String tag = Long.toString(System.nanoTime() % 1_000_000_000);
    try (Connection console = weir.console()) {
      for (int i = 0; i < 4; i++) {
        String database = i % 2 == 0 ? "chat" : "single";
        load.add(Background.start(() -> {
          try (Connection client = weir.connect(database, "useServerPrepStmts=true");
              PreparedStatement insert = client
                  .prepareStatement("INSERT INTO t (v) VALUES (" + tag + ")")) {
            while (!end.get()) {
              client.setAutoCommit(false);
              insert.execute();
              client.commit();
              client.setAutoCommit(true);
              committed.incrementAndGet();
              value(client, "SELECT 1");
            }
          }
        }));
      }
      for (int round = 0; round < 5; round++) {
        long before = committed.get();
        WeirServer.await("work is done", () -> committed.get() > before + 10);
        String what = round % 2 == 0 ? " chat" : "";
        run(console, "PAUSE" + what);
        assertThat(pools(console, "chat", SV_ACTIVE) + pools(console, "chat", SV_IDLE)).isZero();
        WeirServer.await("clients wait", () -> pools(console, "chat", CL_WAITING) == 2);
        run(console, "RESUME" + what);
      }
    } finally {
      end.set(true);
      for (Background each : load) {
        each.awaitEither();
      }
    }
    for (Background each : load) {
      each.await();
    }
    assertThat(mariaDb.query("SELECT COUNT(*) FROM t WHERE v = " + tag))
        .isEqualTo(Long.toString(committed.get()));
  }

  @Test
  void reconnectReplacesServersWhenTheyAreFree() throws Exception {
    try (Connection client = weir.connect("single"); Connection console = weir.console()) {
      String before = serverThread(client);
      run(client, "BEGIN");
      run(console, "RECONNECT single");
      assertThat(serverThread(client)).isEqualTo(before);
      Background closed = Background.start(() -> console("WAIT_CLOSE single"));
      assertThat(rows(console, "SHOW SERVERS")).anyMatch(row -> row.startsWith("S|declared|single|")
          && row.split("\\|", -1)[13].equals("1"));
      run(client, "COMMIT");
      closed.await();
      assertThat(serverThread(client)).isNotEqualTo(before);
    }
  }

  @Test
  void killDropsClientsAndPauses() throws Exception {
    Connection victim = weir.connect("single");
    try (Connection bystander = weir.connect("chat"); Connection console = weir.console()) {
      run(victim, "BEGIN", "SELECT 1");
      run(console, "KILL single");
      WeirServer.await("it is gone",
          () -> rows(console, "SHOW CLIENTS").stream().noneMatch(row -> row.contains("|single|")));
      assertThatThrownBy(() -> value(victim, "SELECT 2")).isInstanceOf(SQLException.class);
      assertThat(rows(console, "SHOW SERVERS")).noneMatch(row -> row.contains("|single|"));
      assertThat(value(bystander, "SELECT 3")).isEqualTo("3");
      assertThat(row(console, "DATABASES", "single")[15]).isEqualTo("1");

      Background held = Background.start(() -> {
        try (Connection next = weir.connect("single")) {
          value(next, "SELECT 4");
        }
      });
      WeirServer.await("it waits", () -> pools(console, "single", CL_WAITING) == 1);
      run(console, "RESUME single");
      held.await();
    } finally {
      victim.abort(Runnable::run);
    }
  }

  @Test
  void killClientDisconnectsThatOne() throws SQLException {
    Connection victim = weir.connect("chat");
    try (Connection bystander = weir.connect("chat"); Connection console = weir.console()) {
      String id = value(victim, "SELECT CONNECTION_ID()");
      assertThat(rows(console, "SHOW CLIENTS"))
          .anyMatch(row -> row.startsWith("C|declared|chat|") && row.endsWith("|" + id));
      run(console, "KILL_CLIENT " + id);
      WeirServer.await("it is gone",
          () -> rows(console, "SHOW CLIENTS").stream().noneMatch(row -> row.endsWith("|" + id)));
      assertThatThrownBy(() -> value(victim, "SELECT 1")).isInstanceOf(SQLException.class);
      assertThat(value(bystander, "SELECT 2")).isEqualTo("2");
    } finally {
      victim.abort(Runnable::run);
    }
  }

  @Test
  void aDisabledDatabaseTakesNoNewClients() throws SQLException {
    try (Connection client = weir.connect("chat")) {
      console("DISABLE chat");
      assertThatThrownBy(() -> weir.connect("chat").close())
          .hasMessageContaining("database \"chat\" is disabled");
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
    } finally {
      console("ENABLE chat");
    }
    weir.connect("chat").close();
  }

  // --- what is shown ---

  @Test
  void tablesCoverMysqlByEitherWire() throws SQLException {
    try (Connection client = weir.connect("chat");
        Connection console = weir.console();
        Connection admin = weir.admin()) {
      run(client, "BEGIN", "SELECT 1");
      for (Connection at : List.of(console, admin)) {
        assertThat(row(at, "POOLS", "chat")[15]).isEqualTo("transaction");
        assertThat(pools(at, "chat", SV_ACTIVE)).isEqualTo(1);
        assertThat(rows(at, "SHOW CLIENTS"))
            .anyMatch(row -> row.startsWith("C|declared|chat|none|active|"));
        assertThat(rows(at, "SHOW SERVERS"))
            .anyMatch(
                row -> row.startsWith("S|declared|chat|none|active|127.0.0.1|" + mariaDb.port()));
        assertThat(row(at, "STATS_TOTALS", "chat")).hasSize(13);
        assertThat(rows(at, "SHOW USERS")).anyMatch(row -> row.startsWith("declared|"));
        assertThat(rows(at, "SHOW LISTS")).isNotEmpty();
        assertThat(rows(at, "SELECT hostgroup_id, hostname, port, status, comment"
            + " FROM runtime_mysql_servers WHERE comment LIKE '% chat'"))
            .containsExactly("2000000000|127.0.0.1|" + mariaDb.port()
                + "|ONLINE|[mysql_databases] chat");
        assertThat(rows(at, "SELECT user, db, command FROM stats_mysql_processlist"
            + " WHERE user = 'declared'")).contains("declared|" + mariaDb.database() + "|Sleep");
        assertThat(rows(at, "SELECT DISTINCT status FROM stats_mysql_connection_pool"))
            .containsExactly("ONLINE");
      }
      run(client, "COMMIT");
    }
  }

  @Test
  void statisticsCount() throws SQLException {
    try (Connection client = weir.connect(other, "useServerPrepStmts=true");
        Connection console = weir.console()) {
      value(client, "SELECT 1");
      String[] before = row(console, "STATS_TOTALS", other);
      run(client, "BEGIN", "SELECT 1", "COMMIT", "SELECT 2");
      try (PreparedStatement prepared = client.prepareStatement("SELECT ?")) {
        prepared.setInt(1, 1);
        try (ResultSet found = prepared.executeQuery()) {
          assertThat(rows(found)).containsExactly("1");
        }
      }
      String[] after = row(console, "STATS_TOTALS", other);
      assertThat(gain(before, after, 2)).as("transactions").isEqualTo(4);
      assertThat(gain(before, after, 3)).as("queries").isEqualTo(6);
      assertThat(gain(before, after, 4)).as("bytes received").isPositive();
      assertThat(gain(before, after, 5)).as("bytes sent").isPositive();
      assertThat(gain(before, after, 9)).as("client parses").isEqualTo(1);
      assertThat(gain(before, after, 10)).as("server parses").isEqualTo(1);
      assertThat(gain(before, after, 11)).as("binds").isEqualTo(1);
      assertThat(Long.parseLong(after[12])).as("logins").isPositive();
    }
  }

  private static long gain(String[] before, String[] after, int column) {
    return Long.parseLong(after[column]) - Long.parseLong(before[column]);
  }

  @Test
  void programsOfBothWorldsSeeTheSame() throws Exception {
    try (Connection client = weir.connect("chat")) {
      value(client, "SELECT 1");
      String psql = TestTools
          .psql("postgres://boss@127.0.0.1:" + weir.postgresPort() + "/pgbouncer", "SHOW POOLS",
              "SELECT hostname FROM runtime_mysql_servers WHERE comment LIKE '% chat'")
          .succeeded();
      assertThat(psql).contains("chat|declared|").endsWith("127.0.0.1");
      String mysql = TestTools.run("mysql", List.of("-h127.0.0.1", "-P" + weir.adminPort(),
          "-uboss", "-pboss", "--skip-ssl", "-N", "-B", "-e",
          "SHOW POOLS; SELECT hostname FROM runtime_mysql_servers WHERE comment LIKE '% chat'"),
          Map.of()).succeeded();
      assertThat(mysql).contains("chat\tdeclared\t").endsWith("127.0.0.1");
      assertThat(TestTools.run("mysql", List.of("-h127.0.0.1", "-P" + weir.port(), "-udeclared",
          "-p" + DeclaredWeir.PASSWORD, "--skip-ssl", "-N", "-B", "-D", "chat", "-e",
          "SELECT DATABASE(); USE " + other + "; SELECT DATABASE()"), Map.of()).succeeded())
          .isEqualTo(mariaDb.database() + "\n" + other);
    }
  }

  @Test
  void theConsoleWorksOnTheAdminPort() throws Exception {
    try (Connection client = weir.connect("chat"); Connection admin = weir.admin()) {
      run(admin, "PAUSE chat");
      Background held = Background.start(() -> value(client, "SELECT 1"));
      WeirServer.await("it waits", () -> pools(admin, "chat", CL_WAITING) == 1);
      run(admin, "RESUME chat", "RECONNECT chat", "WAIT_CLOSE chat", "DISABLE chat", "ENABLE chat");
      held.await();
      assertThatThrownBy(() -> run(admin, "PAUSE nowhere")).hasMessageContaining(
          "no such database: nowhere");
    }
  }

  @Test
  void metricsTellTheProtocol() throws Exception {
    try (Connection client = weir.connect("chat"); HttpClient http = HttpClient.newHttpClient()) {
      value(client, "SELECT 1");
      String page = http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + weir.httpPort() + "/metrics"))
              .build(),
          HttpResponse.BodyHandlers.ofString()).body();
      assertThat(page).contains(
          "pgbouncer_pools_client_active_connections{database=\"chat\",protocol=\"mysql\",user=\"declared\"}",
          "pgbouncer_stats_totals_queries_pooled_total{database=\"chat\",protocol=\"mysql\"}",
          "weir_query_seconds_count{database=\"chat\",protocol=\"mysql\",user=\"declared\"}",
          "pgbouncer_pools_client_active_connections{database=\"pgbouncer\",protocol=\"postgresql\",user=\"pgbouncer\"}");
    }
  }

  // --- RELOAD ---

  @Test
  void aBrokenFileChangesNothing() throws Exception {
    try (Connection client = weir.connect("chat"); Connection console = weir.console()) {
      List<String> before = rows(console, "SHOW DATABASES");
      weir.rewrite("fresh = host=127.0.0.1 port=" + mariaDb.port(), "chat = host=");
      assertThatThrownBy(() -> run(console, "RELOAD")).hasMessageContaining("RELOAD failed");
      assertThat(rows(console, "SHOW DATABASES")).isEqualTo(before);
      assertThat(value(client, "SELECT 1")).isEqualTo("1");
      assertThatThrownBy(() -> weir.connect("fresh").close()).isInstanceOf(SQLException.class);
    } finally {
      weir.restore();
    }
  }

  @Test
  void aReloadAddsChangesAndRemoves() throws Exception {
    String at = "host=127.0.0.1 port=" + mariaDb.port();
    Connection removed = weir.connect(other);
    try (Connection kept = weir.connect("chat"); Connection console = weir.console()) {
      String thread = serverThread(kept);
      weir.rewrite("chat = " + at + " pool_size=3 dbname=" + mariaDb.database(),
          "fresh = " + at + " dbname=" + other, "* = " + at);
      run(console, "RELOAD");
      assertThat(serverThread(kept)).as("servers stay").isEqualTo(thread);
      assertThat(row(console, "DATABASES", "chat")[5]).isEqualTo("3");
      try (Connection fresh = weir.connect("fresh")) {
        assertThat(value(fresh, "SELECT DATABASE()")).isEqualTo(other);
      }
      WeirServer.await("clients of what is gone are sent away", () -> {
        try {
          value(removed, "SELECT 1");
          return false;
        } catch (SQLException e) {
          return true;
        }
      });
      try (Connection automatic = weir.connect(other)) {
        assertThat(value(automatic, "SELECT DATABASE()")).as("by the template").isEqualTo(other);
        assertThat(row(console, "POOLS", other)[USER]).isEqualTo("declared");
      }
    } finally {
      removed.abort(Runnable::run);
      weir.restore();
    }
  }

  @Test
  void newHostsLetRunningTransactionsEnd() throws Exception {
    try (Connection client = weir.connect("chat"); Connection console = weir.console()) {
      run(client, "BEGIN", "INSERT INTO t (v) VALUES (5)");
      String thread = serverThread(client);
      weir.rewrite("chat = host=localhost port=" + mariaDb.port() + " dbname="
          + mariaDb.database());
      run(console, "RELOAD");
      assertThat(serverThread(client)).isEqualTo(thread);
      run(client, "COMMIT");
      assertThat(serverThread(client)).isNotEqualTo(thread);
      assertThat(rows(console, "SHOW SERVERS"))
          .anyMatch(row -> row.startsWith("S|declared|chat|none|idle|localhost|"));
    } finally {
      weir.restore();
    }
  }
}
