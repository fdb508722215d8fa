package dev.weir.core.net;

import dev.weir.core.net.Link.Endpoint;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannelOption;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens listening and connecting sockets. Thread-safe. */
public final class Sockets {
  /** Enough to keep the other side reading in large pieces, little enough for thousands of slow readers. */
  private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(
      EpollLink.LOW_WATER, EpollLink.HIGH_WATER);
  /** The kernel gives a deferred connection up after this many seconds without data. */
  private static final int DEFER_ACCEPT_SECONDS = 1;

  private final Workers workers;
  private final ReadSizes readSizes = new ReadSizes();
  private volatile TcpOptions options;

  public Sockets(Workers workers, TcpOptions options) {
    this.workers = workers;
    this.options = options;
  }

  /** For sockets opened from now on. */
  public void options(TcpOptions changed) {
    this.options = changed;
  }

  /** How often a connection is read at most before the others have their turn; 0 sets no bound. For all, at once. */
  public void readsPerTurn(int most) {
    readSizes.readsPerTurn(most);
  }

  int readsPerTurn() {
    return readSizes.readsPerTurn();
  }

  TcpOptions options() {
    return options;
  }

  /**
   * Listens; blocks until the socket is bound.
   *
   * @param accepted gives each new link its handler; called on the link's worker
   * @throws IOException when the address cannot be bound; the message names it
   */
  public Listener listen(InetSocketAddress address, Function<Link, LinkHandler> accepted)
      throws IOException {
    ServerBootstrap server = server(false, accepted);
    server.option(ChannelOption.SO_REUSEADDR, true);
    boolean epoll = workers.transport().epoll();
    if (options.reusePort()) {
      if (!epoll) {
        throw new IOException("so_reuseport needs the epoll transport (Linux)");
      }
      server.option(UnixChannelOption.SO_REUSEPORT, true);
    }
    if (epoll && options.deferAccept()) {
      server.option(EpollChannelOption.TCP_DEFER_ACCEPT, DEFER_ACCEPT_SECONDS);
    }
    server.childOption(ChannelOption.TCP_NODELAY, true);
    Channel channel = bind(server, address, address.getHostString() + ":" + address.getPort());
    InetSocketAddress bound = (InetSocketAddress) channel.localAddress();
    return new Listener(channel, new Endpoint(Endpoint.hostOf(bound.getAddress()), bound.getPort()),
        false);
  }

  /**
   * Listens on a Unix socket.
   *
   * @param path a leading {@code @} means the abstract namespace
   * @param port the number shown as the socket's port
   */
  public Listener listenUnix(String path, int port, Function<Link, LinkHandler> accepted)
      throws IOException {
    Channel channel = bind(server(true, accepted), unixAddress(path), "unix:" + path);
    return new Listener(channel, new Endpoint("unix", port), true);
  }

  /**
   * Listens on a TCP socket that was opened for us and already listens (systemd's socket activation). (Netty's channel
   * for Unix sockets cannot be made active this way.)
   *
   * @param descriptor its number in this process; must not block
   */
  public Listener adopt(int descriptor, Function<Link, LinkHandler> accepted) throws IOException {
    if (!workers.transport().epoll()) {
      throw new IOException("sockets from the service manager need the epoll transport (Linux)");
    }
    ChannelFuture registered = server(false, accepted)
        .channelFactory(() -> new EpollServerSocketChannel(descriptor))
        .register().awaitUninterruptibly();
    if (!registered.isSuccess()
        || !(registered.channel().localAddress() instanceof InetSocketAddress address)) {
      throw new IOException("cannot use descriptor " + descriptor + " from the service manager",
          registered.cause());
    }
    return new Listener(registered.channel(),
        new Endpoint(Endpoint.hostOf(address.getAddress()), address.getPort()),
        false);
  }

  private ServerBootstrap server(boolean unix, Function<Link, LinkHandler> accepted) {
    ServerBootstrap server = new ServerBootstrap()
        .group(workers.group())
        .option(ChannelOption.SO_BACKLOG, options.backlog())
        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, readSizes)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .childHandler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            applyTcp(channel, unix);
            Worker worker = workers.of(channel.eventLoop());
            NettyLink link = new NettyLink(channel, workers, worker, NoHandler.INSTANCE);
            link.handler(accepted.apply(link));
            channel.pipeline().addLast("link", link);
          }
        });
    if (workers.transport() == Transport.EPOLL) {
      server.handler(new EpollAcceptor(this, workers, unix, accepted));
    }
    return server;
  }

  private Channel bind(ServerBootstrap server, SocketAddress address, String name)
      throws IOException {
    server.channel(workers.transport().listener(address instanceof DomainSocketAddress));
    ChannelFuture bound = server.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      Throwable cause = bound.cause();
      throw new IOException("cannot listen on " + name + ": " + cause.getMessage(), cause);
    }
    return bound.channel();
  }

  /**
   * Connects from a worker; the outcome comes on it: the link, or null and the cause. The link has no handler yet and
   * reads nothing before one is set and {@link Link#resumeReads} is called.
   */
  public void connect(Worker from, SocketAddress to, int timeoutMillis,
      BiConsumer<@Nullable Link, @Nullable Throwable> done) {
    if (workers.transport() == Transport.EPOLL) {
      from.execute(new EpollConnect(this, from, to, timeoutMillis, done));
      return;
    }
    boolean unix = to instanceof DomainSocketAddress;
    Bootstrap client = new Bootstrap()
        .group(from.loop())
        .channel(workers.transport().socket(unix))
        .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .option(ChannelOption.RECVBUF_ALLOCATOR, readSizes)
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
        .option(ChannelOption.AUTO_READ, false)
        .handler(new ChannelInitializer<>() {
          @Override
          protected void initChannel(Channel channel) {
            applyTcp(channel, unix);
            channel.pipeline().addLast("link",
                new NettyLink(channel, workers, from, NoHandler.INSTANCE));
          }
        });
    if (!unix) {
      client.option(ChannelOption.TCP_NODELAY, true);
    }
    client.connect(to).addListener(f -> {
      ChannelFuture connected = (ChannelFuture) f;
      from.run(() -> {
        if (connected.isSuccess()) {
          done.accept(connected.channel().pipeline().get(NettyLink.class), null);
        } else {
          done.accept(null, plain(connected.cause()));
        }
        from.flushDirty();
      });
    });
  }

  /** A channel for a socket that is connected; in no worker's set yet. */
  NettyLink channel(Socket connected, boolean unix, Worker worker, LinkHandler handler) {
    Channel channel = unix
        ? new EpollDomainSocketChannel(connected.intValue())
        : new EpollSocketChannel(connected.intValue());
    channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
    channel.config().setRecvByteBufAllocator(readSizes);
    channel.config().setWriteBufferWaterMark(WATER_MARK);
    NettyLink link = new NettyLink(channel, workers, worker, handler);
    channel.pipeline().addLast("link", link);
    return link;
  }

  /** As the JDK's sockets report it, for who knows no Netty. */
  private static Throwable plain(Throwable cause) {
    return cause instanceof ConnectTimeoutException
        ? new SocketTimeoutException(cause.getMessage())
        : cause;
  }

  /** Address of a Unix socket; a leading {@code @} means the abstract namespace. */
  public static SocketAddress unixAddress(String path) {
    return new DomainSocketAddress(path.startsWith("@") ? "\0" + path.substring(1) : path);
  }

  private void applyTcp(Channel channel, boolean unix) {
    TcpOptions o = options;
    if (o.bufferBytes() > 0) {
      channel.config().setOption(ChannelOption.SO_SNDBUF, o.bufferBytes());
      channel.config().setOption(ChannelOption.SO_RCVBUF, o.bufferBytes());
    }
    if (unix) {
      return;
    }
    boolean epoll = workers.transport().epoll();
    if (epoll && o.userTimeoutMillis() > 0) {
      channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, o.userTimeoutMillis());
    }
    if (o.keepAlive()) {
      keepAlive(channel, o, epoll);
    }
  }

  private static void keepAlive(Channel channel, TcpOptions o, boolean epoll) {
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    if (!epoll) {
      return;
    }
    if (o.keepCount() > 0) {
      channel.config().setOption(EpollChannelOption.TCP_KEEPCNT, o.keepCount());
    }
    if (o.keepIdleSeconds() > 0) {
      channel.config().setOption(EpollChannelOption.TCP_KEEPIDLE, o.keepIdleSeconds());
    }
    if (o.keepIntervalSeconds() > 0) {
      channel.config().setOption(EpollChannelOption.TCP_KEEPINTVL, o.keepIntervalSeconds());
    }
  }

  /** Before the owner has said who listens: nothing may arrive. */
  enum NoHandler implements LinkHandler {
    INSTANCE;

    @Override
    public void onBytes(ByteBuf bytes) {
      bytes.release();
    }

    @Override
    public void onWritable() {
      // nothing was written
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
      // the owner is told by the connect callback, or sets its handler in the same turn
    }
  }
}
