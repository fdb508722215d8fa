package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigException;
import dev.weir.core.config.ConfigReader;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.TcpOptions;
import dev.weir.core.net.Transport;
import dev.weir.core.net.Worker;
import dev.weir.core.net.Workers;
import dev.weir.pg.message.BackendKeyData;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One worker with real sessions, servers and pool between links that the test holds in its hands. */
final class RelayBench implements AutoCloseable {
  /** Among the settings: the state of sessions follows them, which is off else. */
  static final String TRACK = "session_state=track";

  private final Workers workers = Workers.start(1, Transport.NIO);
  private final PgRuntime runtime;
  private final PgPool pool;

  private RelayBench(Config config, ExternalAuth directory) {
    runtime = new PgRuntime(new PgRuntime.Parts(workers,
        new Sockets(workers, new TcpOptions(false, 0, 0, 0, 0, 0, false, 128, false)),
        host -> CompletableFuture.failedFuture(new IOException(host)), Runnable::run, Runnable::run,
        directory, new PgTls(Runnable::run), _ -> {
          throw new IllegalStateException("no console here");
        }, _ -> null, -1), config);
    pool = runtime.pool(java.util.Objects.requireNonNull(runtime.findDatabase("db")), "user");
  }

  private static final class NoExternalAuth implements ExternalAuth {
    @Override
    public boolean ldap(String options, String user, String password) {
      return false;
    }

    @Override
    public boolean pam(String user, String password, String remoteHost) {
      return false;
    }
  }

  /** @param settings lines of {@code [pgbouncer]} */
  static RelayBench with(String settings) throws IOException, ConfigException {
    return with(settings, new NoExternalAuth());
  }

  /** The same, with somebody to ask for passwords. */
  static RelayBench with(String settings, ExternalAuth directory)
      throws IOException, ConfigException {
    Path file = Files.createTempFile("relay", ".ini");
    boolean tracks = settings.contains(TRACK);
    try {
      Files.writeString(file, "[databases]\ndb = host=127.0.0.1 port=1\n[pgbouncer]\n"
          + "auth_type=any\n" + settings.replace(TRACK, "")
          + "\n[weir]\n" + (tracks ? TRACK : "session_state=off") + "\n");
      return new RelayBench(ConfigReader.readAtStart(file, 0), directory);
    } finally {
      Files.delete(file);
    }
  }

  PgPool pool() {
    return pool;
  }

  Worker worker() {
    return workers.get(0);
  }

  /** Does something on the worker and gives what came out. */
  <T> T on(Callable<T> step) throws InterruptedException {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    worker().execute(() -> {
      try {
        outcome.complete(step.call());
      } catch (Exception | AssertionError e) {
        outcome.completeExceptionally(e);
      }
    });
    try {
      return outcome.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("the worker hangs", e);
    }
  }

  /** A client that has just connected. On the worker. */
  PgSession stranger(FakeLink link) {
    PgSession session = (PgSession) runtime.accept(link);
    link.handler(session);
    return session;
  }

  /** A client that has logged in. On the worker. */
  PgSession client(FakeLink link) {
    PgSession session = new PgSession(runtime, link);
    link.handler(session);
    session.identity(new Identity("user", "db", Identity.Replication.NONE));
    session.parameters().fillFrom(reported());
    session.welcomed(pool);
    return session;
  }

  /** A server that has logged in. On the worker. */
  PgServer server(FakeLink link) {
    PgServer server = new PgServer(pool, worker(), System.nanoTime());
    pool.pool().add(server);
    server.connected(link, InetSocketAddress.createUnresolved("127.0.0.1", 1), "127.0.0.1",
        "127.0.0.1", 1);
    pool.serverLoggedIn(new PgPool.Welcome(List.of(), reported()));
    server.loggedIn(reported(), new BackendKeyData(1, new byte[4]), Unpooled.EMPTY_BUFFER);
    return server;
  }

  /** What {@link PocketPostgres} says at login. */
  private ParameterValues reported() {
    ParameterValues values = new ParameterValues();
    for (List<String> pair : List.of(List.of("application_name", ""), List.of("TimeZone", "UTC"),
        List.of("DateStyle", "ISO, MDY"))) {
      values.set(runtime.tracked().track(pair.get(0)), pair.get(1));
    }
    return values;
  }

  @Override
  public void close() {
    workers.close();
  }
}
