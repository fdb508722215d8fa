package dev.weir.it;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** A client that sends whatever bytes the test wants and reads whole messages. Confined to the test's thread. */
final class RawClient implements AutoCloseable {
  static final int V3_0 = 3 << 16;
  private static final int READ_MILLIS = (int) WeirServer.PATIENCE.toMillis();

  private final AutoCloseable transport;
  private final DataInputStream in;
  private final java.io.OutputStream out;

  /** What the proxy said: a tag and what follows the length. */
  @SuppressWarnings("ArrayRecordComponent") // read only
  record Message(char tag, byte[] body) {
    /** The value of a field of an ErrorResponse or NoticeResponse; null when it has none. */
    @Nullable
    String field(char code) {
      int at = 0;
      while (body[at] != 0) {
        int end = at + 1;
        while (body[end] != 0) {
          end++;
        }
        if (body[at] == code) {
          return new String(body, at + 1, end - at - 1, StandardCharsets.UTF_8);
        }
        at = end + 1;
      }
      return null;
    }

    /** Which fields an ErrorResponse has, as their letters. */
    String fields() {
      StringBuilder letters = new StringBuilder();
      for (int at = 0; body[at] != 0; at++) {
        letters.append((char) body[at]);
        while (body[++at] != 0) {
          // to the end of the value
        }
      }
      return letters.toString();
    }

    int intAt(int offset) {
      return ByteBuffer.wrap(body).getInt(offset);
    }

    @Override
    public String toString() {
      return tag == 'E' || tag == 'N'
          ? tag + " " + field('C') + " " + field('M')
          : tag + " " + HexFormat.of().formatHex(body);
    }
  }

  private RawClient(AutoCloseable transport, InputStream in, java.io.OutputStream out) {
    this.transport = transport;
    this.in = new DataInputStream(in);
    this.out = out;
  }

  static RawClient connect(WeirServer proxy) throws IOException {
    return connect(proxy.port());
  }

  /** Whatever listens on this loopback port. */
  static RawClient connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(READ_MILLIS);
    socket.setTcpNoDelay(true);
    return new RawClient(socket, socket.getInputStream(), socket.getOutputStream());
  }

  /** Over TLS. Closing ends the connection without a word of TLS, as a client that crashes does. */
  static RawClient connectTls(WeirServer proxy, SSLSocketFactory tls) throws IOException {
    Socket plain = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    plain.setSoTimeout(READ_MILLIS);
    plain.getOutputStream().write(request(80_877_103));
    if (plain.getInputStream().read() != 'S') {
      throw new IOException("no TLS");
    }
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, "localhost", proxy.port(), false);
    socket.startHandshake();
    return new RawClient(plain, socket.getInputStream(), socket.getOutputStream());
  }

  /** Over the Unix socket in the proxy's folder. Reads do not time out. */
  static RawClient connectUnix(WeirServer proxy) throws IOException {
    return connectUnix(proxy.folder().resolve(".s.PGSQL." + proxy.port()));
  }

  /** Over a Unix socket. Reads do not time out. */
  static RawClient connectUnix(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    return new RawClient(channel, Channels.newInputStream(channel),
        Channels.newOutputStream(channel));
  }

  // --- sending ---

  RawClient send(byte[]... pieces) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      all.writeBytes(piece);
    }
    out.write(all.toByteArray());
    out.flush();
    return this;
  }

  RawClient login(String user, String database) throws IOException {
    return send(startup(V3_0, "user", user, "database", database));
  }

  static byte[] startup(int version, String... keysAndValues) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(int32(version));
    for (String text : keysAndValues) {
      body.writeBytes(cstring(text));
    }
    body.write(0);
    return withLength(body.toByteArray());
  }

  static byte[] request(int code) {
    return withLength(int32(code));
  }

  /** A cancel request for the connection that got this BackendKeyData. */
  static byte[] cancel(Message key) {
    return withLength(concat(int32(80_877_102), key.body()));
  }

  static byte[] message(char tag, byte[]... body) {
    byte[] all = concat(body);
    return concat(new byte[]{(byte) tag}, int32(all.length + 4), all);
  }

  static byte[] query(String sql) {
    return message('Q', cstring(sql));
  }

  static byte[] withLength(byte[] body) {
    return concat(int32(body.length + 4), body);
  }

  static byte[] int32(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  static byte[] cstring(String text) {
    return concat(text.getBytes(StandardCharsets.UTF_8), new byte[1]);
  }

  static byte[] concat(byte[]... pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      all.writeBytes(piece);
    }
    return all.toByteArray();
  }

  // --- reading ---

  /** One byte, as the answer to an encryption request; -1 at the end. */
  int readByte() throws IOException {
    return in.read();
  }

  /** The next message; null when the proxy has closed the connection. */
  @Nullable
  Message read() throws IOException {
    try {
      int tag = in.read();
      if (tag < 0) {
        return null;
      }
      int length = in.readInt();
      byte[] body = new byte[length - 4];
      in.readFully(body);
      return new Message((char) tag, body);
    } catch (EOFException | SocketException _) {
      return null; // a reset is an end too
    }
  }

  /** Messages up to and including the first with this tag. */
  List<Message> readUntil(char tag) throws IOException {
    List<Message> all = new ArrayList<>();
    Message next;
    do {
      next = read();
      if (next == null) {
        throw new AssertionError("closed after " + all);
      }
      all.add(next);
      if (next.tag() == 'E' && tag != 'E' && "FATAL".equals(next.field('S'))) {
        throw new AssertionError("refused: " + all);
      }
    } while (next.tag() != tag);
    return all;
  }

  /** The text of the ErrorResponse after which the proxy closes; skips what comes before. */
  String readRefusal() throws IOException {
    Message last = null;
    for (Message next = read(); next != null; next = read()) {
      last = next;
    }
    if (last == null || last.tag() != 'E') {
      throw new AssertionError("closed without an error; last was " + last);
    }
    return String.valueOf(last.field('M'));
  }

  /** Everything to the end of the connection, as it came. */
  byte[] readBytes() throws IOException {
    return in.readAllBytes();
  }

  /** Everything to the end of the connection. */
  List<Message> readAll() throws IOException {
    List<Message> all = new ArrayList<>();
    for (Message next = read(); next != null; next = read()) {
      all.add(next);
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    try {
      transport.close();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
