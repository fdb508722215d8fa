package dev.weir.core.mysql.probe;

import dev.weir.core.backend.ServerAddress;
import dev.weir.core.monitor.GaleraState;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A scripted MySQL server on a loopback port: lets everybody in, answers pings, and says to each statement what the test
 * has set for it. Bytes as in the protocol's documentation, not by our encoder.
 */
final class FakeMySqlNode implements AutoCloseable {
  /** What it does with a statement or a ping. */
  sealed interface Reply {
    /** One row; a null value is SQL's null. */
    record Row(Map<String, @Nullable String> columns) implements Reply {}

    record Refusal(int code, String message) implements Reply {}

    /** No answer, ever. */
    record Silence() implements Reply {}

    record Done() implements Reply {}
  }

  private static final int CAPABILITIES = 0x1 | 0x2 | 0x4 | 0x8 | 0x200 | 0x2000 | 0x8000 | 0x10000
      | 0x20000 | 0x80000 | 0x100000;

  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final List<String> statements = new CopyOnWriteArrayList<>();
  private final String version;
  private volatile Reply ping = new Reply.Done();
  private volatile Reply login = new Reply.Done();

  FakeMySqlNode(String version) throws IOException {
    this.version = version;
    Thread.ofVirtual().name("fake-mysql").start(() -> {
      while (!listener.isClosed()) {
        try {
          Socket socket = listener.accept();
          sockets.add(socket);
          Thread.ofVirtual().start(() -> serve(socket));
        } catch (IOException _) {
          return;
        }
      }
    });
  }

  ServerAddress address() {
    return new ServerAddress("127.0.0.1", listener.getLocalPort());
  }

  /** Answers every statement that contains the word, whatever its case. */
  FakeMySqlNode when(String word, Reply reply) {
    replies.put(word.toLowerCase(Locale.ROOT), reply);
    return this;
  }

  FakeMySqlNode whenAsked(String word, Map<String, @Nullable String> row) {
    return when(word, new Reply.Row(row));
  }

  void pings(Reply reply) {
    ping = reply;
  }

  void logins(Reply reply) {
    login = reply;
  }

  FakeMySqlNode says(GaleraState state) {
    Map<String, @Nullable String> row = new LinkedHashMap<>();
    row.put("wsrep_local_state", Integer.toString(state.localState()));
    row.put("read_only", state.readOnly() ? "1" : "0");
    row.put("wsrep_local_recv_queue", Long.toString(state.receiveQueue()));
    row.put("wsrep_desync", state.desynced() ? "1" : "0");
    row.put("wsrep_reject_queries", state.rejectsQueries() ? "ALL" : "NONE");
    row.put("wsrep_sst_donor_rejects_queries", state.donorRejectsQueries() ? "1" : "0");
    row.put("wsrep_cluster_status", state.primary() ? "Primary" : "non-Primary");
    row.put("pxc_maint_mode", state.inMaintenance() ? "MAINTENANCE" : "DISABLED");
    return whenAsked("wsrep_local_state", row);
  }

  List<String> statements() {
    return statements;
  }

  /** Breaks every connection and refuses new ones. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      packet(out, 0, greeting());
      readPacket(in);
      if (!answer(out, 2, login)) {
        Thread.sleep(Long.MAX_VALUE);
      }
      while (login instanceof Reply.Done) {
        byte[] command = readPacket(in);
        Reply reply = switch (command[0]) {
          case 1 -> throw new EOFException();
          case 3 -> toStatement(
              new String(command, 1, command.length - 1, StandardCharsets.UTF_8));
          case 14 -> ping;
          default -> new Reply.Done();
        };
        if (!answer(out, 1, reply)) {
          Thread.sleep(Long.MAX_VALUE);
        }
      }
    } catch (EOFException | SocketException _) {
      // gone, as clients go
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      sockets.remove(socket);
    }
  }

  private Reply toStatement(String sql) {
    String lower = sql.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, Reply> reply : replies.entrySet()) {
      if (lower.contains(reply.getKey())) {
        statements.add(sql);
        return reply.getValue();
      }
    }
    return new Reply.Done();
  }

  private static boolean answer(OutputStream out, int sequence, Reply reply) throws IOException {
    switch (reply) {
      case Reply.Silence _ -> {
        return false;
      }
      case Reply.Done _ -> packet(out, sequence, new byte[]{0, 0, 0, 2, 0, 0, 0});
      case Reply.Refusal(int code, String message) -> {
        ByteArrayOutputStream error = new ByteArrayOutputStream();
        error.write(0xff);
        error.write(code & 0xff);
        error.write(code >> 8);
        error.writeBytes(("#HY000" + message).getBytes(StandardCharsets.UTF_8));
        packet(out, sequence, error.toByteArray());
      }
      case Reply.Row(Map<String, @Nullable String> columns) -> row(out, sequence, columns);
    }
    return true;
  }

  private static void row(OutputStream out, int first, Map<String, @Nullable String> columns)
      throws IOException {
    List<byte[]> packets = new ArrayList<>();
    packets.add(new byte[]{(byte) columns.size()});
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    for (Map.Entry<String, @Nullable String> column : columns.entrySet()) {
      ByteArrayOutputStream definition = new ByteArrayOutputStream();
      for (String text : List.of("def", "", "", "", column.getKey(), "")) {
        string(definition, text);
      }
      definition.writeBytes(new byte[]{0x0c, 33, 0, 0, 4, 0, 0, (byte) 0xfd, 0, 0, 0, 0, 0});
      packets.add(definition.toByteArray());
      String value = column.getValue();
      if (value == null) {
        values.write(0xfb);
      } else {
        string(values, value);
      }
    }
    byte[] eof = {(byte) 0xfe, 0, 0, 2, 0};
    packets.add(eof);
    packets.add(values.toByteArray());
    packets.add(eof);
    int sequence = first;
    for (byte[] packet : packets) {
      packet(out, sequence++, packet);
    }
  }

  private byte[] greeting() {
    ByteArrayOutputStream greeting = new ByteArrayOutputStream();
    greeting.write(10);
    greeting.writeBytes((version + "\0").getBytes(StandardCharsets.UTF_8));
    greeting.writeBytes(new byte[]{7, 0, 0, 0});
    greeting.writeBytes("abcdefgh\0".getBytes(StandardCharsets.US_ASCII));
    greeting.writeBytes(new byte[]{(byte) CAPABILITIES, (byte) (CAPABILITIES >> 8), 33, 2, 0,
      (byte) (CAPABILITIES >> 16), (byte) (CAPABILITIES >> 24), 21});
    greeting.writeBytes(new byte[10]);
    greeting
        .writeBytes("ijklmnopqrst\0mysql_native_password\0".getBytes(StandardCharsets.US_ASCII));
    return greeting.toByteArray();
  }

  private static void string(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static void packet(OutputStream out, int sequence, byte[] body) throws IOException {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.writeBytes(new byte[]{(byte) body.length, (byte) (body.length >> 8),
      (byte) (body.length >> 16), (byte) sequence});
    packet.writeBytes(body);
    out.write(packet.toByteArray());
    out.flush();
  }

  private static byte[] readPacket(DataInputStream in) throws IOException {
    int length = in.readUnsignedByte() | in.readUnsignedByte() << 8 | in.readUnsignedByte() << 16;
    in.readUnsignedByte();
    return in.readNBytes(length);
  }
}
