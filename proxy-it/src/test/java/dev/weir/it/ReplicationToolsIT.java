package dev.weir.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * PostgreSQL's own replication programs through the proxy. They refuse servers newer than themselves, so the server is the
 * one that is installed beside them.
 */
final class ReplicationToolsIT {
  private static @Nullable PostgresServer installed;

  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres())
      .set("pool_mode", "transaction")
      .databaseLine("replication", "host=${host} port=${port} dbname=postgres") // their name for none
      .database("p0")
      .login("repl", "");

  @TempDir Path folder;

  @BeforeAll
  static void server() throws Exception {
    List<String> needed = List.of("pg_basebackup", "pg_receivewal", "pg_recvlogical", "initdb",
        "postgres");
    Optional<Path> tool = TestTools.find("pg_basebackup");
    Assumptions.assumeTrue(tool.isPresent(), "pg_basebackup is not installed");
    Path home = tool.orElseThrow().toRealPath().resolve("../..").normalize();
    Path bin = home.resolve("bin");
    for (String program : needed) {
      Assumptions.assumeTrue(Files.isExecutable(bin.resolve(program)),
          program + " is not beside pg_basebackup in " + bin);
    }
    PostgresServer server = PostgresServer.of(home).set("wal_level", "logical")
        .hba("host all all 127.0.0.1/32 trust").hba("host replication all 127.0.0.1/32 trust");
    installed = server;
    server.startOwn();
    server.execute("create role repl login superuser replication");
  }

  @AfterAll
  static void stop() throws SQLException {
    if (installed != null) {
      installed.stopOwn();
    }
  }

  private static PostgresServer postgres() {
    PostgresServer server = installed;
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server;
  }

  private TestTools.Result run(String program, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-h", "127.0.0.1", "-p", "" + proxy.port(), "-U",
        "repl", "-w"));
    all.addAll(List.of(arguments));
    return TestTools.run(program, all, Map.of("PGSSLMODE", "disable", "PGGSSENCMODE", "disable"));
  }

  private static String position() throws SQLException {
    return String.valueOf(postgres().query("select pg_current_wal_insert_lsn()"));
  }

  @Test
  void aBackupIsWhole() throws Exception {
    postgres().execute("create table kept as select generate_series(1, 10000) as n");
    Path backup = folder.resolve("backup");
    run("pg_basebackup", "-D", backup.toString(), "-X", "stream", "-c", "fast", "--no-sync")
        .succeeded();
    assertThat(TestTools.run("pg_verifybackup", List.of(backup.toString()), Map.of()).succeeded())
        .contains("backup successfully verified");
    proxy.awaitLog("login attempt: db=replication user=repl tls=no replication=physical", 2);
    proxy.awaitShow("SERVERS", List::isEmpty);
  }

  @Test
  void theLogIsReceived() throws Exception {
    postgres().execute("create table logged as select generate_series(1, 10000) as n");
    String end = position();
    postgres().execute("insert into logged select generate_series(1, 10000)");
    run("pg_receivewal", "-D", folder.toString(), "--endpos=" + end, "--no-loop", "--no-sync")
        .succeeded();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.matches("[0-9A-F]{24}(\\.partial)?"));
    }
  }

  @Test
  void aLogicalSlotIsReceived() throws Exception {
    postgres().execute("create table decoded (t text)");
    run("pg_recvlogical", "-d", "p0", "--create-slot", "--slot", "tool", "-P", "test_decoding")
        .succeeded();
    postgres().execute("insert into decoded values ('through the proxy')");
    String end = position();
    postgres().execute("insert into decoded values ('behind the end')");
    assertThat(run("pg_recvlogical", "-d", "p0", "--start", "--slot", "tool", "--endpos=" + end,
        "--no-loop", "-f", "-").succeeded()).contains("'through the proxy'");
    run("pg_recvlogical", "-d", "p0", "--drop-slot", "--slot", "tool").succeeded();
    proxy.awaitLog("login attempt: db=p0 user=repl tls=no replication=logical", 3);
  }
}
