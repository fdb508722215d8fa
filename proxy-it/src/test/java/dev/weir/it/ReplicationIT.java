package dev.weir.it;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

import static dev.weir.it.RawClient.query;
import static org.assertj.core.api.Assertions.assertThat;

/** Replication connections: a server of their own each, and nobody else's (PgBouncer's test_replication.py). */
final class ReplicationIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir()
      .set("wal_level", "logical").set("max_wal_senders", "10").set("max_replication_slots", "10")
      .hba("host all all 127.0.0.1/32 trust").hba("host replication all 127.0.0.1/32 trust");

  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("default_pool_size", "5")
      .database("p0")
      .database("narrow", "pool_size=1")
      .login("repl", "").login("plain", "").login("postgres", "");

  @BeforeAll
  static void roles() throws SQLException {
    postgres.execute("create role repl login replication", "create role plain login",
        "create role hidden login replication password 'pw'");
  }

  private RawClient raw(String user, String database, String replication, String... more)
      throws IOException {
    List<String> keys = new ArrayList<>(
        List.of("user", user, "database", database, "replication", replication));
    keys.addAll(List.of(more));
    RawClient client = RawClient.connect(proxy);
    client.send(RawClient.startup(RawClient.V3_0, keys.toArray(String[]::new)));
    return client;
  }

  private RawClient in(String user, String database, String replication, String... more)
      throws IOException {
    RawClient client = raw(user, database, replication, more);
    client.readUntil('Z');
    return client;
  }

  /** The first column of the only row, or the error's code and text. */
  private static String ask(RawClient client, String sql) throws IOException {
    String got = "";
    for (RawClient.Message m : client.send(query(sql)).readUntil('Z')) {
      if (m.tag() == 'D') {
        int length = m.intAt(2);
        got = length < 0 ? "<null>" : new String(m.body(), 6, length, StandardCharsets.UTF_8);
      } else if (m.tag() == 'E') {
        got = m.field('C') + " " + m.field('M');
      }
    }
    return got;
  }

  private String systemIdentifier() throws SQLException {
    return String
        .valueOf(postgres.query("select system_identifier from pg_control_system()"));
  }

  private void othersAreServed(String database) throws SQLException {
    try (Connection client = proxy.connect("plain", "", database)) {
      assertThat(Sql.value(client, "select current_user")).isEqualTo("plain");
    }
  }

  // --- connections ---

  @Test
  void logicalConnectionsTakeSqlAndReplicationCommands() throws Exception {
    proxy.set("ignore_startup_parameters", "extra_float_digits, options").reload();
    for (int i = 0; i < 2; i++) {
      try (RawClient client = in("repl", "p0", "database", "application_name", "abc", "options",
          "-c enable_seqscan=off")) {
        assertThat(ask(client, "IDENTIFY_SYSTEM")).isEqualTo(systemIdentifier());
        assertThat(ask(client, "SHOW application_name")).isEqualTo("abc");
        assertThat(ask(client, "SHOW enable_seqscan")).as("options, passed on whole")
            .isEqualTo("off");
        assertThat(ask(client, "select current_user")).isEqualTo("repl");
        othersAreServed("p0");
      }
    }
    proxy.awaitLog("login attempt: db=p0 user=repl tls=no replication=logical", 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "on", "yes", "1"})
  void physicalConnectionsTakeReplicationCommandsAndNoSql(String word) throws Exception {
    try (RawClient client = in("repl", "p0", word, "application_name", "abc")) {
      assertThat(ask(client, "IDENTIFY_SYSTEM")).isEqualTo(systemIdentifier());
      assertThat(ask(client, "SHOW application_name")).isEqualTo("abc");
      assertThat(ask(client, "select 1")).as("the server's own refusal")
          .contains("cannot execute SQL commands in WAL sender for physical replication");
      othersAreServed("p0");
    }
    proxy.awaitLog("login attempt: db=p0 user=repl tls=no replication=physical", 1);
  }

  @Test
  void usersThatOnlyTheServerKnowsMayReplicate() throws Exception {
    proxy.set("auth_user", "postgres").reload();
    try (RawClient client = in("hidden", "p0", "database")) {
      assertThat(ask(client, "IDENTIFY_SYSTEM")).isEqualTo(systemIdentifier());
    }
  }

  @ParameterizedTest
  @CsvSource({"database, logical", "true, physical"})
  void whoMayNotReplicateIsTold(String value, String word) throws Exception {
    try (RawClient client = raw("plain", "p0", value)) {
      assertThat(client.readRefusal()).isEqualTo("login failed");
    }
    proxy.awaitLog("server login failed: FATAL .*WAL sender", 1);
    proxy.awaitLog("pooler error: login failed", 1);
    proxy.awaitLog("C-.* closing because: login failed", 1);
    proxy.awaitLog("login attempt: db=p0 user=plain tls=no replication=" + word, 1);
    othersAreServed("p0"); // the failure was that client's, not the pool's
  }

  @Test
  void theServerIsKeptBetweenStatementsAndClosedAfterwards() throws Exception {
    try (RawClient client = in("repl", "p0", "database")) {
      String pid = ask(client, "select pg_backend_pid()");
      try (Connection other = proxy.connect("repl", "", "p0")) {
        assertThat(Sql.value(other, "select pg_backend_pid()")).isNotEqualTo(pid);
        assertThat(ask(client, "create temp table mine as select 1 as n")).isEmpty();
        assertThat(ask(client, "select n from mine")).isEqualTo("1");
        assertThat(ask(client, "select pg_backend_pid()")).isEqualTo(pid);
        assertThat(proxy.show("SERVERS")).hasSize(2);
      }
    }
    proxy.awaitLog("S-.* closing because: replication client was closed", 1);
    proxy.awaitShow("SERVERS", rows -> rows.size() == 1);
  }

  // --- sizes ---

  @Test
  void thePoolsSizeHoldsForReplicationToo() throws Exception {
    try (RawClient first = in("repl", "narrow", "database");
        RawClient second = raw("repl",
            "narrow", "database")) {
      proxy.awaitShow("POOLS",
          rows -> "1".equals(WeirServer.cell(rows, "database", "narrow", "cl_waiting")));
      assertThat(proxy.show("SERVERS")).hasSize(1);
      String pid = ask(first, "select pg_backend_pid()");
      first.send(RawClient.message('X'));
      second.readUntil('Z');
      assertThat(ask(second, "select pg_backend_pid()")).isNotEqualTo(pid);
    }
    proxy.awaitShow("SERVERS", List::isEmpty);
  }

  @Test
  void anIdleServerMakesRoomForReplication() throws Exception {
    try (Connection normal = proxy.connect("repl", "", "narrow")) {
      String pid = Sql.value(normal, "select pg_backend_pid()");
      try (RawClient client = in("repl", "narrow", "database")) {
        assertThat(ask(client, "select pg_backend_pid()")).isNotEqualTo(pid);
        proxy.awaitLog("S-.* closing because: evicted", 1);
      }
      assertThat(Sql.value(normal, "select pg_backend_pid()")).isNotEqualTo(pid);
    }
  }

  // --- streams ---

  private Connection driver(String replication) throws SQLException {
    return proxy.connect("repl", "", "p0", Map.of("replication", replication, "preferQueryMode",
        "simple", "assumeMinServerVersion", "12"));
  }

  @Test
  void aLogicalSlotIsStreamedThroughTheDriver() throws Exception {
    postgres.execute("create table if not exists streamed (t text)",
        "create publication pub for table streamed");
    try (Connection connection = driver("database")) {
      PGConnection pg = connection.unwrap(PGConnection.class);
      pg.getReplicationAPI().createReplicationSlot().logical().withSlotName("slot_a")
          .withOutputPlugin("pgoutput").withTemporaryOption().make();
      try (PGReplicationStream stream = pg.getReplicationAPI().replicationStream().logical()
          .withSlotName("slot_a").withSlotOption("proto_version", 1)
          .withSlotOption("publication_names", "pub").start()) {
        for (int i = 0; i < 50; i++) {
          postgres.execute("insert into streamed values ('row " + i + "')");
        }
        assertThat(insertsOf(stream, 50)).isEqualTo("row 0 row 49");
        stream.setAppliedLSN(stream.getLastReceiveLSN());
        stream.setFlushedLSN(stream.getLastReceiveLSN());
        stream.forceUpdateStatus();
        othersAreServed("p0");
      }
      assertThat(Sql.value(connection, "select 1")).as("after the stream's end").isEqualTo("1");
    } finally {
      postgres.execute("drop publication pub");
    }
  }

  /** Waits for the next message. */
  private static ByteBuffer next(PGReplicationStream stream) throws SQLException {
    ByteBuffer message = stream.read();
    if (message == null) {
      throw new AssertionError("the stream is over");
    }
    return message;
  }

  /** The first and the last text of so many Insert messages of pgoutput. */
  private static String insertsOf(PGReplicationStream stream, int wanted) throws SQLException {
    String first = "";
    String last = "";
    for (int got = 0; got < wanted;) {
      ByteBuffer change = next(stream);
      if (change.get(change.position()) == 'I') {
        int textAt = change.position() + 13; // tag, relation, 'N', columns, 't', length
        last = new String(change.array(), change.arrayOffset() + textAt,
            change.limit() - textAt, StandardCharsets.UTF_8);
        first = got++ == 0 ? last : first;
      }
    }
    return first + " " + last;
  }

  @Test
  void theLogIsStreamedThroughTheDriver() throws Exception {
    LogSequenceNumber start = LogSequenceNumber
        .valueOf(String.valueOf(postgres.query("select pg_current_wal_lsn()")));
    try (Connection connection = driver("true")) {
      PGConnection pg = connection.unwrap(PGConnection.class);
      try (PGReplicationStream stream = pg.getReplicationAPI().replicationStream().physical()
          .withStartPosition(start).start()) {
        postgres.execute("create table bulk as select repeat('x', 1000) from"
            + " generate_series(1, 20000)");
        long bytes = 0;
        while (bytes < 20_000_000) {
          bytes += next(stream).remaining();
        }
        assertThat(stream.getLastReceiveLSN().asLong()).isGreaterThan(start.asLong());
      }
      assertThat(Sql.value(connection, "IDENTIFY_SYSTEM")).isEqualTo(systemIdentifier());
    } finally {
      postgres.execute("drop table if exists bulk");
    }
  }

  @Test
  void aSubscriptionLivesThroughTheProxy() throws Exception {
    postgres.execute("create database subscriber", "create table fed (n int)",
        "create publication feed for table fed", "insert into fed values (1)");
    try (Connection there = postgres.connect("subscriber", "postgres",
        postgres.superuserPassword())) {
      Sql.run(there, "create table fed (n int)");
      try (Connection here = postgres.connect(postgres.database(), "postgres",
          postgres.superuserPassword())) {
        // made beforehand: in one cluster CREATE SUBSCRIPTION would wait for itself
        Sql.run(here, "select pg_create_logical_replication_slot('feed', 'pgoutput')");
      }
      Sql.run(there, "create subscription feed connection 'host=127.0.0.1 port=" + proxy.port()
          + " dbname=p0 user=postgres sslmode=disable' publication feed"
          + " with (create_slot = false, slot_name = feed)");
      postgres.execute("insert into fed values (2)");
      WeirServer.await("both rows", () -> "3".equals(Sql.value(there, "select sum(n) from fed")));
      assertThat(WeirServer.where(proxy.show("CLIENTS"), "replication", "logical")).isNotEmpty();
      Sql.run(there, "alter subscription feed disable");
      Sql.run(there, "alter subscription feed set (slot_name = none)");
      Sql.run(there, "drop subscription feed");
      proxy.awaitShow("CLIENTS",
          rows -> WeirServer.where(rows, "replication", "logical").isEmpty());
    } finally {
      WeirServer.await("the slot is free", () -> "0".equals(postgres.query(
          "select count(*) from pg_replication_slots where slot_name = 'feed' and active")));
      postgres.execute("select pg_drop_replication_slot('feed')", "drop publication feed",
          "drop table fed", "drop database subscriber with (force)");
    }
  }

  @Test
  void aStreamEndsWhenItsServerIsOutOfDate() throws Exception {
    try (RawClient client = in("repl", "p0", "true"); Console console = proxy.console()) {
      client.send(query("START_REPLICATION PHYSICAL "
          + postgres.query("select pg_current_wal_lsn()")));
      client.readUntil('W');
      console.run("RECONNECT p0");
      assertThat(client.readRefusal()).isEqualTo("database configuration changed");
    }
  }
}
