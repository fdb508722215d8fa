package dev.weir.core.net;

import dev.weir.core.net.tls.TlsHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.PeerCredentials;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A {@link Link} over a Netty channel. Confined to its channel's event loop. */
public final class NettyLink extends ChannelInboundHandlerAdapter implements Link {
  /** How long a peer may take to read the last bytes. */
  static final int LINGER_SECONDS = 10;
  static final int HALF_CLOSED_SECONDS = 1;

  private final Channel channel;
  private final Workers workers;
  private volatile Worker worker;
  private LinkHandler handler;
  private boolean dirty;
  private boolean closed;
  private @Nullable SslHandler ssl;
  private volatile @Nullable Endpoint claimed; // tables look at it from other threads
  private @Nullable LinkStage stage;
  private boolean readsPaused; // as the handler wants it; a stage may keep the socket from being read besides
  private boolean moving;

  NettyLink(Channel channel, Workers workers, Worker worker, LinkHandler handler) {
    this.channel = channel;
    this.workers = workers;
    this.worker = worker;
    this.handler = handler;
  }

  @Override
  public Worker worker() {
    return worker;
  }

  @Override
  public void handler(LinkHandler handler) {
    this.handler = handler;
  }

  @Override
  public void write(ByteBuf bytes) {
    if (closed) {
      bytes.release();
      return;
    }
    if (!dirty) {
      dirty = true;
      worker.markDirty(this);
    }
    LinkStage through = stage;
    ByteBuf out = through == null ? bytes : through.write(bytes);
    if (out != null) {
      channel.write(out, channel.voidPromise());
    }
  }

  @Override
  public void flush() {
    if (dirty) {
      dirty = false;
      drainStage();
      channel.flush();
    }
  }

  private void drainStage() {
    ByteBuf out = stage == null ? null : stage.drain();
    if (out != null) {
      channel.write(out, channel.voidPromise());
    }
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public int unsentBytes() {
    ChannelOutboundBuffer out = channel.unsafe().outboundBuffer();
    int gathered = stage == null ? 0 : stage.gatheredBytes();
    return out == null
        ? gathered
        : (int) Math.min(Integer.MAX_VALUE, gathered + out.totalPendingWriteBytes());
  }

  @Override
  public void pauseReads() {
    readsPaused = true;
    channel.config().setAutoRead(false);
  }

  @Override
  public void resumeReads() {
    readsPaused = false;
    if (stage != null && stage.holdsInput()) {
      later(); // not from within whatever the handler is doing
    } else {
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    dirty = false;
    drainStage();
    endStage();
    if (channel.isActive()) {
      // An empty write completes after everything before it has left.
      channel.writeAndFlush(channel.alloc().buffer(0)).addListener(f -> endOutput());
      if (channel.isOpen()) { // the peer does not take it: it may not keep us for ever
        channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
      }
    } else {
      channel.close();
    }
  }

  /**
   * Everything has been sent. Closing while the peer still sends would make the kernel reset the connection, and the
   * peer might never read why it was closed: so we say that we are done, and let what comes run into nothing until the
   * peer closes, or for a second.
   */
  private void endOutput() {
    if (ssl == null && channel instanceof DuplexChannel duplex && channel.isActive()) {
      channel.config().setAutoRead(true);
      duplex.shutdownOutput();
      channel.eventLoop().schedule(() -> channel.close(), HALF_CLOSED_SECONDS, TimeUnit.SECONDS);
    } else {
      channel.close();
    }
  }

  @Override
  public void abort() {
    closed = true;
    dirty = false;
    endStage();
    channel.close();
  }

  private void endStage() {
    if (stage != null) {
      stage.close();
    }
  }

  @Override
  public boolean open() {
    return !closed;
  }

  @Override
  public ByteBuf buffer(int capacity) {
    return channel.alloc().directBuffer(capacity);
  }

  @Override
  public void startTls(TlsHandshake tls, @Nullable ByteBuf early,
      Consumer<@Nullable Throwable> done) {
    flush();
    tls.done().whenComplete((@Nullable SslHandler handler, @Nullable Throwable failure) -> {
      ssl = handler;
      done.accept(failure);
      worker.flushDirty();
    });
    channel.pipeline().addFirst("tls", tls);
    if (early != null) {
      channel.pipeline().fireChannelRead(early);
      channel.pipeline().fireChannelReadComplete();
    }
  }

  /**
   * Takes a connection over from a link without a channel, for TLS; on the worker.
   *
   * @param rest what was written before and still has to go out as it is; ownership is taken
   * @param reads whether the socket is read from here on
   */
  void begin(List<ByteBuf> rest, boolean reads, TlsHandshake tls, @Nullable ByteBuf early,
      Consumer<@Nullable Throwable> done) {
    readsPaused = !reads;
    channel.config().setAutoRead(false); // nothing may pass the handshake by
    worker.loop().register(channel).addListener(registered -> {
      if (!registered.isSuccess()) {
        rest.forEach(ByteBuf::release);
        drop(tls, early);
        done.accept(registered.cause());
        channelClosed(registered.cause());
        return;
      }
      rest.forEach(bytes -> channel.write(bytes, channel.voidPromise()));
      channel.flush();
      startTls(tls, early, done);
      if (channel.isActive()) {
        channel.config().setAutoRead(!readsPaused);
      } else { // reset meanwhile
        channel.pipeline().fireChannelInactive();
        channel.close();
      }
    });
  }

  /** Frees a handshake that nobody is there for any more. */
  static void drop(TlsHandshake tls, @Nullable ByteBuf early) {
    if (early != null) {
      early.release();
    }
    EmbeddedChannel nowhere = new EmbeddedChannel(tls);
    nowhere.finishAndReleaseAll();
  }

  @Override
  public void pass(StreamStage through, @Nullable ByteBuf early) {
    if (stage != null) {
      throw new IllegalStateException("the link has a stage already");
    }
    LinkStage made = new LinkStage(through, new StageOwner());
    stage = made;
    if (closed) {
      made.close();
    }
    if (early != null) {
      made.begin(early);
    }
  }

  /** Hands on what the stage holds, after this turn. */
  private void later() {
    Worker here = worker;
    LinkStage through = stage;
    here.execute(() -> {
      if (worker == here && !moving && through != null) {
        through.resume();
      }
    });
  }

  /** The socket below the stage and the handler above it. */
  private final class StageOwner implements LinkStage.Owner {
    @Override
    public ByteBuf buffer(int capacity) {
      return NettyLink.this.buffer(capacity);
    }

    @Override
    public void deliver(ByteBuf piece) {
      handler.onBytes(piece);
    }

    @Override
    public boolean takesMore() {
      return !readsPaused && !closed && !moving;
    }

    @Override
    public void readSocket(boolean now) {
      channel.config().setAutoRead(now);
    }

    @Override
    public void later() {
      NettyLink.this.later();
    }

    @Override
    public void broken(RuntimeException why) {
      channelClosed(why);
      channel.close();
    }

    @Override
    public void ended() {
      channelClosed(null);
    }
  }

  @Override
  public @Nullable SSLSession tlsSession() {
    return ssl == null ? null : ssl.engine().getSession();
  }

  @Override
  public @Nullable String tlsApplicationProtocol() {
    return ssl == null ? null : ssl.applicationProtocol();
  }

  @Override
  public void moveTo(Worker target, Runnable moved) {
    flush();
    moving = true;
    channel.deregister().addListener(_ -> {
      worker = target;
      target.loop().register(channel).addListener(done -> {
        if (done.isSuccess()) {
          target.turn(() -> arrived(moved));
        } else {
          target.execute(() -> {
            moving = false;
            channelClosed(done.cause());
            moved.run();
          });
        }
      });
    });
  }

  private void arrived(Runnable moved) {
    moving = false;
    moved.run();
    if (stage != null && stage.holdsInput()) {
      stage.resume(); // what came too late to be handed on where the link was
    }
  }

  @Override
  public Endpoint remote() {
    Endpoint other = claimed;
    return other != null ? other : endpoint(channel.remoteAddress());
  }

  @Override
  public void remote(Endpoint claimed) {
    this.claimed = claimed;
  }

  @Override
  public Endpoint local() {
    return endpoint(channel.localAddress());
  }

  private Endpoint endpoint(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return new Endpoint(
          inet.getAddress() == null ? inet.getHostString() : Endpoint.hostOf(inet.getAddress()),
          inet.getPort());
    }
    return channel instanceof EpollDomainSocketChannel ? new Endpoint("unix", 0) : Endpoint.UNKNOWN;
  }

  @Override
  public @Nullable Credentials peerCredentials() {
    if (!(channel instanceof EpollDomainSocketChannel unix)) {
      return null;
    }
    try {
      PeerCredentials who = unix.peerCredentials();
      int[] gids = who.gids();
      return new Credentials(who.pid(), who.uid(), gids.length == 0 ? -1 : gids[0]);
    } catch (IOException _) {
      return null; // the peer is already gone: nobody is let in on that ground
    }
  }

  @Override
  public int fd() {
    return channel instanceof UnixChannel unix ? unix.fd().intValue() : -1;
  }

  /** The workers this link may move between. */
  Workers workers() {
    return workers;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (closed) {
      bytes.release();
    } else if (stage != null) {
      stage.received(bytes);
    } else {
      handler.onBytes(bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    worker.flushDirty();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!closed && channel.isWritable()) {
      handler.onWritable();
      if (!dirty) {
        return;
      }
      // Written outside of a turn of ours: flush after Netty's own flush has ended.
      worker.execute(() -> {});
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (stage != null && !closed) {
      stage.inputOver();
    } else {
      channelClosed(null);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    channelClosed(cause);
    channel.close();
  }

  private void channelClosed(@Nullable Throwable cause) {
    if (!closed) {
      closed = true;
      dirty = false;
      endStage();
      handler.onClosed(cause);
      worker.flushDirty();
    }
  }
}
