package dev.weir.app.host;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Sends datagrams to a unix socket, as the loggers and service managers of Linux expect them. Never blocks: what the
 * receiver has no room for is refused with an error. Not thread-safe.
 */
public final class UnixDatagram implements AutoCloseable {
  private final Socket socket;

  private UnixDatagram(Socket socket) {
    this.socket = socket;
  }

  /**
   * Connects to the socket file; a leading {@code @} stands for the abstract namespace, as systemd writes it.
   *
   * @throws IOException when nobody listens, or this system has no such sockets
   */
  public static UnixDatagram to(String path) throws IOException {
    if (!Epoll.isAvailable()) {
      throw new IOException("unix datagram sockets need Linux", Epoll.unavailabilityCause());
    }
    Socket socket = Socket.newSocketDomainDgram();
    boolean connected = false;
    try {
      connected = socket
          .connect(new DomainSocketAddress(path.startsWith("@") ? "\0" + path.substring(1) : path));
      if (!connected) {
        throw new IOException("connection to " + path + " would block");
      }
      return new UnixDatagram(socket);
    } finally {
      if (!connected) {
        socket.close();
      }
    }
  }

  /** Sends one datagram: all of it or an error. */
  public void send(byte[] message) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(message.length).put(message).flip();
    int sent = socket.write(buffer, 0, message.length);
    if (sent < message.length) {
      throw new IOException("the receiver of " + message.length + " bytes is busy");
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException _) {
      // a datagram socket holds nothing back
    }
  }
}
