package dev.weir.core.net.tls;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A server that echoes through TLS, and clients for it, over real sockets. */
final class TlsPeers implements AutoCloseable {
  static final String LOOP = "test-loop";

  final ExecutorService handshakes = Executors.newFixedThreadPool(2,
      Thread.ofPlatform().name("handshake-", 0).factory());
  final Queue<Throwable> exceptions = new ConcurrentLinkedQueue<>();
  final Queue<CompletableFuture<SslHandler>> accepted = new ConcurrentLinkedQueue<>();
  final Queue<CompletableFuture<Boolean>> closed = new ConcurrentLinkedQueue<>();
  private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1,
      Thread.ofPlatform().name(LOOP).factory(), NioIoHandler.newFactory());

  int listen(Supplier<TlsHandshake> tls) {
    Channel listener = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
        .childHandler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            TlsHandshake handshake = tls.get();
            accepted.add(handshake.done().toCompletableFuture());
            CompletableFuture<Boolean> end = new CompletableFuture<>();
            closed.add(end);
            channel.closeFuture().addListener(_ -> end.complete(true));
            channel.pipeline().addLast("tls", handshake).addLast(new Echo());
          }
        })
        .bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  private final class Echo extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ctx.writeAndFlush(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      exceptions.add(cause);
      ctx.close();
    }
  }

  /** A connection of ours with TLS: its handler, what it reads. */
  static final class Client extends ChannelInboundHandlerAdapter {
    final CompletableFuture<SslHandler> handshake;
    final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private final StringBuilder read = new StringBuilder();
    private final CompletableFuture<Channel> channel = new CompletableFuture<>();
    private int wanted;
    private CompletableFuture<String> answer = new CompletableFuture<>();

    Client(TlsHandshake tls) {
      handshake = tls.done().toCompletableFuture();
    }

    @Override
    public synchronized void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      read.append(bytes.toString(java.nio.charset.StandardCharsets.US_ASCII));
      bytes.release();
      if (read.length() >= wanted) {
        answer.complete(read.toString());
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answer.completeExceptionally(new java.nio.channels.ClosedChannelException());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      answer.completeExceptionally(cause);
      ctx.close();
    }

    SslHandler tls() throws Exception {
      return handshake.get(10, TimeUnit.SECONDS);
    }

    String echo(String text) throws Exception {
      tls();
      synchronized (this) {
        read.setLength(0);
        wanted = text.length();
        answer = new CompletableFuture<>();
      }
      channel.join().writeAndFlush(ByteBufUtil.writeAscii(channel.join().alloc(), text));
      return answer.get(10, TimeUnit.SECONDS);
    }

    Channel channel() {
      return channel.join();
    }
  }

  Client connect(int port, TlsHandshake tls) {
    Client client = new Client(tls);
    client.channel.complete(new Bootstrap().group(loops).channel(NioSocketChannel.class)
        .handler(new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel channel) {
            channel.pipeline().addLast("tls", (ChannelHandler) tls).addLast(client);
          }
        })
        .connect(InetAddress.getLoopbackAddress(), port).syncUninterruptibly().channel());
    return client;
  }

  @Override
  public void close() {
    handshakes.close(); // first, so that no step is under way when the loop ends
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
