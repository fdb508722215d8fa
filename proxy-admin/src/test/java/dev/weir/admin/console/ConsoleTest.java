package dev.weir.admin.console;

import dev.weir.admin.FakeProxy;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.LocalEndpoint;
import dev.weir.core.control.LocalEndpoint.LocalClient;
import dev.weir.core.control.LocalSession;
import dev.weir.core.control.ResultTable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleTest {
  private final FakeProxy proxy = new FakeProxy();
  private final Console console = new Console(proxy, proxy, Runnable::run);
  private final LocalSession session = console
      .open(new LocalClient("root", Access.ADMIN, 1, LocalEndpoint.Wire.PG));

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"RELOAD | RELOAD | reload",
    "reload; | RELOAD | reload",
    "PAUSE | PAUSE | pause null",
    "PAUSE shop | PAUSE | pause shop",
    "Pause \"My Shop\" | PAUSE | pause My Shop",
    "RESUME | RESUME | resume null",
    "RESUME shop | RESUME | resume shop",
    "SUSPEND | SUSPEND | suspend",
    "DISABLE shop | DISABLE | disable shop",
    "ENABLE shop | ENABLE | enable shop",
    "RECONNECT | RECONNECT | reconnect null",
    "RECONNECT shop | RECONNECT | reconnect shop",
    "KILL | KILL | kill null",
    "KILL shop | KILL | kill shop",
    "KILL_CLIENT 17 | KILL_CLIENT | killClient 17",
    "WAIT_CLOSE | WAIT_CLOSE | waitClose null",
    "WAIT_CLOSE shop | WAIT_CLOSE | waitClose shop",
    "SHUTDOWN WAIT_FOR_SERVERS | SHUTDOWN | shutdown WAIT_FOR_SERVERS",
    "shutdown wait_for_clients | SHUTDOWN | shutdown WAIT_FOR_CLIENTS",
    "SET Max_Client_Conn = 5 | SET Max_Client_Conn=5 | set Max_Client_Conn=5",
    "set x to \"a b\" | SET x=a b | set x=a b"})
  void commandsAnswerTheirTag(String statement, String tag, String call) {
    assertThat(run(statement)).isEqualTo(Answer.Done.of(tag));
    assertThat(proxy.calls).containsExactly(call);
  }

  @Test
  void anImmediateShutdownHangsUp() {
    assertThat(run("SHUTDOWN")).isEqualTo(new Answer.Hangup());
    assertThat(proxy.calls).containsExactly("shutdown IMMEDIATE");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"DISABLE | a database is required",
    "ENABLE; | a database is required",
    "KILL_CLIENT | invalid client pointer supplied",
    "KILL_CLIENT foo | invalid client pointer supplied",
    "KILL_CLIENT 17x | invalid client pointer supplied",
    "KILL_CLIENT \"-1\" | invalid client pointer supplied",
    "KILL_CLIENT 18 | client not found",
    "KILL_CLIENT 99999999999999999999999999 | client not found",
    "RELOAD x | invalid command 'RELOAD x', use SHOW HELP;",
    "SUSPEND x; | invalid command 'SUSPEND x;', use SHOW HELP;",
    "SHUTDOWN junk | invalid command 'SHUTDOWN junk', use SHOW HELP;",
    "SHOW | invalid command 'SHOW', use SHOW HELP;",
    "SHOW nonsense | invalid command 'SHOW nonsense', use SHOW HELP;",
    "SHOW 1 | invalid command 'SHOW 1', use SHOW HELP;",
    "; | invalid command ';', use SHOW HELP;",
    "SET x | invalid command 'SET x', use SHOW HELP;",
    "BEGIN READ ONLY | invalid command 'BEGIN READ ONLY', use SHOW HELP;",
    "SELECT * FROM x | invalid command 'SELECT * FROM x', use SHOW HELP;",
    "VERYLONGCOMMANDNAME | bad arguments",
    "SET \"\" = x | bad arguments"})
  void whatCannotBeDoneIsSaid(String statement, String message) {
    assertThat(run(statement)).isEqualTo(new Answer.Failed("08P01", message));
  }

  @Test
  void theEmptyStatementIsInvalid() {
    assertThat(run("")).isEqualTo(new Answer.Failed("08P01", "invalid command '', use SHOW HELP;"));
  }

  @Test
  void aLongStatementIsNotEchoedWhole() {
    Answer.Failed failed = (Answer.Failed) run("x ".repeat(100_000));
    assertThat(failed.message()).startsWith("invalid command 'x x ")
        .endsWith("...', use SHOW HELP;").hasSizeLessThan(1000);
  }

  @Test
  void anEchoIsNotCutInsideACharacter() {
    Answer.Failed failed = (Answer.Failed) run("x".repeat(899) + "\ud83d\ude00".repeat(10));
    assertThat(failed.message())
        .isEqualTo("invalid command '" + "x".repeat(899) + "...', use SHOW HELP;");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no such database: dne", "cannot pause admin db: pgbouncer",
    "already suspended/paused", "pooler is shutting down"})
  void theProxysOwnWordsAreHandedOn(String message) {
    proxy.failure = new ControlException(message);
    assertThat(run("PAUSE dne")).isEqualTo(new Answer.Failed("08P01", message));
    assertThat(run("RESUME dne")).isEqualTo(new Answer.Failed("08P01", message));
    assertThat(run("SET a = b")).isEqualTo(new Answer.Failed("08P01", message));
  }

  @Test
  void aFailedReloadHasItsOwnCode() {
    proxy.failure = new ControlException("F0000", "RELOAD failed, see logs for additional details");
    assertThat(run("RELOAD"))
        .isEqualTo(new Answer.Failed("F0000", "RELOAD failed, see logs for additional details"));
    proxy.failure = new IllegalStateException("disk on fire");
    assertThat(run("RELOAD"))
        .isEqualTo(new Answer.Failed("F0000", "RELOAD failed, see logs for additional details"));
  }

  @Test
  void aBugIsAnswered() {
    proxy.failure = new IllegalStateException("bug");
    assertThat(run("KILL"))
        .isEqualTo(new Answer.Failed("XX000", "internal error, see logs for additional details"));
  }

  @Test
  void evenAnErrorOfTheMachineIsAnswered() {
    proxy.until = new CompletableFuture<>() {
      @Override
      public CompletableFuture<Void> whenComplete(
          BiConsumer<? super Void, ? super Throwable> action) {
        throw new StackOverflowError();
      }
    };
    assertThat(run("PAUSE"))
        .isEqualTo(new Answer.Failed("XX000", "internal error, see logs for additional details"));
  }

  @Test
  void afterTheControlThreadEndedCommandsAreRefused() {
    Console ended = new Console(proxy, proxy, task -> {
      throw new RejectedExecutionException();
    });
    LocalSession late = ended.open(new LocalClient("root", Access.ADMIN, 1, LocalEndpoint.Wire.PG));
    assertThat(late.run("SHOW STATE").toCompletableFuture().join())
        .isEqualTo(new Answer.Failed("08P01", "pooler is shutting down"));
    late.cancel();
    late.closed();
  }

  @Test
  void selectIsShow() {
    assertThat(run("SELECT pools")).isEqualTo(run("SHOW pools"));
    assertThat(((Answer.Rows) run("select \"STATE\";")).tag()).isEqualTo("SHOW");
  }

  @Test
  void selectOneAnswersOne() {
    Answer.Rows one = (Answer.Rows) run("SELECT 1");
    assertThat(one.table().columns())
        .containsExactly(new ResultTable.Column("?column?", ResultTable.Type.INT));
    assertThat(one.table().rows()).containsExactly(List.of("1"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"client_encoding | UTF-8",
    "DEFAULT_TRANSACTION_ISOLATION | read committed",
    "standard_conforming_strings | on",
    "DateStyle | ISO",
    "timezone | GMT"})
  void driversCanReadTheParametersTheyAskFor(String name, String value) {
    Answer.Rows shown = (Answer.Rows) run("SHOW " + name);
    assertThat(shown.tag()).isEqualTo("SHOW");
    assertThat(shown.table().columns()).containsExactly(
        new ResultTable.Column(name.toLowerCase(java.util.Locale.ROOT), ResultTable.Type.TEXT));
    assertThat(shown.table().rows()).containsExactly(List.of(value));
  }

  @Test
  void whatASettingEntailsIsANotice() {
    assertThat(run("SET x = noticed")).isEqualTo(
        new Answer.Done(List.of(new Answer.Notice("a notice", null)), "SET x=noticed"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SET client_encoding = 'UTF8'", "SET datestyle TO iso",
    "set DateStyle = 'ISO, MDY'", "SET extra_float_digits = 3",
    "SET application_name = 'PostgreSQL JDBC Driver'", "SET client_min_messages = warning",
    "SET search_path = public"})
  void driversCanSetWhatTheyMust(String statement) {
    LocalSession stats = console
        .open(new LocalClient("monitor", Access.STATS, 2, LocalEndpoint.Wire.PG));
    assertThat(stats.run(statement).toCompletableFuture().join())
        .isEqualTo(new Answer.Done(List.of(new Answer.Notice("SET ignored", null)), "SET"));
    assertThat(proxy.calls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"BEGIN,BEGIN", "begin work,BEGIN", "COMMIT;,COMMIT", "ROLLBACK TRANSACTION,ROLLBACK"})
  void transactionsAreNothing(String statement, String tag) {
    assertThat(run(statement)).isEqualTo(Answer.Done.of(tag));
    assertThat(proxy.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"SHOW HELP", "show help;", "SELECT help", "HELP"})
  void helpIsANoticeWithDetail(String statement) {
    Answer.Done help = (Answer.Done) run(statement);
    assertThat(help.tag()).isEqualTo("SHOW");
    assertThat(help.notices()).hasSize(1);
    assertThat(help.notices().getFirst().message()).isEqualTo("Console usage");
    assertThat(help.notices().getFirst().detail()).startsWith("\n\tSHOW HELP|").contains("|FDS",
        "\n\tSET key = arg", "\n\tKILL_CLIENT <client_id>",
        "\n\tSHUTDOWN [WAIT_FOR_SERVERS|WAIT_FOR_CLIENTS]", "\n\tWAIT_CLOSE [<db>]");
  }

  @Test
  void helpNamesEveryTable() {
    String detail = console.commands().usage().detail();
    console.commands().tables()
        .forEach(table -> assertThat(detail).containsPattern("[ |]" + table.name() + "(\\||\n)"));
  }

  @Test
  void theGreetingLooksLikeTheOriginals() {
    assertThat(session.greeting()).containsExactly(Map.entry("server_version", "1.25.2/bouncer"),
        Map.entry("client_encoding", "UTF8"), Map.entry("server_encoding", "UTF8"),
        Map.entry("DateStyle", "ISO"), Map.entry("TimeZone", "GMT"),
        Map.entry("standard_conforming_strings", "on"), Map.entry("is_superuser", "on"));
  }

  @Test
  void describingRunsNothing() {
    assertThat(columns("SHOW STATE")).containsExactly(
        new ResultTable.Column("key", ResultTable.Type.TEXT),
        new ResultTable.Column("value", ResultTable.Type.TEXT));
    assertThat(columns("SHOW timezone"))
        .containsExactly(new ResultTable.Column("timezone", ResultTable.Type.TEXT));
    assertThat(columns("SHOW HELP")).isNull();
    assertThat(columns("RELOAD")).isNull();
    assertThat(columns("nonsense")).isNull();
    assertThat(columns("SET a = b")).isNull();
    assertThat(proxy.calls).isEmpty();
  }

  @Test
  void everyTableDescribesWhatItAnswers() {
    console.commands().tables().forEach(table -> {
      Answer.Rows rows = (Answer.Rows) run("SHOW " + table.name());
      assertThat(columns("SHOW " + table.name())).isEqualTo(rows.table().columns());
      rows.table().rows().forEach(row -> assertThat(row).hasSameSizeAs(rows.table().columns()));
    });
  }

  private Answer run(String statement) {
    return session.run(statement).toCompletableFuture().join();
  }

  private @Nullable List<ResultTable.Column> columns(String statement) {
    return session.describe(statement).toCompletableFuture().join().columns();
  }
}
