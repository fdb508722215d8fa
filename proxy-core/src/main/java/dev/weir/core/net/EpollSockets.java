package dev.weir.core.net;

import io.netty.channel.unix.Socket;
import java.io.IOException;

/** Options of sockets that have no channel; numbers of tcp(7) on Linux. */
final class EpollSockets {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_KEEPIDLE = 4;
  private static final int TCP_KEEPINTVL = 5;
  private static final int TCP_KEEPCNT = 6;
  private static final int TCP_USER_TIMEOUT = 18;

  private EpollSockets() {}

  static void apply(TcpOptions options, Socket to, boolean unix) throws IOException {
    if (options.bufferBytes() > 0) {
      to.setSendBufferSize(options.bufferBytes());
      to.setReceiveBufferSize(options.bufferBytes());
    }
    if (unix) {
      return;
    }
    to.setTcpNoDelay(true);
    if (options.userTimeoutMillis() > 0) {
      to.setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, options.userTimeoutMillis());
    }
    if (options.keepAlive()) {
      to.setKeepAlive(true);
      positive(to, TCP_KEEPCNT, options.keepCount());
      positive(to, TCP_KEEPIDLE, options.keepIdleSeconds());
      positive(to, TCP_KEEPINTVL, options.keepIntervalSeconds());
    }
  }

  private static void positive(Socket to, int option, int value) throws IOException {
    if (value > 0) {
      to.setIntOpt(IPPROTO_TCP, option, value);
    }
  }
}
