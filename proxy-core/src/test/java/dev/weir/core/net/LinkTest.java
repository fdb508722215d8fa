package dev.weir.core.net;

import dev.weir.core.net.LinkPeers.Pair;
import dev.weir.core.net.LinkPeers.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.weir.core.net.LinkPeers.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What sessions rely on, of links of every transport. */
@ParameterizedClass
@EnumSource(Transport.class)
class LinkTest {
  private static final int SLOW = 4 * 1024 * 1024;

  @Parameter Transport transport;
  @TempDir Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private LinkPeers peers(int workers) {
    assumeTrue(!transport.epoll() || Epoll.isAvailable());
    LinkPeers peers = new LinkPeers(transport, workers);
    open.add(peers);
    return peers;
  }

  private Pair pair(LinkPeers peers) throws Exception {
    Pair pair = peers.pair();
    open.add(pair);
    return pair;
  }

  private static String read(Socket from, int length) throws IOException {
    return new String(from.getInputStream().readNBytes(length), StandardCharsets.ISO_8859_1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  @Test
  void bytesGoBothWays() throws Exception {
    Pair pair = pair(peers(1));
    pair.client().getOutputStream().write(ascii("hello"));
    pair.side().awaitRead("hello");
    pair.side().send("and back");
    assertThat(read(pair.client(), 8)).isEqualTo("and back");
    pair.side().on(() -> assertThat(pair.side().link.unsentBytes()).isZero());
  }

  @Test
  void whoItIsWithIsKnown() throws Exception {
    Pair pair = pair(peers(1));
    Link link = pair.side().link;
    assertThat(link.remote())
        .isEqualTo(new Link.Endpoint("127.0.0.1", pair.client().getLocalPort()));
    assertThat(link.local()).isEqualTo(new Link.Endpoint("127.0.0.1", pair.client().getPort()));
    assertThat(link.peerCredentials()).isNull();
    assertThat(link.fd() >= 0).isEqualTo(transport.epoll());
    link.remote(new Link.Endpoint("192.0.2.1", 5));
    assertThat(link.remote().host()).isEqualTo("192.0.2.1");
  }

  @Test
  void piecesOfEveryKindGoOutInOrder() throws Exception {
    Pair pair = pair(peers(1));
    ByteBufAllocator alloc = ByteBufAllocator.DEFAULT;
    pair.side().on(() -> {
      Link link = pair.side().link;
      link.write(alloc.heapBuffer().writeBytes(ascii("heap,")));
      link.write(alloc.directBuffer().writeBytes(ascii("direct,")));
      link.write(Unpooled.EMPTY_BUFFER);
      link.write(alloc.compositeDirectBuffer()
          .addComponent(true, alloc.directBuffer().writeBytes(ascii("com")))
          .addComponent(true, alloc.directBuffer().writeBytes(ascii("posite,"))));
      ByteBuf slices = alloc.directBuffer().writeBytes(ascii("..slice.."));
      link.write(slices.retainedSlice(2, 5));
      slices.release();
    });
    assertThat(read(pair.client(), 27)).isEqualTo("heap,direct,composite,slice");
  }

  @Test
  void anEndOfThePeerIsTold() throws Exception {
    Pair pair = pair(peers(1));
    pair.client().getOutputStream().write(ascii("last words"));
    pair.client().close();
    assertThat(pair.side().awaitClosed()).isNull();
    assertThat(pair.side().read).hasToString("last words");
    assertThat(pair.side().link.open()).isFalse();
    pair.side().send("into nothing");
  }

  @Test
  void aResetIsTold() throws Exception {
    Pair pair = pair(peers(1));
    pair.client().setSoLinger(true, 0);
    pair.client().close();
    pair.side().awaitClosed();
    assertThat(pair.side().link.open()).isFalse();
  }

  @Test
  void whatIsNotReadIsKeptByTheKernel() throws Exception {
    LinkPeers peers = peers(1);
    Pair pair = pair(peers);
    pair.side().on(pair.side().link::pauseReads);
    pair.client().getOutputStream().write(ascii("later"));
    Pair other = pair(peers); // turns pass
    other.client().getOutputStream().write(ascii("now"));
    other.side().awaitRead("now");
    assertThat(pair.side().read).isEmpty();
    pair.side().on(pair.side().link::resumeReads);
    pair.side().awaitRead("later");
  }

  @Test
  void whoIsNotReadAndGoesAwayIsMissed() throws Exception {
    assumeTrue(transport.epoll(), "only epoll tells");
    Pair pair = pair(peers(1));
    pair.side().on(pair.side().link::pauseReads);
    pair.client().close();
    assertThat(pair.side().awaitClosed()).isNull();
  }

  @Test
  void nothingIsLostOfWhatCameBeforeTheEndWhileNobodyRead() throws Exception {
    Pair pair = pair(peers(1));
    byte[] sent = random(500_000);
    ByteBuf got = Unpooled.buffer();
    pair.side().then = bytes -> {
      got.writeBytes(bytes);
      bytes.release();
    };
    pair.side().on(pair.side().link::pauseReads);
    Thread writer = Thread.ofVirtual().start(() -> {
      try {
        pair.client().getOutputStream().write(sent);
        pair.client().close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
    Awaitility.await().pollDelay(java.time.Duration.ofMillis(200)).until(() -> true);
    pair.side().on(pair.side().link::resumeReads);
    pair.side().awaitClosed();
    writer.join();
    byte[] all = new byte[got.readableBytes()];
    got.readBytes(all);
    assertThat(all).isEqualTo(sent);
  }

  @Test
  void aSlowReaderIsWaitedForAndNothingIsLost() throws Exception {
    Pair pair = pair(peers(1));
    byte[] sent = random(SLOW);
    Link link = pair.side().link;
    pair.side().on(() -> {
      for (int at = 0; at < SLOW; at += 1000) {
        int length = Math.min(1000, SLOW - at);
        link.write(link.buffer(length).writeBytes(sent, at, length));
      }
    });
    pair.side().on(() -> {
      assertThat(link.writable()).isFalse();
      assertThat(link.unsentBytes()).isGreaterThan(EpollLink.HIGH_WATER);
    });
    assertThat(pair.side().writable).isZero();
    assertThat(pair.client().getInputStream().readNBytes(SLOW)).isEqualTo(sent);
    Awaitility.await().atMost(PATIENCE).until(() -> pair.side().writable == 1);
    pair.side().on(() -> {
      assertThat(link.writable()).isTrue();
      assertThat(link.unsentBytes()).isZero();
    });
  }

  @Test
  void beforeACloseEverythingIsSent() throws Exception {
    Pair pair = pair(peers(1));
    byte[] sent = random(SLOW);
    pair.side().on(() -> {
      pair.side().link.write(pair.side().link.buffer(SLOW).writeBytes(sent));
      pair.side().link.close();
      assertThat(pair.side().link.open()).isFalse();
    });
    assertThat(pair.client().getInputStream().readAllBytes()).isEqualTo(sent);
    assertThat(pair.side().closed).as("a close of our own is not told").isNotDone();
  }

  /** The kernel would answer what is still coming with a reset, and the peer might lose the last words. */
  @Test
  void lastWordsAreReadByAPeerThatIsStillSending() throws Exception {
    Pair pair = pair(peers(1));
    pair.side().then = bytes -> {
      bytes.release();
      if (pair.side().link.open()) {
        pair.side().link.write(ByteBufAllocator.DEFAULT.buffer().writeBytes(ascii("no more!")));
        pair.side().link.close();
      }
    };
    AtomicBoolean stop = new AtomicBoolean();
    Thread sender = Thread.ofVirtual().start(() -> {
      try {
        for (int i = 0; i < 200 && !stop.get(); i++) {
          pair.client().getOutputStream().write(new byte[1000]);
          Thread.sleep(1);
        }
      } catch (IOException | InterruptedException _) {
        // the other side is gone
      }
    });
    assertThat(new String(pair.client().getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
        .isEqualTo("no more!");
    stop.set(true);
    sender.join();
  }

  @Test
  void anAbortDropsWhatWaits() throws Exception {
    Pair pair = pair(peers(1));
    pair.side().on(() -> {
      pair.side().link.write(pair.side().link.buffer(SLOW).writeZero(SLOW));
      pair.side().link.flush();
      pair.side().link.abort();
    });
    assertThat(pair.side().link.open()).isFalse();
    InputStream in = pair.client().getInputStream();
    Throwable end = catchThrowable(() -> assertThat(in.readAllBytes().length).isLessThan(SLOW));
    assertThat(end == null || end instanceof SocketException).isTrue();
    assertThat(pair.side().closed).isNotDone();
  }

  @Test
  void aMovedLinkGoesOnWhereItIs() throws Exception {
    LinkPeers peers = peers(2);
    Pair pair = pair(peers);
    Side side = pair.side();
    Worker from = side.link.worker();
    Worker to = peers.workers.get(1 - from.index());
    for (int i = 0; i < 20; i++) {
      Worker target = i % 2 == 0 ? to : from;
      side.read.setLength(0);
      AtomicBoolean moved = new AtomicBoolean();
      pair.client().getOutputStream().write(ascii("before"));
      side.awaitRead("before");
      side.on(() -> side.link.moveTo(target, () -> moved.set(target.inWorker())));
      pair.client().getOutputStream().write(ascii(" and after"));
      Awaitility.await().atMost(PATIENCE).untilTrue(moved);
      side.awaitRead("before and after");
      assertThat(side.link.worker()).isSameAs(target);
      side.send("here");
      assertThat(read(pair.client(), 4)).isEqualTo("here");
    }
  }

  @Test
  void whatWasNotSentMovesWithTheLink() throws Exception {
    LinkPeers peers = peers(2);
    Pair pair = pair(peers);
    Side side = pair.side();
    byte[] sent = random(SLOW);
    Worker target = peers.workers.get(1 - side.link.worker().index());
    side.on(() -> {
      side.link.write(side.link.buffer(SLOW).writeBytes(sent));
      side.link.moveTo(target, () -> side.link.write(
          ByteBufAllocator.DEFAULT.buffer().writeBytes(ascii("moved"))));
    });
    assertThat(pair.client().getInputStream().readNBytes(SLOW)).isEqualTo(sent);
    assertThat(read(pair.client(), 5)).isEqualTo("moved");
  }

  @Test
  void aLinkOfOursReachesAServer() throws Exception {
    LinkPeers peers = peers(1);
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Side side = peers.connect(server.getLocalSocketAddress(), 5000).get();
      try (Socket other = server.accept()) {
        other.getOutputStream().write(ascii("greeting"));
        assertThat(side.link.remote().port()).isEqualTo(server.getLocalPort());
        assertThat(side.link.local().port()).isEqualTo(other.getPort());
        side.send("question");
        assertThat(read(other, 8)).isEqualTo("question");
        assertThat(side.read).as("before reading is asked for").isEmpty();
        side.on(side.link::resumeReads);
        side.awaitRead("greeting");
        side.on(side.link::abort);
      }
    }
  }

  /** A server that is full says so and closes before anybody has looked. */
  @Test
  void theLastWordsOfAServerThatHangsUpAtOnceArrive() throws Exception {
    LinkPeers peers = peers(1);
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> {
        while (true) {
          try (Socket other = server.accept()) {
            other.getOutputStream().write(ascii("too many"));
          } catch (IOException _) {
            return;
          }
        }
      });
      for (int i = 0; i < 200; i++) {
        Side side = peers.connect(server.getLocalSocketAddress(), 5000, Link::resumeReads).get();
        assertThat(side.awaitClosed()).isNull();
        assertThat(side.read).hasToString("too many");
      }
    }
  }

  @Test
  void aRefusalSaysWhatChannelsSay() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    LinkPeers peers = peers(1);
    InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    Throwable why = catchThrowable(() -> peers.connect(to, 5000).join());
    assertThat(why).isInstanceOf(CompletionException.class);
    assertThat(why.getCause()).isInstanceOf(ConnectException.class)
        .hasMessageContaining("Connection refused").hasMessageContaining("127.0.0.1:" + port);
    if (transport == Transport.EPOLL) {
      try (LinkPeers channels = new LinkPeers(Transport.EPOLL_CHANNELS, 1)) {
        Throwable theirs = catchThrowable(() -> channels.connect(to, 5000).join());
        assertThat(why.getCause()).hasMessage(theirs.getCause().getMessage());
      }
    }
  }

  @Test
  void whoDoesNotAnswerIsGivenUp() throws Exception {
    LinkPeers peers = peers(1);
    // A queue of one that is full: the kernel drops what would come after.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> waiting = new ArrayList<>();
      SocketAddress to = full.getLocalSocketAddress();
      for (int i = 0; i < 4; i++) {
        Socket socket = new Socket();
        waiting.add(socket);
        if (catchThrowable(() -> socket.connect(to, 300)) != null) {
          break;
        }
      }
      Throwable why = catchThrowable(() -> peers.connect(to, 300).join());
      assertThat(why).hasCauseInstanceOf(SocketTimeoutException.class);
      assertThat(why.getCause()).hasMessage("connection timed out after 300 ms: " + to);
      for (Socket each : waiting) {
        each.close();
      }
    }
  }

  @Test
  void unixSocketsWorkOnBothSides() throws Exception {
    assumeTrue(transport.epoll());
    LinkPeers peers = peers(1);
    String path = folder.resolve("s").toString();
    Listener listener = peers.sockets.listenUnix(path, 6432, link -> {
      Side side = new Side(link);
      peers.accepted.add(side);
      return side;
    });
    Side ours = peers.connect(Sockets.unixAddress(path), 5000).get();
    Side theirs = peers.accepted();
    ours.on(ours.link::resumeReads);
    ours.send("over the file");
    theirs.awaitRead("over the file");
    theirs.send("system");
    ours.awaitRead("system");
    assertThat(theirs.link.remote()).isEqualTo(new Link.Endpoint("unix", 0));
    Link.Credentials who = theirs.link.peerCredentials();
    assertThat(who).isNotNull();
    assertThat(who.pid()).isEqualTo((int) ProcessHandle.current().pid());
    ours.on(ours.link::close);
    assertThat(theirs.awaitClosed()).isNull();
    listener.close();
    Throwable why = catchThrowable(
        () -> peers.connect(Sockets.unixAddress(folder.resolve("none").toString()), 500).join());
    try (LinkPeers channels = new LinkPeers(Transport.EPOLL_CHANNELS, 1)) {
      Throwable other = catchThrowable(() -> channels
          .connect(Sockets.unixAddress(folder.resolve("none").toString()), 500).join());
      assertThat(why.getCause()).hasMessage(other.getCause().getMessage())
          .hasSameClassAs(other.getCause());
    }
  }

  @Test
  void aForeignUnixServerIsReached() throws Exception {
    assumeTrue(transport.epoll());
    Path path = folder.resolve("foreign");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      Side side = peers(1).connect(Sockets.unixAddress(path.toString()), 500).get();
      try (SocketChannel other = server.accept()) {
        other.write(ByteBuffer.wrap(ascii("hello")));
        side.on(side.link::resumeReads);
        side.awaitRead("hello");
      }
      assertThat(side.awaitClosed()).isNull();
    }
  }

  /** A handler that throws costs its own connection, and not its worker's others. */
  @Test
  void aFaultOfAHandlerEndsItsLinkAlone() throws Exception {
    LinkPeers peers = peers(1);
    Pair bad = pair(peers);
    Pair good = pair(peers);
    IllegalStateException fault = new IllegalStateException("a fault");
    bad.side().then = bytes -> {
      bytes.release();
      throw fault;
    };
    bad.client().getOutputStream().write(1);
    assertThat(bad.side().awaitClosed()).isSameAs(fault);
    good.client().getOutputStream().write(ascii("fine"));
    good.side().awaitRead("fine");
  }
}
