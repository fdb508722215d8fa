package dev.weir.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/** Sockets that say a header first, as a load balancer's do. For the driver's option {@code socketFactory}. */
public final class HeaderSocketFactory extends SocketFactory {
  /** What they say; set before connecting. */
  static volatile byte[] header = {};

  /** The driver makes one for each connection. */
  public HeaderSocketFactory() {}

  @Override
  public Socket createSocket() {
    return new Socket() {
      @Override
      public void connect(SocketAddress to, int timeout) throws IOException {
        super.connect(to, timeout);
        getOutputStream().write(header);
      }
    };
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }
}
