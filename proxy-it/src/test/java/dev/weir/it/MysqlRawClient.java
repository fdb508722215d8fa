package dev.weir.it;

import dev.weir.mysql.auth.NativePassword;
import dev.weir.mysql.codec.CompressedNumbers;
import dev.weir.mysql.codec.Compressor;
import dev.weir.mysql.codec.Decompressor;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.packet.AuthResponse;
import dev.weir.mysql.packet.AuthSwitchRequest;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.ComChangeUser;
import dev.weir.mysql.packet.ComQuery;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.HandshakeResponse41;
import dev.weir.mysql.packet.HandshakeV10;
import dev.weir.mysql.packet.Packet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A MySQL client that says what no driver at hand says, such as zstd, and what none should. Confined to the test's thread.
 */
final class MysqlRawClient implements AutoCloseable {
  private static final long NEEDED = Capabilities.MYSQL | Capabilities.PROTOCOL_41
      | Capabilities.SECURE_CONNECTION | Capabilities.PLUGIN_AUTH | Capabilities.PLUGIN_AUTH_LENENC
      | Capabilities.MULTI_RESULTS | Capabilities.DEPRECATE_EOF;

  private final Socket socket;
  private final ByteBuf plain = Unpooled.directBuffer();
  private final ByteBuf wire = Unpooled.directBuffer();
  private final CompressedNumbers numbers = CompressedNumbers.ofServer();
  private final HandshakeV10 greeting;
  private @Nullable Decompressor decompressor;
  private @Nullable Compressor compressor;
  private long agreed;
  private int sequence;
  private int collation = 45;

  private MysqlRawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.greeting = HandshakeV10.decode(next());
  }

  /** Connects and reads the greeting. */
  static MysqlRawClient connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) WeirServer.PATIENCE.toMillis());
    return new MysqlRawClient(socket);
  }

  HandshakeV10 greeting() {
    return greeting;
  }

  /** What it says at its login. */
  void collation(int id) {
    collation = id;
  }

  /** Logs in with what is needed and {@code wanted}, of which it takes what is offered; compresses from then on. */
  void login(String user, String password, long wanted, int zstdLevel) throws IOException {
    long asked = (NEEDED | wanted) & greeting.capabilities();
    byte[] answer = NativePassword.response(password.getBytes(StandardCharsets.UTF_8),
        greeting.challenge().toArray());
    send(1, new HandshakeResponse41(asked, 1 << 24, collation, user, ByteString.of(answer), null,
        NativePassword.PLUGIN, Map.of(), zstdLevel));
    ByteBuf reply = next();
    if (reply.getUnsignedByte(0) == AuthSwitchRequest.HEADER) {
      throw new IOException("another plugin is wanted");
    }
    expectOk(reply);
    agreed = asked;
    if (Capabilities.has(agreed, Capabilities.ZSTD_COMPRESSION)) {
      compressor = Compressor.zstd(zstdLevel);
      decompressor = Decompressor.zstd(numbers);
    } else if (Capabilities.has(agreed, Capabilities.COMPRESS)) {
      compressor = Compressor.zlib(6);
      decompressor = Decompressor.zlib(numbers);
    }
  }

  /** COM_CHANGE_USER. */
  void changeUser(String user, String password) throws IOException {
    send(0, new ComChangeUser(user, ByteString.EMPTY, null, 45, NativePassword.PLUGIN, Map.of()));
    AuthSwitchRequest asked = AuthSwitchRequest.decode(next());
    ByteBuf out = Unpooled.buffer();
    Packets.write(out, 2, new AuthResponse(ByteString.of(NativePassword.response(
        password.getBytes(StandardCharsets.UTF_8), asked.data().toArray()))), agreed);
    sendOn(out);
    expectOk(next());
  }

  private static void expectOk(ByteBuf reply) throws IOException {
    if (reply.getUnsignedByte(reply.readerIndex()) == Err.HEADER) {
      Err err = Err.decode(reply);
      throw new IOException(err.code() + ": " + err.message());
    }
  }

  /** Sends a packet that begins a command, or a login's. */
  void send(int number, Packet packet) throws IOException {
    ByteBuf out = Unpooled.buffer();
    Packets.write(out, number, packet, agreed);
    sendCommand(out);
  }

  private void sendCommand(ByteBuf out) throws IOException {
    numbers.begin();
    sendOn(out);
  }

  /** What continues an exchange. */
  private void sendOn(ByteBuf out) throws IOException {
    Compressor with = compressor;
    ByteBuf bytes = out;
    if (with != null) {
      bytes = Unpooled.directBuffer();
      with.encode(out, bytes, numbers);
      out.release();
    }
    sendRaw(bytes);
    bytes.release();
  }

  /** Sends bytes as they are. */
  void sendRaw(ByteBuf bytes) throws IOException {
    byte[] all = new byte[bytes.readableBytes()];
    bytes.readBytes(all);
    socket.getOutputStream().write(all);
    socket.getOutputStream().flush();
  }

  /** The value in a result of one row and one short column. */
  String query(String sql) throws IOException {
    return answer(ComQuery.of(sql));
  }

  /** As {@link #query}. */
  String answer(ComQuery query) throws IOException {
    send(0, query);
    ByteBuf count = next();
    expectOk(count);
    next(); // the column
    ByteBuf row = next();
    String value = row.toString(row.readerIndex() + 1, row.readableBytes() - 1,
        StandardCharsets.UTF_8);
    next(); // the end
    return value;
  }

  /** Payload of the next packet. */
  ByteBuf next() throws IOException {
    while (!Packets.isWhole(plain, plain.readerIndex(), plain.writerIndex())) {
      read();
    }
    int length = Packets.payloadLength(plain, plain.readerIndex());
    sequence = Packets.sequence(plain, plain.readerIndex());
    plain.skipBytes(Packets.HEADER);
    byte[] payload = new byte[length];
    plain.readBytes(payload);
    return Unpooled.wrappedBuffer(payload);
  }

  /** Number of the packet that {@link #next} gave. */
  int sequence() {
    return sequence;
  }

  private void read() throws IOException {
    byte[] piece = new byte[64 * 1024];
    int count = socket.getInputStream().read(piece);
    if (count < 0) {
      throw new EOFException("closed");
    }
    Decompressor with = decompressor;
    if (with == null) {
      plain.writeBytes(piece, 0, count);
    } else {
      wire.writeBytes(piece, 0, count);
      with.decode(wire, plain, Integer.MAX_VALUE);
      wire.discardSomeReadBytes();
    }
  }

  /** Waits until the other side has closed. */
  void awaitClosed() throws IOException {
    byte[] rest = new byte[1024];
    int count;
    do {
      count = socket.getInputStream().read(rest);
    } while (count >= 0);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    plain.release();
    wire.release();
    if (decompressor != null) {
      decompressor.close();
    }
    if (compressor != null) {
      compressor.close();
    }
  }
}
