package dev.weir.app.demo;

import dev.weir.app.embedded.EmbeddedMariaDb;
import dev.weir.app.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The demo: checks the ports, starts PostgreSQL and MariaDB on throw-away data and the proxy in front of them, says how to
 * connect and waits. However it ends, it leaves no process and no file. {@link #run} on one thread, {@link #stop} on any.
 */
public final class DemoCommand {
  private static final String HOST = "127.0.0.1";
  private static final long WATCH_MILLIS = 200;

  /** A proxy that runs. */
  public interface RunningProxy extends AutoCloseable {
    boolean hasEnded();

    @Override
    void close();
  }

  /** Starts the proxy with a configuration file. */
  @FunctionalInterface
  public interface Starter {
    /** @throws IOException with the text for the user */
    RunningProxy start(Path configFile) throws IOException, InterruptedException;
  }

  private final Starter starter;
  private final Path embeddedServers;
  private final DemoPorts ports;
  private final PrintStream out;
  private final PrintStream err;
  private volatile boolean stopping;
  private volatile @Nullable Thread running;

  /** @param embeddedServers folder with the archives of server binaries */
  public DemoCommand(Starter starter, Path embeddedServers, DemoPorts ports, PrintStream out,
      PrintStream err) {
    this.starter = starter;
    this.embeddedServers = embeddedServers;
    this.ports = ports;
    this.out = out;
    this.err = err;
  }

  /** Ends {@link #run} from wherever it is. */
  public void stop() {
    stopping = true;
    Thread thread = running;
    if (thread != null) {
      thread.interrupt();
    }
  }

  /** Serves until stopped. @return the exit status */
  public int run() {
    running = Thread.currentThread();
    Path folder = null;
    try {
      requireFree(ports.postgres(), "--port");
      requireFree(ports.http(), "--http-port");
      requireFree(ports.mysql(), "--mysql-port");
      requireFree(ports.admin(), "--admin-port");
      folder = Files.createTempDirectory("weir-demo-");
      serve(folder);
      return 0;
    } catch (InterruptedException _) {
      return 0;
    } catch (IOException | SQLException e) {
      // A Ctrl-C reaches the programs we started too, and then their end is not an error.
      if (stopping) {
        return 0;
      }
      err.println("weir demo: " + e.getMessage());
      return 1;
    } finally {
      running = null;
      Thread.interrupted(); // nothing may hinder the cleaning up
      if (folder != null) {
        delete(folder);
      }
      if (stopping) {
        out.println("stopped");
      }
    }
  }

  private void serve(Path folder) throws IOException, SQLException, InterruptedException {
    try (
        EmbeddedPostgres postgres = EmbeddedPostgres
            .start(EmbeddedPostgres.Options.throwAway(embeddedServers).reporting(this::progress));
        EmbeddedMariaDb mariaDb = EmbeddedMariaDb
            .start(EmbeddedMariaDb.Options.throwAway(embeddedServers).reporting(this::progress))) {
      requireGoingOn();
      progress("creating user and database \"app\"");
      createApp(postgres);
      DemoFiles files = new DemoFiles(folder, ports, postgres.port(), mariaDb.port());
      Path config = files.write();
      requireGoingOn();
      progress("starting the proxy on ports " + ports.postgres() + " and " + ports.mysql());
      try (RunningProxy proxy = starter.start(config)) {
        requireGoingOn();
        sayHow(folder);
        watch(proxy, postgres, mariaDb);
      }
    }
  }

  private static void watch(RunningProxy proxy, EmbeddedPostgres postgres,
      EmbeddedMariaDb mariaDb) throws IOException, InterruptedException {
    while (!proxy.hasEnded()) {
      if (!postgres.isRunning()) {
        throw new IOException("PostgreSQL has ended:\n" + postgres.log());
      }
      if (!mariaDb.isRunning()) {
        throw new IOException("MariaDB has ended:\n" + mariaDb.log());
      }
      TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
    }
  }

  private void requireGoingOn() throws InterruptedException {
    if (stopping) {
      throw new InterruptedException();
    }
  }

  private void progress(String what) {
    out.println("  " + what);
    out.flush();
  }

  private void sayHow(Path folder) {
    out.println();
    out.println("ready");
    out.println();
    out.println("  PostgreSQL, pooled  psql postgresql://app:app@" + HOST + ":" + ports.postgres()
        + "/app");
    out.println("  MariaDB, pooled     mysql -h " + HOST + " -P " + ports.mysql()
        + " -u app -papp app");
    out.println("  the console         psql postgresql://admin:admin@" + HOST + ":"
        + ports.postgres() + "/pgbouncer -c 'SHOW POOLS'");
    out.println("                      mysql -h " + HOST + " -P " + ports.admin()
        + " -u admin -padmin -e 'SHOW TABLES'");
    out.println("  metrics             curl http://" + HOST + ":" + ports.http() + "/metrics");
    out.println("  configuration, log  " + folder);
    out.println();
    out.println("Ctrl-C stops everything and removes the data.");
    out.flush();
  }

  private static void requireFree(int port, String option) throws IOException {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral(HOST), port));
    } catch (IOException e) {
      throw new IOException(
          "port " + port + " is not free (" + e.getMessage() + "); choose another with " + option,
          e);
    }
  }

  private static void createApp(EmbeddedPostgres postgres) throws SQLException {
    try (
        Connection connection = DriverManager.getConnection(postgres.jdbcUrl("postgres"),
            "postgres", postgres.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create role app login password 'app'");
      statement.execute("create database app owner app");
    }
  }

  private void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      err.println("weir demo: cannot delete " + folder + ": " + e.getMessage());
    }
  }
}
