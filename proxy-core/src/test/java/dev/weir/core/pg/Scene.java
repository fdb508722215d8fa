package dev.weir.core.pg;

import dev.weir.core.pool.ServerState;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

import static dev.weir.core.pg.PocketPostgres.message;

/** A client and a server of a pool with one place, between links that a test holds in its hands. */
final class Scene implements AutoCloseable {
  /** The answer to a query. */
  static final byte[] DONE = join(message('C', PocketPostgres.text("SELECT 1")), ready('I'));

  final RelayBench bench;
  final FakeLink clientLink;
  final FakeLink serverLink;
  final PgSession client;
  private @Nullable PgServer server;

  static byte[] ready(char tx) {
    return message('Z', new byte[]{(byte) tx});
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static String shown(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", ".");
  }

  Scene(String settings, boolean withServer) throws Exception {
    bench = RelayBench.with("max_prepared_statements=100\nserver_check_delay=1000\n"
        + "default_pool_size=1\n"
        + (settings.contains("pool_mode") ? "" : "pool_mode=transaction\n")
        + settings);
    clientLink = new FakeLink(bench.worker());
    serverLink = new FakeLink(bench.worker());
    client = bench.on(() -> bench.client(clientLink));
    if (withServer) {
      serverComes();
      serverLink.take();
    }
  }

  void serverComes() {
    server = on(() -> bench.server(serverLink));
  }

  <T> T on(Callable<T> step) {
    try {
      return bench.on(step);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  void serverIs(PgServer its) {
    server = its;
  }

  PgServer server() {
    return Objects.requireNonNull(server);
  }

  void fromClient(byte[]... bytes) {
    on(() -> {
      clientLink.arrive(join(bytes));
      return true;
    });
  }

  void fromServer(byte[]... bytes) {
    on(() -> {
      serverLink.arrive(join(bytes));
      return true;
    });
  }

  String clientGot() {
    return shown(on(clientLink::take));
  }

  String serverGot() {
    return shown(on(serverLink::take));
  }

  void tick(long seconds) {
    long then = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    on(() -> {
      client.tick(then);
      PgServer its = server;
      if (its != null) {
        its.tick(then);
      }
      return true;
    });
  }

  ServerState serverState() {
    return server().state();
  }

  @Override
  public void close() {
    on(() -> {
      client.close(null, "end of test");
      PgServer its = server;
      if (its != null) {
        its.close("end of test");
      }
      return true;
    });
    bench.close();
  }
}
