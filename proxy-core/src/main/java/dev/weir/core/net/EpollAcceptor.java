package dev.weir.core.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what a listening channel has accepted out of Netty's hands before it is a channel in use, and makes it a link
 * without one.
 */
@Sharable
final class EpollAcceptor extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(EpollAcceptor.class);

  private final Sockets sockets;
  private final Workers workers;
  private final boolean unix;
  private final Function<Link, LinkHandler> accepted;

  EpollAcceptor(Sockets sockets, Workers workers, boolean unix,
      Function<Link, LinkHandler> accepted) {
    this.sockets = sockets;
    this.workers = workers;
    this.unix = unix;
    this.accepted = accepted;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Channel child = (Channel) message;
    try {
      Worker worker = workers.of(workers.group().next());
      Socket socket = new Socket(((UnixChannel) child).fd().intValue());
      EpollSockets.apply(sockets.options(), socket, unix);
      EpollLink link = new EpollLink(socket, sockets, worker, Sockets.NoHandler.INSTANCE,
          EpollLink.endpoint(unix, inet(child.remoteAddress())),
          EpollLink.endpoint(unix, inet(child.localAddress())));
      if (worker.inWorker()) {
        worker.turn(() -> begin(link));
      } else {
        worker.execute(() -> begin(link));
      }
    } catch (IOException | RuntimeException e) { // as when it is reset already
      LOG.debug("a new connection failed", e);
      child.unsafe().closeForcibly();
    }
  }

  private static InetSocketAddress inet(Object address) {
    return address instanceof InetSocketAddress inet ? inet : new InetSocketAddress(0);
  }

  private void begin(EpollLink link) {
    try {
      link.start();
      link.handler(accepted.apply(link));
    } catch (IOException | RuntimeException e) {
      LOG.warn("a new connection failed", e);
      link.abort();
    }
  }
}
