package dev.weir.app.host;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A unix datagram socket that hears what a daemon says to its manager or logger. */
public final class DatagramListener implements AutoCloseable {
  private final Socket socket;

  public DatagramListener(String path) throws IOException {
    Epoll.ensureAvailability();
    socket = Socket.newSocketDomainDgram();
    socket.bind(new DomainSocketAddress(path));
  }

  /** The next datagram; waits up to ten seconds for it. */
  public String next() throws IOException, InterruptedException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(65536);
    for (int attempt = 0; attempt < 1000; attempt++) {
      int read = socket.read(buffer, 0, buffer.capacity());
      if (read > 0) {
        byte[] bytes = new byte[read];
        buffer.get(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
      }
      Thread.sleep(10);
    }
    throw new IOException("nothing came");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
