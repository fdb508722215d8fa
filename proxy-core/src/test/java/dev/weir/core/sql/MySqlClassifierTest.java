package dev.weir.core.sql;

import dev.weir.core.sql.Classification.Access;
import dev.weir.core.sql.Effect.AccessMode;
import dev.weir.core.sql.Effect.Cause;
import dev.weir.core.sql.Effect.Diagnostics;
import dev.weir.core.sql.Effect.Reach;
import dev.weir.core.sql.Effect.Scope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class MySqlClassifierTest {
  private static Classification classify(String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    return new MySqlClassifier(SqlMode.MYSQL).classify(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"SELECT 1|SELECT|READ",
    "(SELECT 1) UNION (SELECT 2)|SELECT|READ",
    "select * from t for update|SELECT_FOR_UPDATE|LOCKING_READ",
    "SELECT * FROM t WHERE a IN (SELECT b FROM u LOCK IN SHARE MODE)|SELECT_FOR_UPDATE|LOCKING_READ",
    "SELECT * FROM t FOR SHARE SKIP LOCKED|SELECT_FOR_UPDATE|LOCKING_READ",
    "SELECT 'FOR UPDATE', `for` /* for update */ FROM t -- for update|SELECT|READ",
    "SELECT a INTO OUTFILE '/tmp/x' FROM t|SELECT|WRITE", "SELECT NEXTVAL(s)|SELECT|WRITE",
    "SELECT NEXT VALUE FOR s|SELECT|WRITE", "/*!40001 SELECT */ 1|SELECT|READ",
    "WITH x AS (SELECT 1) SELECT * FROM x|SELECT|READ",
    "WITH x AS (SELECT 1) DELETE FROM t|DELETE|WRITE",
    "INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a=1|INSERT|WRITE",
    "REPLACE t SET a=1|REPLACE|WRITE",
    "UPDATE t SET a=1|UPDATE|WRITE", "DELETE FROM t|DELETE|WRITE",
    "LOAD DATA INFILE 'x' INTO TABLE t|LOAD|WRITE",
    "SHOW TABLE STATUS|SHOW_TABLE_STATUS|READ", "SHOW TABLES|SHOW|READ", "DESC t|DESCRIBE|READ",
    "EXPLAIN DELETE FROM t|EXPLAIN|READ", "EXPLAIN ANALYZE SELECT 1|EXPLAIN|READ",
    "ANALYZE FORMAT=JSON UPDATE t SET a=1|UNKNOWN|WRITE", "ANALYZE TABLE t|ANALYZE_TABLE|WRITE",
    "CREATE UNIQUE INDEX i ON t(a)|CREATE_INDEX|WRITE",
    "CREATE OR REPLACE VIEW v AS SELECT 1|CREATE_VIEW|WRITE",
    "CREATE DEFINER=`a`@`b` TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET @a=1|CREATE_TRIGGER|WRITE",
    "ALTER IGNORE TABLE t ADD a INT|ALTER_TABLE|WRITE",
    "ALTER ALGORITHM=MERGE VIEW v AS SELECT 1|ALTER_VIEW|WRITE",
    "TRUNCATE t|TRUNCATE_TABLE|WRITE", "RENAME TABLE a TO b|RENAME_TABLE|WRITE",
    "GRANT ALL ON *.* TO 'u'@'%'|GRANT|WRITE",
    "OPTIMIZE TABLE t|OPTIMIZE|WRITE", "RESET MASTER|RESET_MASTER|WRITE",
    "RESET REPLICA|RESET_SLAVE|WRITE",
    "CHANGE MASTER TO MASTER_HOST='x'|CHANGE_MASTER|WRITE", "PURGE BINARY LOGS TO 'x'|PURGE|WRITE",
    "START TRANSACTION|START_TRANSACTION|SESSION", "START SLAVE|UNKNOWN|WRITE",
    "BEGIN WORK|BEGIN|SESSION",
    "USE `a b`|USE|SESSION", "SET NAMES utf8|SET|SESSION", "SET GLOBAL x=1|SET|WRITE",
    "DO SLEEP(1)|UNKNOWN|READ",
    "DROP INDEX i ON t|DROP_INDEX|WRITE", "DROP DATABASE d|DROP_DATABASE|WRITE",
    "CALL p(1)|CALL|WRITE",
    "TABLE t|UNKNOWN|READ", "VALUES ROW(1)|UNKNOWN|READ", "frobnicate|UNKNOWN|WRITE"})
  void whatItIs(String sql, Command command, Access access) {
    assertThat(classify(sql).command()).isEqualTo(command);
    assertThat(classify(sql).access()).isEqualTo(access);
    assertThat(classify(sql).statements()).isEqualTo(1);
  }

  private static Arguments row(String sql, Effect... effects) {
    return Arguments.of(sql, List.of(effects));
  }

  private static Value word(String text) {
    return new Value.Literal(text, false);
  }

  private static Value text(String text) {
    return new Value.Literal(text, true);
  }

  private static Effect set(String name, Value value) {
    return new Effect.Assign(Scope.SESSION, name, value);
  }

  static Stream<Arguments> transactions() {
    return Stream.of(
        row("BEGIN", new Effect.Begin(AccessMode.UNSPECIFIED, false)),
        row("START TRANSACTION READ ONLY, WITH CONSISTENT SNAPSHOT",
            new Effect.Begin(AccessMode.READ_ONLY, true)),
        row("start transaction read write", new Effect.Begin(AccessMode.READ_WRITE, false)),
        row("COMMIT AND CHAIN", new Effect.Commit(true, false)),
        row("COMMIT WORK AND NO CHAIN RELEASE", new Effect.Commit(false, true)),
        row("ROLLBACK", new Effect.Rollback(false, false)),
        row("ROLLBACK AND CHAIN NO RELEASE", new Effect.Rollback(true, false)),
        row("SAVEPOINT `a b`", new Effect.Savepoint("a b")),
        row("ROLLBACK WORK TO SAVEPOINT a", new Effect.RollbackTo("a")),
        row("rollback to a", new Effect.RollbackTo("a")),
        row("RELEASE SAVEPOINT a", new Effect.ReleaseSavepoint("a")),
        row("XA START 'x'", new Effect.Pin(Cause.XA_TRANSACTION, "")),
        row("XA END 'x'"), row("XA COMMIT 'x'", new Effect.Unpin(Cause.XA_TRANSACTION, "")),
        row("CREATE TABLE t (a INT)", new Effect.ImplicitCommit()),
        row("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            new Effect.SetTransaction(Reach.NEXT_TRANSACTION, "REPEATABLE READ",
                AccessMode.READ_ONLY)),
        row("SET SESSION TRANSACTION READ WRITE",
            new Effect.SetTransaction(Reach.SESSION, "", AccessMode.READ_WRITE)),
        row("SET autocommit=0", set("autocommit", word("0"))));
  }

  static Stream<Arguments> settings() {
    return Stream.of(
        row("SET NAMES 'utf8mb4' COLLATE utf8mb4_bin",
            new Effect.SetNames("utf8mb4", "utf8mb4_bin")),
        row("SET NAMES DEFAULT", new Effect.SetNames("", "")),
        row("SET CHARACTER SET latin1", new Effect.SetCharacterSet("latin1")),
        row("/*!40101 SET NAMES utf8 */", new Effect.SetNames("utf8", "")),
        row("SET a=1, SESSION B='x', @@global.c=ON, @@d := DEFAULT, local e = -5",
            set("a", word("1")), set("b", text("x")),
            new Effect.Assign(Scope.GLOBAL, "c", word("ON")), set("d", new Value.Default()),
            set("e", word("-5"))),
        row("SET sql_mode=CONCAT(@@sql_mode,',STRICT')",
            new Effect.ReadSystemVariable(Scope.SESSION, "sql_mode"),
            set("sql_mode", new Value.Expression("CONCAT(@@sql_mode,',STRICT')"))),
        row("SET sql_mode=@@global.sql_mode, x=@y", set("sql_mode",
            new Value.SystemVariable(Scope.GLOBAL, "sql_mode")),
            set("x",
                new Value.UserVariable("y"))),
        row("SET @Old = @@sql_mode, @b := 'x', @c = (SELECT max(a) FROM t)",
            new Effect.AssignUserVariable("old",
                new Value.SystemVariable(Scope.SESSION, "sql_mode")),
            new Effect.AssignUserVariable("b", text("x")),
            new Effect.AssignUserVariable("c", new Value.Expression("(SELECT max(a) FROM t)"))),
        row("SET NAMES utf8, time_zone='+00:00'", new Effect.SetNames("utf8", ""),
            set("time_zone", text("+00:00"))),
        row("SET hot.key_buffer_size = 1", set("hot.key_buffer_size", word("1"))),
        row("SET ROLE a, b", new Effect.SetRole("a, b")),
        row("SET PASSWORD = 'x'", new Effect.ImplicitCommit()),
        row("SET STATEMENT max_statement_time=1 FOR SELECT @a",
            new Effect.ReadUserVariable("a")),
        row("SET RESOURCE GROUP g", new Effect.Unknown("SET RESOURCE")),
        row("USE `my db`", new Effect.UseDatabase("my db")));
  }

  static Stream<Arguments> pins() {
    return Stream.of(
        row("CREATE TEMPORARY TABLE IF NOT EXISTS `d`.t (a INT)",
            new Effect.Pin(Cause.TEMPORARY_TABLE, "d.t")),
        row("DROP TEMPORARY TABLE IF EXISTS a, b.c",
            new Effect.Unpin(Cause.TEMPORARY_TABLE, "a"),
            new Effect.Unpin(Cause.TEMPORARY_TABLE, "b.c")),
        row("DROP TABLE a", new Effect.ImplicitCommit(),
            new Effect.Unpin(Cause.TEMPORARY_TABLE, "a")),
        row("LOCK TABLES a READ", new Effect.ImplicitCommit(),
            new Effect.Pin(Cause.TABLE_LOCKS, "")),
        row("UNLOCK TABLES", new Effect.Unpin(Cause.TABLE_LOCKS, ""),
            new Effect.Unpin(Cause.GLOBAL_READ_LOCK, "")),
        row("FLUSH TABLES WITH READ LOCK", new Effect.ImplicitCommit(),
            new Effect.Pin(Cause.GLOBAL_READ_LOCK, "")),
        row("SELECT GET_LOCK('a', 10)", new Effect.Pin(Cause.USER_LOCK, "a")),
        row("SELECT GET_LOCK(CONCAT('a'), 10)", new Effect.Pin(Cause.USER_LOCK, "")),
        row("DO RELEASE_LOCK('a')", new Effect.Unpin(Cause.USER_LOCK, "a")),
        row("DO RELEASE_LOCK(x)"),
        row("SELECT RELEASE_ALL_LOCKS()", new Effect.Unpin(Cause.USER_LOCK, "")),
        row("HANDLER t OPEN AS h", new Effect.Pin(Cause.HANDLER, "h")),
        row("HANDLER h CLOSE", new Effect.Unpin(Cause.HANDLER, "h")),
        row("SELECT SQL_CALC_FOUND_ROWS * FROM t", new Effect.Pin(Cause.FOUND_ROWS, "")),
        row("SET @a = GET_LOCK('x',1), @b = 2", new Effect.Pin(Cause.USER_LOCK, "x"),
            new Effect.AssignUserVariable("a", new Value.Expression("GET_LOCK('x',1)")),
            new Effect.AssignUserVariable("b", word("2"))),
        row("BACKUP STAGE START", new Effect.Unknown("BACKUP")),
        row("frobnicate x", new Effect.Unknown("unknown statement frobnicate")),
        row("BEGIN NOT ATOMIC SELECT 1; END", new Effect.Unknown("compound statement")),
        row("SELECT 'open", new Effect.Unknown("text that does not end its strings or comments")));
  }

  static Stream<Arguments> others() {
    return Stream.of(
        row("SELECT @a, @B := @c, @@x, @@global.y FROM t", new Effect.ReadUserVariable("a"),
            new Effect.WriteUserVariable("b"), new Effect.ReadUserVariable("c"),
            new Effect.ReadSystemVariable(Scope.SESSION, "x"),
            new Effect.ReadSystemVariable(Scope.GLOBAL, "y")),
        row("SELECT a, b INTO @a, @b FROM t WHERE c = @c", new Effect.WriteUserVariable("a"),
            new Effect.WriteUserVariable("b"), new Effect.ReadUserVariable("c")),
        row("SELECT FOUND_ROWS()", new Effect.ReadDiagnostics(Diagnostics.FOUND_ROWS)),
        row("SELECT ROW_COUNT()", new Effect.ReadDiagnostics(Diagnostics.ROW_COUNT)),
        row("SELECT LAST_INSERT_ID()", new Effect.ReadDiagnostics(Diagnostics.LAST_INSERT_ID)),
        row("SELECT LAST_INSERT_ID(5)", new Effect.Unknown("LAST_INSERT_ID with a value")),
        row("SHOW COUNT(*) WARNINGS", new Effect.ReadDiagnostics(Diagnostics.CONDITIONS)),
        row("SHOW ERRORS LIMIT 1", new Effect.ReadDiagnostics(Diagnostics.CONDITIONS)),
        row("SELECT CONNECTION_ID()", new Effect.ReadConnectionId()),
        row("PREPARE s FROM 'SELECT ?'", new Effect.Prepare("s", text("SELECT ?"))),
        row("PREPARE s FROM @q", new Effect.Prepare("s", new Value.UserVariable("q"))),
        row("EXECUTE s USING @a", new Effect.Execute("s"), new Effect.ReadUserVariable("a")),
        row("DEALLOCATE PREPARE s", new Effect.Deallocate("s")),
        row("DROP PREPARE s", new Effect.Deallocate("s")),
        row("CALL d.p(@x)", new Effect.CallProcedure("d.p"), new Effect.WriteUserVariable("x")),
        row("LOAD DATA LOCAL INFILE 'x' INTO TABLE t (a, @b)", new Effect.LoadLocal(),
            new Effect.WriteUserVariable("b")),
        row("KILL 5", new Effect.Kill(false, word("5"))),
        row("KILL CONNECTION 5", new Effect.Kill(false, word("5"))),
        row("KILL HARD QUERY ID 7", new Effect.Kill(true, word("7"))),
        row("PROXYSQL INTERNAL SESSION", new Effect.ProxyCommand("INTERNAL SESSION")),
        row("GRANT ALL ON *.* TO u@localhost", new Effect.ImplicitCommit()),
        row("CREATE PROCEDURE p() BEGIN SET @a=1; SELECT 2; END", new Effect.ImplicitCommit()),
        row("SELECT GET_LOCK FROM t"), row("SELECT `get_lock` FROM t"));
  }

  @ParameterizedTest
  @MethodSource({"transactions", "settings", "pins", "others"})
  void whatItDoesToTheSession(String sql, List<Effect> effects) {
    assertThat(classify(sql).effects()).isEqualTo(effects);
  }

  @Test
  void severalStatementsAreTakenTogether() {
    Classification all = classify("; BEGIN; SELECT ';' ; UPDATE t SET a=1; COMMIT ;; ");
    assertThat(all.commands()).containsExactly(Command.BEGIN, Command.SELECT, Command.UPDATE,
        Command.COMMIT);
    assertThat(all.access()).isEqualTo(Access.WRITE);
    assertThat(all.command()).isEqualTo(Command.BEGIN);
    assertThat(all.isMultiStatement()).isTrue();
    assertThat(all.effects()).containsExactly(new Effect.Begin(AccessMode.UNSPECIFIED, false),
        new Effect.Commit(false, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT 1/* ; */", "SELECT `a;b`", "SELECT \"a;b\"", "SELECT 1 -- ;\n",
    "SELECT 1 # ; DROP TABLE t", "SELECT '\\'; DROP TABLE t; -- '"})
  void aSemicolonInQuotesOrCommentsSeparatesNothing(String sql) {
    assertThat(classify(sql).statements()).isEqualTo(1);
    assertThat(classify(sql).isPlainRead()).isTrue();
  }

  @Test
  void nothingIsNoStatement() {
    assertThat(classify(" ; -- x").statements()).isZero();
    assertThat(classify("").access()).isEqualTo(Access.SESSION);
  }

  @Test
  void whatATextCanFillMemoryWithIsBounded() {
    Classification all = classify("SELECT " + "@a,".repeat(100_000) + "1");
    assertThat(all.effects()).hasSize(Classification.MAX_EFFECTS + 1)
        .last().isEqualTo(new Effect.Unknown("more than 1024 effects"));
    assertThat(classify("SELECT 1;".repeat(100_000)).commands())
        .hasSize(Classification.MAX_COMMANDS);
  }
}
