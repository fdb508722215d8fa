package dev.weir.it;

import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.HandshakeResponse41;
import dev.weir.mysql.packet.HandshakeV10;
import dev.weir.mysql.packet.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A MySQL client that sends whatever bytes the test wants and reads whole packets. Confined to the test's thread. */
final class RawMysqlClient implements AutoCloseable {
  /** What {@link #login} agrees on: results end with an EOF packet of the old form. */
  static final long CAPABILITIES = Capabilities.MYSQL | Capabilities.LONG_FLAG
      | Capabilities.PROTOCOL_41 | Capabilities.TRANSACTIONS | Capabilities.SECURE_CONNECTION
      | Capabilities.PLUGIN_AUTH;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private byte[] challenge = {};

  /** A packet that came. */
  @SuppressWarnings("ArrayRecordComponent") // read only
  record Reply(int sequence, byte[] body) {
    int header() {
      return body.length == 0 ? -1 : body[0] & 0xff;
    }

    boolean isError() {
      return header() == Err.HEADER;
    }

    /** Of an error packet. */
    int errno() {
      return isError() ? (body[1] & 0xff) | (body[2] & 0xff) << 8 : 0;
    }

    @Override
    public String toString() {
      return isError()
          ? "error " + errno() + " " + new String(body, 3, body.length - 3, StandardCharsets.UTF_8)
          : "#" + sequence + " " + HexFormat.of().formatHex(body, 0, Math.min(64, body.length));
    }
  }

  private RawMysqlClient(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  static RawMysqlClient connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) WeirServer.PATIENCE.toMillis());
    socket.setTcpNoDelay(true);
    return new RawMysqlClient(socket);
  }

  // --- sending ---

  RawMysqlClient send(byte[]... pieces) throws IOException {
    out.write(RawClient.concat(pieces));
    out.flush();
    return this;
  }

  /** Whatever length the header is to announce. */
  static byte[] header(int length, int sequence) {
    return new byte[]{(byte) length, (byte) (length >> 8), (byte) (length >> 16), (byte) sequence};
  }

  static byte[] packet(int sequence, byte[]... body) {
    byte[] all = RawClient.concat(body);
    return RawClient.concat(header(all.length, sequence), all);
  }

  static byte[] command(int code, byte[]... body) {
    return packet(0, new byte[]{(byte) code}, RawClient.concat(body));
  }

  static byte[] query(String sql) {
    return command(3, sql.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] bytes(Packet packet, long capabilities) {
    ByteBuf out = Unpooled.buffer();
    packet.encode(out, capabilities);
    byte[] all = new byte[out.readableBytes()];
    out.readBytes(all);
    return all;
  }

  // --- reading ---

  /** The next packet; null when the proxy has closed the connection. */
  @Nullable
  Reply read() throws IOException {
    try {
      byte[] header = new byte[Packets.HEADER];
      in.readFully(header);
      ByteBuf wrapped = Unpooled.wrappedBuffer(header);
      byte[] body = new byte[Packets.payloadLength(wrapped, 0)];
      in.readFully(body);
      return new Reply(Packets.sequence(wrapped, 0), body);
    } catch (EOFException | SocketException _) {
      return null; // a reset is an end too
    }
  }

  /** The next packet, which must come. */
  Reply reply() throws IOException {
    Reply next = read();
    if (next == null) {
      throw new AssertionError("closed without an answer");
    }
    return next;
  }

  /** The rest of what the proxy says before it closes. */
  List<Reply> readToEnd() throws IOException {
    List<Reply> all = new ArrayList<>();
    for (Reply next = read(); next != null; next = read()) {
      all.add(next);
    }
    return all;
  }

  /** As {@link #readToEnd}, but an OK, an error, or a packet that the client would have to answer is the end too. */
  List<Reply> readToEndOrAnswer() throws IOException {
    List<Reply> all = new ArrayList<>();
    Reply next = read();
    while (next != null) {
      all.add(next);
      next = next.isError() || next.header() == 0xfe || next.header() == 0 ? null : read();
    }
    return all;
  }

  // --- the login ---

  HandshakeV10 greeting() throws IOException {
    Reply reply = read();
    if (reply == null) {
      throw new AssertionError("no greeting");
    }
    HandshakeV10 greeting = HandshakeV10.decode(Unpooled.wrappedBuffer(reply.body()));
    challenge = greeting.challenge().toArray();
    return greeting;
  }

  byte[] response(long capabilities, String user, String password) {
    return bytes(new HandshakeResponse41(capabilities, 1 << 24, Collation.UTF8MB4_GENERAL_CI, user,
        ByteString.of(answer(password)), null, NativePassword.PLUGIN, Map.of(), 0), capabilities);
  }

  byte[] answer(String password) {
    return NativePassword.response(password.getBytes(StandardCharsets.UTF_8), challenge);
  }

  RawMysqlClient login(String user, String password) throws IOException {
    return login(CAPABILITIES, user, password);
  }

  RawMysqlClient login(long capabilities, String user, String password) throws IOException {
    greeting();
    send(packet(1, response(capabilities, user, password)));
    Reply reply = read();
    if (reply == null || reply.header() != 0) {
      throw new AssertionError("login: " + reply);
    }
    return this;
  }

  /** What a query of one column and one row gives; the text of the error packet when it fails. */
  String value(String sql) throws IOException {
    send(query(sql));
    return value();
  }

  /** The answer to a query that has been sent. */
  String value() throws IOException {
    Reply first = read();
    if (first == null) {
      return "closed";
    }
    if (first.isError() || first.header() == 0) {
      return first.toString();
    }
    for (int packet = 0; packet < 2; packet++) {
      read(); // the column, and the end of columns
    }
    Reply row = read();
    read(); // the end of rows
    return row == null
        ? "closed"
        : new String(row.body(), 1, row.body().length - 1, StandardCharsets.UTF_8);
  }

  Socket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
