package dev.weir.core.net;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;

/** Which kind of sockets the workers use. */
public enum Transport {
  /** Linux's epoll. Connections have a channel only when they are encrypted. */
  EPOLL,
  /** Linux's epoll, with a channel for every connection. */
  EPOLL_CHANNELS,
  /** What the JDK has everywhere. */
  NIO {
    @Override
    IoHandlerFactory handler() {
      return NioIoHandler.newFactory();
    }

    @Override
    Class<? extends ServerChannel> listener(boolean unix) {
      refuseUnix(unix);
      return NioServerSocketChannel.class;
    }

    @Override
    Class<? extends Channel> socket(boolean unix) {
      refuseUnix(unix);
      return NioSocketChannel.class;
    }

    @Override
    boolean epoll() {
      return false;
    }

    private void refuseUnix(boolean unix) {
      if (unix) {
        throw new UnsupportedOperationException(
            "Unix sockets need the epoll transport (Linux); set unix_socket_dir to empty");
      }
    }
  };

  IoHandlerFactory handler() {
    return EpollIoHandler.newFactory();
  }

  Class<? extends ServerChannel> listener(boolean unix) {
    return unix ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class;
  }

  Class<? extends Channel> socket(boolean unix) {
    return unix ? EpollDomainSocketChannel.class : EpollSocketChannel.class;
  }

  /** Whether sockets have what only Linux has. */
  boolean epoll() {
    return true;
  }

  /** Epoll where the native library loads, else NIO. */
  public static Transport best() {
    return Epoll.isAvailable() ? EPOLL : NIO;
  }
}
