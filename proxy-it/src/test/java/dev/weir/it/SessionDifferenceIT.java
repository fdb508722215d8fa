package dev.weir.it;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random sessions on a direct connection and through a pool that hands each transaction another server: every result,
 * count, error and the settings at the end must be equal. {@code -Dweir.sessions} says how many, {@code
 * -Dweir.sessions.seed} where to begin; a failure names the seed of its script.
 */
final class SessionDifferenceIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("server_round_robin", "1")
      .set("max_prepared_statements", "100")
      .database("p3", "user=postgres password=${password}", "pool_size=3", "min_pool_size=3")
      .login("bob", "");

  private static final String[] SETTINGS = {"statement_timeout", "work_mem", "lock_timeout",
    "search_path", "enable_seqscan", "default_transaction_isolation", "TimeZone", "DateStyle",
    "application_name", "extra_float_digits", "my.own", "bytea_output"};
  private static final Map<String, String[]> VALUES = Map.ofEntries(
      Map.entry("statement_timeout", new String[]{"50000", "'1min'", "0", "DEFAULT", "'x'"}),
      Map.entry("work_mem", new String[]{"'1MB'", "2048", "DEFAULT", "1"}),
      Map.entry("lock_timeout", new String[]{"77", "'2s'", "DEFAULT"}),
      Map.entry("search_path", new String[]{"a, b", "\"A b\"", "public", "''", "DEFAULT"}),
      Map.entry("enable_seqscan", new String[]{"on", "off", "true", "maybe"}),
      Map.entry("default_transaction_isolation", new String[]{"'serializable'", "DEFAULT"}),
      Map.entry("TimeZone", new String[]{"'UTC'", "'CET'", "'nowhere'"}),
      Map.entry("DateStyle", new String[]{"ISO, DMY", "'ISO, MDY'"}),
      Map.entry("application_name", new String[]{"'a''b'", "'x'"}),
      Map.entry("extra_float_digits", new String[]{"0", "-1", "3", "99"}),
      Map.entry("my.own", new String[]{"1", "'two'", "x, y"}),
      Map.entry("bytea_output", new String[]{"escape", "hex", "none"}));

  private static String statement(Random random) {
    String name = SETTINGS[random.nextInt(SETTINGS.length)];
    String[] values = VALUES.getOrDefault(name, new String[]{"1"});
    String value = values[random.nextInt(values.length)];
    return switch (random.nextInt(30)) {
      case 0, 1, 2, 3, 4 -> "SET " + name + " = " + value;
      case 5 -> "set session " + name + " to " + value;
      case 6 -> "SET LOCAL " + name + " TO " + value;
      case 7 ->
        "RESET " + (name.matches("my.own|TimeZone|DateStyle|application_name") ? "work_mem" : name);
      case 8 -> "select set_config('" + name + "', 'on', " + random.nextBoolean() + ")";
      case 9 -> "BEGIN";
      case 10 -> "COMMIT";
      case 11 -> "ROLLBACK";
      case 12 -> "SAVEPOINT s";
      case 13 -> "ROLLBACK TO s";
      case 14 -> "select 1/0";
      case 15 -> "create temp table t" + random.nextInt(2) + " as select 1 as a";
      case 16 -> "drop table t" + random.nextInt(2);
      case 17 -> "select count(*) from t" + random.nextInt(2);
      case 18 -> "prepare p as select 41 + 1";
      case 19 -> "execute p";
      case 20 -> "deallocate " + (random.nextBoolean() ? "all" : "p");
      case 21 -> "declare c cursor with hold for select generate_series(1, 3)";
      case 22 -> "fetch c";
      case 23 -> "close c";
      case 24 -> "do $$ begin set work_mem = '3MB'; end $$";
      case 25 -> "SET " + name + " = " + value + "; select 1; SET lock_timeout = 5";
      case 26 -> "begin; SET " + name + " = " + value + "; "
          + (random.nextBoolean() ? "commit" : "rollback");
      case 27 -> random.nextInt(4) == 0 ? "discard all" : "reset statement_timeout";
      case 28 -> "set session characteristics as transaction isolation level repeatable read";
      default -> "select coalesce(current_setting('" + name + "', true), '')"
          + ", current_setting('work_mem'), current_setting('search_path')";
    };
  }

  private static String outcome(Connection on, String sql) {
    StringBuilder all = new StringBuilder();
    try (Statement statement = on.createStatement()) {
      boolean rows = statement.execute(sql);
      while (rows || statement.getUpdateCount() >= 0) {
        if (rows) {
          try (ResultSet result = statement.getResultSet()) {
            while (result.next()) {
              for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                all.append(result.getString(i)).append('|');
              }
              all.append(';');
            }
          }
        } else {
          all.append(statement.getUpdateCount()).append(';');
        }
        rows = statement.getMoreResults();
      }
    } catch (SQLException e) {
      all.append(e.getSQLState()).append(' ').append(e.getMessage());
    }
    return all.toString();
  }

  /** Custom settings that are unset may be null or empty: RESET itself leaves an empty one. */
  private static List<String> end(Connection on) {
    List<String> all = new ArrayList<>();
    all.add(outcome(on, "rollback"));
    all.addAll(List.of(outcome(on,
        "select name, setting from pg_settings where name not like 'plpgsql.%' and name <>"
            + " 'transaction_isolation' order by 1")
        .split(";")));
    all.add(outcome(on, "select coalesce(nullif(current_setting('my.own', true), ''), '-'),"
        + " current_setting('application_name')"));
    all.add(outcome(on, "select name, statement from pg_prepared_statements where from_sql"));
    all.add(outcome(on, "select name from pg_cursors where is_holdable"));
    all.add(outcome(on, "select relname from pg_class where relnamespace = pg_my_temp_schema()"
        + " and relkind = 'r' order by 1"));
    return all;
  }

  @Test
  void aSessionCannotTellThatItIsPooled() throws Exception {
    int count = Integer.getInteger("weir.sessions", 200);
    long first = Long.getLong("weir.sessions.seed", 1L);
    for (long seed = first; seed < first + count; seed++) {
      for (String mode : List.of("simple", "extended")) {
        script(seed, mode);
      }
    }
  }

  private void script(long seed, String mode) throws SQLException {
    Random random = new Random(seed);
    Map<String, String> properties = Map.of("preferQueryMode", mode, "ApplicationName", "x");
    List<String> said = new ArrayList<>();
    try (
        Connection direct = java.sql.DriverManager.getConnection(
            "jdbc:postgresql://" + postgres.host() + ":" + postgres.port() + "/postgres"
                + "?assumeMinServerVersion=12&ApplicationName=x&preferQueryMode=" + mode,
            "postgres", postgres.superuserPassword());
        Connection pooled = proxy.connect("bob", "", "p3", properties)) {
      int length = 5 + random.nextInt(25);
      for (int i = 0; i < length; i++) {
        String sql = statement(random);
        said.add(sql);
        assertThat(outcome(pooled, sql)).as("seed %d, %s: %s", seed, mode, said)
            .isEqualTo(outcome(direct, sql));
      }
      List<String> left = end(pooled);
      List<String> expected = end(direct);
      List<String> right = new ArrayList<>(expected);
      right.removeAll(left);
      left.removeAll(expected);
      assertThat(left).as("seed %d, %s: %s", seed, mode, said).isEqualTo(right);
    }
  }
}
