package dev.weir.admin.console;

import dev.weir.admin.FakeProxy;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.control.LocalEndpoint.LocalClient;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Who may do what, written down a second time: whoever adds a command or a table adds its line here. */
class AccessTest {
  private static final Set<String> STATS_COMMANDS = Set.of("SHOW", "SELECT", "HELP", "BEGIN",
      "COMMIT", "ROLLBACK", "SHOW LEDGER");
  private static final Set<String> ADMIN_COMMANDS = Set.of("SET", "RELOAD", "PAUSE", "RESUME",
      "DISABLE", "ENABLE", "RECONNECT", "KILL", "KILL_CLIENT", "SUSPEND",
      "SHUTDOWN", "WAIT_CLOSE", "EXPLAIN ROUTE");
  private static final Set<String> STATS_TABLES = Set.of("CLIENTS", "SERVERS", "SOCKETS",
      "ACTIVE_SOCKETS", "POOLS", "PEER_POOLS", "PEERS", "DATABASES", "USERS", "LISTS",
      "CONFIG", "STATE", "VERSION", "MEM", "DNS_HOSTS", "DNS_ZONES", "STATS", "STATS_TOTALS",
      "STATS_AVERAGES", "TOTALS", "PINS");
  private static final Set<String> ADMIN_TABLES = Set.of("FDS");

  private final FakeProxy proxy = new FakeProxy();
  private final Console console = new Console(proxy, proxy, Runnable::run);

  @Test
  void everyCommandIsListedHere() {
    Set<String> stats = new TreeSet<>();
    Set<String> admin = new TreeSet<>();
    console.commands().all()
        .forEach(command -> (command.access() == Access.ADMIN ? admin : stats).add(command.name()));
    assertThat(stats).isEqualTo(STATS_COMMANDS);
    assertThat(admin).isEqualTo(ADMIN_COMMANDS);
  }

  @Test
  void everyTableIsListedHere() {
    Set<String> stats = new TreeSet<>();
    Set<String> admin = new TreeSet<>();
    console.commands().tables()
        .forEach(table -> (table.access() == Access.ADMIN ? admin : stats).add(table.name()));
    assertThat(stats).isEqualTo(STATS_TABLES);
    assertThat(admin).isEqualTo(ADMIN_TABLES);
  }

  @Test
  void statsUsersReadEveryTableButTheDescriptors() {
    for (String table : STATS_TABLES) {
      assertThat(as(Access.STATS, "SHOW " + table)).as(table).isInstanceOf(Answer.Rows.class);
      assertThat(as(Access.ADMIN, "SHOW " + table)).as(table).isInstanceOf(Answer.Rows.class);
    }
    assertThat(as(Access.STATS, "SHOW FDS"))
        .isEqualTo(new Answer.Failed("08P01", "admin access needed"));
    assertThat(as(Access.STATS, "SELECT \"fds\""))
        .isEqualTo(new Answer.Failed("08P01", "admin access needed"));
    assertThat(as(Access.ADMIN, "SHOW FDS")).isInstanceOf(Answer.Rows.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RELOAD", "PAUSE", "PAUSE shop", "RESUME", "RESUME shop", "DISABLE",
    "DISABLE shop", "ENABLE shop", "RECONNECT", "KILL", "KILL shop",
    "KILL_CLIENT 17", "KILL_CLIENT x", "SUSPEND", "SHUTDOWN", "SHUTDOWN WAIT_FOR_SERVERS",
    "SHUTDOWN WAIT_FOR_CLIENTS", "WAIT_CLOSE", "SET max_client_conn = 5", "SET nonsense = 5"})
  void statsUsersChangeNothing(String statement) {
    assertThat(as(Access.STATS, statement))
        .isEqualTo(new Answer.Failed("08P01", "admin access needed"));
    assertThat(proxy.calls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"RELOAD x", "SUSPEND x", "SHUTDOWN now", "SHOW nonsense", "SHOW", "SELECT",
    "NONSENSE"})
  void grammarIsCheckedBeforeRights(String statement) {
    assertThat(as(Access.STATS, statement)).isEqualTo(
        new Answer.Failed("08P01", "invalid command '" + statement + "', use SHOW HELP;"));
  }

  @Test
  void describingNeedsTheSameRights() {
    assertThat(console.open(new LocalClient("u", Access.STATS, 1, LocalEndpoint.Wire.PG))
        .describe("SHOW FDS").toCompletableFuture().join().columns()).isNull();
    assertThat(console.open(new LocalClient("u", Access.ADMIN, 1, LocalEndpoint.Wire.PG))
        .describe("SHOW FDS").toCompletableFuture().join().columns())
        .hasSize(15);
  }

  private Answer as(Access access, String statement) {
    return console.open(new LocalClient("u", access, 1, LocalEndpoint.Wire.PG)).run(statement)
        .toCompletableFuture()
        .join();
  }
}
