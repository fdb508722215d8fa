package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** Workers and a listener with links of one transport, for tests with real sockets. */
final class LinkPeers implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(20);
  static final TcpOptions OPTIONS = new TcpOptions(true, 3, 7, 5, 0, 0, false, 128, false);

  final Workers workers;
  final Sockets sockets;
  final BlockingQueue<Side> accepted = new LinkedBlockingQueue<>();
  private @Nullable Listener listener;

  LinkPeers(Transport transport, int count) {
    this(transport, count, OPTIONS);
  }

  LinkPeers(Transport transport, int count, TcpOptions options) {
    workers = Workers.start(count, transport);
    sockets = new Sockets(workers, options);
  }

  /** A link's handler that keeps what happens for the test to look at. */
  static final class Side implements LinkHandler {
    final Link link;
    final CompletableFuture<@Nullable Throwable> closed = new CompletableFuture<>();
    final StringBuffer read = new StringBuffer();
    volatile int writable;
    volatile @Nullable Consumer<ByteBuf> then;

    Side(Link link) {
      this.link = link;
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      Consumer<ByteBuf> next = then;
      if (next != null) {
        next.accept(bytes);
        return;
      }
      read.append(bytes.toString(StandardCharsets.ISO_8859_1));
      bytes.release();
    }

    @Override
    public void onWritable() {
      writable++;
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      assertThat(closed.complete(cause)).as("told once").isTrue();
    }

    /** Does it on the link's worker and waits. */
    void on(Runnable task) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      link.worker().execute(() -> {
        try {
          task.run();
          done.complete(null);
        } catch (Throwable e) {
          done.completeExceptionally(e);
        }
      });
      done.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    void send(String text) {
      on(() -> link.write(
          ByteBufUtil.writeAscii(io.netty.buffer.ByteBufAllocator.DEFAULT, text)));
    }

    void awaitRead(String text) {
      Awaitility.await().atMost(PATIENCE)
          .untilAsserted(() -> assertThat(read.toString()).isEqualTo(text));
    }

    @Nullable
    Throwable awaitClosed() throws Exception {
      return closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  int listen() throws IOException {
    return listen(Side::new);
  }

  int listen(java.util.function.Function<Link, Side> made) throws IOException {
    Listener opened = sockets.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        link -> {
          Side side = made.apply(link);
          accepted.add(side);
          return side;
        });
    listener = opened;
    return opened.address().port();
  }

  /** The next link that was accepted. */
  Side accepted() throws InterruptedException {
    Side side = accepted.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(side).as("somebody has connected").isNotNull();
    return side;
  }

  /** A client that has connected, and the link for it. */
  record Pair(java.net.Socket client, Side side) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      client.close();
    }
  }

  Pair pair() throws Exception {
    int port = listener == null ? listen() : listener.address().port();
    java.net.Socket client = new java.net.Socket();
    client.setReceiveBufferSize(16 * 1024);
    client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    client.setTcpNoDelay(true);
    client.setSoTimeout((int) PATIENCE.toMillis());
    return new Pair(client, accepted());
  }

  /** Connects a link; fails with why it cannot. */
  CompletableFuture<Side> connect(SocketAddress to, int timeoutMillis) {
    return connect(to, timeoutMillis, _ -> {});
  }

  /** The same, and does something with the link at once. */
  CompletableFuture<Side> connect(SocketAddress to, int timeoutMillis, Consumer<Link> first) {
    CompletableFuture<Side> connected = new CompletableFuture<>();
    sockets.connect(workers.get(0), to, timeoutMillis, (link, failure) -> {
      if (link == null) {
        connected.completeExceptionally(failure);
        return;
      }
      Side side = new Side(link);
      link.handler(side);
      first.accept(link);
      connected.complete(side);
    });
    return connected;
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close();
    }
    workers.close();
  }
}
