package dev.weir.core.pg;

import dev.weir.core.config.Config;
import dev.weir.core.config.ConfigReader;
import dev.weir.core.net.Sockets;
import dev.weir.core.net.TcpOptions;
import dev.weir.core.net.Transport;
import dev.weir.core.net.Workers;
import dev.weir.pg.codec.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the proxy itself does for bytes that pass through, without any socket. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RelayBenchmark {
  private static final int LARGE_READ = 64 * 1024;
  private static final int ROW_BYTES = 100;

  private final ByteBuf query = message('Q', "SELECT 1\0".getBytes(StandardCharsets.US_ASCII));
  private final ByteBuf answer = answer();
  private final ByteBuf rows = many('D', LARGE_READ);
  private final ByteBuf copyData = many('d', LARGE_READ);
  private final ReplyQueue replies = new ReplyQueue();
  private final ParameterValues ours = parameters();
  private final ParameterValues theirs = parameters();
  private Workers workers;
  private PgSession idle;
  private PgServer idleServer;
  private PgServer sending;
  private PgSession copying;

  @Setup(Level.Trial)
  public void connect() throws Exception {
    Path file = Files.createTempFile("weir-jmh", ".ini");
    Config config = ConfigReader.read(Files.writeString(file, """
        [databases]
        app = host=127.0.0.1
        [pgbouncer]
        listen_addr = 127.0.0.1
        auth_type = any
        pool_mode = transaction
        """), null);
    Files.delete(file);
    workers = Workers.start(1, Transport.NIO);
    PgRuntime runtime = new PgRuntime(new PgRuntime.Parts(workers,
        new Sockets(workers, new TcpOptions(false, 0, 0, 0, 0, 0, false, 1, false)),
        host -> CompletableFuture.completedFuture(InetAddress.getLoopbackAddress()),
        ForkJoinPool.commonPool(), ForkJoinPool.commonPool(), new Nobody(),
        new PgTls(ForkJoinPool.commonPool()),
        client -> {
          throw new UnsupportedOperationException();
        }, uid -> null, 0), config);
    idleServer = server(runtime, "plain");
    idle = session(runtime, "plain");
    sending = server(runtime, "rows");
    session(runtime, "rows").onBytes(query.retain());
    PgServer taking = server(runtime, "copy");
    copying = session(runtime, "copy");
    copying.onBytes(query.retain());
    taking.onBytes(message('G', new byte[]{0, 0, 1, 0, 0}));
  }

  private static PgServer server(PgRuntime runtime, String user) {
    PgPool pool = pool(runtime, user);
    PgServer server = new PgServer(pool, runtime.workers().get(0), System.nanoTime());
    pool.pool().add(server);
    server.connected(new SilentLink(runtime.workers().get(0)),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), "127.0.0.1", "127.0.0.1", 1);
    server.loggedIn(parameters(), null, Unpooled.EMPTY_BUFFER);
    return server;
  }

  private static PgSession session(PgRuntime runtime, String user) {
    PgSession session = new PgSession(runtime, new SilentLink(runtime.workers().get(0)));
    session.identity(new Identity(user, "app", Identity.Replication.NONE));
    session.parameters().fillFrom(parameters());
    session.welcomed(pool(runtime, user));
    return session;
  }

  private static PgPool pool(PgRuntime runtime, String user) {
    Database database = runtime.findDatabase("app");
    if (database == null) {
      throw new IllegalStateException("no database");
    }
    return runtime.pool(database, user);
  }

  @TearDown(Level.Trial)
  public void disconnect() {
    workers.close();
  }

  /** One autocommit query: checkout, both directions, release. */
  @Benchmark
  public void wholeTransaction() {
    idle.onBytes(query.retain());
    idleServer.onBytes(answer.retain());
  }

  /** A large read of a result: 64 KiB of rows of 100 bytes. */
  @Benchmark
  public void serverScanOfManyRows() {
    sending.onBytes(rows.retain());
  }

  /** A large read of COPY FROM STDIN: 64 KiB of rows of 100 bytes. */
  @Benchmark
  public void clientScanOfCopyData() {
    copying.onBytes(copyData.retain());
  }

  /** An extended query's replies: Parse, Bind, Describe, Execute, Sync. */
  @Benchmark
  public boolean replyQueueOfAnExtendedQuery() {
    replies.push(ReplyQueue.PARSE, ReplyQueue.FORWARD, null);
    replies.push(ReplyQueue.BIND, ReplyQueue.FORWARD, null);
    replies.push(ReplyQueue.DESCRIBE, ReplyQueue.FORWARD, null);
    replies.push(ReplyQueue.EXECUTE, ReplyQueue.FORWARD, null);
    replies.push(ReplyQueue.SYNC, ReplyQueue.FORWARD, null);
    while (!replies.isEmpty()) {
      if (replies.headAction() == ReplyQueue.FORWARD) {
        replies.drop();
      }
    }
    return replies.isEmpty();
  }

  /** Asked at every checkout; here with values that are equal and not the same objects, the dearer case. */
  @Benchmark
  public boolean parametersThatDoNotDiffer() {
    return ParameterValues.differ(ours, theirs);
  }

  /** Headers alone: the lower bound of the scans above. */
  @Benchmark
  public int framingOfManyRows() {
    int at = 0;
    while (rows.writerIndex() - at >= Framing.HEADER) {
      at += Framing.messageLength(rows, at);
    }
    return at;
  }

  private static ParameterValues parameters() {
    ParameterValues values = new ParameterValues();
    String[] usual = {"ISO, MDY", "UTF8", "Etc/UTC", "on", "pgbench"};
    for (int i = 0; i < usual.length; i++) {
      values.set(i, String.valueOf(usual[i].toCharArray())); // an object of its own
    }
    return values;
  }

  private static ByteBuf message(char tag, byte[] body) {
    return Unpooled.directBuffer().writeByte(tag).writeInt(body.length + 4).writeBytes(body);
  }

  private static ByteBuf answer() {
    ByteBuf all = Unpooled.directBuffer();
    for (ByteBuf part : new ByteBuf[]{message('T', new byte[22]), message('D', new byte[14]),
      message('C', "SELECT 1\0".getBytes(StandardCharsets.US_ASCII)),
      message('Z', new byte[]{'I'})}) {
      all.writeBytes(part);
      part.release();
    }
    return all;
  }

  private static ByteBuf many(char tag, int bytes) {
    ByteBuf all = Unpooled.directBuffer(bytes);
    ByteBuf one = message(tag, new byte[ROW_BYTES]);
    while (all.readableBytes() + one.readableBytes() <= bytes) {
      all.writeBytes(one, 0, one.readableBytes());
    }
    one.release();
    return all;
  }

  private static final class Nobody implements ExternalAuth {
    @Override
    public boolean ldap(String options, String user, String password) {
      return false;
    }

    @Override
    public boolean pam(String user, String password, String remoteHost) {
      return false;
    }
  }
}
