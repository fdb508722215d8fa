package dev.weir.admin.console;

import dev.weir.admin.FakeMysql;
import dev.weir.admin.FakeProxy;
import dev.weir.admin.proxysql.AdminOptions;
import dev.weir.admin.proxysql.ProxysqlAdmin;
import dev.weir.admin.sqlite.StoreLimits;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.LocalEndpoint.LocalClient;
import dev.weir.core.control.LocalEndpoint.Wire;
import dev.weir.core.control.LocalSession;
import dev.weir.core.control.ProductVersion;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Each console's words by each wire, and who is meant where both know one. */
class AdminConsoleTest {
  private final FakeProxy proxy = new FakeProxy();
  private final FakeMysql mysql = new FakeMysql();
  private @Nullable ProxysqlAdmin admin;
  private @Nullable AdminConsole console;

  @BeforeEach
  void open() throws Exception {
    ProxysqlAdmin opened = ProxysqlAdmin
        .open(new AdminOptions(null, null, AdminOptions.Saved.KEPT, StoreLimits.DEFAULT));
    opened.serve(mysql, new FakeProxy(), mysql, Runnable::run);
    admin = opened;
    console = new AdminConsole(new Console(proxy, proxy, Runnable::run), opened);
  }

  @AfterEach
  void close() {
    if (admin != null) {
      admin.close();
    }
  }

  private LocalSession session(Wire wire, Access access) {
    return Objects.requireNonNull(console).open(new LocalClient("root", access, 1, wire));
  }

  private Answer run(Wire wire, String statement) {
    return session(wire, Access.ADMIN).run(statement).toCompletableFuture().join();
  }

  private @Nullable String first(Wire wire, String statement) {
    return ((Answer.Rows) run(wire, statement)).table().rows().getFirst().getFirst();
  }

  @ParameterizedTest
  @EnumSource
  void bothConsolesAreThereByEitherWire(Wire wire) {
    assertThat(((Answer.Rows) run(wire, "SHOW POOLS")).table().columns().getFirst().name())
        .isEqualTo("database");
    assertThat(run(wire, "PAUSE shop")).isEqualTo(Answer.Done.of("PAUSE"));
    assertThat(proxy.calls).containsExactly("pause shop");
    assertThat(((Answer.Rows) run(wire, "SELECT * FROM stats_mysql_connection_pool;")).table()
        .rows()).hasSize(2);
    assertThat(run(wire, "INSERT INTO mysql_servers (hostname) VALUES ('h')"))
        .isEqualTo(Answer.Done.of("INSERT 0 1", 1));
    assertThat(run(wire, "LOAD MYSQL SERVERS TO RUNTIME")).isEqualTo(Answer.Done.of("LOAD"));
    assertThat(run(wire, "set mysql-threads = '4'")).isEqualTo(Answer.Done.of("SET", 1));
    assertThat(run(wire, "SHOW MYSQL VARIABLES")).isInstanceOf(Answer.Rows.class);
  }

  @ParameterizedTest
  @EnumSource
  void whatSessionsCarryIsShownByEitherWireToWhoeverMayReadStatistics(Wire wire) {
    LocalSession reader = session(wire, Access.STATS);
    assertThat(((Answer.Rows) reader.run("SHOW PINS").toCompletableFuture().join()).table().rows()
        .getFirst()).startsWith("mysql", "17", "shop", "ada", "temporary table");
    for (String id : List.of("17", "0x11")) {
      assertThat(((Answer.Rows) reader.run("SHOW LEDGER " + id + ";").toCompletableFuture().join())
          .table().rows()).containsExactly(List.of("17", "user variable", "@db_password", "***"),
              List.of("17", "setting", "time_zone", "+02:00"));
    }
    assertThat(failure(wire, "SHOW LEDGER 18")).startsWith("no client has the id 18");
    assertThat(failure(wire, "SHOW LEDGER")).isEqualTo("a client's id of SHOW CLIENTS is required");
    assertThat(failure(wire, "SHOW LEDGER 1x")).startsWith("not a client's id: '1x'");
    assertThat(failure(wire, "SHOW LEDGER 0x")).startsWith("not a client's id: '0x'");
    assertThat(((Answer.Rows) run(wire, "SELECT reason, since FROM stats_weir_pins")).table()
        .rows()).containsExactly(List.of("temporary table", "1767323045"));
    assertThat(((Answer.Rows) run(wire,
        "SELECT value FROM stats_weir_ledger WHERE SessionID=17 ORDER BY kind")).table().rows())
        .containsExactly(List.of("+02:00"), List.of("***"));
  }

  @ParameterizedTest
  @EnumSource
  void aRouteIsExplainedByEitherWireToOperatorsOnly(Wire wire) {
    assertThat(((Answer.Rows) run(wire, "EXPLAIN ROUTE SELECT ';'; ")).table().rows())
        .containsExactly(List.of("mysql", "of 0", "SELECT ';'"));
    assertThat(((Answer.Rows) run(wire, "explain route for 0x11\nselect 1;")).table().rows())
        .containsExactly(List.of("mysql", "of 17", "select 1"));
    assertThat(failure(wire, "EXPLAIN ROUTE FOR 18 SELECT 1"))
        .startsWith("no client has the id 18");
    assertThat(failure(wire, "EXPLAIN ROUTE FOR 0 SELECT 1")).startsWith("no client has the id 0");
    assertThat(failure(wire, "EXPLAIN ROUTE FOR x SELECT 1")).startsWith("not a client's id: 'x'");
    assertThat(failure(wire, "EXPLAIN ROUTE")).startsWith("a statement is required");
    assertThat(failure(wire, "EXPLAIN ROUTE FOR 17")).startsWith("a statement is required");
    assertThat(failure(wire, "EXPLAIN ROUTE " + "x".repeat(64 * 1024 + 1)))
        .isEqualTo("the statement is longer than 65536 characters");
    assertThat(((Answer.Failed) session(wire, Access.STATS).run("EXPLAIN ROUTE SELECT 1")
        .toCompletableFuture().join()).message()).isEqualTo("admin access needed");
    assertThat(run(wire, "EXPLAIN SELECT 1")).isInstanceOf(Answer.Rows.class);
  }

  private String failure(Wire wire, String statement) {
    return ((Answer.Failed) run(wire, statement)).message();
  }

  @Test
  void theWireDecidesWhereBothKnowAStatement() {
    assertThat(first(Wire.PG, "SHOW VERSION")).isEqualTo(ProductVersion.FULL);
    assertThat(((Answer.Rows) run(Wire.PG, "SHOW DATABASES")).table().columns().getFirst().name())
        .isEqualTo("name");
    assertThat(((Answer.Rows) run(Wire.MYSQL, "SHOW DATABASES")).table().columns().getFirst()
        .name()).isEqualTo("seq");
    assertThat(run(Wire.PG, "BEGIN")).isEqualTo(Answer.Done.of("BEGIN"));
    assertThat(run(Wire.MYSQL, "SET NAMES utf8")).isEqualTo(Answer.Done.of("SET"));
    assertThat(run(Wire.MYSQL, "SET autocommit = 1")).isEqualTo(Answer.Done.of("SET"));
    assertThat(proxy.calls).isEmpty();
    run(Wire.PG, "SET pool_size = 3");
    assertThat(proxy.calls).hasSize(1);
  }

  @Test
  void whatNobodyKnowsIsAnErrorInTheClientsOwnWords() {
    assertThat(run(Wire.PG, "nonsense"))
        .isEqualTo(new Answer.Failed("08P01", "invalid command 'nonsense', use SHOW HELP;"));
    assertThat(((Answer.Failed) run(Wire.MYSQL, "nonsense")).message())
        .isEqualTo("ProxySQL Admin Error: near \"nonsense\": syntax error");
    assertThat(((Answer.Failed) run(Wire.MYSQL, "")).mysqlErrno()).isEqualTo(1065);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT * FROM mysql_users", "LOAD MYSQL USERS TO RUNTIME", "PAUSE",
    "PROXYSQL SHUTDOWN", "SET mysql-threads = 1", "SHOW FDS"})
  void rightsHoldByEitherWire(String statement) {
    for (Wire wire : Wire.values()) {
      assertThat(session(wire, Access.STATS).run(statement).toCompletableFuture().join())
          .as(wire.name()).isInstanceOf(Answer.Failed.class);
    }
    assertThat(mysql.calls).isEmpty();
    assertThat(proxy.calls).isEmpty();
  }

  @Test
  void preparedStatementsTakeParametersAndTellTheirShape() {
    LocalSession session = session(Wire.MYSQL, Access.ADMIN);
    String query = "SELECT ? AS a, username FROM mysql_users WHERE username = ?";

    LocalSession.Description shape = session.describe(query).toCompletableFuture().join();

    assertThat(shape.parameters()).isEqualTo(2);
    assertThat(shape.columns()).extracting(c -> c.name()).containsExactly("a", "username");
    assertThat(((Answer.Rows) session.run("SELECT ? || 'x'", List.of("y")).toCompletableFuture()
        .join()).table().rows()).containsExactly(List.of("yx"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      INSERT INTO mysql_servers (hostname, port) VALUES (?, ?) | 2
      UPDATE mysql_servers SET weight = ? | 1
      DELETE FROM mysql_users WHERE username = ? | 1
      LOAD MYSQL SERVERS TO RUNTIME | 0
      """)
  void changesCanBePreparedToo(String statement, int parameters) {
    assertThat(session(Wire.MYSQL, Access.ADMIN).describe(statement).toCompletableFuture().join())
        .isEqualTo(new LocalSession.Description(parameters, null, null));
  }

  @Test
  void aCancelEndsTheClientsOwnStatement() {
    LocalSession session = session(Wire.MYSQL, Access.ADMIN);
    var answer = session.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n")
        .toCompletableFuture();
    while (!answer.isDone()) {
      session.cancel();
      Thread.onSpinWait();
    }
    assertThat(((Answer.Failed) answer.join()).message())
        .isEqualTo("ProxySQL Admin Error: Query execution was interrupted");
  }
}
