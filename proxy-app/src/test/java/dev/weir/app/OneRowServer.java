package dev.weir.app;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Says what PostgreSQL would say to a login without password and to a query with one short row. */
final class OneRowServer implements AutoCloseable {
  private static final int SSL_REQUEST = 80877103;
  private static final byte[] WELCOME = welcome();
  private static final byte[] ROW = row();

  private final ServerSocket listener;

  OneRowServer() throws IOException {
    listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("one-row-server").start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listener.accept();
        Thread.ofPlatform().daemon().name("one-row").start(() -> serve(socket));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      int length = in.readInt();
      if (in.readInt() == SSL_REQUEST) {
        out.write('N');
        length = in.readInt();
        in.readInt(); // the version
      }
      in.skipNBytes(length - 8L);
      out.write(WELCOME);
      while (true) {
        int tag = in.read();
        if (tag < 0 || tag == 'X') {
          return;
        }
        in.skipNBytes(in.readInt() - 4L);
        if (tag == 'Q') {
          out.write(ROW);
        }
      }
    } catch (IOException _) {
      // the proxy went away
    }
  }

  private static byte[] welcome() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    message(bytes, 'R', new byte[4]);
    message(bytes, 'S', "client_encoding\0UTF8\0".getBytes(StandardCharsets.US_ASCII));
    message(bytes, 'S', "server_version\00018.0\0".getBytes(StandardCharsets.US_ASCII));
    message(bytes, 'S', "application_name\0\0".getBytes(StandardCharsets.US_ASCII));
    message(bytes, 'K', new byte[8]);
    message(bytes, 'Z', new byte[]{'I'});
    return bytes.toByteArray();
  }

  private static byte[] row() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    message(bytes, 'T',
        new byte[]{0, 1, 'v', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 23, 0, 4, -1, -1, -1, -1,
          0, 0});
    message(bytes, 'D', new byte[]{0, 1, 0, 0, 0, 1, '1'});
    message(bytes, 'C', "SELECT 1\0".getBytes(StandardCharsets.US_ASCII));
    message(bytes, 'Z', new byte[]{'I'});
    return bytes.toByteArray();
  }

  static void message(ByteArrayOutputStream to, char tag, byte[] body) {
    try {
      DataOutputStream out = new DataOutputStream(to);
      out.writeByte(tag);
      out.writeInt(body.length + 4);
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
