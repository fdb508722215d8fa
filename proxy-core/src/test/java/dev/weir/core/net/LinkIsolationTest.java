package dev.weir.core.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Many connections through one relay, which keeps pieces of what it reads for longer than a turn, cuts and joins them, and
 * meets peers that read slowly: nobody may ever get a byte that is another's, or one twice, or one that was written over.
 */
class LinkIsolationTest {
  private static final int CLIENTS = 48;
  private static final int MOST_BYTES = 600_000;
  private static final int BATCH = 200;

  /** What a client sends, and must get back: another sequence for each. */
  private static final class Stream {
    private final Random random;

    Stream(long seed) {
      random = new Random(seed);
    }

    void next(byte[] into, int length) {
      for (int i = 0; i < length; i++) {
        into[i] = (byte) (random.nextInt() >>> 13);
      }
    }
  }

  /** Passes bytes to its partner, sometimes later. */
  private static final class Passing implements LinkHandler {
    private final Link own;
    private final Random random;
    private @Nullable Passing partner;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private boolean over;

    Passing(Link own, long seed) {
      this.own = own;
      this.random = new Random(seed);
    }

    void partner(Passing other) {
      partner = other;
      release();
    }

    @Override
    public void onBytes(ByteBuf bytes) {
      if (over) {
        bytes.release();
        return;
      }
      Passing to = partner;
      if (to == null || !held.isEmpty()) {
        hold(bytes);
        return;
      }
      switch (random.nextInt(10)) {
        case 0 -> {
          hold(bytes);
          later();
        }
        case 1 -> { // a part now, a part later
          int cut = random.nextInt(bytes.readableBytes() + 1);
          pass(to, bytes.readRetainedSlice(cut));
          hold(bytes);
          later();
        }
        case 2 -> { // cut to pieces
          while (bytes.isReadable()) {
            pass(to, bytes
                .readRetainedSlice(1 + random.nextInt(Math.min(3000, bytes.readableBytes()))));
          }
          bytes.release();
        }
        case 3 -> { // as a message of which the beginning is waited for
          int at = bytes.readerIndex() + random.nextInt(bytes.readableBytes() + 1);
          if (at > bytes.readerIndex()) {
            pass(to, bytes.retainedSlice(bytes.readerIndex(), at - bytes.readerIndex()));
          }
          if (at < bytes.writerIndex()) {
            held.add(Bytes.kept(bytes, at));
          }
          bytes.release();
          later();
        }
        default -> pass(to, bytes);
      }
    }

    private void hold(ByteBuf bytes) {
      ByteBuf last = held.peekLast();
      if (last != null && random.nextInt(3) == 0) {
        held.pollLast();
        held.add(Bytes.join(last, bytes));
      } else {
        held.add(bytes);
      }
    }

    private void later() {
      if (random.nextBoolean()) {
        own.worker().execute(this::release);
      } else {
        own.worker().after(1 + random.nextInt(3), this::release);
      }
    }

    private void release() {
      Passing to = partner;
      while (!held.isEmpty() && to != null) {
        pass(to, held.poll());
      }
    }

    private void pass(Passing to, ByteBuf bytes) {
      to.own.write(bytes);
      if (!to.own.writable()) {
        own.pauseReads();
      }
    }

    @Override
    public void onWritable() {
      if (partner != null && !partner.over) {
        partner.own.resumeReads();
      }
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      over = true;
      held.forEach(ByteBuf::release);
      held.clear();
      if (partner != null && !partner.over) {
        partner.over = true;
        partner.held.forEach(ByteBuf::release);
        partner.held.clear();
        partner.own.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"EPOLL,1,1", "EPOLL,2,2", "EPOLL,3,2", "EPOLL,4,1", "EPOLL_CHANNELS,1,2", "NIO,1,2"})
  void nobodyGetsAnothersBytes(Transport transport, long seed, int workers) throws Exception {
    assumeTrue(!transport.epoll() || Epoll.isAvailable());
    TcpOptions small = new TcpOptions(false, 0, 0, 0, 0, 16 * 1024, false, 128, false);
    try (LinkPeers peers = new LinkPeers(transport, workers, small);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      // What comes back: a link whose partner it is itself.
      Listener echo = peers.sockets.listen(any, link -> {
        Passing itself = new Passing(link, seed * 31 + link.fd());
        itself.partner(itself);
        return itself;
      });
      Listener relay = peers.sockets.listen(any, link -> {
        Passing front = new Passing(link, seed * 37 + link.fd());
        peers.sockets.connect(link.worker(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), echo.address().port()), 20_000,
            (opened, failure) -> {
              if (opened == null) {
                link.abort();
                return;
              }
              Passing back = new Passing(opened, seed * 41 + opened.fd());
              opened.handler(back);
              back.partner(front);
              front.partner(back);
              opened.resumeReads();
            });
        return front;
      });
      List<Future<?>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        long id = seed * 1000 + i;
        clients.add(threads.submit(() -> {
          client(threads, relay.address().port(), id);
          return null;
        }));
      }
      for (Future<?> client : clients) {
        client.get(120, TimeUnit.SECONDS);
      }
      relay.close();
      echo.close();
    }
  }

  private static void client(ExecutorService threads, int port, long id) throws Exception {
    Random random = new Random(id);
    int total = 1 + random.nextInt(random.nextInt(4) == 0 ? MOST_BYTES : MOST_BYTES / 20);
    boolean slow = random.nextInt(3) == 0;
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(8 * 1024);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      Future<?> writer = threads.submit(() -> {
        write(socket.getOutputStream(), id, total);
        return null;
      });
      InputStream in = socket.getInputStream();
      Stream expected = new Stream(id);
      byte[] got = new byte[16 * 1024];
      byte[] wanted = new byte[16 * 1024];
      int read = 0;
      while (read < total) {
        int most = 1 + random.nextInt(Math.min(got.length, total - read));
        int length = in.read(got, 0, most);
        assertThat(length).as("client %s after %s of %s bytes", id, read, total).isPositive();
        expected.next(wanted, length);
        for (int i = 0; i < length; i++) {
          if (got[i] != wanted[i]) {
            throw new AssertionError("client " + id + " got a wrong byte at " + (read + i));
          }
        }
        read += length;
        if (slow && random.nextInt(10) == 0) {
          Thread.sleep(1 + random.nextInt(5));
        }
      }
      writer.get(60, TimeUnit.SECONDS);
    }
  }

  private static void write(OutputStream out, long id, int total)
      throws IOException, InterruptedException {
    Random random = new Random(~id);
    Stream stream = new Stream(id);
    byte[] chunk = new byte[40_000];
    int sent = 0;
    while (sent < total) {
      int most = random.nextInt(4) == 0 ? chunk.length : BATCH;
      int length = Math.min(total - sent, 1 + random.nextInt(most));
      stream.next(chunk, length);
      out.write(chunk, 0, length);
      sent += length;
      if (random.nextInt(40) == 0) {
        Thread.sleep(1);
      }
    }
  }
}
