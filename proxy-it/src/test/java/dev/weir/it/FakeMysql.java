package dev.weir.it;

import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.HandshakeV10;
import dev.weir.mysql.packet.ServerStatus;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import static dev.weir.it.RawMysqlClient.packet;

/** A MySQL server that does to each connection what the test wrote down for it. */
final class FakeMysql implements AutoCloseable {
  static final byte[] OK = {0, 0, 0, 2, 0, 0, 0};
  static final byte[] EOF = {(byte) 0xfe, 0, 0, 2, 0};
  private static final long CAPABILITIES = Capabilities.MYSQL | Capabilities.LONG_FLAG
      | Capabilities.CONNECT_WITH_DB | Capabilities.PROTOCOL_41 | Capabilities.TRANSACTIONS
      | Capabilities.SECURE_CONNECTION | Capabilities.PLUGIN_AUTH | Capabilities.LOCAL_FILES
      | Capabilities.MULTI_STATEMENTS | Capabilities.MULTI_RESULTS;

  private final ServerSocket listener;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<Script> scripts;
  private int accepted;

  /** What happens on one connection; when it returns or fails, the connection is closed. */
  interface Script {
    void play(Wire wire) throws IOException;
  }

  /** @param scripts the last one serves all further connections too */
  FakeMysql(Script... scripts) throws IOException {
    this.scripts = List.of(scripts);
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("fake mysql").start(this::accept);
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
    private final DataInputStream in;
    private final OutputStream out;

    Wire(Socket socket) throws IOException {
      this.in = new DataInputStream(socket.getInputStream());
      this.out = socket.getOutputStream();
    }

    void send(byte[]... pieces) throws IOException {
      out.write(RawClient.concat(pieces));
      out.flush();
    }

    void greet() throws IOException {
      send(packet(0, RawMysqlClient.bytes(new HandshakeV10("8.0.1-fake", 7, CAPABILITIES,
          Collation.UTF8MB4_GENERAL_CI, ServerStatus.AUTOCOMMIT,
          ByteString.of("abcdefghijklmnopqrst"), NativePassword.PLUGIN), CAPABILITIES)));
    }

    /** The payload of the next packet. */
    byte[] receive() throws IOException {
      byte[] header = in.readNBytes(4);
      if (header.length < 4) {
        throw new IOException("end");
      }
      return in.readNBytes(
          (header[0] & 0xff) | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16);
    }

    void login() throws IOException {
      greet();
      receive();
      send(packet(2, OK));
    }

    /** Answers OK to everything until a query with this word comes, which is the script's to answer. */
    void until(String word) throws IOException {
      while (!new String(receive(), StandardCharsets.UTF_8).contains(word)) {
        send(packet(1, OK));
      }
    }

    /** Answers every query with one row of one column, {@code x}, and everything else with OK. */
    void serve() throws IOException {
      while (true) {
        byte[] command = receive();
        if (command[0] == 1) {
          return;
        }
        boolean select = new String(command, StandardCharsets.UTF_8).contains("SELECT");
        send(select ? answer("x") : packet(1, OK));
      }
    }

    /** Keeps the connection open and says nothing more. */
    void sleep() throws IOException {
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /** The definition of a text column {@code c}. */
  static byte[] column() {
    return RawClient.concat(new byte[]{3, 'd', 'e', 'f', 0, 0, 0, 1, 'c', 0, 12, 45, 0},
        new byte[]{4, 0, 0, 0, (byte) 253, 0, 0, 0, 0, 0});
  }

  static byte[] row(String value) {
    return RawClient.concat(new byte[]{(byte) value.length()},
        value.getBytes(StandardCharsets.UTF_8));
  }

  /** One row with one column. */
  static byte[] answer(String value) {
    return RawClient.concat(packet(1, new byte[]{1}), packet(2, column()), packet(3, EOF),
        packet(4, row(value)), packet(5, EOF));
  }

  /** All but the last bytes. */
  static byte[] cut(byte[] whole, int left) {
    return Arrays.copyOf(whole, whole.length - left);
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
