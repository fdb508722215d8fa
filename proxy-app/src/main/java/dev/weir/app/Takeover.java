package dev.weir.app;

import dev.weir.pg.codec.Framing;
import dev.weir.pg.message.ErrorResponse;
import dev.weir.pg.message.FrontendMessage;
import dev.weir.pg.message.Query;
import dev.weir.pg.message.StartupMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * The console of a running process of the same account, reached through its Unix socket: {@code -R} starts beside it and
 * tells it to drain. Blocking; used at start only.
 */
final class Takeover implements AutoCloseable {
  private static final int MAX_MESSAGE = 1 << 20;
  private final SocketChannel socket;

  private Takeover(SocketChannel socket) {
    this.socket = socket;
  }

  /** Logs in to the process that listens there; null when none does. */
  static @Nullable Takeover of(Path unixSocket) throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      socket.connect(UnixDomainSocketAddress.of(unixSocket));
    } catch (IOException _) {
      socket.close();
      return null;
    }
    Takeover takeover = new Takeover(socket);
    try {
      SequencedMap<String, String> who = new LinkedHashMap<>();
      who.put("database", "pgbouncer");
      who.put("user", "pgbouncer");
      takeover.send(StartupMessage.of(who));
      takeover.awaitReady();
      return takeover;
    } catch (IOException e) {
      socket.close();
      throw new IOException(
          "takeover: cannot log in to the running process through " + unixSocket + ": "
              + e.getMessage(),
          e);
    }
  }

  /** The running process stops accepting, serves the clients it has and then ends. */
  void drain() throws IOException {
    run("SHUTDOWN WAIT_FOR_CLIENTS;");
  }

  private void run(String command) throws IOException {
    send(new Query(command));
    awaitReady();
  }

  private void send(FrontendMessage message) throws IOException {
    ByteBuf out = Unpooled.buffer();
    message.encode(out);
    ByteBuffer bytes = out.nioBuffer();
    while (bytes.hasRemaining()) {
      socket.write(bytes);
    }
  }

  private void awaitReady() throws IOException {
    while (true) {
      ByteBuf header = read(Framing.HEADER);
      byte tag = header.getByte(0);
      ByteBuf body = read(Framing.messageLength(header, 0, MAX_MESSAGE) - Framing.HEADER);
      if (tag == 'E') {
        throw new IOException(String.valueOf(ErrorResponse.decode(body).message()));
      }
      if (tag == 'Z') {
        return;
      }
    }
  }

  private ByteBuf read(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (socket.read(bytes) < 0) {
        throw new EOFException("the connection was closed");
      }
    }
    return Unpooled.wrappedBuffer(bytes.flip());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
