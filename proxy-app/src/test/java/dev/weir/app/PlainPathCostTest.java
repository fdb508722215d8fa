package dev.weir.app;

import com.sun.management.ThreadMXBean;
import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigReader;
import io.netty.util.ResourceLeakDetector;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A query that is only passed on makes no garbage and no system call too many. Bytes and calls are counted, not
 * nanoseconds: a busy machine does not change them.
 */
class PlainPathCostTest {
  private static final int CLIENTS = 4;
  /** Enough for the compilers to have removed what they can remove. */
  private static final int WARM_UP = 20_000;
  private static final int MEASURED = 20_000;
  private static final int TRACED = 2_000;
  /**
   * Less than the smallest object (16 bytes with its header) per transaction: one object per transaction cannot hide. What
   * is left over belongs to the timers that run meanwhile, three times a second.
   */
  private static final double BYTES_PER_TRANSACTION = 8;

  private static final byte[] QUERY = query();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"transaction", "session", "statement"})
  void aTransactionAllocatesNothing(String poolMode) throws Exception {
    ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED); // it allocates for each buffer
    int port = freePort();
    try (OneRowServer server = new OneRowServer();
        Proxy _ = new Wiring().start(config(port, server.port(), poolMode),
            Options.of(folder.resolve("weir.ini")), new NoEvents())) {
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(login(port));
      }
      query(clients, WARM_UP);
      long start = allocatedByWorkers();
      query(clients, MEASURED);
      double each = (allocatedByWorkers() - start) / (double) MEASURED;
      for (Socket client : clients) {
        client.close();
      }
      assertThat(each).as("bytes per transaction").isLessThan(BYTES_PER_TRANSACTION);
    } finally {
      ResourceLeakDetector.setLevel(before);
    }
  }

  /** One read and one write on each side; strace looks at the worker's thread alone. */
  @Test
  void aTransactionTakesTwoReadsAndTwoWrites() throws Exception {
    int port = freePort();
    try (OneRowServer server = new OneRowServer();
        Proxy _ = new Wiring().start(config(port, server.port(), "transaction"),
            Options.of(folder.resolve("weir.ini")), new NoEvents())) {
      List<Socket> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(login(port));
      }
      query(clients, 100); // the pool has all the servers it wants
      Map<String, Long> calls = tracedCalls(() -> query(clients, TRACED));
      for (Socket client : clients) {
        client.close();
      }
      // An answer may arrive in two pieces, and timers wake the worker up: a tenth is left for such things.
      long most = TRACED * 22L / 10;
      assertThat(sum(calls, "read", "readv", "recvfrom", "recvmsg")).as("reads of %s", calls)
          .isBetween(TRACED * 2L, most);
      assertThat(sum(calls, "write", "writev", "sendto", "sendmsg")).as("writes of %s", calls)
          .isBetween(TRACED * 2L, most);
      assertThat(sum(calls, "epoll_ctl")).as("changes of interest of %s", calls)
          .isLessThan(TRACED / 100);
    }
  }

  private interface Load {
    void run() throws IOException;
  }

  /** How often the worker made which system call; skips the test where strace is missing or may not trace us. */
  private Map<String, Long> tracedCalls(Load load) throws IOException, InterruptedException {
    Path summary = folder.resolve("calls");
    Process strace;
    try {
      strace = new ProcessBuilder("strace", "-c", "-o", summary.toString(), "-p",
          workerThread()).redirectErrorStream(true).start();
    } catch (IOException e) {
      return Assumptions.abort("strace is not installed: " + e.getMessage());
    }
    String said = strace.inputReader().readLine();
    assumeTrue(said != null && said.contains("attached"), "strace may not trace us: " + said);
    try {
      load.run();
    } finally {
      strace.destroy();
      assertThat(strace.waitFor(20, TimeUnit.SECONDS)).as("strace ended").isTrue();
    }
    Map<String, Long> calls = new HashMap<>();
    for (String line : Files.readAllLines(summary)) {
      // % time, seconds, usecs/call, calls, perhaps errors, name
      String[] columns = line.strip().split(" +", -1);
      if (columns.length >= 5 && columns[3].matches("[0-9]+")) {
        calls.put(columns[columns.length - 1], Long.valueOf(columns[3]));
      }
    }
    return calls;
  }

  private static long sum(Map<String, Long> calls, String... names) {
    long sum = 0;
    for (String name : names) {
      sum += calls.getOrDefault(name, 0L);
    }
    return sum;
  }

  /** The kernel's number of the worker that a proxy with one worker has; the newest, should an older one be ending. */
  private static String workerThread() throws IOException {
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      return tasks.filter(PlainPathCostTest::isWorker)
          .map(task -> task.getFileName().toString())
          .max(Comparator.comparingInt(Integer::parseInt)).orElseThrow();
    }
  }

  private static boolean isWorker(Path task) {
    try {
      return Files.readString(task.resolve("comm")).startsWith("worker-");
    } catch (IOException _) {
      return false; // ended meanwhile
    }
  }

  private Config config(int port, int serverPort, String poolMode) throws Exception {
    Path users = Files.writeString(folder.resolve("users.txt"), "\"app\" \"\"\n");
    return ConfigReader.read(Files.writeString(folder.resolve("weir.ini"), """
        [databases]
        app = host=127.0.0.1 port=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = trust
        auth_file = %s
        pool_mode = %s
        [weir]
        workers = 1
        """.formatted(serverPort, port, users, poolMode)), null);
  }

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  private static Socket login(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    byte[] parameters = "user\0app\0database\0app\0\0".getBytes(StandardCharsets.US_ASCII);
    ByteArrayOutputStream startup = new ByteArrayOutputStream();
    int length = parameters.length + 8;
    startup.write(new byte[]{0, 0, 0, (byte) length, 0, 3, 0, 0});
    startup.write(parameters);
    socket.getOutputStream().write(startup.toByteArray());
    awaitReady(socket);
    return socket;
  }

  private static byte[] query() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    OneRowServer.message(bytes, 'Q', "SELECT 1\0".getBytes(StandardCharsets.US_ASCII));
    return bytes.toByteArray();
  }

  /** Each round is a query on every connection, so that several are under way at once. */
  private static void query(List<Socket> clients, int times) throws IOException {
    for (int done = 0; done < times; done += clients.size()) {
      for (Socket client : clients) {
        client.getOutputStream().write(QUERY);
      }
      for (Socket client : clients) {
        awaitReady(client);
      }
    }
  }

  private static void awaitReady(Socket socket) throws IOException {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int tag;
    do {
      tag = in.readByte();
      in.skipNBytes(in.readInt() - 4L);
      assertThat(tag).isNotEqualTo('E');
    } while (tag != 'Z');
  }

  private static long allocatedByWorkers() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().startsWith("worker-")) {
        sum += threads.getThreadAllocatedBytes(id);
      }
    }
    assertThat(sum).as("the workers were found").isPositive();
    return sum;
  }

  private static final class NoEvents implements ProxyEvents {
    @Override
    public void configLoaded(Config config) {
      // nothing depends on it
    }

    @Override
    public void statsLine(String line) {
      // not logged
    }
  }
}
