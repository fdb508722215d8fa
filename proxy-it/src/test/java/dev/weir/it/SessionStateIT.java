package dev.weir.it;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** In transaction mode a session keeps what it has set, on whichever server it is, and nobody else gets it. */
final class SessionStateIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("server_round_robin", "1") // each transaction on another server than the last
      .set("max_prepared_statements", "100")
      .database("p1", "user=postgres password=${password}", "pool_size=1")
      .database("p3", "user=postgres password=${password}", "pool_size=3", "min_pool_size=3")
      .database("off", "user=postgres password=${password}", "pool_size=1", "session_state=off")
      .login("bob", "");

  private static final byte[] EXECUTE = RawClient.message('E', RawClient.cstring(""),
      RawClient.int32(0));
  private static final byte[] SYNC = RawClient.message('S');
  private static final byte[] DESCRIBE = RawClient.message('D', new byte[]{'S'},
      RawClient.cstring(""));

  private static byte[] parse(String name, String sql) {
    return RawClient.message('P', RawClient.cstring(name), RawClient.cstring(sql), new byte[2]);
  }

  private static byte[] bind(String portal, String name) {
    return RawClient.message('B', RawClient.cstring(portal), RawClient.cstring(name), new byte[6]);
  }

  private Connection connect(String database) throws SQLException {
    return proxy.connect("bob", "", database, Map.of("preferQueryMode", "simple"));
  }

  private void awaitServers() throws SQLException {
    proxy.awaitShow("SERVERS", rows -> WeirServer.where(rows, "database", "p3").size() == 3);
  }

  private static String show(Connection client, String setting) throws SQLException {
    return String.valueOf(Sql.value(client, "select current_setting('" + setting + "', true)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"set statement_timeout = 4711",
    "SET /* a /* b */ */ statement_timeout TO '4711ms'",
    "begin; set statement_timeout = 4711; commit",
    "begin; set statement_timeout = 1; savepoint a; set statement_timeout = 2; rollback to a; set statement_timeout = 4711; commit",
    "select set_config('statement_timeout', '4711', false)",
    "do $$ begin set statement_timeout = 4711; end $$",
    "do $a$ begin perform set_config('statement_' || 'timeout', '4711', false); end $a$"})
  void aSettingFollowsItsSession(String sql) throws Exception {
    try (Connection one = connect("p3"); Connection two = connect("p3")) {
      awaitServers();
      Sql.run(one, sql);
      for (int i = 0; i < 6; i++) {
        assertThat(show(two, "statement_timeout")).isEqualTo("0");
        assertThat(show(one, "statement_timeout")).isEqualTo("4711ms");
      }
      Sql.run(one, "reset statement_timeout");
      for (int i = 0; i < 4; i++) {
        assertThat(show(one, "statement_timeout")).isEqualTo("0");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"begin; set statement_timeout = 4711; rollback",
    "set local statement_timeout = 4711", "set statement_timeout = 4711; select 1/0",
    "set statement_timeout = 'x'", "select 'set statement_timeout = 4711'"})
  void whatDidNotHappenDoesNotFollow(String sql) throws Exception {
    try (Connection one = connect("p1")) {
      try {
        Sql.run(one, sql);
      } catch (SQLException _) {
        // as meant
      }
      assertThat(show(one, "statement_timeout")).isEqualTo("0");
    }
  }

  @Test
  void settingsOfAnApplicationsOwnAndTheRoleFollowToo() throws Exception {
    try (Connection one = connect("p3"); Connection two = connect("p3")) {
      awaitServers();
      Sql.run(one, "create role mover");
      Sql.run(one, "set app.tenant = '42'");
      Sql.run(one, "set search_path = \"Odd\"\"Name\", public");
      Sql.run(one, "set role mover");
      for (int i = 0; i < 4; i++) {
        assertThat(show(one, "app.tenant")).isEqualTo("42");
        assertThat(show(one, "search_path")).isEqualTo("\"Odd\"\"Name\", public");
        assertThat(Sql.value(one, "select current_user")).isEqualTo("mover");
        assertThat(Sql.value(two, "select current_user")).isEqualTo("postgres");
        assertThat(show(two, "app.tenant")).isIn("null", "");
      }
      Sql.run(one, "reset role");
      Sql.run(one, "drop role mover");
    }
  }

  @Test
  void aRefusedSettingIsNamed() throws Exception {
    try (Connection one = connect("p3"); Connection two = connect("p3")) {
      awaitServers();
      Sql.run(two, "create role fleeting");
      Sql.run(one, "set role fleeting");
      Sql.run(two, "drop role fleeting");
      SQLException refused = null;
      for (int i = 0; i < 3 && refused == null; i++) {
        try {
          Sql.run(one, "select 1");
        } catch (SQLException e) {
          refused = e;
        }
      }
      assertThat(refused == null ? "" : WeirServer.text(refused))
          .contains("role \"fleeting\" does not exist");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "create temp table t (a int)|drop table t",
    "create table pg_temp.t (a int)|drop table pg_temp.t",
    "select 1 as a into temporary t|drop table t",
    "create function pg_temp.f() returns int language sql as 'select 1'|drop function pg_temp.f()",
    "create domain pg_temp.d as int|drop domain pg_temp.d",
    "create collation pg_temp.c from \"C\"|drop collation pg_temp.c",
    "create text search dictionary pg_temp.t (template = simple)|drop text search dictionary pg_temp.t",
    "create temp view v as select 1|drop view v", "create temp sequence s|drop sequence s",
    "select pg_advisory_lock(1)|select pg_advisory_unlock(1)",
    "select pg_try_advisory_lock_shared(1)|select pg_advisory_unlock_all()",
    "declare c cursor with hold for select 1|close c",
    "prepare p as select E'\\\\1'|deallocate p", "prepare p as select setseed(1)|deallocate all",
    "create temp table t (a int)|discard temp",
    "do 'begin create temp table t (a int); end'|drop table t",
    "select lastval()|discard sequences", "create temp table t (a int)|discard all"})
  void whatCannotMoveKeepsItsServerUntilItEnds(String both) throws Exception {
    String[] parts = both.split("\\|", 2);
    try (Connection one = connect("p1"); Connection two = connect("p1")) {
      try {
        Sql.run(one, parts[0]);
      } catch (SQLException _) {
        // lastval is not yet defined
      }
      proxy.awaitShow("POOLS",
          rows -> "1".equals(WeirServer.cell(rows, "database", "p1", "sv_active")));
      Sql.run(one, parts[1]);
      assertThat(Sql.value(two, "select 1")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"prepare p as select 41 + 1",
    "begin; prepare p as select 41 + 1; commit", "prepare p (int) as select 41 + $1; select 1"})
  void whatSqlHasPreparedFollowsItsSession(String sql) throws Exception {
    try (Connection one = connect("p3"); Connection two = connect("p3")) {
      awaitServers();
      boolean whole = !sql.contains(";"); // else its text cannot be sent again, and it keeps its server
      Sql.run(one, sql);
      Sql.run(two, "prepare p as select 'of another'");
      for (int i = 0; i < 6; i++) {
        assertThat(Sql.value(one, sql.contains("int") ? "execute p (1)" : "execute p"))
            .isEqualTo("42");
        assertThat(Sql.value(two, "execute p")).isEqualTo("of another");
        assertThat(Sql.value(one, "select count(*) from pg_prepared_statements where from_sql"))
            .isEqualTo("1");
      }
      if (whole) {
        proxy.awaitShow("POOLS",
            rows -> "0".equals(WeirServer.cell(rows, "database", "p3", "sv_active")));
      }
      Sql.run(one, "deallocate p");
      for (int i = 0; i < 4; i++) {
        assertThat(Sql.value(one, "select count(*) from pg_prepared_statements where from_sql"))
            .isEqualTo("0");
      }
    }
  }

  @Test
  void aPreparedStatementWhoseTableIsGoneBreaksNothingElse() throws Exception {
    try (Connection one = connect("p3"); Connection two = connect("p3")) {
      awaitServers();
      Sql.run(two, "create table fleeting (a int)");
      Sql.run(one, "prepare p as select * from fleeting");
      Sql.run(one, "set work_mem = '3MB'");
      Sql.run(two, "drop table fleeting");
      for (int i = 0; i < 6; i++) {
        assertThat(show(one, "work_mem")).isEqualTo("3MB");
        assertThatThrownBy(() -> Sql.run(one, "execute p")).isInstanceOf(SQLException.class);
      }
    }
  }

  @Test
  void whatIsResetIsWhatTheSessionBeganWith() throws Exception {
    try (Connection one = proxy.connect("bob", "", "p3", Map.of("preferQueryMode", "simple",
        "options", "-c statement_timeout=4711 -c TimeZone=Asia/Tokyo"));
        Connection two = connect("p3")) {
      awaitServers();
      for (String sql : new String[]{"select 1", "reset statement_timeout", "reset all",
        "set statement_timeout = 5; set timezone = 'CET'; reset all", "reset time zone",
        "begin; set statement_timeout = 1; reset statement_timeout; reset time zone; commit",
        "create temp table kept (a int)", "reset all", "discard all", "set time zone default"}) {
        Sql.run(one, sql);
        assertThat(show(one, "statement_timeout")).as(sql).isEqualTo("4711ms");
        assertThat(show(one, "TimeZone")).as(sql).isEqualTo("Asia/Tokyo");
        assertThat(show(two, "statement_timeout")).as(sql).isEqualTo("0");
      }
    }
  }

  @Test
  void theLastValueOfASequenceIsTheSessionsOwn() throws Exception {
    try (Connection one = connect("p3"); Connection two = connect("p3")) {
      awaitServers();
      Sql.run(one, "create sequence counting");
      try {
        Sql.run(one, "select lastval()"); // from now on it is known that somebody asks for that here
      } catch (SQLException _) {
        // not yet defined
      }
      Sql.run(one, "discard sequences");
      for (int i = 1; i < 6; i += 2) {
        assertThat(Sql.value(one, "select nextval('counting')")).isEqualTo(Integer.toString(i));
        assertThat(Sql.value(two, "select nextval('counting')")).isEqualTo(Integer.toString(i + 1));
        assertThat(Sql.value(one, "select currval('counting')")).isEqualTo(Integer.toString(i));
        assertThat(Sql.value(two, "select lastval()")).isEqualTo(Integer.toString(i + 1));
      }
      Sql.run(one, "drop sequence counting");
    }
  }

  @Test
  void theUnnamedStatementOutlivesItsSync() throws Exception {
    try (RawClient one = RawClient.connect(proxy).login("bob", "p3");
        Connection two = connect("p3")) {
      one.readUntil('Z');
      awaitServers();
      for (int i = 0; i < 4; i++) {
        one.send(parse("", "select " + i + " + 40"), DESCRIBE,
            SYNC).readUntil('Z');
        Sql.run(two, "select 1");
        List<RawClient.Message> answer = one.send(bind("", ""), EXECUTE,
            SYNC).readUntil('Z');
        assertThat(answer).extracting(RawClient.Message::tag).containsExactly('2', 'D', 'C', 'Z');
        assertThat(new String(answer.get(1).body(), 6, 2, StandardCharsets.US_ASCII))
            .isEqualTo(Integer.toString(i + 40));
      }
    }
  }

  @Test
  void sqlDeallocatesWhatTheProtocolPrepared() throws Exception {
    try (RawClient one = RawClient.connect(proxy).login("bob", "p3")) {
      one.readUntil('Z');
      awaitServers();
      for (int i = 0; i < 5; i++) {
        one.send(parse("a1", "select 1"), SYNC).readUntil('Z');
        assertThat(one.send(RawClient.query("DEALLOCATE a1")).readUntil('Z'))
            .extracting(RawClient.Message::tag).containsExactly('C', 'Z');
      }
      one.send(parse("a1", "select 1"), SYNC).readUntil('Z');
      one.send(RawClient.query("begin; select 1/0")).readUntil('Z');
      assertThat(one.send(RawClient.query("DEALLOCATE a1")).readUntil('Z'))
          .extracting(RawClient.Message::tag).containsExactly('E', 'Z');
      one.send(RawClient.query("rollback")).readUntil('Z');
      assertThat(one.send(bind("", "a1"), EXECUTE, SYNC)
          .readUntil('Z')).extracting(RawClient.Message::tag).containsExactly('2', 'D', 'C', 'Z');
    }
  }

  @Test
  void whatEndsWithItsTransactionKeepsNothing() throws Exception {
    try (Connection one = connect("p1"); Connection two = connect("p1")) {
      Sql.run(one, "begin; create temp table t (a int) on commit drop; commit");
      Sql.run(two, "select 1");
      Sql.run(one, "begin; create temp table t (a int); rollback");
      Sql.run(two, "select 1");
      Sql.run(one, "begin; select pg_advisory_xact_lock(1); commit");
      Sql.run(two, "select 1");
    }
  }

  @Test
  void aLeavingSessionLeavesNothing() throws Exception {
    for (String sql : new String[]{"set work_mem = '1MB'", "create temp table t (a int)",
      "select pg_advisory_lock(7)", "listen a", "prepare p as select 1", "load 'auto_explain'",
      "set my.own = 1", "set session authorization default"}) {
      try (Connection one = connect("p1")) {
        Sql.run(one, sql);
      }
      try (Connection two = connect("p1")) {
        assertThat(show(two, "work_mem")).isEqualTo("4MB");
        assertThat(Sql.value(two, "select count(*) from pg_locks where locktype = 'advisory'"))
            .isEqualTo("0");
        assertThat(Sql.value(two, "select count(*) from pg_listening_channels()")).isEqualTo("0");
        assertThat(Sql.value(two, "select count(*) from pg_prepared_statements where from_sql"))
            .isEqualTo("0");
        assertThat(Sql.value(two, "select to_regclass('pg_temp.t') is null")).isEqualTo("t");
        assertThat(show(two, "my.own")).isIn("null", "");
        assertThat(show(two, "auto_explain.log_nested_statements")).isEqualTo("null");
      }
    }
  }

  @Test
  void switchedOffItIsTheApplicationsMatter() throws Exception {
    try (Connection one = connect("off"); Connection two = connect("off")) {
      Sql.run(one, "set work_mem = '1MB'");
      assertThat(show(two, "work_mem")).isEqualTo("1MB");
      Sql.run(one, "create temp table t (a int)");
      Sql.run(two, "drop table t");
    }
  }
}
