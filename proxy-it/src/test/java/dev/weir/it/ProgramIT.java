package dev.weir.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** The program as a process among others: its signals with real clients, and how the next process takes its place. */
final class ProgramIT {
  @RegisterExtension static final PostgresServer postgres = PostgresServer.shared();
  @TempDir Path folder;
  private static String sam = "";
  private static String verifier = "";

  private Path ini;
  private int port;

  @BeforeAll
  static void role() throws SQLException {
    sam = postgres.createUser("pw");
    try (Connection connection = postgres.connect()) {
      verifier = String.valueOf(Sql.value(connection,
          "select rolpassword from pg_authid where rolname = '" + sam + "'"));
    }
  }

  @BeforeEach
  void configure() throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    port = WeirProgram.freePort();
    ini = folder.resolve("weir.ini");
    Files.writeString(folder.resolve("userlist.txt"),
        "\"pgbouncer\" \"fake\"\n\"" + sam + "\" \"" + verifier + "\"\n");
    write();
  }

  private void write(String... more) throws IOException {
    Files.writeString(ini, String.join("\n",
        "[databases]",
        "p0 = host=127.0.0.1 port=" + postgres.port() + " dbname=" + postgres.database(),
        "[weir]", "workers = 1",
        "[pgbouncer]", "listen_addr = 127.0.0.1", "listen_port = " + port,
        "unix_socket_dir = " + folder, "so_reuseport = 1",
        "pidfile = " + folder.resolve("weir.pid"),
        "auth_type = scram-sha-256", "auth_file = " + folder.resolve("userlist.txt"),
        "admin_users = pgbouncer", "pool_mode = transaction",
        "ignore_startup_parameters = extra_float_digits",
        String.join("\n", more), ""));
  }

  private static Connection client(WeirProgram weir) throws SQLException {
    return weir.connect(sam, "pw", "p0");
  }

  /** Empty, or why a client without TLS was not let in. */
  private static String refused(WeirProgram weir) {
    try (Connection client = client(weir)) {
      Sql.run(client, "select 1");
      return "";
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private boolean accepts() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException _) {
      return false;
    }
  }

  // --- command line ---

  @Test
  void theVersionIsTheConsolesAndHelpIsNoError() throws Exception {
    String version = WeirProgram.run("--version").succeeded().lines().findFirst().orElseThrow();
    assertThat(WeirProgram.run("--help").succeeded()).contains("CONFIG_FILE");
    try (WeirProgram weir = WeirProgram.start(ini, port);
        Connection console = weir.connect("pgbouncer", "fake", "pgbouncer")) {
      assertThat(Sql.value(console, "SHOW VERSION")).isEqualTo(version);
    }
  }

  // --- signals ---

  @Test
  void termServesTheClientsThatAreThereAndEndsWithTheLast() throws Exception {
    try (WeirProgram weir = WeirProgram.start(ini, port)) {
      try (Connection client = client(weir)) {
        Sql.run(client, "select 1");
        weir.signal("TERM");
        weir.awaitOutput("got SIGTERM, shutting down, waiting for all clients disconnect");
        WeirServer.await("TCP to be closed", () -> !accepts());
        assertThat(Sql.value(client, "select 'served'")).isEqualTo("served");
        weir.signal("USR2");
        weir.awaitOutput("got SIGUSR2 while shutting down, ignoring");
        assertThat(Sql.value(client, "select 'served'")).isEqualTo("served");
        assertThat(weir.alive()).isTrue();
      }
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).contains("client connections dropped, exiting");
    }
    assertThat(folder.resolve("weir.pid")).doesNotExist();
    assertThat(folder.resolve(".s.PGSQL." + port)).doesNotExist();
  }

  @Test
  void aSecondTermEndsAtOnce() throws Exception {
    try (WeirProgram weir = WeirProgram.start(ini, port); Connection client = client(weir)) {
      Sql.run(client, "select 1");
      weir.signal("TERM");
      weir.awaitOutput("got SIGTERM, shutting down");
      assertThat(Sql.value(client, "select 'served'")).isEqualTo("served");
      weir.signal("TERM");
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).contains("got SIGTERM while shutting down, fast exit");
    }
  }

  @Test
  void intWaitsForServersAndASecondEndsAtOnce() throws Exception {
    try (WeirProgram weir = WeirProgram.start(ini, port);
        Connection busy = client(weir);
        Connection idle = client(weir)) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      weir.signal("INT");
      weir.awaitOutput("got SIGINT, shutting down");
      WeirServer.await("TCP to be closed", () -> !accepts());
      assertThat(Sql.value(busy, "select 'at work'")).isEqualTo("at work");
      assertThat(Sql.error(idle, "select 1").getMessage()).contains("server shutting down");
      assertThat(weir.alive()).isTrue();
      weir.signal("INT");
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).contains("got SIGINT while shutting down, fast exit");
    }
  }

  @Test
  void intEndsWhenTheLastTransactionDoes() throws Exception {
    try (WeirProgram weir = WeirProgram.start(ini, port); Connection busy = client(weir)) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      weir.signal("INT");
      weir.awaitOutput("got SIGINT, shutting down");
      busy.commit();
      assertThat(weir.awaitEnd()).isZero();
      assertThat(weir.output()).contains("server connections dropped, exiting");
    }
  }

  @Test
  void aShutdownWithoutAModeEndsAtOnce() throws Exception {
    try (WeirProgram weir = WeirProgram.start(ini, port); Connection busy = client(weir)) {
      busy.setAutoCommit(false);
      Sql.run(busy, "select 1");
      try (Connection console = weir.connect("pgbouncer", "fake", "pgbouncer")) {
        Sql.run(console, "SHUTDOWN");
      } catch (SQLException _) {
        // the process may be gone before its answer
      }
      assertThat(weir.awaitEnd()).isZero();
    }
    assertThat(folder.resolve("weir.pid")).doesNotExist();
  }

  @Test
  void hupBringsTlsAndTakesItAway() throws Exception {
    Certificates.authority(folder, "ca").issue("server", "localhost", true);
    String[] tls = {"client_tls_sslmode = require",
      "client_tls_key_file = " + folder.resolve("server.key"),
      "client_tls_cert_file = " + folder.resolve("server.crt")};
    Map<String, String> encrypted = Map.of("sslmode", "verify-full", "sslrootcert",
        folder.resolve("ca.crt").toString());
    try (WeirProgram weir = WeirProgram.start(ini, port)) {
      client(weir).close();
      write(tls);
      weir.signal("HUP");
      WeirServer.await("TLS", () -> refused(weir).contains("SSL required"));
      try (Connection client = weir.connect(sam, "pw", "p0", encrypted)) {
        Sql.run(client, "select 1");
      }
      weir.awaitOutput("login attempt: db=p0 user=" + sam + " tls=TLSv1.3/");
      tls[1] = "client_tls_key_file = " + folder.resolve("missing.key");
      write(tls);
      weir.signal("HUP");
      weir.awaitOutput("TLS setup failed: .*missing\\.key.*No such file or directory");
      weir.awaitOutput("TLS configuration could not be reloaded, keeping old configuration");
      weir.connect(sam, "pw", "p0", encrypted).close();
      write();
      weir.signal("HUP");
      WeirServer.await("no TLS", () -> refused(weir).isEmpty());
    }
  }

  // --- from one process to the next ---

  /** Queries run through each change; the old process ends with its last client, the new one takes all that come. */
  @Test
  void takeoversInARowFailNoQuery() throws Exception {
    WeirProgram serving = WeirProgram.start(ini, port);
    try {
      for (int round = 0; round < 3; round++) {
        List<Connection> clients = new ArrayList<>();
        List<Background> queries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
          Connection client = client(serving);
          clients.add(client);
          queries.add(Background.start(
              () -> assertThat(Sql.value(client, "select 'slow' from pg_sleep(2)"))
                  .isEqualTo("slow")));
        }
        WeirProgram next = WeirProgram.start(ini, port, "-R");
        WeirProgram before = serving;
        serving = next;
        try (before) {
          before.awaitOutput("SHUTDOWN WAIT_FOR_CLIENTS command issued");
          try (Connection newcomer = client(next)) { // with the keys of its own login: SCRAM passes through again
            assertThat(Sql.value(newcomer, "select 'new'")).isEqualTo("new");
          }
          for (Background query : queries) {
            query.await();
          }
          assertThat(before.alive()).isTrue();
          for (Connection client : clients) {
            assertThat(Sql.value(client, "select 'still there'")).isEqualTo("still there");
            client.close();
          }
          assertThat(before.awaitEnd()).isZero();
        }
        assertThat(folder.resolve("weir.pid")).content().isNotBlank();
        assertThat(folder.resolve(".s.PGSQL." + port)).as("the new process's socket").exists();
      }
    } finally {
      serving.close();
    }
  }

  @Test
  void aCancelReachesAClientOfTheProcessBefore() throws Exception {
    try (WeirProgram before = WeirProgram.start(ini, port);
        Connection client = client(before);
        Statement statement = client.createStatement()) {
      Background query = Background.start(() -> {
        try {
          statement.execute("select pg_sleep(60)");
          throw new AssertionError("was not canceled");
        } catch (SQLException e) {
          assertThat(e.getSQLState()).isEqualTo("57014");
        }
      });
      try (WeirProgram next = WeirProgram.start(ini, port, "-R")) {
        before.awaitOutput("SHUTDOWN WAIT_FOR_CLIENTS command issued");
        WeirServer.await("only the new one accepts",
            () -> next.output().contains("the running process drains"));
        statement.cancel(); // a new connection, so it comes to the new process
        query.await();
      }
    }
  }

  @Test
  void withNobodyToTakeOverFromItStartsNormally() throws Exception {
    try (WeirProgram weir = WeirProgram.start(ini, port, "-R"); Connection client = client(weir)) {
      assertThat(Sql.value(client, "select 1")).isEqualTo("1");
      assertThat(weir.output()).contains("starting normally");
    }
  }
}
