package dev.weir.it;

import dev.weir.mysql.codec.CompressedNumbers;
import dev.weir.mysql.codec.Compressor;
import dev.weir.mysql.codec.Decompressor;
import dev.weir.mysql.codec.Packets;
import dev.weir.mysql.codec.ResultWriter;
import dev.weir.mysql.packet.AuthResponse;
import dev.weir.mysql.packet.ByteString;
import dev.weir.mysql.packet.Capabilities;
import dev.weir.mysql.packet.Collation;
import dev.weir.mysql.packet.ColumnDefinition41;
import dev.weir.mysql.packet.ComQuery;
import dev.weir.mysql.packet.Command;
import dev.weir.mysql.packet.Err;
import dev.weir.mysql.packet.HandshakeResponse41;
import dev.weir.mysql.packet.HandshakeV10;
import dev.weir.mysql.packet.Ok;
import dev.weir.mysql.packet.Packet;
import dev.weir.mysql.packet.ServerStatus;
import dev.weir.mysql.packet.SslRequest;
import dev.weir.mysql.packet.StmtPrepareOk;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server that there is no real one of at hand: it can be told how to check who logs in, what it offers and what it does
 * not know, and keeps what it was sent. Every SELECT is answered with {@code fake}. Thread-safe.
 */
final class ScriptedMysql implements AutoCloseable {
  private static final long BASIC = Capabilities.LONG_FLAG | Capabilities.CONNECT_WITH_DB
      | Capabilities.PROTOCOL_41 | Capabilities.TRANSACTIONS | Capabilities.SECURE_CONNECTION
      | Capabilities.MULTI_STATEMENTS | Capabilities.MULTI_RESULTS | Capabilities.PS_MULTI_RESULTS
      | Capabilities.PLUGIN_AUTH | Capabilities.CONNECT_ATTRS | Capabilities.PLUGIN_AUTH_LENENC
      | Capabilities.SESSION_TRACK | Capabilities.DEPRECATE_EOF;
  private static final byte[] CHALLENGE = "abcdefghijklmnopqrst"
      .getBytes(StandardCharsets.US_ASCII);

  /** Checks who logs in. */
  interface Login {
    /** Whether it may; speaks with it through {@code with} as long as it likes. */
    boolean accepts(Peer with, HandshakeResponse41 response) throws Exception;
  }

  private final ServerSocket listener;
  private final Login login;
  private final long capabilities;
  private final @Nullable SSLContext tls;
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile String unknown = "";

  private ScriptedMysql(ServerSocket listener, Login login, long capabilities,
      @Nullable SSLContext tls) {
    this.listener = listener;
    this.login = login;
    this.capabilities = capabilities;
    this.tls = tls;
  }

  /** @param offered beyond what every server offers, {@link Capabilities#MYSQL} included where it is one */
  static ScriptedMysql start(Login login, long offered, @Nullable SSLContext tls)
      throws IOException {
    ScriptedMysql made = new ScriptedMysql(
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), login,
        BASIC | offered | (tls == null ? 0 : Capabilities.SSL), tls);
    Thread.ofVirtual().name("fake-mysql").start(made::accept);
    return made;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** A statement with this in it is answered by 1273, as one with a collation that is not known. */
  void doesNotKnow(String text) {
    unknown = text;
  }

  /** Queries with their attributes, and other commands as hexadecimal digits. */
  List<String> heard() {
    return heard;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().name("fake-mysql").start(() -> serve(socket));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    Peer peer = new Peer(socket);
    try (socket) {
      peer.serve();
    } catch (Exception e) {
      heard.add("failed: " + e);
    } finally {
      peer.release();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** One connection. Confined to its thread. */
  final class Peer {
    private Socket socket;
    private final ByteBuf plain = Unpooled.directBuffer();
    private final ByteBuf wire = Unpooled.directBuffer();
    private final CompressedNumbers numbers = CompressedNumbers.ofClient();
    private @Nullable Compressor compressor;
    private @Nullable Decompressor decompressor;
    private long agreed;
    private int sequence;
    private int prepared;

    Peer(Socket socket) {
      this.socket = socket;
    }

    void release() {
      plain.release();
      wire.release();
      if (compressor != null) {
        compressor.close();
      }
      if (decompressor != null) {
        decompressor.close();
      }
    }

    boolean encrypted() {
      return socket instanceof SSLSocket;
    }

    byte[] challenge() {
      return CHALLENGE.clone();
    }

    void serve() throws Exception {
      write(new HandshakeV10("8.4.0-fake", 1, capabilities, 45, ServerStatus.AUTOCOMMIT,
          ByteString.of(CHALLENGE), "mysql_native_password"));
      ByteBuf first = read();
      SSLContext context = tls;
      if (context != null && SslRequest.is(first)) {
        SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, null, true);
        secure.setUseClientMode(false);
        socket = secure;
        first = read();
      }
      HandshakeResponse41 response = HandshakeResponse41.decode(first);
      agreed = response.capabilities() & capabilities;
      if (!login.accepts(this, response)) {
        write(new Err(1045, "28000", "Access denied by the fake"));
        return;
      }
      write(Ok.of(ServerStatus.AUTOCOMMIT));
      if (Capabilities.has(agreed, Capabilities.ZSTD_COMPRESSION)) {
        compressor = Compressor.zstd(response.zstdLevel());
        decompressor = Decompressor.zstd(numbers);
      }
      while (command(read())) {
        // one after the other
      }
    }

    private boolean command(ByteBuf body) throws IOException {
      Command command = Command.of(body.getByte(0));
      if (command == null || command == Command.QUIT) {
        return false;
      }
      switch (command) {
        case QUERY -> query(ComQuery.decode(body, agreed));
        case STMT_PREPARE -> prepare(body);
        case STMT_EXECUTE -> {
          heard.add(hex(body));
          write(Ok.of(ServerStatus.AUTOCOMMIT));
        }
        case STMT_CLOSE -> heard.add(hex(body));
        default -> write(Ok.of(ServerStatus.AUTOCOMMIT));
      }
      return true;
    }

    private String hex(ByteBuf body) {
      byte[] bytes = new byte[body.readableBytes()];
      body.getBytes(body.readerIndex(), bytes);
      return HexFormat.of().formatHex(bytes);
    }

    private void query(ComQuery query) throws IOException {
      String sql = query.sql().text();
      StringBuilder text = new StringBuilder();
      query.attributes().forEach(a -> text.append(a.type().name()).append('=')
          .append(a.value() == null ? "null" : a.value().text().substring(1)).append(' '));
      heard.add(text.append(sql.length() > 200 ? "long" : sql).toString());
      if (!unknown.isEmpty() && sql.contains(unknown)) {
        write(new Err(1273, "HY000", "Unknown collation: '" + unknown + "'"));
      } else if (sql.startsWith("SELECT")) {
        ByteBuf out = Unpooled.buffer();
        ResultWriter.text(out, sequence, agreed)
            .columns(List.of(ColumnDefinition41.text("c", Collation.UTF8MB4_GENERAL_CI, 100)),
                ServerStatus.AUTOCOMMIT)
            .row(List.of(sql.length() > 200 ? "x".repeat(200_000) : "fake"))
            .end(ServerStatus.AUTOCOMMIT, 0);
        send(out);
      } else {
        write(Ok.of(ServerStatus.AUTOCOMMIT));
      }
    }

    private void prepare(ByteBuf body) throws IOException {
      String sql = body.toString(1, body.readableBytes() - 1, StandardCharsets.UTF_8);
      int parameters = (int) sql.chars().filter(c -> c == '?').count();
      ByteBuf out = Unpooled.buffer();
      int next = Packets.write(out, sequence,
          new StmtPrepareOk(100 + ++prepared, 0, parameters, 0), agreed);
      ResultWriter.definitions(out, next, agreed,
          Collections.nCopies(parameters,
              ColumnDefinition41.text("?", Collation.UTF8MB4_GENERAL_CI, 10)),
          ServerStatus.AUTOCOMMIT);
      send(out);
    }

    /** Sends a packet numbered after the last. */
    void write(Packet packet) throws IOException {
      ByteBuf out = Unpooled.buffer();
      sequence = Packets.write(out, sequence, packet, agreed);
      send(out);
    }

    /** Sends what only a plugin understands. */
    void say(byte[] bytes) throws IOException {
      write(new AuthResponse(ByteString.of(bytes)));
    }

    /** What a plugin says. */
    byte[] hear() throws IOException {
      ByteBuf body = read();
      byte[] bytes = new byte[body.readableBytes()];
      body.readBytes(bytes);
      return bytes;
    }

    private void send(ByteBuf out) throws IOException {
      Compressor with = compressor;
      ByteBuf bytes = out;
      if (with != null) {
        bytes = Unpooled.directBuffer();
        with.encode(out, bytes, numbers);
      }
      byte[] all = new byte[bytes.readableBytes()];
      bytes.readBytes(all);
      bytes.release();
      socket.getOutputStream().write(all);
      socket.getOutputStream().flush();
    }

    /** Payload of the next packet, of however many parts; {@link #write} counts on from it. */
    private ByteBuf read() throws IOException {
      ByteBuf whole = Unpooled.buffer();
      int length;
      do {
        while (!Packets.isWhole(plain, plain.readerIndex(), plain.writerIndex())) {
          fill();
        }
        length = Packets.payloadLength(plain, plain.readerIndex());
        sequence = Packets.next(Packets.sequence(plain, plain.readerIndex()));
        plain.skipBytes(Packets.HEADER);
        whole.writeBytes(plain, length);
      } while (length == Packets.MAX_PAYLOAD);
      plain.discardSomeReadBytes();
      return whole;
    }

    private void fill() throws IOException {
      Decompressor with = decompressor;
      // before TLS begins nothing beyond the packet may be taken
      byte[] piece = new byte[with == null ? 1 : 64 * 1024];
      int count = socket.getInputStream().read(piece);
      if (count < 0) {
        throw new EOFException();
      }
      if (with == null) {
        plain.writeBytes(piece, 0, count);
      } else {
        wire.writeBytes(piece, 0, count);
        with.decode(wire, plain, Integer.MAX_VALUE);
        wire.discardSomeReadBytes();
      }
    }
  }
}
