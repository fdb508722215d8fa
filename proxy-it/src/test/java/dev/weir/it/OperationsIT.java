package dev.weir.it;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** What operators do while clients work (PgBouncer's test_operations.py, parts of test_cancel.py and test_misc.py). */
final class OperationsIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.inTempDir();
  @RegisterExtension final WeirServer proxy = WeirServer.to(postgres)
      .set("pool_mode", "transaction")
      .set("server_login_retry", "0.2")
      .database("p0", "user=postgres password=${password}", "pool_size=2")
      .database("p1", "user=postgres password=${password}", "pool_size=1")
      .login("bob", "");

  private Connection client(String database) throws SQLException {
    return proxy.connect("bob", "", database, Map.of("preferQueryMode", "simple"));
  }

  @Test
  void pauseAndResumeUnderLoadHurtNobody() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger done = new AtomicInteger();
    Background.Work load = () -> {
      try (Connection client = client("p0")) {
        while (!stop.get()) {
          Sql.value(client, "select 1");
          done.incrementAndGet();
        }
      }
    };
    Background one = Background.start(load);
    Background two = Background.start(load);
    Background three = Background.start(load);
    try (Console console = proxy.console()) {
      for (int i = 0; i < 5; i++) {
        int before = done.get();
        WeirServer.await("work", () -> done.get() > before + 20);
        console.run("PAUSE p0");
        assertThat(WeirServer.where(console.show("SERVERS"), "database", "p0")).isEmpty();
        console.run("RESUME p0");
      }
    }
    stop.set(true);
    one.await();
    two.await();
    three.await();
  }

  @Test
  void aRestartOfTheDatabaseIsSurvivedByWhoIsIdle() throws Exception {
    try (Connection client = client("p0")) {
      String before = Sql.value(client, "select pg_backend_pid()");
      postgres.restart();
      proxy.awaitShow("SERVERS", rows -> WeirServer.where(rows, "database", "p0").isEmpty());
      assertThat(Sql.value(client, "select pg_backend_pid()")).isNotEqualTo(before);
    }
  }

  @Test
  void aRestartOfTheDatabaseIsToldToWhoIsBusy() throws Exception {
    try (Connection client = client("p0")) {
      Background busy = Background.start(() -> Sql.run(client, "select pg_sleep(30)"));
      proxy.awaitShow("POOLS", rows -> WeirServer.where(rows, "database", "p0").stream()
          .anyMatch(r -> "1".equals(r.get("sv_active"))));
      postgres.restart();
      busy.awaitEither();
    }
    try (Connection client = client("p0")) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void reconnectReplacesTheServers() throws Exception {
    try (Connection client = client("p1"); Console console = proxy.console()) {
      String before = Sql.value(client, "select pg_backend_pid()");
      console.run("RECONNECT p1");
      assertThat(Sql.value(client, "select pg_backend_pid()")).isNotEqualTo(before);
    }
  }

  @Test
  void suspendAndResumeUnderLoadHurtNobody() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger done = new AtomicInteger();
    Background load = Background.start(() -> {
      while (!stop.get()) { // a client of its own for each query, as psql in a loop
        try (Connection client = client("p0")) {
          Sql.value(client, "select 1");
          done.incrementAndGet();
        }
      }
    });
    try (Console console = proxy.console()) {
      for (int i = 0; i < 5; i++) {
        int before = done.get();
        WeirServer.await("work", () -> done.get() > before + 5);
        console.run("SUSPEND");
        console.run("RESUME");
      }
    }
    stop.set(true);
    load.await();
  }

  @Test
  void anotherDatabaseBehindAnEntryServesTheSameClients() throws Exception {
    postgres.execute("create database other");
    try (Connection client = client("p0")) {
      assertThat(Sql.value(client, "select current_database()")).isEqualTo(postgres.database());
      proxy.databaseLine("p0",
          "host=${host} port=${port} dbname=other user=postgres password=${password}").reload();
      assertThat(Sql.value(client, "select current_database()")).isEqualTo("other");
      try (Connection next = client("p0")) {
        assertThat(Sql.value(next, "select current_database()")).isEqualTo("other");
      }
    }
  }

  @Test
  void aDisabledDatabaseRefusesUntilItIsEnabled() throws Exception {
    try (Console console = proxy.console()) {
      console.run("DISABLE p0");
      assertThat(proxy.refusal("bob", "", "p0").getMessage())
          .contains("database \"p0\" is disabled");
      console.run("ENABLE p0");
      try (Connection client = client("p0")) {
        assertThat(Sql.value(client, "select 1")).isEqualTo("1");
      }
    }
  }

  @Test
  void aQueryIsCanceledByItsClientOnly() throws Exception {
    try (Connection client = client("p1");
        java.sql.Statement slow = client.createStatement()) {
      AtomicInteger failures = new AtomicInteger();
      Background running = Background.start(() -> {
        try {
          slow.execute("select pg_sleep(30)");
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo("57014");
          failures.incrementAndGet();
        }
      });
      proxy.awaitShow("POOLS", rows -> WeirServer.where(rows, "database", "p1").stream()
          .anyMatch(r -> "1".equals(r.get("sv_active"))));
      slow.cancel();
      running.await();
      assertThat(failures).hasValue(1);
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void lateCancelsNeverHitTheNextClient() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Background victim = Background.start(() -> {
      try (Connection client = client("p1")) {
        while (!stop.get()) {
          Sql.run(client, "select pg_sleep(0.002)");
        }
      }
    });
    try (Connection client = client("p1");
        java.sql.Statement quick = client.createStatement()) {
      for (int i = 0; i < 60; i++) {
        Background cancel = Background.start(quick::cancel);
        try {
          quick.execute("select pg_sleep(0.002)");
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo("57014");
        }
        cancel.await();
      }
    } finally {
      stop.set(true);
    }
    victim.await();
  }

  @Test
  void parametersAreKeptApartOnASharedServer() throws Exception {
    try (Connection one = client("p1"); Connection two = client("p1")) {
      Sql.run(one,
          "set timezone='America/New_York'; set application_name='one'; set datestyle='DMY'");
      Sql.run(two, "set timezone='Asia/Tokyo'; set application_name='two'; set datestyle='MDY'");
      for (int i = 0; i < 3; i++) {
        assertThat(Sql.value(one, "show timezone")).isEqualTo("America/New_York");
        assertThat(Sql.value(two, "show timezone")).isEqualTo("Asia/Tokyo");
        assertThat(Sql.value(one, "show application_name")).isEqualTo("one");
        assertThat(Sql.value(two, "show application_name")).isEqualTo("two");
        assertThat(Sql.value(one, "show datestyle")).isEqualTo("ISO, DMY");
        assertThat(Sql.value(two, "show datestyle")).isEqualTo("ISO, MDY");
      }
    }
  }

  @Test
  void aParameterTheServerRefusesEndsTheClient() throws Exception {
    try (RawClient client = RawClient.connect(proxy)) {
      client.send(RawClient.startup(RawClient.V3_0, "user", "bob", "database", "p1", "TimeZone",
          "Nowhere/Land"));
      client.readUntil('Z');
      client.send(RawClient.query("select 1"));
      assertThat(client.readRefusal()).isEqualTo("invalid server parameter");
    }
    try (Connection next = client("p1")) {
      assertThat(Sql.value(next, "select 1")).isEqualTo("1");
    }
  }

  @Test
  void aClientThatDoesNotReadIsNotBufferedAndHarmsNobody() throws Exception {
    try (RawClient lazy = RawClient.connect(proxy)) {
      lazy.login("bob", "p0").readUntil('Z');
      lazy.send(RawClient.query("select repeat('x', 1000) from generate_series(1, 200000)"));
      proxy.awaitShow("POOLS", rows -> WeirServer.where(rows, "database", "p0").stream()
          .anyMatch(r -> "1".equals(r.get("sv_active"))));
      long direct = io.netty.util.internal.PlatformDependent.usedDirectMemory();
      try (Connection other = client("p0")) {
        for (int i = 0; i < 50; i++) {
          assertThat(Sql.value(other, "select 1")).isEqualTo("1");
        }
      }
      assertThat(io.netty.util.internal.PlatformDependent.usedDirectMemory() - direct)
          .as("of 200 MB, bytes kept").isLessThan(16L << 20);
      int rows = 0;
      for (RawClient.Message m = lazy.read(); m != null && m.tag() != 'Z'; m = lazy.read()) {
        rows += m.tag() == 'D' ? 1 : 0;
      }
      assertThat(rows).isEqualTo(200_000);
    }
  }
}
