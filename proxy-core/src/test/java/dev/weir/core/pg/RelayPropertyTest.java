package dev.weir.core.pg;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that pipeline without waiting get through the relay, byte for byte, what a server of their own would have
 * answered, wherever the streams are cut and whoever is slow.
 */
class RelayPropertyTest {
  private static final int RUNS = Integer.getInteger("weir.runs", 60);

  /** A client, what it has still to send, and what it got. */
  private static final class Client {
    final FakeLink link;
    final byte[] script;
    final List<Integer> waits;
    final PocketPostgres own = new PocketPostgres();
    final ByteArrayOutputStream expected = new ByteArrayOutputStream();
    final ByteArrayOutputStream got = new ByteArrayOutputStream();
    int sent;

    Client(FakeLink link, ClientScript.Script script) {
      this.link = link;
      this.script = script.bytes();
      this.waits = new ArrayList<>(script.waits());
    }

    /** How much it may send now. */
    int mayStillSend() {
      if (!waits.isEmpty() && waits.getFirst() == sent && got.size() >= expected.size()) {
        waits.removeFirst();
      }
      return (waits.isEmpty() ? script.length : waits.getFirst()) - sent;
    }

    void send(int n) {
      byte[] part = Arrays.copyOfRange(script, sent, sent + n);
      sent += n;
      expected.writeBytes(own.take(part));
      link.arrive(part);
    }
  }

  /** A server, and the answers that are still on their way from it. */
  private static final class Server {
    final FakeLink link;
    final PocketPostgres postgres = new PocketPostgres();
    byte[] answers = {};

    Server(FakeLink link) {
      this.link = link;
    }
  }

  @ParameterizedTest(name = "{0} clients, {1} servers, {2}")
  @CsvSource({
    "1, 1, pool_mode=transaction max_prepared_statements=100",
    "1, 1, pool_mode=transaction max_prepared_statements=1",
    "1, 1, pool_mode=session max_prepared_statements=100",
    "1, 1, pool_mode=session max_prepared_statements=0",
    "4, 2, pool_mode=transaction max_prepared_statements=100",
    "4, 2, pool_mode=transaction max_prepared_statements=2",
    "5, 1, pool_mode=transaction max_prepared_statements=3",
    "3, 1, pool_mode=transaction max_prepared_statements=0",
    "1, 1, pool_mode=transaction max_prepared_statements=100 session_state=track",
    "4, 2, pool_mode=transaction max_prepared_statements=2 session_state=track",
    "5, 1, pool_mode=transaction max_prepared_statements=0 session_state=track"})
  void theRelayIsInvisible(int clients, int servers, String settings) throws Exception {
    long base = Long.getLong("weir.seed", System.nanoTime());
    System.out.println("-Dweir.seed=" + base + " " + settings);
    try (RelayBench bench = RelayBench.with(settings.replace(' ', '\n')
        + "\ndefault_pool_size=" + servers
        + "\nserver_check_delay=1000\nquery_wait_timeout=0\nclient_idle_timeout=0")) {
      boolean named = !settings.contains("max_prepared_statements=0")
          || settings.contains("pool_mode=session");
      bench.on(() -> {
        for (long seed = base; seed < base + RUNS; seed++) {
          run(bench, new Random(seed), clients, servers, named, seed);
        }
        return true;
      });
    }
  }

  private static void run(RelayBench bench, Random random, int clientCount, int serverCount,
      boolean named, long seed) {
    List<Client> clients = new ArrayList<>();
    List<Server> servers = new ArrayList<>();
    List<PgServer> real = new ArrayList<>();
    List<PgSession> sessions = new ArrayList<>();
    for (int i = 0; i < serverCount; i++) {
      Server server = new Server(new FakeLink(bench.worker()));
      servers.add(server);
      real.add(bench.server(server.link));
    }
    for (int i = 0; i < clientCount; i++) {
      Client client = new Client(new FakeLink(bench.worker()),
          ClientScript.of(random, i, named, 12));
      clients.add(client);
      sessions.add(bench.client(client.link));
    }
    while (step(random, clients, servers)) {
      // until nobody has anything left
    }
    for (int i = 0; i < clientCount; i++) {
      byte[] expected = clients.get(i).expected.toByteArray();
      byte[] got = clients.get(i).got.toByteArray();
      int differs = Arrays.mismatch(expected, got);
      assertThat(differs)
          .as("first differing byte of client %d, seed %d: expected ...%s, got ...%s; sessions %s",
              i, seed, around(expected, differs), around(got, differs),
              sessions.stream().map(x -> x.state() + " held " + x.requests().heldBytes()
                  + (x.requests().catchingUp() ? " catching up" : "")).toList())
          .isEqualTo(-1);
      assertThat(clients.get(i).sent).as("client %d is stuck, seed %d", i, seed)
          .isEqualTo(clients.get(i).script.length);
      assertThat(sessions.get(i).requests().heldBytes()).isZero();
    }
    sessions.forEach(s -> s.close(null, "end of test"));
    servers.forEach(s -> s.answers = append(s.answers, s.postgres.take(s.link.take())));
    servers.forEach(s -> {
      if (s.answers.length > 0) {
        s.link.arrive(s.answers);
      }
    });
    real.forEach(s -> s.close("end of test"));
    assertThat(bench.pool().pool().total()).isZero();
  }

  private static String around(byte[] bytes, int at) {
    int from = Math.max(0, Math.min(at, bytes.length) - 60);
    return new String(bytes, from, Math.min(bytes.length - from, 120),
        java.nio.charset.StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", ".");
  }

  /** Something happens somewhere; false when nothing is left to happen. */
  private static boolean step(Random random, List<Client> clients, List<Server> servers) {
    List<Runnable> possible = new ArrayList<>();
    for (Client client : clients) {
      client.got.writeBytes(client.link.take());
      int left = client.mayStillSend();
      if (left > 0 && !client.link.paused() && client.link.open()) {
        possible.add(() -> client.send(portion(random, left)));
      }
    }
    for (Server server : servers) {
      server.answers = append(server.answers, server.postgres.take(server.link.take()));
      if (server.answers.length > 0 && !server.link.paused() && server.link.open()) {
        possible.add(() -> {
          int n = portion(random, server.answers.length);
          byte[] part = Arrays.copyOf(server.answers, n);
          server.answers = Arrays.copyOfRange(server.answers, n, server.answers.length);
          server.link.arrive(part);
        });
      }
    }
    if (possible.isEmpty()) {
      return relax(clients, servers);
    }
    if (random.nextInt(20) == 0) {
      clients.get(random.nextInt(clients.size())).link.writable(random.nextBoolean());
      servers.get(random.nextInt(servers.size())).link.writable(random.nextBoolean());
    }
    possible.get(random.nextInt(possible.size())).run();
    return true;
  }

  /** Nothing moves: perhaps because somebody is slow, who now catches up. False when that was not it. */
  private static boolean relax(List<Client> clients, List<Server> servers) {
    boolean moved = false;
    for (FakeLink link : java.util.stream.Stream
        .concat(clients.stream().map(c -> c.link), servers.stream().map(s -> s.link)).toList()) {
      if (!link.writable()) {
        link.writable(true);
        moved = true;
      }
    }
    return moved;
  }

  /** Mostly small pieces, sometimes all there is. */
  private static int portion(Random random, int left) {
    return Math.min(left, switch (random.nextInt(6)) {
      case 0 -> 1;
      case 1, 2 -> 1 + random.nextInt(12);
      case 3 -> 1 + random.nextInt(300);
      case 4 -> 1 + random.nextInt(70_000);
      default -> left;
    });
  }

  private static byte[] append(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}
