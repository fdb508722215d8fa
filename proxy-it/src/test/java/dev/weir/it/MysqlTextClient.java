package dev.weir.it;

import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResponseTracker;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.ComQuery;
import dev.weir.mysql.packet.ComSimple;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.HandshakeResponse41;
import dev.weir.mysql.packet.HandshakeV10;
import dev.weir.mysql.packet.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** A MySQL client that agrees on exactly the capabilities it is told, and shows the bytes it gets. Confined to a thread. */
final class MysqlTextClient implements AutoCloseable {
  static final long PLAIN = Capabilities.MYSQL | Capabilities.LONG_FLAG | Capabilities.PROTOCOL_41
      | Capabilities.TRANSACTIONS | Capabilities.SECURE_CONNECTION | Capabilities.PLUGIN_AUTH
      | Capabilities.CONNECT_WITH_DB | Capabilities.MULTI_RESULTS;

  private final long capabilities;
  private final Socket socket;
  private final DataInputStream in;
  private final ResponseTracker tracker = new ResponseTracker();

  private MysqlTextClient(int port, long capabilities) throws IOException {
    this.capabilities = capabilities;
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) WeirServer.PATIENCE.toMillis());
    this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
  }

  static MysqlTextClient connect(int port, String user, String password, String database,
      long capabilities) throws IOException {
    MysqlTextClient client = new MysqlTextClient(port, capabilities);
    boolean loggedIn = false;
    try {
      client.login(user, password, database);
      loggedIn = true;
    } finally {
      if (!loggedIn) {
        client.close();
      }
    }
    return client;
  }

  private void login(String user, String password, String database) throws IOException {
    byte[] greeting = packet();
    HandshakeV10 handshake = HandshakeV10.decode(Unpooled.wrappedBuffer(greeting, Packets.HEADER,
        greeting.length - Packets.HEADER));
    byte[] proof = NativePassword.response(password.getBytes(StandardCharsets.UTF_8),
        Arrays.copyOf(handshake.challenge().toArray(), 20));
    write(1, new HandshakeResponse41(capabilities, 1 << 24, Collation.UTF8MB4_GENERAL_CI, user,
        ByteString.of(proof), database, NativePassword.PLUGIN, Map.of(), 0));
    byte[] answer = packet();
    if (answer[Packets.HEADER] != 0) {
      throw new IOException("refused: " + new String(answer, StandardCharsets.UTF_8));
    }
  }

  private void write(int sequence, Packet packet) throws IOException {
    ByteBuf out = Unpooled.buffer();
    Packets.write(out, sequence, packet, capabilities);
    socket.getOutputStream().write(out.array(), 0, out.readableBytes());
  }

  /** A packet with its header. */
  private byte[] packet() throws IOException {
    byte[] header = new byte[Packets.HEADER];
    in.readFully(header);
    int length = Packets.payloadLength(Unpooled.wrappedBuffer(header), 0);
    byte[] all = Arrays.copyOf(header, Packets.HEADER + length);
    in.readFully(all, Packets.HEADER, length);
    return all;
  }

  /** Sends a statement without waiting for anything. */
  void send(String sql) throws IOException {
    write(0, ComQuery.of(sql));
  }

  /** All packets of the next response, as they came. */
  byte[] response() throws IOException {
    tracker.begin(Command.QUERY, capabilities);
    ByteBuf all = Unpooled.buffer();
    while (!tracker.isDone()) {
      byte[] next = packet();
      int at = all.writerIndex();
      all.writeBytes(next);
      tracker.scan(all, at, all.writerIndex());
    }
    return Arrays.copyOf(all.array(), all.readableBytes());
  }

  byte[] query(String sql) throws IOException {
    send(sql);
    return response();
  }

  /** Of the last response. */
  int errorCode() {
    return tracker.outcome().errorCode();
  }

  int warnings() {
    return tracker.outcome().warnings();
  }

  int status() {
    return tracker.outcome().status();
  }

  /** Takes leave, and waits until the other side has closed. */
  void quit() throws IOException {
    try {
      write(0, new ComSimple(Command.QUIT));
      while (in.read() >= 0) {
        // nothing more is of interest
      }
    } finally {
      close();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
