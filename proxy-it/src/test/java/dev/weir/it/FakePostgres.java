package dev.weir.it;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import static dev.weir.it.RawClient.cstring;
import static dev.weir.it.RawClient.int32;
import static dev.weir.it.RawClient.message;

/** A server that does to each connection what the test wrote down for it: the n-th script for the n-th connection. */
final class FakePostgres implements AutoCloseable {
  static final byte[] AUTH_OK = message('R', int32(0));
  static final byte[] READY = message('Z', new byte[]{'I'});
  static final byte[] IN_TRANSACTION = message('Z', new byte[]{'T'});
  private static final int SSL_REQUEST = 80_877_103;

  private final ServerSocket listener;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<Script> scripts;
  private int accepted;

  /** What happens on one connection; when it returns or fails, the connection is closed. */
  interface Script {
    void play(Wire wire) throws IOException;
  }

  /** @param scripts the last one serves all further connections too */
  FakePostgres(Script... scripts) throws IOException {
    this(InetAddress.getLoopbackAddress(), 0, scripts);
  }

  /** At an address of its own; any of 127.0.0.0/8 is this machine on Linux. */
  FakePostgres(InetAddress at, int port, Script... scripts) throws IOException {
    this.scripts = List.of(scripts);
    listener = new ServerSocket(port, 50, at);
    Thread.ofVirtual().name("fake postgres").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        Script script = scripts.get(Math.min(accepted++, scripts.size() - 1));
        Thread.ofVirtual().start(() -> play(script, socket));
      }
    } catch (IOException _) {
      // closed
    }
  }

  private static void play(Script script, Socket socket) {
    try (socket) {
      script.play(new Wire(socket));
      if (!socket.isClosed()) {
        socket.shutdownOutput();
        socket.setSoTimeout(5_000);
        socket.getInputStream().transferTo(OutputStream.nullOutputStream()); // a close with bytes unread is a reset
      }
    } catch (IOException _) {
      // the other side has had enough
    }
  }

  /** The server's end of a connection. */
  static final class Wire {
    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    void send(byte[]... pieces) throws IOException {
      out.write(RawClient.concat(pieces));
      out.flush();
    }

    /** Reads the StartupMessage; an SSLRequest before it is answered with N. */
    void startup() throws IOException {
      while (true) {
        byte[] body = in.readNBytes(in.readInt() - 4);
        if (java.nio.ByteBuffer.wrap(body).getInt() != SSL_REQUEST) {
          return;
        }
        send(new byte[]{'N'});
      }
    }

    /** Reads the SSLRequest that a server may get first. */
    void sslRequest() throws IOException {
      in.readNBytes(in.readInt() - 4);
    }

    void login() throws IOException {
      startup();
      send(AUTH_OK, status("server_version", "15.0"), status("client_encoding", "UTF8"),
          status("application_name", ""), message('K', int32(1), int32(2)), READY);
    }

    /** The tag of the next message, which is read to its end. */
    char receive() throws IOException {
      int tag = in.read();
      if (tag < 0) {
        throw new IOException("end");
      }
      in.readNBytes(in.readInt() - 4);
      return (char) tag;
    }

    void receive(char tag) throws IOException {
      char got = receive();
      while (got != tag) {
        got = receive();
      }
    }

    /** Answers every query as a server without tables would. */
    void serve() throws IOException {
      while (true) {
        switch (receive()) {
          case 'Q' -> send(answer());
          case 'X' -> {
            return;
          }
          default -> {
            // not in these scripts
          }
        }
      }
    }

    /** Keeps the connection open and reads nothing until the other side closes it or the test ends. */
    void sleep() throws IOException {
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }

    Socket socket() {
      return socket;
    }
  }

  static byte[] status(String name, String value) {
    return message('S', cstring(name), cstring(value));
  }

  /** One row with one column {@code c} of value {@code x}. */
  static byte[] answer() {
    return RawClient.concat(
        message('T', new byte[]{0, 1}, cstring("c"), int32(0), new byte[2], int32(25),
            new byte[]{-1, -1}, int32(-1), new byte[2]),
        message('D', new byte[]{0, 1}, int32(1), new byte[]{'x'}),
        message('C', cstring("SELECT 1")),
        READY);
  }

  static byte[] error(String... fields) {
    byte[] all = {};
    for (String field : fields) {
      all = RawClient.concat(all, cstring(field));
    }
    return message('E', all, new byte[1]);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
