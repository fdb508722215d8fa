package dev.weir.core.net;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** One attempt to connect without a channel; its outcome comes on the worker. Confined to the worker. */
final class EpollConnect implements Runnable, EpollHandle.Owner {
  private final Sockets sockets;
  private final Worker worker;
  private final SocketAddress to;
  private final int timeoutMillis;
  private final BiConsumer<@Nullable Link, @Nullable Throwable> done;
  private @Nullable EpollHandle handle;
  private @Nullable ScheduledFuture<?> timeout;
  private boolean over;

  /** @param timeoutMillis 0 for none */
  EpollConnect(Sockets sockets, Worker worker, SocketAddress to, int timeoutMillis,
      BiConsumer<@Nullable Link, @Nullable Throwable> done) {
    this.sockets = sockets;
    this.worker = worker;
    this.to = to;
    this.timeoutMillis = timeoutMillis;
    this.done = done;
  }

  private boolean unix() {
    return to instanceof DomainSocketAddress;
  }

  /** Begins. */
  @Override
  public void run() {
    try {
      if (to instanceof InetSocketAddress inet && inet.isUnresolved()) {
        throw new UnknownHostException(inet.getHostString());
      }
      EpollHandle made = new EpollHandle(
          unix() ? Socket.newSocketDomain() : Socket.newSocketStream(), this);
      handle = made;
      EpollSockets.apply(sockets.options(), made.socket(), unix());
      boolean connected = made.socket().connect(to);
      if (!connected) {
        made.want(EpollHandle.OUT);
      }
      made.register(worker);
      if (connected) {
        established(made);
      } else if (timeoutMillis > 0) {
        timeout = worker.loop().schedule(() -> worker.turn(this::tooLate), timeoutMillis,
            TimeUnit.MILLISECONDS);
      }
    } catch (IOException | RuntimeException e) {
      failed(e);
    }
  }

  @Override
  public void ready(int events) throws IOException {
    EpollHandle connecting = handle;
    try {
      if (!over && connecting != null && connecting.socket().finishConnect()) {
        established(connecting);
      }
    } finally {
      worker.flushDirty();
    }
  }

  private void established(EpollHandle connected) {
    over = true;
    stopTimeout();
    connected.drop(EpollHandle.OUT);
    InetSocketAddress peer = unix() ? null : connected.socket().remoteAddress();
    InetSocketAddress local = unix() ? null : connected.socket().localAddress();
    done.accept(new EpollLink(connected, sockets, worker, Sockets.NoHandler.INSTANCE,
        EpollLink.endpoint(unix(), peer == null && to instanceof InetSocketAddress i ? i : peer),
        EpollLink.endpoint(unix(), local)), null);
  }

  private void tooLate() {
    failed(new SocketTimeoutException(
        "connection timed out after " + timeoutMillis + " ms: " + to));
  }

  private void stopTimeout() {
    if (timeout != null) {
      timeout.cancel(false);
    }
  }

  @Override
  public void failed(@Nullable Throwable why) {
    if (over) {
      return;
    }
    over = true;
    stopTimeout();
    if (handle != null) {
      handle.closeSocket();
    }
    done.accept(null, why == null ? new SocketException("the worker has ended") : withAddress(why));
    worker.flushDirty();
  }

  /** The system's reason and where it was to go, as channels report it. */
  private Throwable withAddress(Throwable why) {
    String text = why.getMessage() + ": " + to;
    SocketException told = switch (why) {
      case ConnectException _ -> new ConnectException(text);
      case NoRouteToHostException _ -> new NoRouteToHostException(text);
      case SocketException _ -> new SocketException(text);
      default -> null;
    };
    if (told == null) {
      return why;
    }
    told.initCause(why);
    return told;
  }
}
