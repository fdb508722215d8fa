package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** What is done to server connections before, between and behind clients (parts of PgBouncer's test_misc.py). */
final class ServerUpkeepIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir()
      .set("log_statement", "all").set("log_line_prefix", "[%p] ");
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("default_pool_size", "1")
      .database("p0", "user=postgres password=${password}")
      .login("bob", "");

  private Connection bob() throws SQLException {
    return proxy.connect("bob", "", "p0");
  }

  private static String pid(Connection client) throws SQLException {
    return String.valueOf(Sql.value(client, "select pg_backend_pid()"));
  }

  /** How often a backend has run exactly this. */
  private static long logged(String backend, String statement) {
    Pattern line = Pattern.compile(
        "(?m)^\\[" + backend + "\\] LOG:  statement: " + Pattern.quote(statement) + "\\s*$");
    return line.matcher(postgres.log()).results().count();
  }

  @ParameterizedTest
  @CsvSource({"<empty>, ''", "select 2, select 2"})
  void aServerIsAskedBeforeItIsUsedAgain(String query, String sent) throws Exception {
    proxy.set("server_check_query", query).reload();
    try (Connection client = bob()) {
      String backend = pid(client);
      assertThat(pid(client)).isEqualTo(backend);
      assertThat(logged(backend, sent)).as("within server_check_delay").isZero();
      proxy.set("server_check_delay", "0").reload();
      Sql.run(client, "select 'after a check'");
      assertThat(pid(client)).isEqualTo(backend);
      WeirServer.await("a check for each of the two", () -> logged(backend, sent) == 2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<empty>", "select 2"})
  void aServerThatIsGoneIsReplacedAndNobodyNotices(String query) throws Exception {
    proxy.set("server_check_query", query).set("server_check_delay", "0").reload();
    try (Connection client = bob()) {
      String backend = pid(client);
      for (int i = 0; i < 5; i++) {
        postgres.execute("select pg_terminate_backend(" + backend + ", 5000)");
        String next = pid(client);
        assertThat(next).isNotEqualTo(backend);
        backend = next;
      }
    }
  }

  @Test
  void everyServerBeginsWithTheConnectQuery() throws Exception {
    proxy.database("p1", "user=postgres password=${password}",
        "connect_query='set geqo = off; set work_mem = ''7MB'''").reload();
    try (Connection client = proxy.connect("bob", "", "p1"); Console console = proxy.console()) {
      for (int i = 0; i < 2; i++) {
        assertThat(Sql.value(client, "show geqo")).isEqualTo("off");
        assertThat(Sql.value(client, "show work_mem")).isEqualTo("7MB");
        console.run("RECONNECT p1");
        console.run("WAIT_CLOSE p1");
      }
    }
  }

  @Test
  void withFastCloseSessionsDoNotKeepAnOldServer() throws Exception {
    proxy.set("pool_mode", "session").set("server_fast_close", "1").reload();
    try (RawClient client = RawClient.connect(proxy); Console console = proxy.console()) {
      client.login("bob", "p0").readUntil('Z');
      client.send(RawClient.query("select 1")).readUntil('Z');
      console.run("RECONNECT p0");
      assertThat(client.readRefusal()).isEqualTo("database configuration changed");
    }
  }

  @Test
  void withoutFastCloseSessionsKeepIt() throws Exception {
    proxy.set("pool_mode", "session").reload();
    try (Connection client = bob(); Console console = proxy.console()) {
      String backend = pid(client);
      console.run("RECONNECT p0");
      console.awaitShow("SERVERS", rows -> !WeirServer.where(rows, "close_needed", "1").isEmpty());
      assertThat(pid(client)).isEqualTo(backend);
    }
  }

  @Test
  void withFastCloseATransactionIsStillFinished() throws Exception {
    proxy.set("pool_mode", "session").set("server_fast_close", "1").reload();
    try (RawClient client = RawClient.connect(proxy); Console console = proxy.console()) {
      client.login("bob", "p0").readUntil('Z');
      client.send(RawClient.query("begin")).readUntil('Z');
      console.run("RECONNECT p0");
      console.awaitShow("SERVERS", rows -> !WeirServer.where(rows, "close_needed", "1").isEmpty());
      client.send(RawClient.query("select 1")).readUntil('Z');
      client.send(RawClient.query("commit"));
      List<RawClient.Message> last = client.readAll();
      assertThat(last).extracting(RawClient.Message::tag).startsWith('C');
      assertThat(last.getLast().field('M')).isEqualTo("database configuration changed");
    }
  }

  /** PgBouncer issue 1104. */
  @Test
  void manyDatabasesWithForcedUsersComeAndGo() throws Exception {
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 20; i++) {
        proxy.database("many" + i, "user=forced" + round + "_" + i + " pool_size=3");
      }
      proxy.reload();
      List<String> shown = new ArrayList<>();
      proxy.show("DATABASES").forEach(row -> shown.add(row.get("name")));
      assertThat(shown).contains("many0", "many19");
      for (int i = 0; i < 20; i++) {
        proxy.withoutDatabase("many" + i);
      }
      proxy.reload();
      assertThat(proxy.show("DATABASES")).extracting(row -> row.get("name"))
          .containsExactlyInAnyOrder("p0", "pgbouncer");
    }
    try (Connection client = bob()) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
  }
}
